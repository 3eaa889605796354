"""Completion in the real shells on a terminal, and what it never does: ask, write, complain."""

import os
import pathlib

import pytest

from support.program import Desk, program
from support.term import Terminal

CONFIG = """[defaults]
context = lab

[context lab]
directory = file:{folder}/agents.csv
store = sqlite:{folder}/pool.db

[context prod]
store = dynamodb:cc-ext
export = none

[policy]
width = 2
ranges = 40-49
blocked =
"""

#: what is typed before Tab, and what the line holds behind it
TYPED = [
    ("extpool sta", "extpool status"),
    ("extpool --quiet loo", "extpool --quiet lookup"),
    ("extpool list ag", "extpool list agents"),
    ("extpool sync --no-e", "extpool sync --no-export"),
    ("extpool --context pr", "extpool --context prod"),
    ("extpool --profile cc-o", "extpool --profile cc-operator"),
    ("extpool --theme gru", "extpool --theme gruvbox"),
    ("extpool --log-level=wa", "extpool --log-level=warn"),
    ("extpool lookup al", "extpool lookup alice"),
    ("extpool release bo", "extpool release bob"),
    ("extpool assign zo", "extpool assign zoe"),
    ("extpool swap alice=bo", "extpool swap alice=bob"),
    ("extpool --extension 41 --history --limit 5 --agent bo", "--agent bob"),
    ("extpool reassign alice=45", "extpool reassign alice=45"),
    ("extpool apply chan", "extpool apply change.json"),
    ("extpool --store sqlite:poo", "extpool --store sqlite:pool.db"),
    ("extpool --store dyn", "extpool --store dynamodb:"),
    ("extpool --import folder/ro", "extpool --import folder/rows.csv"),
    ("extpool help conf", "extpool help config"),
    ("extpool completion fi", "extpool completion fish"),
]

STARTED = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source <(extpool --completion bash)"),
    "bash-completion": (["bash", "--norc", "--noprofile", "-i"],
                        "source /usr/share/bash-completion/bash_completion; source <(extpool --completion bash)"),
    "zsh": (["zsh", "-f", "-i"], "autoload -Uz compinit; compinit -u -D; source <(extpool --completion zsh)"),
    "fish": (["fish", "--no-config", "-i"], "extpool --completion fish | source"),
}


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.rules(CONFIG.format(folder=tmp_path))
    desk.people("alice", "bob")
    assert desk.run("--sync", "--no-export", places=False).status == 0
    desk.people("alice", "bob", "zoe")
    (tmp_path / "change.json").write_text("{}")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "rows.csv").write_text("user\n")
    aws = tmp_path / "aws-config"
    aws.write_text("[default]\n[profile cc-operator]\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "extpool").symlink_to(os.path.realpath(program()))
    desk.environment.update(AWS_CONFIG_FILE=str(aws), TERM="xterm-256color", PS1="$ ",
                            XDG_DATA_HOME=str(tmp_path / "data"), XDG_STATE_HOME=str(tmp_path / "state"))
    desk.environment["PATH"] = f"{tmp_path / 'bin'}:{desk.environment['PATH']}"
    return desk


@pytest.mark.parametrize("shell", STARTED)
def test_a_shell_completes(desk, shell):
    command, load = STARTED[shell]
    with Terminal(command, size=(160, 24), environment=desk.environment, cwd=desk.folder) as term:
        term.quiet()
        term.type(f"{load}; echo loa''ded").press("Enter")
        term.wait_for(lambda t: "loaded" in t.text.replace("loa''ded", "")).quiet()
        for typed, line in TYPED:
            term.type(typed).press("Tab")
            term.wait_for(line)
            term.press("C-u").wait_gone(line)


def test_zsh_says_what_each_offer_does(desk):
    command, load = STARTED["zsh"]
    with Terminal(command, size=(100, 40), environment=desk.environment, cwd=desk.folder) as term:
        term.quiet()
        term.type(f"{load}; echo loa''ded").press("Enter")
        term.wait_for(lambda t: "loaded" in t.text.replace("loa''ded", "")).quiet()
        term.type("extpool --rea\t\t").wait_for("--reassign").wait_for("give agents another")


def test_another_shell_is_told_which_there_are(desk):
    done = desk.run("--completion", "ksh", places=False)
    assert done.status == 64 and "one for bash, zsh and fish" in done.err and not done.out


def offered(desk, *words, environment=None):
    done = desk.run("--complete", "zsh", "--", *words, places=False, environment=environment)
    assert done.status == 0 and done.err == "", done
    return [line.split("\t")[0] for line in done.out.splitlines()]


def test_every_action_and_every_option_is_offered(desk):
    actions = offered(desk, "")
    assert {"sync", "list", "lookup", "check-config", "doctor"} <= set(actions)
    assert "complete" not in actions
    options = offered(desk, "doctor", "-")
    assert "--fix" in options and "--json" in options and "--no-export" not in options
    assert "--sync" in offered(desk, "-") and "--sync" not in options
    assert {"--reassign", "--region", "--read-only"} <= set(offered(desk, "--re"))
    assert all(name.startswith("--re") for name in offered(desk, "--re"))
    assert offered(desk, "--completion", "") == ["bash", "zsh", "fish"]
    assert "policy" in offered(desk, "--help", "p")


def test_numbers_are_those_that_fit(desk):
    assert offered(desk, "lookup", "4")[:2] == ["40", "41"]
    assert "alice=40" not in offered(desk, "reassign", "alice=4")
    assert "alice=42" in offered(desk, "reassign", "alice=4")
    assert offered(desk, "lookup", "alice", "") == []
    assert offered(desk, "--store", f"sqlite:{desk.folder}/none.db", "release", "4") == []


def everything(folder):
    return {path: (path.lstat().st_mtime_ns, path.lstat().st_size) for path in pathlib.Path(folder).rglob("*")}


@pytest.mark.parametrize("words", [["lookup", ""], ["--context", ""], ["--profile", ""], ["assign", "a"],
                                   ["--context", "prod", "lookup", "a"]], ids=" ".join)
def test_completion_asks_nobody_and_writes_nothing(cloud, desk, words):
    before, mark = everything(desk.folder), cloud.gate.log.mark()
    offered(desk, *words, environment=cloud.env())
    assert everything(desk.folder) == before
    assert cloud.gate.log.select(since=mark) == []


@pytest.mark.parametrize("words", [["lookup", ""], ["--context", ""], ["--profile", ""], ["assign", "a"], ["-"]],
                         ids=" ".join)
def test_what_is_wrong_is_not_said(desk, words):
    desk.rules("[nonsense\nx")
    desk.store.write_bytes(b"not a store" * 100)
    desk.agents.write_bytes(b"\xff\xfe\x00")
    (desk.folder / "aws-config").write_text("[profile\n")
    offered(desk, *words)
    desk.store.unlink()
    desk.agents.unlink()
    offered(desk, *words)


def test_a_line_end_in_a_name_is_not_offered(desk):
    desk.agents.write_text('user\n"a\nb"\nalice\n')
    assert "alice" in offered(desk, "assign", "a")
    assert all(name.startswith("a") for name in offered(desk, "assign", "a"))
