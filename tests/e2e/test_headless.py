"""The command line as scripts and people use it, on the embedded store."""

import csv
import getpass
import io
import os
import re
import sqlite3
import stat

import pytest

from support.program import Desk


SMALL = "[policy]\nwidth = 2\nranges = 10-19\nblocked =\n"


@pytest.fixture
def desk(tmp_path):
    """Ten numbers, 10 to 19."""
    desk = Desk(tmp_path)
    desk.rules(SMALL)
    return desk


PLAN_KEYS = ["create", "assign", "release", "reassign", "reserve", "unreserve", "pin", "unpin",
             "exempt", "unexempt", "set", "adopt", "repair", "keep", "unassigned", "foreign",
             "unknown_origin", "no_group", "group_unknown"]


# ---- sync ----------------------------------------------------------------------------------------


def test_one_command_does_the_main_job(desk):
    desk.rules("")
    desk.people("alice", "bob", "carol")
    done = desk.run("--sync")
    assert done.status == 0, done
    assert "assign 3" in done.out and "create 9,997" in done.out
    # 000 is blocked: it begins with an emergency code's prefix.
    assert desk.export.read_bytes() == b"user,extension\r\nalice,0010\r\nbob,0011\r\ncarol,0012\r\n"
    assert len(desk.held()) == 3
    assert stat.S_IMODE(os.stat(desk.store).st_mode) == 0o600


def test_the_json_of_a_sync_is_the_contract(desk):
    desk.people("alice", "bob")
    document = desk.json("--sync")
    assert list(document["plan"]) == PLAN_KEYS
    assert document["action"] == "sync" and document["dry_run"] is False
    assert document["plan"]["assign"] == 2 and document["plan"]["create"] == 8
    assert document["applied"] == 10 and document["conflicts"] == 0 and document["failed"] == 0
    assert document["export"]["rows"] == 2
    assert document["export"]["bytes"] == desk.export.stat().st_size
    assert document["exit"] == 0 and document["duration_ms"] >= 0
    assert {"change", "extension", "agent", "from", "to", "why", "result"} <= set(document["changes"][0])
    assert {change["result"] for change in document["changes"]} == {"done"}


def test_a_dry_run_prints_what_the_real_run_then_does(desk):
    desk.people("alice", "bob")
    plan = desk.json("--sync", "--dry-run")
    assert not desk.store.exists() and not desk.export.exists()
    real = desk.json("--sync")
    strip = lambda changes: [{k: c[k] for k in c if k != "result"} for c in changes]
    assert strip(plan["changes"]) == strip(real["changes"])
    assert {change["result"] for change in plan["changes"]} == {"planned"}
    assert plan["action_id"] is None and real["action_id"]


def test_a_second_sync_has_nothing_to_do(desk):
    desk.people("alice", "bob")
    desk.json("--sync")
    first = desk.export.read_bytes()
    again = desk.json("--sync")
    assert again["changes"] == [] and again["action_id"] is None and again["plan"]["keep"] == 2
    assert desk.export.read_bytes() == first


def test_exit_code_of_a_dry_run_says_whether_changes_are_pending(desk):
    desk.people("alice")
    assert desk.run("--sync", "--dry-run", "--exit-code").status == 2
    assert desk.run("--sync", "--dry-run").status == 0
    desk.run("--sync")
    assert desk.run("--sync", "--dry-run", "--exit-code").status == 0


def test_leavers_cool_and_return_to_their_number(desk):
    desk.people("alice", "bob", "carol")
    desk.run("--sync")
    before = desk.held()
    desk.people("alice", "carol")
    document = desk.json("--sync")
    assert document["plan"]["release"] == 1
    (number,) = [ext for ext, agent in before.items() if agent == "bob"]
    assert desk.states()[number] == "cooling"
    desk.people("alice", "carol", "dave")
    desk.run("--sync")
    assert desk.held()["13"] == "dave"  # not the one that cools
    desk.people("alice", "bob", "carol", "dave")
    desk.run("--sync")
    assert desk.held()[number] == "bob"


def test_an_exhausted_pool_is_exit_5_and_names_who_got_none(desk):
    desk.people(*[f"agent{i:02}" for i in range(12)])
    document = desk.json("--sync", status=5)
    assert document["plan"]["unassigned"] == 2
    assert document["unassigned_agents"] == ["agent10", "agent11"]
    assert len(desk.held()) == 10


