"""A sync that is stopped in the middle: with Ctrl-C, with Ctrl-C twice, by a kill. What was written
is whole and recorded, and the same command does the rest.
"""

import json
import signal
import subprocess
import time

import pytest

from support import faults
from support.program import program
from support.table_desk import TableDesk, recorded, results

MANY = 400
RULES = f"[policy]\nranges = 0000-{MANY - 1:04}\nblocked =\ncooldown = 0\n"
POOL = [f"{number:04}" for number in range(MANY)]
AGENTS = [f"agent{number:03}" for number in range(300)]
WRITES = "dynamodb.TransactWriteItems"
WAY_S = 0.6


@pytest.fixture
def desk(tmp_path, cloud):
    """An empty table for 400 numbers, 300 people, and a service that takes its time to write."""
    desk = TableDesk(tmp_path, cloud, RULES, POOL)
    desk.create()
    cloud.instance.set_users(AGENTS)
    return desk


def slow_but_the_first(cloud):
    """The first write is answered at once, which is how the test learns that writing has begun; all
    others are on their way for long enough to be met there by a signal."""
    cloud.gate.inject(faults.latency(WAY_S), on=WRITES, after=1)


def stopped(desk, *signals):
    """A sync that gets these signals once the first transaction is on its way."""
    writes = desk.count("TransactWriteItems")
    run = subprocess.Popen(
        [program(), "--sync", "--json"], env=desk.environment, cwd=desk.folder,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    while desk.count("TransactWriteItems") == writes:
        assert run.poll() is None, run.communicate()
        time.sleep(0.005)
    for number in signals:
        run.send_signal(number)
        time.sleep(0.02)
    out, _ = run.communicate(timeout=60)
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
    """The next sync completes what was begun."""
    desk.sync()
    desk.json("--sync")
    state = desk.state()
    assert state.agents() == set(AGENTS)
    expect_as_recorded(desk)
    # Numbers that nobody needed yet may still have to be made.
    desk.json("--doctor", "--fix")
    desk.assert_sound()


def test_ctrl_c_stops_after_what_is_under_way(desk, cloud):
    cloud.gate.inject(faults.throttled("dynamodb"), on=WRITES, every=1, times=12)
    slow_but_the_first(cloud)
    status, document = stopped(desk, signal.SIGINT)
    done = results(document)
    if done.get("done"):
        assert status == 3
        assert document["error"]["code"] == "cancelled"
        assert "of 400 changes" in document["error"]["message"]
        assert "the same command does the rest" in document["error"]["hint"]
    else:
        assert status == 130
    assert document["applied"] == done.get("done", 0) < MANY
    assert done["skipped"] == MANY - document["applied"]
    assert document["export"] is None
    state = expect_as_recorded(desk)
    assert len(state.assigned) + len(state.free) == document["applied"]
    cloud.gate.clear_faults()
    expect_the_rest(desk)


@pytest.mark.parametrize("signals", [[signal.SIGINT] * 2, [signal.SIGTERM] * 2, [signal.SIGKILL]],
                         ids=["ctrl-c twice", "term twice", "kill"])
def test_stopped_at_once(desk, cloud, signals):
    slow_but_the_first(cloud)
    status, document = stopped(desk, *signals)
    assert (status, document) == (-signals[0], None)
    cloud.gate.clear_faults()
    time.sleep(WAY_S + 0.4)  # what was on its way arrives
    expect_as_recorded(desk)
    expect_the_rest(desk)


def test_a_kill_among_the_numbers_that_are_made(desk, cloud):
    """Nobody needs the numbers that are missing, so they are told of; when they are needed, they are
    handed out all the same."""
    cloud.instance.set_users(AGENTS[:10])
    slow_but_the_first(cloud)
    status, _ = stopped(desk, signal.SIGINT, signal.SIGINT)
    assert status == -signal.SIGINT
    cloud.gate.clear_faults()
    time.sleep(WAY_S + 0.4)
    # As if only the first transaction had got through.
    for item in desk.table.scan(ConsistentRead=True)["Items"]:
        if item["pk"].isdigit() and int(item["pk"]) >= 20:
            desk.table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
    done = desk.run("--sync")
    assert done.status == 0 and "--doctor" in done.out + done.err, done
    cloud.instance.set_users(AGENTS)
    assert results(desk.sync())["done"] >= len(AGENTS) - 10
    desk.json("--doctor", "--fix")
    assert desk.assert_sound().agents() == set(AGENTS)


def test_leaked_numbers_come_back_when_they_are_needed(desk, cloud):
    """What the old program leaked until it had none left."""
    cloud.instance.set_users(AGENTS[:1])
    desk.fill()
    desk.sync()
    for extension in POOL[1:]:
        desk.table.put_item(Item={"pk": extension, "sk": "nu"})
    cloud.instance.set_users(AGENTS)
    assert results(desk.sync()) == {"done": len(AGENTS) - 1}
    desk.json("--doctor", "--fix")
    assert desk.assert_sound().agents() == set(AGENTS)
