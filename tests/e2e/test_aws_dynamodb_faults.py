"""Faults of DynamoDB and of the way to it: after each, nothing is lost, nothing is double, what is
said is so, and the exit status is right.
"""

import concurrent.futures
import json
import random
import signal
import subprocess

import pytest

from support import faults
from support.iam import Policy
from support.index_lag import lagging_index
from support.program import program
from support.table_desk import SIZE, TableDesk, recorded, results

WRITES = "dynamodb.TransactWriteItems"
# A larger pool, so that a sync takes several transactions.
MANY = 200
MANY_RULES = f"[policy]\nranges = 0000-{MANY - 1:04}\nblocked =\ncooldown = 0\n"
MANY_POOL = [f"{number:04}" for number in range(MANY)]
AGENTS = [f"agent{number:03}" for number in range(150)]


@pytest.fixture
def desk(tmp_path, cloud):
    """An empty table for 200 numbers; 150 people."""
    desk = TableDesk(tmp_path, cloud, MANY_RULES, MANY_POOL)
    desk.create()
    cloud.instance.set_users(AGENTS)
    return desk


def expect_all_done(desk, document):
    """Everything was applied, and recorded once."""
    assert results(document) == {"done": MANY}, document
    state = desk.assert_sound()
    assert state.agents() == set(AGENTS)
    assigned = [c for c in recorded(state) if c["change"] == "assign"]
    assert sorted(c["agent"] for c in assigned) == AGENTS