def test_the_guard_stops_mass_release(desk):
    desk.people(*[f"agent{i:02}" for i in range(40)])
    desk.rules("[policy]\nwidth = 2\nranges = 10-99\nblocked =\n")
    desk.json("--sync")
    before = desk.held()
    desk.people(*[f"agent{i:02}" for i in range(30)])
    refused = desk.json("--sync", status=4)
    assert refused["error"]["code"] == "guard"
    assert desk.held() == before
    assert desk.json("--sync", "--yes", status=4)["exit"] == 4  # --yes lifts no guard
    assert desk.json("--sync", "--max-release", "10")["plan"]["release"] == 10


def test_an_empty_directory_never_releases(desk):
    desk.people("alice")
    desk.json("--sync")
    desk.agents.write_text("user\n")
    result = desk.run("--sync", "--max-release", "100%")
    assert result.status == 4, result
    assert desk.held() == {"10": "alice"}


# ---- edits ---------------------------------------------------------------------------------------


@pytest.fixture
def staffed(desk):
    desk.people("alice", "bob", "carol")
    desk.json("--sync")
    return desk


def test_assign_release_reassign_swap(staffed):
    desk = staffed
    desk.people("alice", "bob", "carol", "dave")
    assert desk.json("--assign", "dave=17")["applied"] == 1
    assert desk.json("--reassign", "alice=18")["changes"][0]["from"] == "10"
    assert desk.json("--swap", "bob=carol")["exit"] == 0
    assert desk.held() == {"11": "carol", "12": "bob", "17": "dave", "18": "alice"}
    assert desk.json("--release", "dave", "12")["plan"]["release"] == 2
    assert desk.held() == {"11": "carol", "18": "alice"}


@pytest.mark.parametrize("arguments", [
    ["--assign", "alice"],              # has one
    ["--assign", "nobody"],             # not in the directory
    ["--reassign", "alice=11"],         # taken
    ["--release", "nobody"],
    ["--release", "19"],                # free
    ["--reserve", "10"],                # assigned
    ["--unreserve", "15"],              # not reserved
    ["--swap", "alice=nobody"],
    ["--unpin", "alice"],
])
def test_what_is_not_possible_is_refused_with_the_reason(staffed, arguments):
    before = staffed.json("--list", "extensions")
    result = staffed.run(*arguments)
    assert result.status == 1, result
    assert any(word in result.err for word in arguments[1].split("=")), result
    assert staffed.json("--list", "extensions") == before


def test_one_impossible_request_and_nothing_is_written(staffed):
    before = staffed.held()
    assert staffed.run("--release", "alice", "nobody").status == 1
    assert staffed.held() == before


def test_pinned_agents_stay_through_a_sync(staffed):
    desk = staffed
    desk.json("--pin", "bob=front desk")
    desk.people("alice", "carol")
    document = desk.json("--sync")
    assert document["plan"]["release"] == 0
    assert "bob" in desk.held().values()
    assert desk.run("--release", "bob").status == 1
    desk.json("--unpin", "bob")
    assert desk.json("--sync")["plan"]["release"] == 1


def test_reserved_numbers_are_not_handed_out(staffed):
    desk = staffed
    desk.json("--reserve", "13=night desk", "14")
    desk.people("alice", "bob", "carol", "dave")
    desk.json("--sync")
    assert desk.held()["15"] == "dave"
    row = desk.json("--lookup", "13")
    assert row["state"] == "reserved" and row["note"] == "night desk"
    desk.json("--unreserve", "13")
    assert desk.states()["13"] in ("free", "cooling")


# ---- undo, history, import, export -----------------------------------------------------------------


def test_undo_takes_the_last_action_back(staffed):
    desk = staffed
    before = desk.json("--list", "extensions")
    desk.json("--reassign", "alice=18")
    undone = desk.json("--undo")
    assert undone["applied"] == 1
    assert {r["extension"]: r["state"] for r in before} == desk.states()
    assert desk.held()["10"] == "alice"


def test_undo_of_a_named_action_reports_what_moved_on(staffed):
    desk = staffed
    first = desk.json("--reassign", "alice=18")["action_id"]
    desk.json("--reassign", "alice=19")
    result = desk.json("--undo", first, status=3)
    assert [change["result"] for change in result["changes"]] == ["conflict"]
    assert desk.held()["19"] == "alice"
    assert desk.run("--undo", "20200101T000000000Z-aaaaaa").status == 1


