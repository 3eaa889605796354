"""A sync that is stopped in the middle: with Ctrl-C, with Ctrl-C twice, by a kill. What was written
is whole and recorded, and the same command does the rest.
"""

import json
import signal
import subprocess
import time

import pytest

from support import faults
from support.gate import wait_until
from support.procs import deliver
from support.program import program
from support.table_desk import TableDesk, recorded, results

MANY = 900  # more than fit into the sixteen transactions that are on their way at once
RULES = f"[policy]\nranges = 0000-{MANY - 1:04}\nblocked =\ncooldown = 0\n"
POOL = [f"{number:04}" for number in range(MANY)]
AGENTS = [f"agent{number:03}" for number in range(700)]
WRITES = "dynamodb.TransactWriteItems"


@pytest.fixture
def desk(tmp_path, cloud):
    """An empty table for 900 numbers, and 700 people."""
    desk = TableDesk(tmp_path, cloud, RULES, POOL)
    desk.create()
    cloud.instance.set_users(AGENTS)
    return desk


def stopped(desk, cloud, *signals):
    """A sync that gets these signals while its second transaction and those after it are on their
    way: the gate holds them until the signals were acted on."""
    held = faults.hold()
    cloud.gate.inject(held, on=WRITES, after=1)
    run = subprocess.Popen(
        [program(), "--sync", "--json"], env=desk.environment, cwd=desk.folder,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    held.wait()
    for number in signals:
        deliver(run, number)
    cloud.gate.clear_faults()
    out, _ = run.communicate(timeout=60)
    cloud.gate.wait_idle()
    return run.returncode, json.loads(out) if out else None


def expect_as_recorded(desk):
    """Nothing double, and each change of the table in the trail once; returns the state."""
    state = desk.state()
    assert len({agent for _, agent in state.assigned}) == len(state.assigned)
    assert len({extension for extension, _ in state.assigned}) == len(state.assigned)
    assert {(agent, extension) for extension, agent in state.assigned} == set(state.claims)
    assigned = [c for c in recorded(state) if c["change"] == "assign"]
    assert sorted((c["extension"], c["agent"]) for c in assigned) == sorted(state.assigned)
    return state


def expect_the_rest(desk):
    """The next sync completes what was begun, numbers that nobody needs yet included."""
    desk.sync()
    assert desk.sync()["changes"] == []
    state = desk.state()
    assert state.agents() == set(AGENTS)
    expect_as_recorded(desk)
    desk.assert_sound()


def test_ctrl_c_stops_after_what_is_under_way(desk, cloud):
    status, document = stopped(desk, cloud, signal.SIGINT)
    done = results(document)
    if done.get("done"):
        assert status == 3
        assert document["error"]["code"] == "cancelled"
        assert "of 900 changes" in document["error"]["message"]
        hint = document["error"]["hint"]
        unmade = MANY - document["applied"]
        assert f"{unmade} numbers are not made yet; the same command does the rest" in hint
        # It is no sign that the pool ran out.
        status_now = desk.json("--status")["extensions"]
        assert (status_now["not_made"], status_now["total"]) == (unmade, document["applied"])
        assert f"{unmade} numbers not made yet, the next sync makes them" in desk.run("--status").out
    else:
        assert status == 130
    assert document["applied"] == done.get("done", 0) < MANY
    assert done["not_tried"] == document["not_tried"] == MANY - document["applied"]
    assert document["in_doubt"] == 0
    assert document["export"] is None
    state = expect_as_recorded(desk)
    assert len(state.assigned) + len(state.free) == document["applied"]
    expect_the_rest(desk)


@pytest.mark.parametrize("signals", [[signal.SIGINT] * 2, [signal.SIGTERM] * 2],
                         ids=["ctrl-c twice", "term twice"])
def test_stopped_at_once(desk, cloud, signals):
    """What was on its way is in doubt: nobody waits for it. It arrives all the same."""
    status, document = stopped(desk, cloud, *signals)
    done = results(document)
    assert status == 3 and document["exit"] == 3
    assert document["error"]["code"] == "cancelled"
    assert "in doubt" in document["error"]["message"] + document["error"]["hint"]
    assert document["in_doubt"] == done["in_doubt"] > 0
    assert document["applied"] + document["in_doubt"] + document["not_tried"] == MANY
    named = {c["extension"] for c in document["changes"] if c["result"] == "in_doubt"}
    state = expect_as_recorded(desk)
    written = {extension for extension, _ in state.assigned} | set(state.free)
    assert len(written - named) == document["applied"]
    expect_the_rest(desk)


def test_killed(desk, cloud):
    status, document = stopped(desk, cloud, signal.SIGKILL)
    assert (status, document) == (-signal.SIGKILL, None)
    expect_as_recorded(desk)
    expect_the_rest(desk)


# ---- a service that hangs ------------------------------------------------------------------------


def everything_hangs(desk, cloud, *arguments):
    """A sync on whose second transaction and all that comes after it DynamoDB does not answer any
    more."""
    held = faults.hold()
    cloud.gate.inject(held, on=WRITES, after=1)
    run = subprocess.Popen(
        [program(), "--sync", *arguments], env=desk.environment, cwd=desk.folder,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    held.wait()
    cloud.gate.inject(faults.hold(), on="dynamodb")
    return run


def end(run, cloud):
    """How long the run takes to end, and what it says."""
    since = time.monotonic()
    out, err = run.communicate(timeout=60)
    took = time.monotonic() - since
    cloud.gate.clear_faults()
    return took, out, err


def test_a_stop_ends_whatever_a_service_does(desk, cloud):
    run = everything_hangs(desk, cloud, "--json")
    run.send_signal(signal.SIGTERM)
    took, out, err = end(run, cloud)
    document = json.loads(out)
    assert took < 5
    assert run.returncode == 3
    assert document["in_doubt"] == results(document)["in_doubt"] > 0
    assert document["not_tried"] > 0
    assert "stopping" in err
    cloud.gate.wait_idle()
    expect_the_rest(desk)


def test_a_second_stop_ends_at_once(desk, cloud):
    run = everything_hangs(desk, cloud)
    for _ in range(2):
        deliver(run, signal.SIGINT)
    took, out, err = end(run, cloud)
    assert took < 1
    assert run.returncode == 3
    assert "in doubt" in out and "not tried" in out
    assert "in doubt" in err and "the same command" in err
    cloud.gate.wait_idle()
    expect_the_rest(desk)


def test_a_second_stop_among_the_questions(desk, cloud):
    """The first stop has cut the writes off, and their fate is being asked for."""
    run = everything_hangs(desk, cloud, "--json")
    run.send_signal(signal.SIGTERM)
    asked = desk.count("PutItem")
    wait_until(lambda: desk.count("PutItem") > asked, "the fate is asked for")
    run.send_signal(signal.SIGTERM)
    took, out, _ = end(run, cloud)
    assert took < 1
    assert run.returncode == 3
    assert json.loads(out)["in_doubt"] > 0
    cloud.gate.wait_idle()
    expect_the_rest(desk)


@pytest.mark.parametrize("service", ["sts", "connect", "dynamodb", "s3.GetObject", "s3.PutObject"])
def test_a_stop_of_a_sync_that_waits(desk, cloud, service):
    """Nobody answers: before anything is written (what lies where the list is published is read
    then, too), or when the list is published."""
    held = faults.hold()
    cloud.gate.inject(held, on=service)
    run = subprocess.Popen(
        [program(), "--sync", "--json"], env=desk.environment, cwd=desk.folder,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    held.wait()
    run.send_signal(signal.SIGTERM)
    took, out, _ = end(run, cloud)
    assert took < 5
    document = json.loads(out)
    if service == "s3.PutObject":
        assert run.returncode == 3
        assert document["applied"] == MANY
        error = (document.get("export") or {}).get("error") or document["error"]
        assert error["code"] == "cancelled"
        assert "not known whether the list was written" in error["message"]
    else:
        assert run.returncode == 130
        assert document["error"]["code"] == "cancelled"


def test_a_kill_among_the_numbers_that_are_made(desk, cloud):
    """The numbers that are missing are made by the next sync, though nobody needs them yet."""
    cloud.instance.set_users(AGENTS[:10])
    status, _ = stopped(desk, cloud, signal.SIGINT, signal.SIGINT)
    assert status == 3
    # As if only the first transaction had got through.
    for item in desk.table.scan(ConsistentRead=True)["Items"]:
        if item["pk"].isdigit() and int(item["pk"]) >= 20:
            desk.table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
    assert desk.sync()["plan"]["create"] == MANY - 20
    desk.assert_sound()
    cloud.instance.set_users(AGENTS)
    assert results(desk.sync()) == {"done": len(AGENTS) - 10}
    assert desk.assert_sound().agents() == set(AGENTS)


def test_leaked_numbers_come_back_when_they_are_needed(desk, cloud):
    """What the old program leaked until it had none left."""
    cloud.instance.set_users(AGENTS[:1])
    desk.fill()
    desk.sync()
    for extension in POOL[1:]:
        desk.table.put_item(Item={"pk": extension, "sk": "nu"})
    cloud.instance.set_users(AGENTS)
    assert results(desk.sync()) == {"done": len(POOL) - 1}  # those that nobody needs, too
    assert desk.assert_sound().agents() == set(AGENTS)
