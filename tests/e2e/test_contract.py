"""The contract that scripts depend on: every action with its JSON, its dry run and its exit codes."""

import sqlite3
from types import SimpleNamespace

import pytest

from support.program import Desk

SMALL = "[policy]\nwidth = 2\nranges = 10-19\nblocked =\n"

PLAN = ["create", "assign", "release", "reassign", "reserve", "unreserve", "pin", "unpin",
        "exempt", "unexempt", "set", "adopt",
        "repair", "keep", "unassigned", "foreign", "unknown_origin", "no_group", "group_unknown"]
ACTION = ["action", "action_id", "dry_run", "plan", "changes", "applied", "skipped", "conflicts",
          "failed", "export", "duration_ms", "exit"]
CHANGE = ["change", "extension", "agent", "from", "to", "why", "result"]
AGENT = ["agent", "name", "extension", "state", "since", "pinned", "group", "source"]
EXTENSION = ["extension", "state", "agent", "since", "note", "target", "until"]


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.rules(SMALL)
    return desk


@pytest.fixture
def staffed(desk):
    """alice 10 (pinned), bob 11, carol 12; dave works here and has none; 19 is reserved."""
    desk.people("alice", "bob", "carol")
    desk.json("--sync")
    desk.json("--pin", "alice=front desk")
    desk.json("--reserve", "19=lift")
    desk.people("alice", "bob", "carol", "dave")
    return desk


def damage(desk, sql):
    connection = sqlite3.connect(desk.store)
    connection.execute(sql)
    connection.commit()
    connection.close()


def moves(desk):
    path = desk.folder / "moves.csv"
    path.write_text("user,extension,action,note\nbob,12,reassign,\ncarol,11,reassign,\n"
                    ",18,reserve,fax\ndave,17,,\nalice,,unpin,\n")
    return path


# ---- everything that writes ------------------------------------------------------------------------

WRITES = {
    "init": (lambda desk: damage(desk, "DELETE FROM extension WHERE extension = '18'"), ["--init"]),
    "sync": (None, ["--sync"]),
    "assign": (None, ["--assign", "dave=15"]),
    "release": (None, ["--release", "bob", "12"]),
    "reassign": (None, ["--reassign", "bob=14"]),
    "swap": (None, ["--swap", "bob=carol"]),
    "reserve": (None, ["--reserve", "14", "15=night"]),
    "unreserve": (None, ["--unreserve", "19"]),
    "pin": (None, ["--pin", "bob=desk"]),
    "unpin": (None, ["--unpin", "alice"]),
    "exempt": (None, ["--exempt", "bob=trainer", "dave"]),
    "unexempt": (lambda desk: desk.json("--exempt", "bob=trainer"), ["--unexempt", "bob"]),
    "target": (None, ["--reserve", "19", "--target", "ext:10", "--until", "30d"]),
    "fallback": (None, ["--fallback", "bob=ext:10"]),
    "import": (None, ["--import", moves]),
    "undo": (lambda desk: desk.json("--swap", "bob=carol"), ["--undo"]),
    "doctor": (lambda desk: damage(desk, "DELETE FROM extension WHERE extension = '18'"),
               ["--doctor", "--fix"]),
}


@pytest.fixture(params=list(WRITES))
def write(request, staffed):
    prepare, arguments = WRITES[request.param]
    if prepare:
        prepare(staffed)
    arguments = [argument(staffed) if callable(argument) else argument for argument in arguments]
    return SimpleNamespace(desk=staffed, name=request.param, arguments=arguments)


def plan_of(document):
    """An action's document; the doctor has it inside its own."""
    return document.get("repair", document)


def without_results(changes):
    return [{key: change[key] for key in CHANGE if key != "result"} for change in changes]