def test_undo_of_a_large_sync_is_guarded_like_one(desk):
    desk.rules("[policy]\nwidth = 2\nranges = 10-99\nblocked =\n")
    desk.people(*[f"agent{i:02}" for i in range(40)])
    desk.json("--sync")
    assert desk.json("--undo", status=4)["error"]["code"] == "guard"
    assert len(desk.held()) == 40
    assert desk.json("--undo", "--max-release", "100%")["applied"] == 40
    assert desk.held() == {} and set(desk.states().values()) == {"free"}


def test_history_says_who_when_what_and_why(staffed):
    staffed.json("--pin", "alice=boss")
    history = staffed.json("--history")
    assert [action["action"] for action in history] == ["pin", "sync"]
    newest = history[0]
    assert "@" in newest["actor"] and newest["at"].endswith("Z")
    assert newest["changes"][0]["agent"] == "alice" and newest["changes"][0]["to"] == "boss"
    assert len(staffed.json("--history", "--limit", "1")) == 1


def test_history_names_the_ssh_client(staffed):
    staffed.json("--pin", "alice", environment={"SSH_CONNECTION": "192.0.2.7 5000 10.0.0.1 22"})
    assert "192.0.2.7" in staffed.json("--history", "--limit", "1")[0]["actor"]


@pytest.mark.parametrize("environment, actor", [
    ({"SUDO_USER": "kim"}, r"kim@\S+ as \w+"),
    ({"DOAS_USER": "kim"}, r"kim@\S+ as \w+"),
    ({"SUDO_USER": "kim", "SSH_CONNECTION": "192.0.2.7 5000 10.0.0.1 22"}, r"kim@\S+ as \w+ from 192.0.2.7"),
    ({"SUDO_USER": getpass.getuser()}, getpass.getuser() + r"@\S+"),
    ({"SUDO_USER": "kim\n\x1b[31m"}, getpass.getuser() + r"@\S+"),
    ({"SUDO_USER": ""}, getpass.getuser() + r"@\S+"),
])  # fmt: skip
def test_under_sudo_the_actor_is_the_person(staffed, environment, actor):
    staffed.json("--pin", "alice", environment=environment)
    assert re.fullmatch(actor, staffed.json("--history", "--limit", "1")[0]["actor"])


def test_the_doctor_says_what_it_did_not_look_at(staffed):
    done = staffed.run("--doctor")
    assert done.status == 0 and "all is well" in done.out
    assert f"only the store was checked, not file:{staffed.agents} and not file:{staffed.export}" in done.err
    assert staffed.json("--doctor")["not_checked"] == [f"file:{staffed.agents}", f"file:{staffed.export}"]
    assert staffed.run("--doctor", "--quiet").err == ""


@pytest.mark.parametrize("option", [["--refresh", "0"], ["--ascii"], ["--theme", "dark"], ["--mouse"]])
def test_an_option_of_the_console_is_told_where_it_belongs(desk, option):
    done = desk.run(*option, "--sync")
    assert done.status == 64 and f"{option[0]} does not go with --sync" in done.err
    assert "belongs to the console, which opens without an action: extpool --help console" in done.err


def test_an_import_applies_all_rows_or_none(staffed):
    desk = staffed
    desk.people("alice", "bob", "carol", "dave")
    good = desk.folder / "moves.csv"
    good.write_text("user,extension,action,note\nalice,11,reassign,\nbob,10,reassign,\n"
                    "dave,15,,\n,16,reserve,lift\n")
    document = desk.json("--import", good)
    assert document["applied"] == 4
    assert desk.held() == {"11": "alice", "10": "bob", "12": "carol", "15": "dave"}
    bad = desk.folder / "bad.csv"
    bad.write_text("user,extension,action\nnobody,17,assign\nalice,18,reassign\nbob,99x,reassign\n")
    before = desk.held()
    result = desk.run("--import", bad)
    assert result.status == 1
    assert "2" in result.err and "4" in result.err and "nobody" in result.err
    assert desk.held() == before


def test_an_export_can_be_imported_again(staffed):
    desk = staffed
    desk.json("--export")
    rows = list(csv.DictReader(io.StringIO(desk.export.read_text(), newline="")))
    assert [row["user"] for row in rows] == ["alice", "bob", "carol"]
    again = desk.json("--import", desk.export)
    assert again["applied"] == 0 and again["exit"] == 0


def test_formulas_are_exported_as_they_are_or_neutralised(desk):
    desk.people("=cmd", "plain")
    desk.json("--sync")
    assert b"\n=cmd," in desk.export.read_bytes()
    desk.json("--export", "--csv-safe")
    assert b"'=cmd" in desk.export.read_bytes()


# ---- showing -------------------------------------------------------------------------------------


