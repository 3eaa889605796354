"""The table of the old program: opened, adopted, kept whole while the old program goes on
writing, and put right where it was damaged.
"""

import datetime
import json

import pytest

from support import lambda_origin
from support.contact_flow import agent_for
from support.iam import Policy
from support.table_desk import POOL, TableDesk, recorded, results


@pytest.fixture
def desk(tmp_path, cloud):
    """An empty table as the old program's owner made it."""
    desk = TableDesk(tmp_path, cloud)
    desk.create()
    return desk


@pytest.fixture
def people(cloud):
    """Says who works there from now on."""
    return cloud.instance.set_users


def sent(cloud, operation):
    """The bodies of the requests of that operation, in order."""
    return (json.loads(record.body) for record in cloud.gate.log.select("dynamodb", operation))


def exported(cloud):
    body = cloud.past_gate("s3").get_object(Bucket=cloud.bucket, Key="agent_extensions.csv")["Body"].read()
    return body.decode()


# ---- from an empty table ---------------------------------------------------------------------------


def test_init_makes_the_table_and_fills_it(tmp_path, cloud):
    desk = TableDesk(tmp_path, cloud)
    assert desk.run("--sync").status == 1
    for _ in range(2):
        assert desk.run("--init").status == 0
    described = cloud.past_gate("dynamodb").describe_table(TableName=cloud.table)["Table"]
    assert described["GlobalSecondaryIndexes"][0]["IndexName"] == "skIndex"
    assert described["GlobalSecondaryIndexes"][0]["Projection"] == {"ProjectionType": "ALL"}
    expiry = cloud.past_gate("dynamodb").describe_time_to_live(TableName=cloud.table)
    assert expiry["TimeToLiveDescription"]["AttributeName"] == "expires_at"
    assert desk.assert_sound().free == POOL
    request = next(r for r in sent(cloud, "CreateTable"))
    assert request["BillingMode"] == "PAY_PER_REQUEST" and request["DeletionProtectionEnabled"] is True
    assert desk.count("UpdateContinuousBackups") == 1


def test_a_server_without_backups_is_a_warning(tmp_path, cloud):
    cloud.dynamodb.knows_backups = False
    desk = TableDesk(tmp_path, cloud)
    done = desk.run("--init")
    assert done.status == 0, done
    assert "UpdateContinuousBackups" in done.err
    desk.assert_sound()


def test_a_first_sync_writes_each_number_once(desk, people, cloud):
    people([f"agent{n:02}" for n in range(36)])
    document = desk.sync()
    assert document["plan"]["assign"] == 36 and document["plan"]["create"] == 4
    assert results(document) == {"done": 40}
    assert desk.count("TransactWriteItems") == 2  # ceil(40 / 33)
    puts = [
        action["Put"]["Item"]["pk"]["S"]
        for request in sent(cloud, "TransactWriteItems")
        for action in request["TransactItems"]
        if "Put" in action and action["Put"]["Item"]["sk"]["S"] in ("nu", "agentID")
    ]
    assert sorted(puts) == POOL
    state = desk.assert_sound()
    assert len(state.assigned) == 36
    assert len(recorded(state)) == 36 + 1  # created numbers stand as a range


def test_a_sync_that_changes_nothing_writes_nothing(desk, people):
    people(["alice", "bob"])
    desk.sync()
    before = desk.count("TransactWriteItems")
    document = desk.sync()
    assert document["changes"] == []
    assert document["capacity"]["write"] == 0 and document["capacity"]["read"] > 0
    assert desk.count("TransactWriteItems") == before
    assert desk.count("Scan") == 0


# ---- adoption --------------------------------------------------------------------------------------


def test_the_history_of_one_number(desk, people):
    people(["alice", "bob"])
    number = next(change["extension"] for change in desk.sync()["changes"] if change["agent"] == "alice")
    desk.json("--release", "alice")
    rows = desk.json("--history", number)
    assert [row["action"] for row in rows] == ["release", "sync"]
    assert {change["extension"] for row in rows for change in row["changes"]} == {number}
    assert desk.json("--history", "--extension", number, "--limit", "1") == rows[:1]