# ---- single faults -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault, which",
    [
        (faults.throttled("dynamodb"), {"first": 3}),
        (faults.capacity_exceeded(), {"first": 3}),
        (faults.error("InternalServerError", status=500), {"first": 4}),
        (faults.status(503), {"first": 3}),
        (faults.cancel("TransactionConflict"), {"first": 8}),
        (faults.cancel("ThrottlingError"), {"first": 4}),
        (faults.cancel("ProvisionedThroughputExceeded"), {"first": 4}),
        (faults.cancel("ConditionalCheckFailed"), {"first": 6}),
        (faults.error("TransactionInProgressException"), {"nth": 2}),
        (faults.reset_before(), {"every": 3, "times": 4}),
        (faults.reset_after(), {"every": 3, "times": 4}),
        (faults.cut(), {"every": 3, "times": 4}),
        (faults.garbled(), {"every": 3, "times": 4}),
        (faults.bad_checksum(), {"every": 3, "times": 4}),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_fault_of_writing_leaves_no_trace(desk, cloud, fault, which):
    rule = cloud.gate.inject(fault, on=WRITES, **which)
    expect_all_done(desk, desk.sync())
    assert rule.fired > 0


@pytest.mark.parametrize(
    "fault",
    [faults.throttled("dynamodb"), faults.status(500), faults.reset_before(), faults.garbled(),
     faults.bad_checksum()],
    ids=lambda fault: fault.name,
)
def test_a_fault_of_reading_leaves_no_trace(desk, cloud, fault):
    desk.sync()
    rule = cloud.gate.inject(fault, on="dynamodb.Query", first=2)
    assert desk.sync()["changes"] == []
    assert rule.fired == 2


def test_a_page_that_fails_for_good_fails_the_whole_read(desk, cloud):
    desk.sync()
    cloud.instance.set_users(AGENTS[:1])
    cloud.gate.inject(faults.error("InternalServerError", status=500), on="dynamodb.Query", after=2)
    done = desk.run("--sync", "--max-release", "100%")
    assert done.status == 1
    assert len(desk.assert_sound().assigned) == 150


def test_answers_that_never_come_are_found_out(desk, cloud):
    """Each transaction is carried out and its answer lost, all attempts of it."""
    cloud.gate.inject(faults.reset_after(), on=WRITES)
    expect_all_done(desk, desk.sync())


def test_a_way_that_is_gone_is_said(desk, cloud):
    cloud.gate.inject(faults.reset_before(), on=WRITES, after=2)
    done = desk.run("--sync", "--json")
    assert done.status == 3 and done.json["applied"] == 2 * 33, done
    cloud.gate.clear_faults()
    state = desk.state()
    in_trail = [c for c in recorded(state) if c["change"] == "assign"]
    assert len(in_trail) == len(state.assigned)
    # The numbers that were never written are looked for, and made.
    desk.sync()
    assert desk.assert_sound().agents() == set(AGENTS)


def test_a_table_that_throttles_half_of_all_writes(desk, cloud):
    rule = cloud.gate.inject(faults.cancel("ThrottlingError"), on=WRITES, probability=0.5)
    expect_all_done(desk, desk.sync())
    assert rule.fired > 0


def test_a_token_that_is_known_for_something_else_is_told(desk, cloud):
    cloud.gate.inject(faults.error("IdempotentParameterMismatchException"), on=WRITES)
    done = desk.run("--sync")
    assert done.status == 1 and "IdempotentParameterMismatch" in done.err
    assert desk.state().assigned == []


def test_a_missing_permission_is_named(desk, cloud):
    cloud.operator.policy = Policy.all_but("dynamodb:ConditionCheckItem")
    done = desk.run("--sync")
    assert done.status == 1 and "dynamodb:ConditionCheckItem" in done.err
    cloud.operator.policy = Policy.all_but("dynamodb:Query")
    done = desk.run("--list", "agents")
    assert done.status == 1 and "dynamodb:Query" in done.err


def test_who_may_not_ask_for_tables_still_learns_what_is_wrong(desk, cloud):
    cloud.operator.policy = Policy.all_but("dynamodb:ListTables")
    done = desk.run("--sync", "--store", "dynamodb:other-table")
    assert done.status == 1 and "other-table" in done.err and "--init" in done.err


def test_a_service_that_does_not_say_who_we_are(desk, cloud):
    cloud.gate.inject(faults.error("AccessDenied", status=403), on="sts")
    desk.sync()
    desk.assert_sound()


# ---- an index that lags ----------------------------------------------------------------------------


def test_a_sync_on_an_index_that_shows_nothing_new(desk, cloud):
    """To the second sync the table looks as it was before the first. It asks the table itself."""
    with lagging_index(cloud.dynamodb, None) as index:
        expect_all_done(desk, desk.sync())
        assert desk.sync()["changes"] == []
        assert desk.state().agents() == set(AGENTS)
        index.catch_up()
        assert desk.sync()["changes"] == []
    desk.assert_sound()


def test_releases_on_an_index_that_lags(desk, cloud):
    desk.sync()
    with lagging_index(cloud.dynamodb, None) as index:
        cloud.instance.set_users(AGENTS[:100] + ["newcomer"])
        desk.sync("--max-release", "100%")
        document = desk.json("--sync", "--max-release", "100%")
        assert set(results(document)) <= {"skipped"}, document
        index.catch_up()
        assert desk.sync()["changes"] == []
    state = desk.assert_sound()
    assert state.agents() == {*AGENTS[:100], "newcomer"}


def test_an_index_that_is_half_a_second_late(desk, cloud):
    with lagging_index(cloud.dynamodb, 0.5) as index:
        for count in (150, 90, 150, 120):
            cloud.instance.set_users(AGENTS[:count])
            desk.run("--sync", "--max-release", "100%")
        index.catch_up()
        desk.run("--sync", "--max-release", "100%")
        index.catch_up()
        assert desk.sync("--max-release", "100%")["changes"] == []
    assert desk.assert_sound().agents() == set(AGENTS[:120])


# ---- many at once ------------------------------------------------------------------------------------


def statuses(runs):
    return sorted(run.status for run in runs)


def test_two_syncs_at_once(desk):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda _: desk.run("--sync", "--json"), range(2)))
    state = desk.assert_sound()
    assert state.agents() == set(AGENTS), runs
    assert set(statuses(runs)) <= {0, 3}, runs
    done = [c["extension"] for run in runs for c in run.json["changes"]
            if c["change"] == "assign" and c["result"] == "done"]
    assert len(done) == len(set(done)) == 150
    assert len([c for c in recorded(state) if c["change"] == "assign"]) == 150


