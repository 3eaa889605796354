"""One row is one row: what a command about one number or one agent asks of Amazon, counted at the
gate, and that it says the same as a command that reads everything.
"""

import json
import random
import subprocess

import pytest

from support import faults
from support.connect_instance import User
from support.iam import Policy
from support.program import program
from support.table_desk import TableDesk

ACTOR = ("sts", "GetCallerIdentity")

#: command, requests to the table with the write, read units
COMMANDS = [
    (["--pin", "agent03=desk"], 4, 5),
    (["--unpin", "agent03"], 4, 5),
    (["--fallback", "agent05=phone:+441632960000"], 4, 5),
    (["--fallback", "agent05=ext:0003"], 4, 5),
    (["--fallback", "agent05=agent:agent03"], 4, 5),
    (["--fallback", "agent05="], 4, 5),
    (["--reserve", "0032=fax"], 2, 1),
    (["--reserve", "0033=fax", "--target", "agent:agent03"], 4, 5),
    (["--reserve", "0034=fax", "--target", "ext:0003"], 4, 5),
    (["--unreserve", "0032"], 2, 1),
    (["--swap", "agent06=agent07"], 5, 5),
    (["--reassign", "agent08=0035"], 4, 5),
    (["--release", "agent09"], 4, 5),
    (["--assign", "agent09=0036"], 4, 5),
    (["--release", "0036"], 4, 5),
]


@pytest.fixture
def desk(tmp_path, each_cloud):
    """Thirty people with a number each; who acts is known, so that only the work is counted."""
    cloud = each_cloud
    cloud.instance.set_users([User(f"agent{n:02}", "First", f"Last{n}") for n in range(30)])
    desk = TableDesk(tmp_path, cloud)
    desk.create()
    desk.fill()
    desk.sync()
    return desk


def asked(desk, *arguments):
    """The document of the command, and (service, operation) of each request, in order."""
    log = desk.cloud.gate.log
    mark = log.mark()
    document = desk.json(*arguments)
    return document, [(record.service, record.operation) for record in log.select(since=mark)]


@pytest.mark.parametrize("arguments, most, units", COMMANDS, ids=lambda value: " ".join(value)
                         if isinstance(value, list) else None)
def test_a_command_reads_what_it_is_about(desk, arguments, most, units):
    if arguments[0] in ("--unpin", "--unreserve"):
        desk.json("--pin" if arguments[0] == "--unpin" else "--reserve", arguments[1] + "=x")
    if arguments == ["--fallback", "agent05="]:
        desk.json("--fallback", "agent05=ext:0003")
    if arguments == ["--assign", "agent09=0036"]:
        desk.json("--release", "agent09")
    if arguments == ["--release", "0036"]:
        desk.json("--reassign", "agent09=0036")
    document, requests = asked(desk, *arguments)
    table = [operation for service, operation in requests if service == "dynamodb"]
    assert {change["result"] for change in document["changes"]} == {"done"}
    assert table.count("TransactWriteItems") == 1
    assert len(table) <= most, table
    assert document["capacity"]["read"] <= units
    assert requests.count(ACTOR) <= 1
    people = [operation for service, operation in requests if service == "connect"]
    # A release says whether the agent still works here.
    asks = arguments[0] in ("--assign", "--release")
    assert people == (["SearchUsers"] if asks else [])
    desk.assert_sound()


def test_a_lookup_costs_half_a_unit_a_question(desk):
    for who, most, units in (("0003", 1, 0.5), ("agent03", 3, 1.5)):
        before = desk.cloud.gate.log.mark()
        desk.json("--lookup", who)
        bodies = [json.loads(record.body)
                  for record in desk.cloud.gate.log.select("dynamodb", since=before)]
        assert len(bodies) <= most
        assert not any(body.get("ConsistentRead") for body in bodies), units


def test_without_a_number_only_the_free_part_is_read(desk):
    log = desk.cloud.gate.log
    desk.json("--release", "agent03")
    mark = log.mark()
    document = desk.json("--assign", "agent03")
    assert document["changes"][0]["extension"] == "0003"  # the former one
    assert "returns to the former" in document["changes"][0]["why"]
    queries = [json.loads(record.body) for record in log.select("dynamodb", "Query", since=mark)]
    kinds = {query["ExpressionAttributeValues"].get(":k", {}).get("S") for query in queries}
    assert kinds == {"nu", None}  # of the index what is free, and what is theirs
    assert log.count("connect", "ListUsers", since=mark) == 0
    assert log.count("dynamodb", since=mark) <= 4


def test_the_login_is_compared_byte_by_byte(desk):
    cloud = desk.cloud
    cloud.instance.set_users([User("Zoe"), User("zoe"), User("agent00")])
    document, requests = asked(desk, "--assign", "zoe=0036")
    assert document["changes"][0]["agent"] == "zoe"
    assert document["changes"][0]["result"] == "done"
    assert ("connect", "ListUsers") not in requests
    refused = desk.run("--assign", "ZOE=0037")
    assert refused.status != 0 and 'nobody in the directory is called "ZOE"' in refused.err
    assert "did you mean" in refused.err  # from the whole directory