def test_status_counts_and_names_the_places(staffed):
    status = staffed.json("--status")
    assert status["agents"] == 3 and status["unassigned_agents"] == 0 and status["stale"] == 0
    assert status["extensions"] == {"total": 10, "assigned": 3, "free": 7, "cooling": 0,
                                    "reserved": 0, "blocked": 0, "not_made": 0}
    assert status["store"] == f"sqlite:{staffed.store}"
    assert status["directory"] == f"file:{staffed.agents}"


def test_lists_and_lookups(staffed):
    desk = staffed
    desk.people("alice", "bob", "zoe")
    agents = {row["agent"]: row for row in desk.json("--list", "agents")}
    assert agents["alice"]["state"] == "assigned" and agents["alice"]["extension"] == "10"
    assert agents["zoe"]["state"] == "new" and agents["zoe"]["extension"] is None
    assert agents["carol"]["state"] == "stale"
    assert {row["state"] for row in desk.json("--list", "free")} == {"free"}
    assert desk.json("--lookup", "alice")["extension"] == "10"
    assert desk.json("--lookup", "10")["agent"] == "alice"
    assert desk.json("--lookup", "nobody", status=1)["error"]["code"] == "not_found"


def test_hostile_logins_reach_no_terminal_raw(desk):
    desk.agents.write_text('user,name\n"evil\u202e","\u200bname"\n')
    result = desk.run("--sync")
    listed = desk.run("--list", "agents")
    for text in (result.out, result.err, listed.out):
        assert "\u202e" not in text and "\x1b" not in text


# ---- wrong usage, wrong input --------------------------------------------------------------------


@pytest.mark.parametrize("arguments, word", [
    (["--synk"], "--sync"),
    (["--sync", "--status"], "--status"),
    (["--sync", "--max-release", "lots"], "max-release"),
    (["--list", "agent"], "agents"),
    (["--reassign", "alice"], "AGENT=EXT"),
    (["--sync", "extra"], "extra"),
])
def test_wrong_usage_is_64_and_says_what_was_meant(desk, arguments, word):
    result = desk.run(*arguments)
    assert result.status == 64, result
    assert word in result.err
    assert result.out == ""


def test_errors_are_one_json_document_too(desk):
    document = desk.json("--synk", status=64)
    assert document["error"]["code"] == "usage" and document["exit"] == 64


def test_read_only_writes_nothing(staffed):
    staffed.people("alice", "bob", "carol", "dave")
    before = staffed.store.read_bytes()
    result = staffed.run("--sync", "--read-only")
    assert result.status == 1 and "read-only" in result.err
    assert staffed.store.read_bytes() == before
    published = staffed.export.read_bytes() if staffed.export.exists() else None
    result = staffed.run("--export", "--read-only")
    assert result.status == 1 and "read-only" in result.err
    assert (staffed.export.read_bytes() if staffed.export.exists() else None) == published
    shown = staffed.run("--export", "-", "--read-only")
    assert shown.status == 0 and shown.out.startswith("user,extension")  # shown, not published


@pytest.mark.parametrize("content, words", [
    (None, ["agents.csv"]),
    (b"name,phone\nx,y\n", ["login"]),
    (b"user,name\nalice\n", ["2"]),
    (b"user\nal\xffice\n", ["2", "UTF-8"]),
    (b"user\nal\0ice\n", ["2"]),
    (b"user\n" + b"x" * 129 + b"\n", ["2", "128"]),
    (b"user\nalice\nbob\nalice\n", ["2", "4", "alice"]),
])
def test_a_bad_directory_is_one_clear_sentence(staffed, content, words):
    if content is None:
        staffed.agents.unlink()
    else:
        staffed.agents.write_bytes(content)
    before = staffed.store.read_bytes()
    result = staffed.run("--sync")
    assert result.status == (4 if content == b"user\n" else 1), result
    assert all(word in result.err for word in ["agents.csv", *words]), result
    assert staffed.store.read_bytes() == before


def test_a_store_that_is_no_store(desk):
    desk.people("alice")
    desk.store.write_text("this is a text file, not a database " * 100)
    before = desk.store.read_bytes()
    result = desk.run("--sync")
    assert result.status == 1 and "pool.db" in result.err
    assert desk.store.read_bytes() == before


def test_a_store_of_another_width(staffed):
    staffed.rules("")
    result = staffed.run("--sync")
    assert result.status == 1, result
    assert "2" in result.err and "4" in result.err