def test_a_dry_run_is_the_real_run_without_the_writing(write):
    desk = write.desk
    before = desk.json("--list", "extensions"), desk.json("--history"), desk.export.read_bytes()
    looked = plan_of(desk.json(*write.arguments, "--dry-run", status=2 if write.name == "doctor" else 0))
    assert (desk.json("--list", "extensions"), desk.json("--history"), desk.export.read_bytes()) == before
    assert looked["dry_run"] is True and looked["action_id"] is None and looked["applied"] == 0
    assert {change["result"] for change in looked["changes"]} == {"planned"}
    real = plan_of(desk.json(*write.arguments))
    assert without_results(real["changes"]) == without_results(looked["changes"])
    assert {change["result"] for change in real["changes"]} == {"done"}
    assert real["plan"] == looked["plan"]
    assert real["applied"] == len(real["changes"]) > 0 and real["exit"] == 0
    newest = desk.json("--history", "--limit", "1")[0]
    assert newest["action_id"] == real["action_id"]
    assert desk.json("--doctor")["problems"] == []


def test_the_documents_of_what_writes(write):
    for more in (["--dry-run"], []):
        status = 2 if write.name == "doctor" and more else 0
        document = plan_of(write.desk.json(*write.arguments, *more, status=status))
        members = list(document)
        assert [name for name in members if name in ACTION] == ACTION
        assert set(members) - set(ACTION) <= {"unassigned_agents", "notes", "refused", "error"}
        assert list(document["plan"]) == PLAN
        assert all(isinstance(count, int) for count in document["plan"].values())
        for change in document["changes"]:
            calls = ["target", "until", "fallback"] if change["change"] == "set" else []
            assert [name for name in change if name != "detail"] == CHANGE + calls
            assert isinstance(change["why"], str) and change["why"]
        assert (document["export"] is not None) == (write.name == "sync" and not more)


def test_exit_code_says_whether_changes_are_pending(write):
    dry = [*write.arguments, "--dry-run", "--exit-code"]
    assert write.desk.run(*dry).status == 2
    assert write.desk.run(*write.arguments).status == 0
    again = write.desk.run(*dry)
    # What is done cannot be asked for again; the undo of an undo can.
    assert again.status in {"undo": (2,), "swap": (2,), "init": (0,), "sync": (0,),
                            "doctor": (0,)}.get(write.name, (0, 1)), again


def test_what_writes_is_silent_with_quiet_and_says_why_with_verbose(write):
    quiet = write.desk.run(*write.arguments, "--quiet")
    assert quiet.status == 0 and quiet.out == ""
    said = write.desk.run("--history", "--limit", "1", "--verbose").out
    assert len(said.splitlines()) >= 2


def test_read_only_refuses_each(write):
    before = write.desk.json("--list", "extensions")
    document = write.desk.json(*write.arguments, "--read-only", status=1)
    assert plan_of(document)["error"]["code"] == "read_only"
    assert write.desk.json("--list", "extensions") == before


# ---- everything that looks -------------------------------------------------------------------------


def test_the_documents_of_what_looks(staffed):
    desk = staffed
    status = desk.json("--status")
    assert list(status)[:6] == ["agents", "extensions", "unassigned_agents", "stale", "store", "directory"]
    assert status["extensions"] == {"total": 10, "assigned": 3, "free": 6, "cooling": 0, "reserved": 1,
                                    "blocked": 0, "not_made": 0}
    agents = desk.json("--list", "agents")
    assert [list(row) for row in agents] == [AGENT] * 4
    assert {row["agent"]: (row["extension"], row["state"], row["pinned"]) for row in agents} == {
        "alice": ("10", "assigned", "front desk"), "bob": ("11", "assigned", None),
        "carol": ("12", "assigned", None), "dave": (None, "new", None)}
    for kind in ("extensions", "free"):
        rows = desk.json("--list", kind)
        assert all(list(row)[: len(EXTENSION)] == EXTENSION for row in rows)
    assert len(rows) == 6
    assert list(desk.json("--lookup", "alice"))[: len(AGENT)] == AGENT
    assert list(desk.json("--lookup", "19"))[: len(EXTENSION)] == EXTENSION
    history = desk.json("--history")
    assert [list(row) for row in history] == [["action_id", "at", "actor", "user", "via", "action", "ticket",
                                                  "undoes", "plan_file", "changes"]] * 3
    assert list(desk.json("--doctor"))[:3] == ["checked", "problems", "fixed"]
    error = desk.json("--lookup", "nobody", status=1)
    assert list(error) == ["error", "exit"] and list(error["error"]) == ["code", "message", "hint"]


