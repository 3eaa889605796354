"""Every action has its word: `extpool sync` is `extpool --sync`, with the same answer and the same exit code."""

import pytest

from support.program import Desk

SMALL = "[policy]\nwidth = 2\nranges = 10-19\nblocked =\n"


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.rules(SMALL)
    desk.people("alice", "bob", "sync")
    desk.json("sync")
    return desk


def test_a_word_does_what_its_option_does(desk):
    assert desk.held() == {"10": "alice", "11": "bob", "12": "sync"}
    assert desk.json("list", "agents") == desk.json("--list", "agents")
    assert desk.json("lookup", "10")["agent"] == "alice"
    assert desk.json("reassign", "alice=15")["applied"] == 1
    assert desk.json("release", "sync", "--dry-run")["plan"]["release"] == 1
    assert [action["action"] for action in desk.json("history", "--limit", "1")] == ["reassign"]
    assert desk.json("undo")["applied"] == 1
    assert desk.json("doctor")["problems"] == []
    assert desk.json("--quiet", "status") == desk.json("--quiet", "--status")


def test_an_agent_with_the_login_of_a_word_stays_an_agent(desk):
    assert desk.json("lookup", "sync")["extension"] == "12"
    assert desk.json("--pin", "sync=night desk")["applied"] == 1
    assert desk.json("--lookup", "sync")["pinned"] == "night desk"


@pytest.mark.parametrize("arguments, message, hint", [
    (["synk"], 'there is no action "synk"', "Did you mean extpool sync?"),
    (["lokup", "10"], 'there is no action "lokup"', "Did you mean extpool lookup?"),
    (["agents.csv"], 'there is no action "agents.csv"', "extpool --help lists the actions"),
    (["alice", "sync"], 'there is no action "alice"', "extpool --help lists the actions"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_an_unknown_word_is_an_error_that_names_the_nearest(desk, arguments, message, hint):
    answer = desk.json(*arguments, status=64)
    assert answer["error"]["message"] == message
    assert answer["error"]["hint"] == hint
