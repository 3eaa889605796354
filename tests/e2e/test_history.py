"""Questions to the audit trail: their filters, and the forms of the answer."""

import csv
import json
from datetime import datetime, timedelta

import pytest

from support.program import Desk

RULES = "[policy]\nwidth = 2\nranges = 10-19\nblocked =\n"


@pytest.fixture
def desk(tmp_path):
    """kim gives alice, bob and carol their numbers; lee releases bob and renumbers carol."""
    desk = Desk(tmp_path)
    desk.rules(RULES)
    desk.people("alice", "bob", "carol")
    kim, lee = {"SUDO_USER": "kim"}, {"SUDO_USER": "lee"}
    desk.json("--sync", environment=kim)
    desk.json("--release", "bob", environment=lee)
    desk.json("--reassign", "carol=17", environment=lee)
    desk.json("--reserve", "19==fax", environment=kim)
    return desk


def actions(desk, *question):
    return [(action["action"], len(action["changes"])) for action in desk.json("--history", *question)]


def test_each_filter_and_all_of_them(desk):
    assert actions(desk, "carol") == actions(desk, "--agent", "carol") == [("reassign", 1), ("sync", 1)]
    assert actions(desk, "12") == actions(desk, "--extension", "12") == [("reassign", 1), ("sync", 1)]
    assert actions(desk, "--actor", "LEE@") == [("reassign", 1), ("release", 1)]
    assert actions(desk, "--actor", "lee", "--agent", "bob") == [("release", 1)]
    assert actions(desk, "--agent", "nobody") == []
    whole = desk.json("--history")
    begun = [action["at"] for action in whole]
    assert actions(desk, "--since", begun[1]) == [("reserve", 1), ("reassign", 1)]
    assert actions(desk, "--until", begun[1]) == actions(desk)[2:]
    assert actions(desk, "--since", begun[2], "--until", begun[1]) == [("release", 1)]
    assert actions(desk, "--since", "1d") == actions(desk)
    assert actions(desk, "--until", "1d") == []


@pytest.mark.parametrize("zone, hours", [("UTC0", 0), ("AAA23", 23), ("AAA-23", -23)])
def test_a_day_is_that_of_who_asks(desk, zone, hours):
    written = [datetime.fromisoformat(action["at"]) for action in desk.json("--history")]
    day = f"{written[0]:%Y-%m-%d}"
    begin = datetime.fromisoformat(day + "T00:00:00+00:00") + timedelta(hours=hours)
    end = begin + timedelta(days=1)
    here = {"TZ": zone}
    assert len(desk.json("--history", "--since", day, environment=here)) == sum(at >= begin for at in written)
    assert len(desk.json("--history", "--until", day, environment=here)) == sum(at < end for at in written)


def test_nothing_can_be_between(desk):
    said = desk.run("--history", "--since", "1h", "--until", "2h")
    assert said.status == 64 and "--since is not before --until" in said.err
    said = desk.run("--history", "nobody")
    assert said.status == 1 and "nothing is recorded about nobody" in said.err
    said = desk.run("--history", "--actor", "nobody")
    assert said.status == 0 and said.out == "" and said.err == "no such action\n"


def test_lines_of_json_are_the_objects_of_the_document(desk):
    said = desk.run("--history", "--format", "jsonl")
    assert said.status == 0 and said.err == ""
    assert [json.loads(line) for line in said.out.splitlines()] == desk.json("--history")
    assert desk.run("--history", "--format", "json").out == desk.run("--history", "--json").out


def test_csv_has_a_row_for_each_change(desk):
    rows = list(csv.DictReader(desk.run("--history", "--format", "csv").out.splitlines()))
    whole = [(action, change) for action in desk.json("--history") for change in action["changes"]]
    assert len(rows) == len(whole) > 5
    for row, (action, change) in zip(rows, whole):
        for name in ("action_id", "at", "actor", "user", "via", "action", "ticket", "undoes", "plan_file"):
            assert row[name] == (action[name] or "")
        for name in ("change", "extension", "agent", "from", "to", "why"):
            assert row[name] == (change[name] or "")
    assert [row["to"] for row in rows if row["change"] == "reserve"] == ["=fax"]


def test_chosen_columns(desk):
    said = desk.run("--history", "--agent", "carol", "--format", "tsv", "--columns", "change,from,extension")
    assert said.out == "change\tfrom\textension\nreassign\t12\t17\nassign\t\t12\n"
    said = desk.run("--history", "--agent", "carol", "--columns", "change,extension")
    assert said.out == "CHANGE    EXTENSION\nreassign  17\nassign    12\n"
    said = desk.run("--history", "--format", "csv", "--csv-safe", "--columns", "to", "--extension", "19", "--limit", "1")
    assert said.out == "to\n'=fax\n"
    said = desk.run("--history", "--columns", "agnet")
    assert said.status == 64 and said.out == "" and 'Did you mean "agent"?' in said.err


def test_what_is_left_out_is_said(desk):
    for number in range(20):
        desk.json("--pin" if number % 2 == 0 else "--unpin", "alice")
    said = desk.run("--history")
    assert len(said.out.splitlines()) == 21
    assert said.err == "note: only the newest 20 are shown; --limit 0 shows all\n"
    assert desk.run("--history", "--limit", "20").err == "" == desk.run("--history", "--quiet").err
    everything = desk.run("--history", "--since", "1d", "--format", "jsonl")
    assert len(everything.out.splitlines()) == 24 and everything.err == ""


# ---- lists -----------------------------------------------------------------------------------------


def test_lists_as_rows(desk):
    rows = list(csv.DictReader(desk.run("--list", "extensions", "--format", "csv").out.splitlines()))
    whole = desk.json("--list", "extensions")
    assert len(rows) == len(whole) == 10
    for row, slot in zip(rows, whole):
        assert row == {"last_agent": "", **{name: value or "" for name, value in slot.items()}}
    rows = list(csv.DictReader(desk.run("--list", "agents", "--format", "csv").out.splitlines()))
    assert [(row["agent"], row["extension"], row["state"]) for row in rows] == [
        (row["agent"], row["extension"] or "", row["state"]) for row in desk.json("--list", "agents")]
    free = desk.run("--list", "free", "--format", "tsv", "--columns", "extension,last_agent").out.splitlines()
    assert free[0] == "extension\tlast_agent" and "13\t" in free and not any(row.startswith("10") for row in free)
    assert desk.run("--list", "agents", "--columns", "state,agent").out.splitlines()[0] == "STATE     AGENT"
    assert desk.run("--list", "agents", "--columns", "ext").status == 64
