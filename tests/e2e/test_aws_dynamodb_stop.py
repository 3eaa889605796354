"""A sync that is stopped in the middle: with Ctrl-C, with Ctrl-C twice, by a kill. What was written
is whole and recorded, and the same command does the rest.
"""

import json
import signal
import subprocess

import pytest

from support import faults
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
    status, document = stopped(desk, cloud, signal.SIGINT)
    done = results(document)
    if done.get("done"):
        assert status == 3
        assert document["error"]["code"] == "cancelled"
        assert "of 900 changes" in document["error"]["message"]
        assert "the same command does the rest" in document["error"]["hint"]
    else:
        assert status == 130
    assert document["applied"] == done.get("done", 0) < MANY
    assert done["skipped"] == MANY - document["applied"]
    assert document["export"] is None
    state = expect_as_recorded(desk)
    assert len(state.assigned) + len(state.free) == document["applied"]
    expect_the_rest(desk)


@pytest.mark.parametrize("signals", [[signal.SIGINT] * 2, [signal.SIGTERM] * 2, [signal.SIGKILL]],
                         ids=["ctrl-c twice", "term twice", "kill"])
def test_stopped_at_once(desk, cloud, signals):
    status, document = stopped(desk, cloud, *signals)
    assert (status, document) == (-signals[0], None)
    expect_as_recorded(desk)
    expect_the_rest(desk)


def test_a_kill_among_the_numbers_that_are_made(desk, cloud):
    """Nobody needs the numbers that are missing, so they are told of; when they are needed, they are
    handed out all the same."""
    cloud.instance.set_users(AGENTS[:10])
    status, _ = stopped(desk, cloud, signal.SIGINT, signal.SIGINT)
    assert status == -signal.SIGINT
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
