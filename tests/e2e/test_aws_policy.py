"""The IAM policy of README is exactly what the program calls: with it everything works, and nothing
in it is needed by nothing.
"""

import json
import re
import subprocess

import pytest
from botocore.exceptions import ClientError

from support import faults
from support.connect_instance import Doing, User
from support.iam import Policy
from support.index_lag import lagging_index
from support.program import ROOT, built, program
from support.table_desk import RULES, TableDesk

ACCOUNT = "123456789012"


def people(logins):
    return [User(login, login.title(), "Example") for login in logins]


class Watched(Policy):
    """Keeps what was asked for, and what of it was denied."""

    def __init__(self, document):
        super().__init__(document)
        self.used, self.denied = set(), set()

    def allows(self, action, resource, context=None):
        allowed = super().allows(action, resource, context)
        (self.used if allowed else self.denied).add((action, resource))
        return allowed


def policy_of_readme(cloud, statement="Directory"):
    """The document that has this statement, with the names of this cloud in place of README's."""
    blocks = re.findall(r"```json\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    text = next(block for block in blocks if f'"Sid": "{statement}"' in block)
    names = {"REGION": "us-east-1", "ACCOUNT": ACCOUNT, "INSTANCE": cloud.instance.id,
             "TABLE": cloud.table, "BUCKET": cloud.bucket}
    return json.loads(re.sub("|".join(names), lambda found: names[found.group()], text))


def actions_of(document):
    return {action for statement in document["Statement"] for action in statement["Action"]}


def a_life(desk, cloud):
    """Everything that makes the program call Amazon."""
    run = desk.run
    cloud.instance.set_users(people(["alice", "bob", "carol"]))
    yield run("--init")
    yield run("--sync")
    for arguments in (
        ["--status"], ["--list", "agents"], ["--list", "extensions"], ["--lookup", "alice"],
        ["--lookup", "0005"], ["--pin", "alice=desk"], ["--unpin", "alice"], ["--swap", "alice=bob"],
        ["--release", "bob"], ["--assign", "bob=0030"], ["--reassign", "carol=0031"],
        ["--reserve", "0032=fax"], ["--unreserve", "0032"], ["--history"], ["--undo"], ["--export"],
    ):
        yield run(*arguments)
    (desk.folder / "rows.csv").write_text("user,extension,action\nalice,,release\n")
    yield run("--import", str(desk.folder / "rows.csv"))
    # Another one writes at the same time: the look at what is there now.
    with lagging_index(cloud.dynamodb, None):
        yield run("--sync")
        yield run("--sync")
    # Answers that are lost, of a transaction and of the publication.
    cloud.instance.set_users(people(["alice", "bob", "carol", "dave"]))
    cloud.gate.inject(faults.reset_after(), on="dynamodb.TransactWriteItems", first=4)
    cloud.gate.inject(faults.reset_after(), on="s3.PutObject")
    yield run("--sync")
    cloud.gate.clear_faults()
    # What the old program leaves behind: a number that the index does not show, a stale claim, two
    # records of one number.
    desk.table.put_item(Item={"pk": "0035", "sk": "nu"})
    desk.table.put_item(Item={"pk": "agent#gone", "sk": "claim", "ext": "0036"})
    desk.table.put_item(Item={"pk": "0037", "sk": "agentID", "sk_value": "erin"})
    cloud.instance.set_users(people(["alice", "bob", "carol", "dave", "erin"]))
    yield run("--sync")
    yield run("--doctor", "--fix")


def groups_are_matched(desk, cloud):
    """What groups look at; the numbers stay as they are."""
    cloud.instance.set_users([User("alice", hierarchy="UK/Leeds", tags={"site": "leeds"}), User("gina")])
    desk.rules(
        "[policy]\nblocked =\nranges = 0000-0039\n[group leeds]\nranges = 0100-0109\n"
        "match = hierarchy:UK/Leeds* routing_profile:basic\nmatch = tag:site=leeds\n"
    )
    yield desk.run("--sync", "--dry-run")
    yield desk.run("--assign", "gina=0020", "--dry-run")
    desk.rules(RULES)


def a_stop(desk, cloud):
    """The questions after the fate of a write."""
    cloud.instance.set_users(people(["alice", "bob", "carol", "dave", "erin", "frank"]))
    held = faults.hold()
    cloud.gate.inject(held, on="dynamodb.TransactWriteItems")
    run = subprocess.Popen([program(), "--sync"], env=desk.environment, cwd=desk.folder,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    held.wait()
    run.terminate()
    run.communicate(timeout=30)
    cloud.gate.clear_faults()
    cloud.gate.wait_idle()


def a_look_at_who_is_free(desk, cloud):
    """What the console asks for the agents on the screen."""
    cloud.instance.doing = {"alice": Doing(contacts=(("CONNECTED", "VOICE", "Sales"),))}
    look = subprocess.run([built("tools/live"), "--status"], env=desk.environment, cwd=desk.folder,
                          capture_output=True, text=True, check=False)
    return look.returncode, look.stdout


def hints(desk):
    """A wrong name makes the program tell which ones there are."""
    desk.run("--status", "--store", "dynamodb:other-table")
    desk.run("--sync", "--directory", "connect:99999999-2222-3333-4444-555555555555", "--dry-run")


def index_is_missing(desk, cloud):
    """A table without its index, which --init adds."""
    past = cloud.past_gate("dynamodb")
    past.create_table(
        TableName=cloud.table,
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"},
                   {"AttributeName": "sk", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
    )
    done = desk.run("--init")
    past.delete_table(TableName=cloud.table)
    return done


def test_the_policy_is_what_is_called(tmp_path, cloud):
    document = policy_of_readme(cloud)
    policy = cloud.operator.policy = Watched(document)
    desk = TableDesk(tmp_path, cloud)
    assert index_is_missing(desk, cloud).status == 0
    for result in a_life(desk, cloud):
        assert result.status in (0, 3), result  # 3: somebody else was met on purpose
    for result in groups_are_matched(desk, cloud):
        assert result.status == 0, result
    a_stop(desk, cloud)
    status, shown = a_look_at_who_is_free(desk, cloud)
    assert status == 0 and "\tcall\t" in shown and shown.splitlines()[0].endswith("\tSales")
    # Nobody calls for it: S3 looks at it to choose between 404 and 403 for a key that is not there.
    assert {action for action, _ in policy.denied} <= {"s3:ListBucket"}
    hints(desk)
    # A wrong name is denied as it would be in real life; only the lists of names may be read.
    assert {action for action, _ in policy.denied} <= {
        "dynamodb:Query", "connect:ListUsers", "s3:ListBucket"
    }
    desk.run("--doctor", "--all")
    assert {action for action, _ in policy.used} == actions_of(document)


@pytest.mark.parametrize("left_out", ["Names", "Hierarchy", "Live", "Hints"])
def test_a_statement_that_can_be_left_out(tmp_path, cloud, left_out):
    """README says of each what goes without it."""
    document = policy_of_readme(cloud)
    document["Statement"] = [s for s in document["Statement"] if s["Sid"] != left_out]
    cloud.operator.policy = Policy(document)
    desk = TableDesk(tmp_path, cloud)
    for result in a_life(desk, cloud):
        assert result.status in (0, 3), result


# -- one site ------------------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path, cloud):
    """A table of two sites; the operator has the policy of README for the one of 2xxx."""
    desk = TableDesk(
        tmp_path, cloud, "[policy]\nranges = 2000-2009 3000-3009\nblocked =\ncooldown = 0\n", []
    )
    cloud.instance.set_users(people(["alice", "bob", "carol"]))
    assert desk.run("--init").status == 0
    assert desk.run("--assign", "carol=3009").status == 0
    document = policy_of_readme(cloud, "SiteRead")
    rest = policy_of_readme(cloud)["Statement"]
    document["Statement"] += [s for s in rest if s["Sid"] in ("Directory", "Names", "Export")]
    cloud.operator.policy = Policy(document)
    return desk


def everything(desk):
    return {(item["pk"], item["sk"]): item for item in desk.table.scan()["Items"]}


def test_an_operator_of_one_site_works_there(site):
    for arguments in (
        ["--assign", "alice=2003"], ["--assign", "bob"], ["--swap", "alice=bob"],
        ["--pin", "bob=desk"], ["--unpin", "bob"], ["--reassign", "alice=2007"],
        ["--reserve", "2008=fax"], ["--unreserve", "2008"], ["--release", "bob"], ["--undo"],
        ["--sync"], ["--export"], ["--list", "extensions"], ["--history"], ["--doctor"],
    ):
        done = site.run(*arguments)
        assert done.status == 0, (arguments, done)
    assert site.state().agents() == {"alice", "bob", "carol"}


@pytest.mark.parametrize("arguments, numbers", [
    (["--assign", "alice=3004"], "3004"),
    (["--release", "carol"], "3009"),
    (["--reserve", "3001=fax"], "3001"),
    (["--pin", "carol=desk"], "3009"),
    (["--reassign", "carol=2001"], "all of 2001, 3009, so none of them was written"),
])  # fmt: skip
def test_an_operator_of_one_site_is_denied_elsewhere(site, arguments, numbers):
    before = everything(site)
    denied = site.run(*arguments)
    assert denied.status == 1
    assert f"not allowed to write {numbers}: the permission dynamodb:" in denied.err
    assert "for the numbers of one site alone" in denied.err
    assert everything(site) == before


def test_of_several_rows_those_are_written_that_are_allowed(site):
    done = site.run("--assign", "alice=2004", "bob=3005", "--json")
    assert done.status == 3
    assert {c["extension"]: c["result"] for c in done.json["changes"]} == {"2004": "done", "3005": "failed"}
    assert "not allowed to write 3005: the permission dynamodb:" in done.out
    site.run("--release", "alice", "carol")
    assert site.state().agents() == {"carol"}


def test_a_long_plan_that_is_denied_stops(site):
    site.rules("[policy]\nranges = 2000-2009 3000-3099\nblocked =\ncooldown = 0\n")
    mark = site.cloud.gate.log.mark()
    denied = site.run("--init")
    # Which of the transactions is answered first differs.
    assert denied.status == 1
    assert re.search(r"not allowed to write all of (30\d\d, ){5}30\d\d and ", denied.err)
    assert site.cloud.gate.log.count("dynamodb", "TransactWriteItems", since=mark) <= 4
    assert "3010" not in {key for key, _ in everything(site)}


def test_what_the_policy_of_one_site_does_not_stop(site, cloud):
    """README says so: reading, claims, the trail."""
    table = cloud.client("dynamodb", kind="resource").Table(cloud.table)
    assert table.get_item(Key={"pk": "3009", "sk": "agentID"})["Item"]["sk_value"] == "carol"
    table.delete_item(Key={"pk": "agent#carol", "sk": "claim"})
    table.put_item(Item={"pk": "audit#2026-11", "sk": "made up"})
    with pytest.raises(ClientError, match="not authorized to perform: dynamodb:DeleteItem"):
        table.delete_item(Key={"pk": "3009", "sk": "agentID"})
