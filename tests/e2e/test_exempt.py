"""Agents who need no extension: the command line, the look-ups, what a release says, and the console's
X, on SQLite and on DynamoDB.
"""

import signal

import pytest


def at(term, text):
    return term.press("/").type(text).press("Enter").wait_for(f"/{text}").quiet()


def states(place):
    return {row["agent"]: row["state"] for row in place.json("--list", "agents")}


def test_an_exempt_holder_gives_the_number_back_and_gets_none(place):
    ext = place.extension("d.rao")
    document = place.json("--exempt", "d.rao=trainer")
    assert [(change["change"], change["extension"], change["to"]) for change in document["changes"]] \
        == [("release", ext, None), ("exempt", None, "trainer")]
    assert document["plan"]["exempt"] == document["plan"]["release"] == 1 and document["applied"] == 2
    assert states(place)["d.rao"] == "exempt"
    assert place.json("--lookup", "d.rao")["state"] == "exempt"
    synced = place.json("--sync", "--no-export")
    assert "d.rao" not in {change["agent"] for change in synced["changes"]}
    refused = place.json("--assign", "d.rao", status=1)
    assert "--unexempt d.rao" in refused["error"]["message"]


def test_a_release_of_one_who_works_here_says_what_comes_next(place):
    notes = place.json("--release", "d.rao", "--dry-run")["notes"]
    assert ["--exempt d.rao" in note and "the next sync" in note for note in notes] == [True]
    assert "notes" not in place.json("--exempt", "d.rao", "--dry-run")


def test_an_exemption_and_its_release_are_undone_and_brought_back_together(place):
    ext = place.extension("d.rao")
    place.json("--exempt", "d.rao=trainer")
    undone = place.json("--undo")
    assert [(change["change"], change["extension"]) for change in undone["changes"]] \
        == [("unexempt", None), ("assign", ext)]
    assert undone["applied"] == 2 and place.extension("d.rao") == ext
    assert states(place)["d.rao"] == "assigned"
    assert place.json("--redo")["applied"] == 2
    assert states(place)["d.rao"] == "exempt"
    place.json("--unexempt", "d.rao")
    assert [change["to"] for change in place.json("--undo")["changes"]] == ["trainer"]
    assert states(place)["d.rao"] == "exempt"


@pytest.fixture
def term(place):
    with place.console() as term:
        term.wait_for("read: 12 agents").quiet()
        yield term
        term.signal(signal.SIGTERM)
        term.wait_exit()
        term.check_whole()


def test_the_console_makes_exempt_and_ends_it(place, term):
    at(term, "d.rao")
    term.press("X").wait_for("Exempt d.rao").type("trainer").wait_for("note: trainer")
    term.wait_for("release").press("Enter").wait_for("exempt: 2 applied").wait_for("EXEM").quiet()
    assert states(place)["d.rao"] == "exempt"
    term.press("X").wait_for("Unexempt d.rao").press("Enter").wait_for("unexempt: 1 applied").quiet()
    assert states(place)["d.rao"] == "new"
