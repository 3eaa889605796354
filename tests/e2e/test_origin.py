"""The old program as the tests have it: each of its defects shows, and the rules that extpool
keeps see it.
"""

import csv
import io

import pytest

from support import lambda_origin
from support.contact_flow import agent_for
from support.index_lag import lagging_index
from support.invariants import State, assert_holds, broken, numbers, read_dynamodb

POOL = numbers(4)


@pytest.fixture
def origin(cloud):
    """The old program with an empty table of its own."""
    cloud.create_table()
    table = cloud.client("dynamodb", kind="resource").Table(cloud.table)
    return lambda_origin.Origin(
        cloud.client("connect"),
        table,
        cloud.client("s3"),
        instance_id=cloud.instance.id,
        bucket=cloud.bucket,
    )


@pytest.fixture
def table(cloud):
    return cloud.past_gate("dynamodb", "resource").Table(cloud.table)


def small(table, count=20):
    """A few free numbers as the old program wrote them, where its ten thousand do not matter."""
    with table.batch_writer() as writer:
        for extension in POOL[:count]:
            writer.put_item(Item={"pk": extension, "sk": "nu", "sk_value": extension})


def test_a_sync_assigns_answers_and_exports(cloud, origin, table):
    small(table)
    cloud.instance.set_users(["alice", "bob", "zoë"])
    origin.sync()
    state = read_dynamodb(table, claims=False)
    assert_holds(state, POOL[:20])
    assert state.agents() == {"alice", "bob", "zoë"}
    for extension, agent in state.assigned:
        assert agent_for(table, extension) == agent
    assert agent_for(table, "0019") is None
    body = (
        cloud.client("s3")
        .get_object(Bucket=cloud.bucket, Key="agent_extensions.csv")["Body"]
        .read()
    )
    rows = list(csv.reader(io.StringIO(body.decode())))
    assert rows[0] == ["user", "extension"]
    assert {(e, a) for a, e in rows[1:]} == set(state.assigned)


def test_ten_users_a_call(cloud, origin, table):
    small(table, 30)
    cloud.instance.set_users([f"agent{n}" for n in range(25)])
    origin.sync()
    assert cloud.gate.log.count("connect", "ListUsers") == 3


def test_it_dies_after_the_first_leaver(cloud, origin, table):
    small(table)
    cloud.instance.set_users(["alice", "bob", "carol"])
    origin.sync()
    cloud.instance.remove("alice", "bob")
    with pytest.raises(RuntimeError):
        origin.sync()
    assert len(read_dynamodb(table, claims=False).assigned) == 2


def test_one_leaves_and_one_joins(cloud, origin, table):
    """Nothing is taken back while the index does not show the newcomer, as it well may not that
    soon.
    """
    small(table)
    cloud.instance.set_users(["alice", "bob"])
    origin.sync()
    cloud.instance.set_users(["alice", "carol"])
    with lagging_index(cloud.dynamodb, None):
        origin.sync()
    assert read_dynamodb(table, claims=False).agents() == {"alice", "bob", "carol"}


def test_each_damage_is_seen(cloud, origin, table):
    small(table)
    cloud.instance.set_users(["alice", "bob", "carol"])
    origin.sync()
    pool = POOL[:20]

    leaked = lambda_origin.leak(origin, "alice")
    lost = lambda_origin.lose(origin, "bob")
    lambda_origin.give_second(origin, "carol")
    assert broken(read_dynamodb(table, claims=False), pool) == [
        "agent carol has 2 extensions",
        f"extension {lost} is lost",
        f"the index does not show ('free', '{leaked}')",
    ]
    assert "agent carol has 0002 without a claim" in broken(read_dynamodb(table), pool)

    table.put_item(Item={"pk": "0002", "sk": "nu", "sk_value": "0002"})
    table.put_item(Item={"pk": "agent#eve", "sk": "claim", "ext": "0009"})
    table.put_item(Item={"pk": "what", "sk": "ever"})
    found = "\n".join(broken(read_dynamodb(table), pool))
    assert "extension 0002 is in 2 states at once" in found
    assert "agent eve claims 0009 without having it" in found
    assert "an item that is nothing" in found


def test_the_rules_know_no_store():
    state = State(assigned=[("00", "alice")], free=["01"], reserved=["02"])
    assert_holds(state, numbers(2, 0, 2))
    assert broken(state, numbers(2, 0, 3)) == ["extension 03 is lost"]
    state.assigned.append(("00", "bob"))
    assert broken(state, numbers(2, 0, 2)) == ["extension 00 is assigned 2 times"]


def test_with_no_free_number_all_become_free(cloud, origin, table):
    small(table, 1)
    cloud.instance.set_users(["alice"])
    origin.sync()
    origin.sync()
    state = read_dynamodb(table, claims=False, index=False)
    assert len(state.free) == 10_000
    assert broken(state, POOL) == ["extension 0000 is in 2 states at once"]