def test_a_store_from_the_future(staffed):
    connection = sqlite3.connect(staffed.store)
    connection.execute("PRAGMA user_version = 999")
    connection.commit()
    connection.close()
    result = staffed.run("--sync")
    assert result.status == 1 and "newer" in result.err


def test_json_directories_of_the_aws_command_line(desk):
    desk.agents = desk.folder / "users.json"
    desk.agents.write_text('{"UserSummaryList":[{"Id":"1","Username":"alice"}]}\n'
                           '{"UserSummaryList":[{"Id":"2","Username":"bob"}]}\n')
    assert desk.json("--sync")["plan"]["assign"] == 2
    desk.agents.write_text('{"UserSummaryList":[{"Id":"1","Userna')
    result = desk.run("--sync")
    assert result.status == 1 and "users.json" in result.err
    assert len(desk.held()) == 2


# ---- the doctor ----------------------------------------------------------------------------------


def test_the_doctor_finds_and_mends_a_missing_number(staffed):
    assert staffed.json("--doctor")["problems"] == []
    connection = sqlite3.connect(staffed.store)
    connection.execute("DELETE FROM extension WHERE extension = '19'")
    connection.commit()
    connection.close()
    found = staffed.json("--doctor", status=2)
    assert [p["kind"] for p in found["problems"]] == ["missing"]
    assert found["problems"][0]["extension"] == "19"
    mended = staffed.json("--doctor", "--fix")
    assert mended["fixed"] == 1
    assert staffed.json("--doctor")["problems"] == []


# ---- where calls go ------------------------------------------------------------------------------


def test_targets_ends_and_fallbacks(desk):
    desk.rules("[policy]\nwidth = 2\nranges = 10-19\nblocked =\n")
    desk.people("alice", "bob")
    desk.json("--sync")
    made = desk.json("--reserve", "15=fax", "--target", "agent:bob", "--until", "2099-12-24T18:00:00Z")
    assert made["plan"]["reserve"] == 1 and made["plan"]["set"] == 0
    row = next(row for row in desk.json("--list", "extensions") if row["extension"] == "15")
    assert (row["target"], row["until"], row["note"]) == ("agent:bob", "2099-12-24T18:00:00Z", "fax")
    other = desk.json("--reserve", "15", "--target", "phone:+441632960000")
    assert other["plan"]["set"] == 1 and other["changes"][0]["target"] == "phone:+441632960000"
    assert desk.json("--reserve", "15", "--target", "phone:+441632960000")["skipped"] == 1
    assert desk.json("--lookup", "15")["call_goes_to"] == {"kind": "phone", "value": "+441632960000"}
    desk.json("--undo")
    assert desk.json("--lookup", "15")["target"] == "agent:bob"
    desk.json("--reserve", "15", "--target", "none", "--until", "never")
    assert [desk.json("--lookup", "15")[name] for name in ("target", "until", "note")] == [None, None, "fax"]
    noted = desk.json("--fallback", "alice=agent:gone", "bob=ext:10")
    assert noted["plan"]["set"] == 2 and "agent:gone leads nowhere now" in noted["notes"][0]
    desk.json("--swap", "alice=bob")
    assert desk.json("--lookup", "bob")["fallback_target"] == "ext:10"
    desk.json("--fallback", "bob=")
    assert desk.json("--lookup", "bob")["fallback_target"] is None


@pytest.mark.parametrize("status, arguments", [
    (64, ["--reserve", "15", "--target", "fax:1"]),
    (64, ["--reserve", "15", "--target", "ext:150"]),
    (64, ["--reserve", "15", "--until", "tomorrow"]),
    (64, ["--reserve", "15", "--until", "2026-02-30"]),
    (1, ["--reserve", "15", "--until", "2020-01-01"]),
    (1, ["--reserve", "14", "15", "--target", "ext:15"]),
    (64, ["--release", "alice", "--target", "none"]),
    (64, ["--fallback", "alice"]),
    (64, ["--fallback", "alice=17"]),
    (1, ["--fallback", "alice=agent:alice"]),
    (1, ["--fallback", "alice=ext:10"]),
    (1, ["--fallback", "nobody=ext:10"]),
])
def test_what_cannot_be_where_calls_go(desk, status, arguments):
    desk.rules("[policy]\nwidth = 2\nranges = 10-19\nblocked =\n")
    desk.people("alice")
    desk.json("--sync")
    before = desk.json("--list", "extensions")
    said = desk.run(*arguments)
    assert said.status == status and said.err.startswith("extpool: "), said
    assert desk.json("--list", "extensions") == before