def test_problems_of_the_doctor(staffed):
    damage(staffed, "DELETE FROM extension WHERE extension IN ('17', '18')")
    found = staffed.json("--doctor", status=2)
    assert found["problems"] == [{
        "kind": "missing", "extension": "17", "agent": None,
        "detail": "17 to 18 are not in the store: 2 numbers", "fix": "create the number as free", "group": None}]
    said = staffed.run("--doctor")
    assert said.status == 2 and "1 problem; --doctor --fix repairs it" in said.out
    assert staffed.run("--doctor", "--fix").out.splitlines()[-1].endswith("1 problem, 1 fixed")
    assert staffed.run("--doctor").out.endswith(" records: all is well\n")


@pytest.mark.parametrize("arguments", [
    ["--status"], ["--list", "agents"], ["--list", "extensions"], ["--list", "free"], ["--history"],
    ["--export"], ["--lookup", "alice"], ["--doctor"], ["--doctor", "--fix"], ["--undo"],
    ["--assign", "alice"], ["--release", "alice"], ["--reserve", "12"], ["--export", "-"],
    ["--export", "--dry-run"],
])
def test_a_store_that_is_not_there_is_not_found(desk, arguments):
    desk.people("alice")
    desk.export.write_text("user,extension\r\nalice,0010\r\n")
    before = desk.export.read_bytes()
    said = desk.run(*arguments)
    assert said.status == 1 and said.out == "", said
    assert said.err.startswith(f"extpool: {desk.store}: store not found\n"), said
    assert "extpool --init" in said.err
    error = desk.json(*arguments, status=1)["error"] if arguments != ["--export", "-"] else None
    assert error is None or (error["code"] == "not_found" and "--init" in error["hint"])
    assert not desk.store.exists() and desk.export.read_bytes() == before


@pytest.mark.parametrize("arguments", [["--init"], ["--sync"], ["--import", "rows.csv"]])
def test_only_what_fills_a_store_makes_one_and_it_says_so(desk, arguments):
    desk.people("alice")
    (desk.folder / "rows.csv").write_text("user,extension\nalice,12\n")
    says = f"a new store is made: sqlite:{desk.store}"
    planned = desk.json(*arguments, "--dry-run")
    assert says in planned["notes"] and not desk.store.exists()
    assert f"note: {says}\n" in desk.run(*arguments, "--quiet").err
    assert desk.store.exists()
    assert says not in desk.run(*arguments).err


@pytest.mark.parametrize("environment, place", [
    ({"AWS_CONNECT_INSTANCEID": "11111111-2222-3333-4444-555555555555"}, "AWS_CONNECT_INSTANCEID"),
    ({"AWS_EXPORT_BUCKET": "reports"}, "AWS_EXPORT_BUCKET"),
])
@pytest.mark.parametrize("arguments", [["--sync"], ["--status"], ["--init"], ["--export"], []])
def test_a_store_beside_amazons_places_has_to_be_named(desk, environment, place, arguments):
    environment = {"AWS_REGION": "eu-west-2", **environment}
    said = desk.run(*arguments, places=False, environment=environment)
    assert said.status == 64 and "no store is named" in said.err and place in said.err, said
    assert "AWS_TABLE" in said.err and "--store" in said.err
    assert not (desk.folder / "home" / ".local").exists()


def test_an_export_to_s3_wants_a_named_store_too(desk):
    desk.people("alice")
    assert desk.run("--directory", desk.agents, "--sync", places=False).status == 0
    said = desk.run("--export", "s3://reports", places=False,
                    environment={"AWS_REGION": "eu-west-2"})
    assert said.status == 64 and "no store is named" in said.err, said


def test_history_takes_a_number_and_zero_is_all(staffed):
    for number in range(25):
        staffed.json("--pin" if number % 2 == 0 else "--unpin", "bob")
    assert len(staffed.json("--history")) == 20
    assert len(staffed.json("--history", "--limit", "3")) == 3
    assert len(staffed.json("--history", "--limit", "0")) == 28
    assert len(staffed.run("--history", "--limit", "0").out.splitlines()) == 29
    assert staffed.run("--history", "-1").status == 64


