"""--check-config: how each context is understood, every mistake with its line; no request, no write."""

import os

import pytest

from support.program import Desk

GOOD = """[defaults]
context = lab

[context lab]
directory = agents.csv
store = sqlite:pool.db
export = file:list.csv
cooldown = 14d

[context prod]
directory = connect:arn:aws:connect:eu-west-2:111122223333:instance/11111111-2222-3333-4444-555555555555
store = dynamodb:cc-ext
export = s3://cc-reports/agent_extensions.csv
region = eu-west-2
read_only = yes

[policy]
ranges = 2000-2999, 7100-7199
blocked = 21
"""

BAD = """[defaults]
context = lab
refresh = 60s

[context lab]
directory = agents.csv
login_column = mail
store = list.csv
export = file:nowhere/list.csv
cooldown = soon

[context prod]
directory = connect:x
store = dynamodb:cc-ext
profile = nobody

[context prd]
directory = connect:x
region = eu-west-2

[polcy]
ranges = 1-2

[policy]
ranges = 2999-2000
blocked = x

[keys]
sync = Nokey
snyc = S

[theme]
name = nosuch
cursor = purplish
"""


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.rules(GOOD)
    folder = tmp_path / "home" / ".config" / "extpool"
    (folder / "agents.csv").write_text("user\nalice\nbob\n")
    desk.config = folder / "config"
    return desk


def checked(desk, *arguments, status=0, **options):
    return desk.json("--check-config", *arguments, status=status, places=False, **options)


def lines_of(answer):
    return [mistake["line"] for mistake in answer["mistakes"]]


def everything(folder):
    """Each file below it with its bytes and the time of its last change."""
    return {path: (path.read_bytes() if path.is_file() else None, path.stat().st_mtime_ns)
            for path in folder.rglob("*")}


def test_each_context_is_shown_as_it_is_understood(desk):
    answer = checked(desk)
    assert answer["config"] == str(desk.config)
    assert answer["mistakes"] == [] and answer["exit"] == 0
    lab, prod = answer["contexts"]
    assert (lab["context"], lab["default"], prod["context"], prod["default"]) == ("lab", True, "prod", False)
    folder = desk.config.parent
    assert [(place["uri"], place["detail"].split(";")[0]) for place in lab["places"]] == [
        (f"file:{folder}/agents.csv", "2 agents"),
        (f"sqlite:{folder}/pool.db", "not there yet"),
        (f"file:{folder}/list.csv", "not there yet"),
    ]
    assert [place["detail"] for place in prod["places"]] == ["in Amazon: not asked"] * 3
    assert lab["ranges"] == "2000-2999, 7100-7199" and lab["numbers"] == 1100 and lab["blocked"] == "21"
    assert lab["settings"]["cooldown"] == {"value": "14d", "from": f"{desk.config}:8 [context lab]"}
    assert prod["settings"]["cooldown"]["from"] == "built in"


def test_the_same_as_text(desk):
    done = desk.run("check-config", places=False)
    assert done.status == 0 and done.err == ""
    assert "[context lab], used if no other is named\n" in done.out
    assert "agents.csv (2 agents)\n" in done.out
    assert done.out.endswith("No mistake was found.\n")
    assert desk.run("check-config", "--quiet", places=False).out == ""
    assert f"14d ({desk.config}:8 [context lab])" in desk.run("check-config", "-v", places=False).out


def test_every_mistake_is_named_with_its_line(desk):
    desk.rules(BAD)
    (desk.config.parent / "list.csv").write_text("user,extension\n" * 100)
    answer = checked(desk, status=64)
    assert lines_of(answer) == [3, 6, 8, 9, 10, 15, 18, 21, 25, 26, 29, 30, 33, 34]
    said = {mistake["line"]: mistake for mistake in answer["mistakes"]}
    assert said[3]["hint"] == "It belongs in [console]"
    assert 'there is no column "mail"' in said[6]["message"]
    assert "is not a SQLite database" in said[8]["message"]
    assert "nowhere is not there" in said[9]["message"]
    assert 'there is no profile "nobody"' in said[15]["message"]
    assert "no store is named" in said[18]["message"]
    assert said[21]["hint"] == "Did you mean [policy]?"
    assert "Nokey" in said[29]["message"] and "snyc" in said[30]["message"]
    assert "nosuch" in said[33]["message"] and "purplish" in said[34]["message"]
    text = desk.run("--check-config", places=False)
    assert text.status == 64
    for mistake in answer["mistakes"]:
        assert mistake["message"].startswith(f"{desk.config}:{mistake['line']}: ")
        assert mistake["message"] + "\n" in text.out


def test_one_context_alone_and_none(desk):
    assert [context["context"] for context in checked(desk, "--context", "prod")["contexts"]] == ["prod"]
    answer = checked(desk, "--context", "prd", status=64)
    assert "has no context" in answer["mistakes"][0]["message"]
    desk.config.unlink()
    answer = checked(desk)
    assert answer["config"] is None and [context["context"] for context in answer["contexts"]] == [None]


def test_a_variable_with_a_mistake_is_named(desk):
    answer = checked(desk, status=64, environment={"EXTPOOL_LOG_LEVEL": "loud"})
    assert lines_of(answer) == [None]
    assert answer["mistakes"][0]["message"].startswith("EXTPOOL_LOG_LEVEL: ")


def test_a_store_of_another_width_is_a_mistake(desk):
    desk.run("--init", places=False)
    assert checked(desk)["contexts"][0]["places"][1]["detail"] == "there"
    desk.rules(GOOD.replace("ranges = 2000-2999, 7100-7199", "width = 5"))
    answer = checked(desk, status=64)
    assert "was made for extensions of 4 digits, not of 5" in answer["mistakes"][0]["message"]
    assert lines_of(answer) == [6]


def test_nothing_is_asked_and_nothing_is_written(cloud, tmp_path):
    desk = Desk(tmp_path, cloud.env())
    desk.rules(GOOD)
    folder = tmp_path / "home" / ".config" / "extpool"
    (folder / "agents.csv").write_text("user\nalice\n")
    assert desk.run("--init", "--context", "lab", places=False).status == 0
    before, mark = everything(tmp_path), cloud.gate.log.mark()
    assert checked(desk)["mistakes"] == []
    assert everything(tmp_path) == before
    assert cloud.gate.log.select(since=mark) == []
    os.chmod(folder, 0o500)  # and where nothing can be written
    try:
        assert checked(desk, "--context", "prod")["exit"] == 0
    finally:
        os.chmod(folder, 0o700)
