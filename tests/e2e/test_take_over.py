"""Several contexts on one store: whose holders are left alone, and how those of a retired directory are taken over."""

import sqlite3

import pytest

from support.program import Desk

RULES = "[policy]\nwidth = 3\nranges = 100-199\nblocked =\ncooldown = 0\n"


@pytest.fixture
def desk(tmp_path):
    """Leeds and York have synced by turns; then York's file is retired, and dave went to Leeds."""
    desk = Desk(tmp_path)
    desk.rules(RULES)
    sync(desk, "leeds", "alice", "bob")
    sync(desk, "york", "carol", "dave")
    assert sync(desk, "leeds", "alice", "bob")["changes"] == []
    return desk


def sync(desk, name, *people, more=(), status=0):
    """A sync that reads one file; "": it has no name."""
    path = desk.folder / f"{name or 'unnamed'}.csv"
    path.write_text("user\n" + "".join(f"{login}\n" for login in people))
    places = ["--directory", f"{name}=file:{path}" if name else f"file:{path}", "--store", f"sqlite:{desk.store}"]
    return desk.json(*places, "--sync", "--no-export", *more, status=status, places=False)


def sources(desk):
    with sqlite3.connect(desk.store) as db:
        return dict(db.execute("select agent, source from extension where state = 'assigned'"))


def test_foreign_holders_are_left_alone_and_counted(desk):
    answer = sync(desk, "leeds", "alice", "dave")
    assert [(row["change"], row["agent"]) for row in answer["changes"]] == [("release", "bob")]
    assert answer["plan"]["foreign"] == 1 and answer["plan"]["keep"] == 2
    assert sources(desk) == {"alice": "leeds", "carol": "york", "dave": "york"}


def test_a_retired_directory_is_taken_over(desk):
    answer = sync(desk, "leeds", "alice", "bob", "dave", more=["--take-over", "york"])
    assert [(row["change"], row["agent"]) for row in answer["changes"]] == [("release", "carol"), ("adopt", "dave")]
    assert "holders from york count as those of this directory" in answer["notes"]
    assert sources(desk) == {"alice": "leeds", "bob": "leeds", "dave": "leeds"}
    assert sync(desk, "leeds", "alice", "bob", "dave")["changes"] == []


def test_the_guard_holds_for_a_take_over(desk):
    refused = sync(desk, "leeds", "alice", more=["--take-over", "york", "--max-release", "1"], status=4)
    assert refused["refused"][0]["guard"] == "release" and len(sources(desk)) == 4


def test_an_unknown_source_names_those_that_there_are(desk):
    answer = sync(desk, "leeds", "alice", "bob", more=["--take-over", "hull"], status=1)
    assert answer["error"]["message"] == 'take-over: nobody in the store comes from "hull"'
    assert "leeds, york" in answer["error"]["hint"]


def test_a_file_without_a_name_does_not_go_with_other_sources(desk):
    answer = sync(desk, "", "alice", "bob", status=64)
    assert "leeds, york" in answer["error"]["message"] and "NAME=file:PATH" in answer["error"]["hint"]
    assert len(sources(desk)) == 4