# ---- exit codes ------------------------------------------------------------------------------------


def test_3_some_of_it_could_not_be_done(staffed):
    action = staffed.json("--swap", "bob=carol")["action_id"]
    staffed.json("--release", "carol")
    result = staffed.json("--undo", action, status=3)
    assert result["exit"] == 3 and result["conflicts"] > 0
    assert any(change["detail"] for change in result["changes"])


def test_4_a_guard_refuses_and_says_how_to_go_on(desk):
    desk.rules("[policy]\nwidth = 2\nranges = 10-99\nblocked =\n")
    desk.people(*[f"agent{i:02}" for i in range(20)])
    desk.json("--sync")
    desk.people(*[f"agent{i:02}" for i in range(10)])
    for more in ([], ["--dry-run"], ["--yes"]):
        refused = desk.run("--sync", *more)
        assert refused.status == 4
        assert "would release 10 of 20 = 50.0 % (limit 10 %)" in refused.err
        assert "--max-release 10" in refused.err
    assert desk.json("--sync", "--max-release", "9", status=4)["error"]["code"] == "guard"
    assert desk.json("--sync", "--max-release", "50%")["plan"]["release"] == 10


def refused_by_guard(document):
    """Of a refused answer: how many people, and how many may."""
    assert document["exit"] == 4 and document["error"]["code"] == "guard"
    assert document["applied"] == 0 and document["action_id"] is None
    assert {change["result"] for change in document["changes"]} == {"planned"}
    (refused,) = document["refused"]
    assert refused["guard"] == "release" and refused["group"] is None and refused["message"]
    return refused["count"], refused["limit"]


def eight_people(desk):
    people = [f"agent{i}" for i in range(8)]
    desk.people(*people)
    desk.json("--sync")
    return people


@pytest.mark.parametrize("what", ["release", "reassign", "swap", "import"])
def test_4_more_than_five_named_people_need_their_count(desk, what):
    people = eight_people(desk)
    rows = desk.folder / "rows.csv"
    rows.write_text("user,extension,action\n" + "".join(f"{who},,release\n" for who in people[:6]))
    arguments = {
        "release": ["--release", *people[:6]],
        "reassign": ["--reassign", *(f"{who}={10 + (i + 1) % 6}" for i, who in enumerate(people[:6]))],
        "swap": ["--swap", "agent0=agent1", "agent2=agent3", "agent4=agent5"],
        "import": ["--import", rows],
    }[what]
    for more in ([], ["--yes"], ["--dry-run"], ["--max-release", "5"], ["--max-release", "0"]):
        limit = int(more[1]) if len(more) == 2 else 5
        assert refused_by_guard(desk.json(*arguments, *more, status=4)) == (6, limit)
    refused = desk.run(*arguments)
    assert "(limit 5 people)" in refused.err and "--max-release 6" in refused.err
    assert desk.json(*arguments, "--max-release", "6")["applied"] == 6


def test_five_named_people_and_any_number_of_new_ones_need_nothing(desk):
    people = eight_people(desk)
    desk.json("--release", *people[:5])
    desk.json("--release", *people[5:])
    desk.json("--assign", *people)  # nobody loses anything


def test_4_nobody_takes_everybodys_number_unasked(desk):
    desk.people("alice", "bob")
    desk.json("--sync")
    desk.people("carol", "dave")
    assert refused_by_guard(desk.json("--sync", status=4)) == (2, 1)
    assert "2 of 2 = 100.0 % (limit 10 %, never everybody)" in desk.run("--sync").err
    desk.rules(SMALL + "max_release = 100%\n")
    assert refused_by_guard(desk.json("--sync", status=4)) == (2, 1)
    assert desk.json("--sync", "--max-release", "2")["plan"]["release"] == 2
    desk.people("carol", "erin")
    assert desk.json("--sync")["plan"]["release"] == 1