def test_what_was_then(desk, people, cloud):
    people(["alice", "bob"])
    desk.fill()
    desk.origin.sync()
    number = dict((agent, extension) for extension, agent in desk.state().assigned)["alice"]
    desk.json("--sync")
    begun = datetime.datetime.fromisoformat(desk.json("--history", "--limit", "1")[0]["at"].replace("Z", "+00:00"))
    before = (begun - datetime.timedelta(milliseconds=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    desk.json("--release", "alice")
    found = desk.json("--lookup", number, "--at", before)
    assert found["agent"] == "alice" and found["since"] is None and found["held_since_before"]
    assert desk.json("--lookup", "alice", "--at", before)["extension"] == number
    cloud.gate.log.clear()
    assert desk.run("--list", "agents", "--at", before).status == 0
    months = {body["ExpressionAttributeValues"][":p"]["S"] for body in sent(cloud, "Query")
              if body["ExpressionAttributeValues"].get(":p", {}).get("S", "").startswith("audit#")}
    assert len(months) <= 3  # of a day ago, of now, and one ahead


def test_an_old_table_is_adopted_synced_exported_and_answers(desk, people, cloud):
    desk.fill()
    people(["alice", "bob", "carol", "zoë"])
    desk.origin.sync()
    before = dict((agent, extension) for extension, agent in desk.state().assigned)
    people(["alice", "bob", "zoë", "dave"])
    document = desk.sync("--max-release", "1")
    assert document["plan"]["adopt"] == 3
    assert document["plan"]["release"] == 1 and document["plan"]["assign"] == 1
    state = desk.assert_sound()
    for agent in ("alice", "bob", "zoë"):
        assert state.extension_of(agent) == before[agent]
        assert agent_for(desk.table, before[agent]) == agent
        assert f"{agent},{before[agent]}\r\n" in exported(cloud)
    assert agent_for(desk.table, before["carol"]) in (None, "dave")
    assert desk.sync()["changes"] == []


def test_the_old_program_can_still_run_on_our_table(desk, people):
    people(["alice", "bob"])
    desk.sync()
    people(["alice", "bob", "carol"])
    desk.origin.sync()
    found = desk.state()
    assert found.agents() == {"alice", "bob", "carol"}
    document = desk.sync()
    assert document["plan"]["adopt"] == 1 and document["plan"]["assign"] == 0
    desk.assert_sound()


def test_who_the_old_program_took_back_returns(desk, people):
    """It knows nothing of claims: alice's stays, without an extension."""
    people(["alice", "bob"])
    desk.sync()
    lambda_origin.leak(desk.origin, "alice")
    document = desk.sync()
    assert results(document) == {"done": 1}, document
    state = desk.state()
    extension = state.extension_of("alice")
    assert ("alice", extension) in state.claims
    # The number that it gave back without sk_value was found by key, and handed out again.
    assert desk.json("--doctor")["problems"] == []
    desk.assert_sound()


def test_what_is_missing_from_the_index_is_repaired(desk, people):
    desk.fill()
    people(["alice", "bob"])
    desk.origin.sync()
    lambda_origin.leak(desk.origin, "bob")
    people(["alice"])
    document = desk.sync()
    assert document["plan"]["repair"] == 1 and document["plan"]["adopt"] == 1
    desk.assert_sound()
    assert desk.sync()["changes"] == []


RANGES = "[policy]\nranges = {}\nblocked =\ncooldown = 7d\n"


@pytest.mark.parametrize("store", ["dynamodb", "sqlite"])
def test_widened_ranges(desk, people, cloud, store, tmp_path):
    """A number that cools is not given out while numbers of the ranges are merely not made yet, and
    one of those can be asked for by name. The same on both stores.
    """
    place = [] if store == "dynamodb" else ["--store", f"sqlite:{tmp_path}/pool.db"]
    desk.rules(RANGES.format("0010-0012"))
    people(["alice", "bob", "carol"])
    desk.json("--sync", "--no-export", *place)
    desk.json("--release", "alice", *place)
    desk.rules(RANGES.format("0005-0015"))
    people(["bob", "carol", "dave", "erin"])
    assigned = desk.json("--assign", "erin=0014", *place)
    assert assigned["changes"][0]["result"] == "done"
    planned = desk.json("--assign", "dave", "--dry-run", *place)
    assert planned["changes"][0]["extension"] == "0005"
    synced = desk.json("--sync", "--no-export", *place)
    assert [(c["change"], c["extension"]) for c in synced["changes"] if c["agent"]] == [
        ("assign", "0005")
    ]
    free = [e["extension"] for e in desk.json("--list", "free", *place)]
    assert free == ["0006", "0007", "0008", "0009", "0013", "0015"]


def test_two_numbers_of_everybody_heal_by_themselves(desk, people):
    """No guard is in the way: everybody keeps the number that the claim names, not the older one."""
    everybody = [f"agent{n:02}" for n in range(15)]
    people(everybody)
    desk.sync()
    before = dict(desk.state().assigned)
    free = sorted(desk.state().free)
    for login, extension in zip(everybody, free):
        desk.table.delete_item(Key={"pk": extension, "sk": "nu"})
        desk.table.put_item(Item={
            "pk": extension, "sk": "agentID", "sk_value": login, "since": "2001-02-03T04:05:06Z",
        })  # fmt: skip
    document = desk.json("--sync", "--max-release", "0")
    assert document["plan"]["repair"] == 15 and document["plan"]["release"] == 0
    assert dict(desk.state().assigned) == before
    desk.assert_sound()


def test_of_two_numbers_the_published_one_stays(cloud, desk, people):
    """The old program wrote both, and knows no claims: people dial what is on the list."""
    desk.fill()
    people(["alice"])
    desk.origin.sync()
    first = desk.state().extension_of("alice")
    second = lambda_origin.give_second(desk.origin, "alice")
    assert second != first
    published = max(first, second)  # the higher one: without the list the lower would stay
    cloud.past_gate("s3").put_object(
        Bucket=cloud.bucket, Key="agent_extensions.csv",
        Body=f"user,extension\nalice,{published}\n".encode(),
    )  # fmt: skip
    assert desk.sync()["plan"]["repair"] == 1
    assert desk.state().extension_of("alice") == published
    desk.assert_sound()


# ---- damage and the doctor ---------------------------------------------------------------------------


@pytest.fixture
def damaged(desk, people):
    """Everything at once that the old program does to a table."""
    desk.fill()
    people(["alice", "bob", "carol", "dave", "erin"])
    desk.origin.sync()
    second = lambda_origin.give_second(desk.origin, "alice")
    lambda_origin.leak(desk.origin, "bob")
    lambda_origin.lose(desk.origin, "carol")
    desk.table.put_item(Item={"pk": "0004", "sk": "nu", "sk_value": "0004"})
    desk.second = second
    return desk


def test_the_doctor_finds_what_the_old_program_did(damaged):
    document = damaged.json("--doctor", status=2)
    kinds = {problem["kind"] for problem in document["problems"]}
    assert kinds == {"two_extensions", "leaked", "missing", "not_adopted", "free_and_assigned"}
    assert document["fixed"] == 0


def test_the_doctor_puts_it_right_with_one_plan(damaged, people):
    before = damaged.state()
    document = damaged.json("--doctor", "--fix")
    assert document["fixed"] > 0
    state = damaged.assert_sound()
    assert {a for _, a in state.assigned} == {a for _, a in before.assigned}
    assert state.extension_of("dave") == before.extension_of("dave")
    assert damaged.json("--doctor")["problems"] == []
    actions = damaged.json("--history")
    assert len(actions) == 1
    people(["alice", "bob", "carol", "dave", "erin"])
    assert damaged.sync()["plan"]["assign"] == 2  # bob and carol had lost theirs
    damaged.assert_sound()


def test_all_numbers_free_again_is_repaired_by_a_sync(desk, people):
    """Beside the assigned ones: the old program does that when it runs out of free numbers."""
    people([f"agent{n:02}" for n in range(30)])
    desk.sync()
    with desk.table.batch_writer() as writer:
        for extension in POOL:
            writer.put_item(Item={"pk": extension, "sk": "nu", "sk_value": extension})
    people([f"agent{n:02}" for n in range(31)])
    document = desk.sync()
    assert document["plan"]["repair"] == 30, document["plan"]
    assert document["conflicts"] == 0
    desk.assert_sound()


def test_odd_items_are_reported_and_left(desk, people):
    people(["alice"])
    desk.sync()
    odd = {"pk": "0005", "sk": "voicemail", "data": {"a": 1}}
    desk.table.put_item(Item=odd)
    desk.table.put_item(Item={"pk": "lobby\x1b[2J", "sk": "nu", "sk_value": "x\0y"})
    document = desk.json("--doctor", "--fix", status=2)
    assert [problem["kind"] for problem in document["problems"]] == ["odd", "odd"]
    assert desk.run("--sync").status == 0
    assert "\x1b" not in desk.run("--doctor").out
    assert desk.table.get_item(Key={"pk": "0005", "sk": "voicemail"})["Item"] == odd


# ---- permissions -----------------------------------------------------------------------------------


DAILY = ["Query", "GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"]
DOCTOR = ["Scan"]
INIT = ["DescribeTable", "CreateTable", "UpdateTable", "UpdateContinuousBackups", "DescribeTimeToLive",
        "UpdateTimeToLive"]


def test_the_least_permissions(tmp_path, cloud):
    desk = TableDesk(tmp_path, cloud)

    def allow(*names):
        table = f"arn:aws:dynamodb:us-east-1:123456789012:table/{cloud.table}"
        actions = [f"dynamodb:{name}" for name in names]
        document = {
            "Statement": [
                {"Effect": "Allow", "Action": actions, "Resource": [table, table + "/index/skIndex"]},
                {"Effect": "Allow", "Action": ["connect:ListUsers", "s3:PutObject"], "Resource": "*"},
            ]
        }
        cloud.operator.policy = Policy(document)

    cloud.instance.set_users(["alice", "bob"])
    allow(*DAILY, *DOCTOR, *INIT)
    assert desk.run("--init").status == 0
    allow(*DAILY)
    desk.sync()
    for arguments in (
        ["--pin", "alice=desk"], ["--unpin", "alice"], ["--swap", "alice=bob"], ["--release", "bob"],
        ["--assign", "bob"], ["--reserve", "0030=fax"], ["--unreserve", "0030"], ["--history"],
        ["--undo"], ["--list", "agents"], ["--lookup", "alice"], ["--status"], ["--export"],
    ):
        assert desk.run(*arguments).status == 0, arguments
    desk.assert_sound()
    done = desk.run("--doctor")
    assert done.status == 1 and "dynamodb:Scan" in done.err
    allow(*DAILY, *DOCTOR)
    assert desk.run("--doctor", "--fix").status == 0


# ---- what a table can be ----------------------------------------------------------------------------


def test_a_missing_table_names_those_that_are_there(tmp_path, desk, cloud):
    done = desk.run("--sync", "--store", "dynamodb:extension-pool")
    assert done.status == 1
    assert "extension-pool" in done.err and cloud.table in done.err and "--init" in done.err


def test_a_table_with_other_keys_is_refused(tmp_path, cloud):
    past = cloud.past_gate("dynamodb")
    past.create_table(
        TableName=cloud.table,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    desk = TableDesk(tmp_path, cloud)
    done = desk.run("--init")
    assert done.status == 1 and "other keys" in done.err
    assert "GlobalSecondaryIndexes" not in past.describe_table(TableName=cloud.table)["Table"]


def test_a_missing_index_is_named_and_made(tmp_path, cloud):
    past = cloud.past_gate("dynamodb")
    past.create_table(
        TableName=cloud.table,
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    desk = TableDesk(tmp_path, cloud)
    done = desk.run("--sync")
    assert done.status == 1 and "skIndex" in done.err and "--init" in done.err
    done = desk.run("--init")
    assert done.status == 0, done
    desk.assert_sound()


def test_another_width_is_refused(desk, people):
    desk.fill()
    people(["alice"])
    desk.rules("[policy]\nwidth = 5\nranges = 10000-10099\n")
    done = desk.run("--sync")
    assert done.status == 1 and "4 digits" in done.err


def test_a_table_can_be_named_by_its_arn(desk, people, cloud):
    people(["alice"])
    arn = f"arn:aws:dynamodb:us-east-1:123456789012:table/{cloud.table}"
    desk.json("--sync", "--store", f"dynamodb:{arn}")
    desk.assert_sound()
    for wrong in ("ab", "a table", "arn:aws:s3:::bucket", "arn:aws:dynamodb:us-east-1:1:table/"):
        assert desk.run("--list", "agents", "--store", f"dynamodb:{wrong}").status == 64


def test_history_and_undo(desk, people):
    people(["alice", "bob"])
    desk.sync()
    desk.json("--pin", "alice=front desk")
    desk.json("--release", "bob")
    actions = desk.json("--history")
    assert [action["action"] for action in actions] == ["release", "pin", "sync"]
    assert all(action["actor"].startswith("arn:aws:sts::") for action in actions)
    desk.json("--undo")
    assert desk.assert_sound().agents() == {"alice", "bob"}
    desk.json("--undo", actions[1]["action_id"])
    assert "pinned" not in desk.table.get_item(Key={"pk": "0000", "sk": "agentID"})["Item"]


def test_audit_records_expire(desk, people):
    people(["alice"])
    desk.sync()
    desk.table.put_item(
        Item={
            "pk": desk.state().audit[0]["pk"],
            "sk": "2020-01-01T00:00:00.000Z#20200101T000000000Z-000000#000001",
            "action": "sync", "actor": "x", "changes": "[]", "expires_at": 1,
        }
    )
    assert int(desk.state().audit[-1]["expires_at"]) > 0
    assert len(desk.json("--history")) == 1
