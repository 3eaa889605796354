"""The pages of core/doc: every command in them runs, every message and key is the program's."""

import re
import subprocess

import pytest

from support import pages
from support.program import ROOT, Desk

BY_NAME = {page.stem: page for page in pages.PAGES}


def test_the_pages_are_there_and_linked():
    assert set(BY_NAME) >= {"first-call", "operators", "administrators", "auditors", "migration",
                            "troubleshooting", "security"}
    everywhere = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in BY_NAME if f"core/doc/{name}.md" not in everywhere] == []


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_every_link_leads_somewhere(name):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", BY_NAME[name].read_text(encoding="utf-8")):
        if "://" not in target:
            assert (BY_NAME[name].parent / target).exists(), target


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_every_block_says_how_it_is_tested(name):
    text = BY_NAME[name].read_text(encoding="utf-8")
    fences = re.findall(r"^ *```(.*)$", text, re.MULTILINE)
    assert set(fences[::2]) <= {"sh", "sh amazon", "sh build", "sh root"} and set(fences[1::2]) <= {""}
    # Nothing that looks like a command stands outside of one.
    assert not re.search(r"^ {4,}(extpool|aws|make) ", re.sub(r" *```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_every_command_runs(name, tmp_path):
    wanted = sum(kind != "amazon" for kind, _ in pages.blocks(BY_NAME[name]))
    assert pages.run(BY_NAME[name], Desk(tmp_path)) == wanted


@pytest.mark.parametrize(
    "name", sorted(name for name, page in BY_NAME.items() if "sh amazon" in page.read_text(encoding="utf-8")))
def test_every_command_for_amazon_runs(name, tmp_path, cloud):
    cloud.instance.set_users(["alice", "bob", "carol"])
    if name == "migration":
        cloud.create_table()
    desk = Desk(tmp_path, cloud.env())
    names = [("cc-ext", cloud.table), ("cc-reports", cloud.bucket), (pages.INSTANCE, cloud.instance.id),
             ("eu-west-2", cloud.region)]  # fmt: skip
    assert pages.run(BY_NAME[name], desk, names) > 0


def test_the_ten_steps_are_ten():
    steps = re.findall(r"^(\d+)\. \*\*", BY_NAME["first-call"].read_text(encoding="utf-8"), re.MULTILINE)
    assert steps == [str(number) for number in range(1, 11)]


def test_every_key_of_the_operators_page_is_bound():
    source = (ROOT / "tui/widget/command.h").read_text(encoding="utf-8")
    bound = {key for keys in re.findall(r'X\(CMD_\w+, "[\w-]+", "((?:[^"\\]|\\.)+)"', source) for key in keys.split()}
    rows = re.findall(r"^\| [^|]+ \| (.*) \|$", BY_NAME["operators"].read_text(encoding="utf-8"), re.MULTILINE)[1:]
    keys = {key for row in rows for key in re.findall(r"`([^`]+)`", row)}
    assert len(keys) > 20
    assert keys - bound - {"Enter"} == set()


def literals():
    """Every string of the sources, those that stand side by side as one."""
    listed = subprocess.run(["git", "ls-files", "*.c", "*.h", "tests/setup.sh"], cwd=ROOT, capture_output=True,
                            text=True, check=True).stdout.split()
    for file in listed:
        text = re.sub(r"/\*.*?\*/", "", (ROOT / file).read_text(encoding="utf-8"), flags=re.DOTALL)
        for run in re.finditer(r'"(?:[^"\\\n]|\\.)*"(?:\s*(?:PRI\w+\s*)?"(?:[^"\\\n]|\\.)*")*', text):
            parts = re.findall(r'"((?:[^"\\\n]|\\.)*)"', run[0])
            yield "".join(parts).replace('\\"', '"')


def test_every_message_of_the_troubleshooting_page_is_the_programs():
    text = BY_NAME["troubleshooting"].read_text(encoding="utf-8")
    messages = [message for message in re.findall(r"^\| `(.*?)` \|", text, re.MULTILINE) if message != "message"]
    assert len(messages) > 35
    known = [literal for literal in literals() if not literal.startswith("core/")]
    for message in messages:
        pattern = ".*".join(re.escape(part) for part in message.split("..."))
        assert any(re.search(pattern, literal) for literal in known), message
