"""The pages of core/doc as tests see them: their blocks of commands, run as a reader would.

A block begins with one of these lines:

    ```sh           it runs as it is, in a folder with an agents.csv and in a home of its own
    ```sh amazon    the same against the local servers; the page's names stand for theirs
    ```sh build     `make` is asked whether it has these targets; nothing is built
    ```sh root      it is about the whole machine: words are checked, nothing is done

A line with `# exit N` at its end has to end with that status, all others with 0.
"""

import re
import shutil
import subprocess

from .program import ROOT, program

PAGES = sorted((ROOT / "core/doc").glob("*.md"))
INSTANCE = "11111111-2222-3333-4444-555555555555"


def blocks(page):
    """[(kind, commands)]: kind is "", "amazon", "build" or "root"."""
    text = re.sub(r"^ +(?=```)", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = re.findall(r"^```sh ?(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [(kind, "\n".join(line.strip() for line in lines.splitlines())) for kind, lines in found]


def _script(commands):
    lines = ["set -e"]
    for line in filter(None, commands.splitlines()):
        status = re.search(r"# exit (\d+)$", line)
        lines.append(f"set +e; {line}\n[ $? = {status[1]} ] || exit 99; set -e" if status else line)
    return "\n".join(lines)


def _stand_in(folder, name, text):
    path = folder / name
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)


def tools(folder):
    """A folder for PATH: extpool, and what only says whether its words are right."""
    folder.mkdir()
    (folder / "extpool").symlink_to(program())
    _stand_in(folder, "sudo", 'exec "$@"\n')
    _stand_in(folder, "make", f'exec /usr/bin/make -C {ROOT} -n "$@" >/dev/null\n')
    _stand_in(folder, "systemctl", f'for word; do case $word in *.*) [ -f {ROOT}/core/dist/$word ] || exit 1;; esac; done\n')
    _stand_in(folder, "apt-get", '[ "$1" = install ]\n')
    _stand_in(folder, "aws", f'exec /usr/bin/python3 {ROOT}/tests/support/aws_words.py "$@"\n')
    return folder


def run(page, desk, names=()):
    """Runs the blocks of a page in their order, in one shell each; what failed, with what it said.
    Blocks for Amazon run if `names` says what stands for the names of the page."""
    folder = desk.folder / page.stem
    folder.mkdir()
    shutil.copy(ROOT / "tests/data/sample/agents.csv", folder / "agents.csv")
    shutil.copy(ROOT / "core/dist/extpool.config", folder / "extpool.config")
    path = f"{tools(desk.folder / 'tools')}:{desk.environment['PATH']}"
    ran = 0
    for kind, commands in blocks(page):
        if (kind == "amazon") != bool(names):
            continue
        for name, value in names:
            commands = commands.replace(name, value)
        done = subprocess.run(["sh", "-c", _script(commands)], cwd=folder, capture_output=True, text=True,
                              env={**desk.environment, "PATH": path}, stdin=subprocess.DEVNULL, check=False)
        assert done.returncode == 0, f"{page.name}: {commands}\n{done.returncode}\n{done.stdout}{done.stderr}"
        ran += 1
    return ran