def test_two_syncs_and_three_operators_at_once(desk, cloud):
    desk.sync()
    cloud.instance.set_users(AGENTS[:130] + [f"new{number}" for number in range(20)])

    def operator(number):
        mine = AGENTS[number * 20 : number * 20 + 20]
        runs = []
        for step in range(6):
            runs.append(desk.run("--release", mine[step], "--json"))
            runs.append(desk.run("--assign", mine[step], "--json"))
            runs.append(desk.run("--pin", f"{mine[step + 6]}=desk", "--json"))
            runs.append(desk.run("--swap", f"{mine[step]}={mine[step + 12]}", "--json"))
        return runs

    def syncs(_):
        return [desk.run("--sync", "--max-release", "100%", "--json") for _ in range(6)]

    with concurrent.futures.ThreadPoolExecutor() as pool:
        jobs = [pool.submit(operator, number) for number in range(3)]
        jobs += [pool.submit(syncs, number) for number in range(2)]
        runs = [run for job in jobs for run in job.result()]
    # What an operator asks for may not be so any more when it is planned: that is status 1 or 64.
    assert not set(statuses(runs)) - {0, 1, 3, 64}, [run for run in runs if run.status not in (0, 1, 3, 64)]
    desk.sync("--max-release", "100%")
    state = desk.assert_sound()
    assert state.agents() == {*AGENTS[:130], *(f"new{number}" for number in range(20))}


def test_the_old_program_and_operators_at_once(desk, cloud):
    """Its writes have no conditions. What it breaks is put right afterwards, by a sync and the doctor."""
    desk.sync()
    cloud.instance.set_users(AGENTS + [f"new{number}" for number in range(10)])

    def old(_):
        for _ in range(2):
            desk.origin.sync()

    def operator(_):
        for agent in AGENTS[:12]:
            desk.run("--release", agent)
            desk.run("--assign", agent)

    with concurrent.futures.ThreadPoolExecutor() as pool:
        for job in [pool.submit(old, None), pool.submit(operator, None)]:
            job.result()
    for _ in range(3):
        if desk.run("--doctor", "--fix").status == 0:
            break
    desk.sync("--max-release", "100%")
    desk.assert_sound()


# ---- torture -------------------------------------------------------------------------------------------


def test_torture(desk, cloud):
    """Eight processes on one table through a gate that loses, throttles and cancels; three hundred
    of them are killed at some moment.
    """
    kills = 300
    gate = cloud.gate
    gate.inject(faults.reset_after(), on=WRITES, probability=0.05)
    gate.inject(faults.reset_before(), on=WRITES, probability=0.05)
    gate.inject(faults.cancel("TransactionConflict"), on=WRITES, probability=0.05)
    gate.inject(faults.throttled("dynamodb"), on=WRITES, probability=0.02)
    commands = [
        ["--sync", "--max-release", "100%", "--no-export"],
        ["--sync", "--max-release", "100%", "--no-export"],
        ["--release", "{agent}"],
        ["--assign", "{agent}"],
        ["--swap", "{agent}={other}"],
        ["--reserve", "{extension}=fax"],
        ["--unreserve", "{extension}"],
        ["--pin", "{agent}=desk"],
        ["--unpin", "{agent}"],
    ]
    desk.sync()

    def worker(seed):
        chance = random.Random(seed)
        killed = 0
        while killed < kills / 8:
            if chance.random() < 0.2:
                count = chance.randrange(100, 150)
                cloud.instance.set_users(AGENTS[:count])
            names = {
                "agent": chance.choice(AGENTS),
                "other": chance.choice(AGENTS),
                "extension": chance.choice(MANY_POOL),
            }
            words = [word.format(**names) for word in chance.choice(commands)]
            process = subprocess.Popen(
                [program(), *words], env=desk.environment, cwd=desk.folder,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            try:
                process.wait(chance.uniform(0.02, 0.4))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                killed += 1
        return killed

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(worker, range(8))) >= kills
    gate.clear_faults()
    gate.wait_idle()  # a request of the last one killed may still be on its way
    state = desk.assert_sound()
    assert state.agents() <= set(AGENTS)
    # The trail tells how the table came to be what it is.
    holder = {}
    for record in sorted(state.audit, key=lambda record: record["sk"]):
        for change in json.loads(record["changes"]):
            holder.setdefault(change.get("extension"), []).append(change["change"])
    for extension, _ in state.assigned:
        assert holder.get(extension), extension
    cloud.instance.set_users(AGENTS)
    desk.sync("--max-release", "100%")
    assert desk.assert_sound().agents() == set(AGENTS)
    assert desk.json("--doctor")["problems"] == []