def test_without_the_permission_all_users_are_read(desk):
    desk.json("--release", "agent03")
    desk.cloud.operator.policy = Policy.all_but("connect:SearchUsers")
    document, requests = asked(desk, "--assign", "agent03=0036")
    assert document["changes"][0]["result"] == "done"
    assert ("connect", "SearchUsers") in requests and ("connect", "ListUsers") in requests


def test_an_agent_of_the_old_program_has_no_claim(desk):
    """The index alone names their number."""
    desk.table.delete_item(Key={"pk": "agent#agent03", "sk": "claim"})
    document, requests = asked(desk, "--reassign", "agent03=0036")
    assert document["changes"][0]["result"] == "done"
    assert len([one for one in requests if one[0] == "dynamodb"]) <= 5  # the write may look again
    desk.assert_sound()


def test_a_stale_claim_and_a_second_number_are_seen(desk):
    """What the items say counts; an agent with two numbers is refused as ever."""
    desk.table.put_item(Item={"pk": "agent#agent03", "sk": "claim", "ext": "0037"})
    pinned = desk.json("--dry-run", "--pin", "agent03=desk")
    assert pinned["changes"][0]["extension"] == "0003"
    desk.table.delete_item(Key={"pk": "0037", "sk": "nu"})
    desk.table.put_item(Item={"pk": "0037", "sk": "agentID", "sk_value": "agent03"})
    refused = desk.run("--release", "agent03")
    assert refused.status != 0 and "has 2 extensions at once" in refused.err


def test_who_was_quicker_is_a_conflict(desk):
    """The number goes to another agent between the read and the write."""
    held = faults.hold()
    desk.cloud.gate.inject(held, on="dynamodb.TransactWriteItems", first=1)
    run = subprocess.Popen([program(), "--pin", "agent03=desk", "--json"], env=desk.environment,
                           cwd=desk.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    held.wait()
    desk.table.put_item(Item={"pk": "0003", "sk": "agentID", "sk_value": "agent99"})
    held.release()
    out, _ = run.communicate(timeout=30)
    assert json.loads(out)["changes"][0]["result"] == "conflict"


# ---- rows and all of it ----------------------------------------------------------------------------


def any_table(chance, table, numbers):
    """A pool with what happens in a table that the old program writes too: numbers without a claim,
    stale claims, numbers that are not there, and now and then an agent with two.
    """
    holders = [f"agent{n}" for n in range(8)]
    chance.shuffle(holders)
    with table.batch_writer() as writer:
        for number in numbers:
            kind = chance.choice(("free", "free", "used", "held", "assigned", "assigned", "none"))
            if kind == "assigned" and holders:
                login = holders[-1] if chance.random() < 0.1 else holders.pop()
                item = {"pk": number, "sk": "agentID", "sk_value": login}
                if chance.random() < 0.7:
                    item |= {"since": "2026-01-02T03:04:05Z", "by": "ops"}
                if chance.random() < 0.2:
                    item["pinned"] = "desk"
                writer.put_item(Item=item)
                if chance.random() < 0.7:
                    ext = number if chance.random() < 0.8 else chance.choice(numbers)
                    writer.put_item(Item={"pk": f"agent#{login}", "sk": "claim", "ext": ext})
            elif kind == "held":
                writer.put_item(Item={"pk": number, "sk": "held", "sk_value": number, "note": "fax"})
            elif kind in ("free", "used"):
                writer.put_item(Item={"pk": number, "sk": "nu", "sk_value": number})


def any_command(chance, numbers):
    number, agent, other = chance.choice(numbers), *chance.sample(range(9), 2)
    return chance.choice([
        ["--assign", f"agent{agent}={number}"], ["--reassign", f"agent{agent}={number}"],
        ["--release", f"agent{agent}"], ["--release", number], ["--pin", f"agent{agent}=desk"],
        ["--unpin", f"agent{agent}"], ["--swap", f"agent{agent}=agent{other}"],
        ["--reserve", f"{number}=fax"], ["--unreserve", number],
        ["--fallback", f"agent{agent}=agent:agent{other}"],
        ["--fallback", f"agent{agent}=ext:{number}"],
        ["--reserve", f"{number}=fax", "--target", f"agent:agent{agent}"],
    ])


@pytest.mark.parametrize("seed", range(3))
def test_rows_give_the_same_plan_as_the_whole_table(tmp_path, each_cloud, seed):
    """--max-release, here the default itself, has all of the table read."""
    chance = random.Random(seed)
    numbers = [f"{n:04}" for n in range(16)]
    each_cloud.instance.set_users([User(f"agent{n}") for n in range(8)])
    desk = TableDesk(tmp_path, each_cloud, "[policy]\nranges = 0000-0015\nblocked = 0003\n")
    desk.create()
    any_table(chance, desk.table, numbers)
    told = ("changes", "refused", "error", "exit")
    scarce = 0
    for _ in range(40):
        command = [*any_command(chance, numbers), "--dry-run", "--json"]
        mark = each_cloud.gate.log.mark()
        rows = desk.run(*command).json
        scarce += each_cloud.gate.log.count("dynamodb", since=mark) <= 4
        whole = desk.run(*command, "--max-release", "5").json
        assert {key: rows.get(key) for key in told} == {key: whole.get(key) for key in told}, command
    assert scarce > 5  # a refusal reads all of it