def test_4_a_limit_of_nothing_lets_nobody_go(desk):
    people = eight_people(desk)
    desk.people(*people[:-1])
    for limit in ("0", "0%"):
        assert refused_by_guard(desk.json("--sync", "--max-release", limit, status=4)) == (1, 0)
        desk.rules(SMALL + f"max_release = {limit}\n")
        assert refused_by_guard(desk.json("--sync", status=4)) == (1, 0)
    desk.json("--release", people[0])  # a person's own will is judged by count alone
    desk.people(*people)
    assert desk.json("--sync")["plan"]["assign"] == 1  # nobody goes: nothing to refuse


def test_4_an_undo_is_judged_like_what_it_undoes(desk):
    people = eight_people(desk)
    action = desk.json("--history", "--limit", "1")[0]["action_id"]
    assert refused_by_guard(desk.json("--undo", action, status=4)) == (8, 5)
    undone = desk.json("--undo", action, "--max-release", "100%")["action_id"]
    assert desk.json("--undo", undone)["plan"]["assign"] == 8
    action = desk.json("--release", people[0])["action_id"]
    assert desk.json("--undo", action)["plan"]["assign"] == 1


def test_5_the_pool_ran_out_and_the_rest_is_done(desk):
    desk.people(*[f"agent{i:02}" for i in range(13)])
    done = desk.run("--sync")
    assert done.status == 5
    assert done.err == (f"note: a new store is made: sqlite:{desk.store}\n"
                        "note: the pool ran out: 3 agents have no extension: agent10, agent11, agent12\n"
                        "note: widen the ranges ([policy] ranges), release extensions or end "
                        "reservations\n")
    assert len(desk.export.read_text().splitlines()) == 11
    again = desk.run("--sync")
    assert again.status == 5 and "plan: nothing possible; 10 keep theirs" in again.out


def test_an_undo_that_was_stopped_finishes_when_it_is_run_again(desk):
    """What is undone already is no conflict, and takes nothing from anybody."""
    people = eight_people(desk)
    action = desk.json("--history", "--limit", "1")[0]["action_id"]
    desk.json("--release", *people[:5])  # as far as it came
    document = desk.json("--undo", action, "--max-release", "3")
    assert (document["applied"], document["skipped"], document["conflicts"]) == (3, 5, 0)
    details = {c["detail"] for c in document["changes"] if c["result"] == "skipped"}
    assert all(detail.startswith("already applied: 1") and " is free" in detail for detail in details)
    assert desk.held() == {}
    again = desk.json("--undo", action)
    assert (again["applied"], again["skipped"], again["conflicts"], again["exit"]) == (0, 8, 0, 0)


def test_every_row_of_an_import_is_accounted_for(staffed):
    rows = staffed.folder / "rows.csv"
    rows.write_text("user,extension,action,note\nalice,,pin,front desk\nbob,11,,\n,19,reserve,lift\n"
                    "carol,,unpin,\ndave,17,,\n")
    for more, done in ((["--dry-run"], "planned"), ([], "done"), ([], "skipped")):
        document = staffed.json("--import", rows, *more)
        results = [change["result"] for change in document["changes"]]
        assert sorted(results) == sorted([done] + 4 * ["skipped"])
        so = [change["detail"] for change in document["changes"] if change["result"] == "skipped"]
        assert "already applied: alice is pinned" in so and "already applied: bob has 11" in so
        assert document["exit"] == 0
    assert document["skipped"] == 5 and document["applied"] == 0
    said = staffed.run("--import", rows).out
    assert "already applied: 19 is reserved" in said and "done: 0 applied, 5 already applied" in said


def test_an_undo_of_what_moved_on_is_no_mass_release(desk):
    """Those that moved on are not released, so they do not count for the guard."""
    desk.people(*[f"agent{i:02}" for i in range(9)])
    action = desk.json("--sync")["action_id"]
    rows = desk.folder / "moves.csv"
    rows.write_text("user,extension,action\n" +
                    "".join(f"agent{i:02},{10 + (i + 1) % 9},reassign\n" for i in range(9)))
    desk.json("--import", rows, "--max-release", "9")
    document = desk.json("--undo", action, status=3)
    assert document["conflicts"] == 9 and "error" not in document
