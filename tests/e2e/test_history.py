"""Questions to the audit trail: their filters, and the forms of the answer."""

import csv
import json
import sqlite3
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


def test_the_numbers_of_a_group(desk):
    desk.rules(RULES + "[group Leeds]\nmatch = login:*.leeds\nranges = 20-24\n[group York]\nmatch = login:*.york\nranges = 25-29\n")
    desk.people("alice", "carol", "ann.leeds", "ben.york")
    desk.json("--sync")
    desk.json("--reserve", "27=fax")
    rows = desk.json("--history", "--group", "York", "--limit", "0")
    assert [(change["extension"], change["agent"]) for row in rows for change in row["changes"]
            if change["change"] != "create"] == [("27", None), ("25", "ben.york")]
    assert [row["action"] for row in desk.json("--history", "--group", "Leeds")] == ["sync"]
    assert desk.json("--history", "--group", "Leeds", "--agent", "ben.york") == []
    said = desk.run("--history", "--group", "Yorck")
    assert said.status == 64 and 'Did you mean --group York?' in said.err


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


# ---- what was then ---------------------------------------------------------------------------------


@pytest.fixture
def told(desk):
    """The lists after each of the actions, and a moment between them and the next one."""
    places = []
    steps = [["--pin", "alice=desk"], ["--assign", "bob"], ["--swap", "bob=carol"], ["--release", "carol"],
             ["--unreserve", "19"], ["--reassign", "bob=19"], ["--undo"], ["--reserve", "19", "--target", "ext:10"]]
    for step in steps:
        desk.json(*step)
        at = datetime.fromisoformat(desk.json("--history", "--limit", "1")[0]["at"]) + timedelta(milliseconds=1)
        places.append((at.isoformat(timespec="milliseconds"), desk.json("--list", "extensions")))
        while datetime.now(at.tzinfo) <= at:
            pass
    assert len({json.dumps(listed) for _, listed in places}) > 6
    return places


def test_a_list_as_of_then_is_the_list_of_then(desk, told):
    for at, listed in told:
        assert desk.json("--list", "extensions", "--at", at) == listed
        free = [row["extension"] for row in listed if row["state"] == "free"]
        assert [row["extension"] for row in desk.json("--list", "free", "--at", at)] == free
        holders = {row["agent"]: row["extension"] for row in listed if row["agent"]}
        assert {row["agent"]: row["extension"] for row in desk.json("--list", "agents", "--at", at)} == holders
        counts = desk.json("--status", "--at", at)
        assert counts["extensions"]["assigned"] == len(holders) and counts["extensions"]["unknown"] == 0
        assert datetime.fromisoformat(counts["as_of"]) <= datetime.fromisoformat(at)


def test_one_number_and_one_agent_as_of_then(desk, told):
    for at, listed in told:
        for row in listed:
            found = desk.json("--lookup", row["extension"], "--at", at)
            assert {name: found.get(name) for name in row} == row
        for agent in ("alice", "bob", "carol"):
            held = [row["extension"] for row in listed if row["agent"] == agent]
            if held:
                assert desk.json("--lookup", agent, "--at", at)["extension"] == held[0]
            else:
                assert desk.run("--lookup", agent, "--at", at).status == 1


def test_a_moment_that_is_none(desk):
    assert "has not come yet" in desk.run("--lookup", "10", "--at", "2999-01-01").err
    assert desk.run("--lookup", "10", "--at", "soon").status == 64
    assert desk.run("--status", "--check", "--at", "1d").status == 64
    today = f"{datetime.now():%Y-%m-%d}"
    assert desk.json("--lookup", "10", "--at", today)["agent"] == "alice"  # as far as it is gone
    said = desk.run("--lookup", "alice", "--at", "1d")
    assert said.status == 1 and "alice held no extension at" in said.err


def test_what_no_record_tells(desk):
    assert desk.json("--lookup", "12", "--at", "1d")["state"] == "free"
    connection = sqlite3.connect(desk.store)
    connection.execute("UPDATE extension SET agent = 'mallory', state = 'assigned' WHERE extension = '17'")
    connection.commit()
    connection.close()
    found = desk.json("--lookup", "17", "--at", "1d")
    assert found["state"] == "unknown" and found["not_known_before"] and found["agent"] is None
    shown = desk.run("--lookup", "17", "--at", "1d").out
    assert "state             unknown" in shown and "not known before  20" in shown
    listed = desk.run("--list", "extensions", "--at", "1d").out
    assert [line for line in listed.splitlines() if line.startswith("17") and "unknown" in line and "not known before" in line]
    assert desk.json("--status", "--at", "1d")["extensions"]["unknown"] == 1
    assert "not known   1 extension" in desk.run("--status", "--at", "1d").out
