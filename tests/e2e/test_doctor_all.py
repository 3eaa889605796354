"""--doctor --all: a line for each thing that extpool needs in Amazon and on this machine, with the permission that
is missing and the command that mends it. Nothing is written.
"""

import json
import re

import pytest

from support.iam import Policy
from support.people import made_up
from support.program import ROOT, Desk
from test_readme import policy_of

README = (ROOT / "README.md").read_text(encoding="utf-8")
ACTIONS = [action for statement in json.loads(re.search(r"```json\n(.*?)```", README, re.DOTALL).group(1))["Statement"]
           for action in statement["Action"]]
RULES = "[policy]\nwidth = 2\nranges = 10-19\nblocked =\n"



@pytest.fixture
def site(cloud, tmp_path):
    """A whole site: a table as --init makes it, three agents with numbers, a published list."""
    cloud.instance.set_users(made_up(3))
    desk = Desk(tmp_path, cloud.env())
    desk.places = lambda: []
    desk.rules(RULES)
    desk.json("--init")
    desk.json("--sync")
    desk.cloud = cloud
    return desk


def examined(desk, *arguments, status=0):
    return desk.json("--doctor", "--all", *arguments, status=status)


def wrong(answer):
    return [check for check in answer["checks"] if check["result"] == "wrong"]


def without(cloud, action):
    document = policy_of(cloud)
    for statement in document.statements:
        statement["Action"] = [name for name in statement["Action"] if name != action]
    document.statements = [statement for statement in document.statements if statement["Action"]]
    return document


def test_all_is_well_with_the_whole_policy(site):
    site.cloud.operator.policy = policy_of(site.cloud)
    mark = site.cloud.gate.log.mark()
    before = site.json("--history")
    answer = examined(site)
    assert wrong(answer) == [] and answer["problems"] == [] and answer["not_checked"] == []
    assert {check["check"] for check in answer["checks"]} == {
        "credentials", "clock", "directory", "table", "index", "backups", "expiry", "hints", "export"}
    assert [check for check in answer["checks"] if check["result"] != "ok"] == []
    said = {check["check"]: check["detail"] for check in answer["checks"] if check["check"] in ("credentials", "clock")}
    assert site.cloud.operator.arn in said["credentials"]
    assert any(check["detail"] == "3 users on the first page" for check in answer["checks"])
    assert site.json("--history") == before
    done = {(record.service, record.operation) for record in site.cloud.gate.log.select(since=mark)
            if record.status == 200}
    assert not done & {("dynamodb", name) for name in ("PutItem", "DeleteItem", "UpdateItem", "TransactWriteItems",
                                                       "CreateTable", "UpdateTable")}
    assert ("s3", "PutObject") not in done


@pytest.mark.parametrize("action", ACTIONS)
def test_a_permission_that_is_missing_is_named(site, action):
    site.cloud.operator.policy = without(site.cloud, action)
    done = site.run("--doctor", "--all", "--json")
    answer = done.json
    lines = [check for check in wrong(answer) if check["action"] == action]
    assert lines, [check for check in answer["checks"] if check["result"] != "ok"]
    assert [check["action"] for check in wrong(answer)] == [action] * len(wrong(answer))
    assert f"{action} is not allowed; it serves " in lines[0]["detail"]
    assert re.match(r"aws iam put-role-policy --role-name ExtpoolOperator ", lines[0]["fix"])
    granted = json.loads(re.search(r"--policy-document '(.*)'", lines[0]["fix"])[1])
    assert Policy(granted).statements[0]["Action"] == action
    assert done.status == answer["exit"] != 0
    # one failure stops no other check
    assert {"credentials", "clock", "directory", "table", "index", "backups", "expiry", "hints", "export"} == {
        check["check"] for check in answer["checks"]}


def test_what_is_granted_as_it_says_is_enough(site):
    """The resource of the command is the one that was refused."""
    for action in ("connect:ListQueues", "dynamodb:Query", "dynamodb:PutItem", "s3:GetObject"):
        site.cloud.operator.policy = without(site.cloud, action)
        line = wrong(site.run("--doctor", "--all", "--json").json)[0]
        grant = json.loads(re.search(r"--policy-document '(.*)'", line["fix"])[1])
        document = without(site.cloud, action)
        document.statements += grant["Statement"]
        site.cloud.operator.policy = document
        assert wrong(examined(site)) == [], action


def test_a_bare_table_and_what_mends_it(cloud, tmp_path):
    cloud.create_table()
    cloud.instance.set_users(made_up(1))
    desk = Desk(tmp_path, cloud.env())
    desk.places = lambda: []
    desk.rules(RULES)
    answer = desk.run("--doctor", "--all", "--json").json
    fixes = {check["check"]: check["fix"] for check in wrong(answer)}
    assert fixes["expiry"] == "extpool --init"
    assert fixes["backups"].startswith(f"aws dynamodb update-continuous-backups --table-name {cloud.table} ")
    assert answer["exit"] == 2


def test_without_a_table(cloud, tmp_path):
    cloud.instance.set_users(made_up(1))
    desk = Desk(tmp_path, cloud.env())
    desk.places = lambda: []
    answer = examined(desk, status=1)
    assert answer["checked"] is None and answer["error"]["code"] == "not_found"
    tables = [check for check in wrong(answer) if check["check"] in ("table", "index")]
    assert tables and {check["fix"] for check in tables} == {"extpool --init"}
    assert [check["result"] for check in answer["checks"] if check["check"] == "directory"] == ["ok"] * 6


def test_a_clock_that_is_off(site):
    site.cloud.gate.clock_offset_s = 600
    (line,) = wrong(examined(site, status=2))
    assert line["check"] == "clock"
    assert re.fullmatch(r"this machine is (10m|9m\d\ds|9m) behind the service's time", line["detail"]), line
    assert line["fix"] == "timedatectl set-ntp true"


def test_credentials_that_are_refused(lenient_cloud, tmp_path):
    desk = Desk(tmp_path, lenient_cloud.env() | {"AWS_SECRET_ACCESS_KEY": "wrong"})
    desk.places = lambda: []
    answer = examined(desk, status=6)
    assert [check["check"] for check in wrong(answer)] == ["credentials"]
    assert {check["detail"] for check in answer["checks"] if check["result"] == "not_made"} == {"not asked"}


def test_a_read_only_session_is_not_asked_about_writing(site):
    answer = examined(site, "--read-only")
    left = [check["detail"] for check in answer["checks"] if check["result"] == "not_made"]
    assert left and set(left) == {"not asked: read_only is set"}


def test_the_key_of_the_export(site):
    site.rules(RULES + "[defaults]\nkms_key = 11111111-2222-3333-4444-555555555555\n")
    site.cloud.operator.policy = policy_of(site.cloud)
    (line,) = wrong(examined(site, status=2))
    assert (line["check"], line["action"]) == ("key", "kms:GenerateDataKey")


FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:extpool-lookup"
KEY = "11111111-2222-3333-4444-555555555555"
FLOW = "99999999-2222-3333-4444-555555555555"
NAMED = {"function": "lambda:GetFunctionConfiguration", "flow": "connect:DescribeContactFlow", "key": "kms:DescribeKey"}


@pytest.fixture
def named(site):
    """Function, flow and key are in the configuration."""
    flow = f"arn:aws:connect:us-east-1:123456789012:instance/{site.cloud.instance.id}/contact-flow/{FLOW}"
    site.rules(RULES + f"[defaults]\nfunction = {FUNCTION}\nflow = {flow}\nkms_key = {KEY}\n")
    site.cloud.functions.functions[FUNCTION] = {"State": "Active", "LastUpdateStatus": "Successful"}
    site.cloud.connect.flows[FLOW] = "ACTIVE"
    site.cloud.keys.keys[KEY] = "Enabled"
    return site


def test_function_flow_and_key(named):
    answer = examined(named)
    assert {check["check"]: check["detail"] for check in answer["checks"] if check["check"] in NAMED} == {
        "function": "Active", "flow": "ACTIVE", "key": "Enabled"}


def test_function_flow_and_key_that_are_not_well(named):
    named.cloud.functions.functions[FUNCTION] = {"State": "Failed"}
    named.cloud.connect.flows[FLOW] = "ARCHIVED"
    named.cloud.keys.keys[KEY] = "Disabled"
    said = {check["check"]: check for check in wrong(examined(named, status=2))}
    assert said["function"]["detail"] == "its state is Failed, not Active"
    assert said["flow"]["detail"] == "its state is ARCHIVED, not ACTIVE"
    assert said["key"]["fix"] == f"aws kms enable-key --key-id {KEY}"
    named.cloud.functions.functions.clear()
    named.cloud.connect.flows.clear()
    named.cloud.keys.keys.clear()
    assert {check["check"] for check in wrong(examined(named, status=2))} == {"function", "flow", "key"}


def test_permissions_for_function_flow_and_key(named):
    """What README says is needed for them, and no more."""
    named.cloud.operator.policy = policy_of(named.cloud)
    named.cloud.operator.policy.statements.append(
        {"Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "*"})
    answer = examined(named, status=2)
    assert {check["check"]: check["action"] for check in wrong(answer)} == {
        "function": NAMED["function"], "flow": NAMED["flow"]}
    (key,) = [check for check in answer["checks"] if check["check"] == "key"]
    assert key["result"] == "not_made" and "kms:DescribeKey is not allowed" in key["detail"]
    for action in NAMED.values():
        assert action in README


def test_what_is_no_arn_is_a_mistake(site):
    site.rules(RULES + "[defaults]\nfunction = lookup\n")
    answer = site.json("--check-config", status=64)
    assert 'function: "lookup" is not an ARN' in answer["mistakes"][0]["message"]


def test_as_text(site):
    site.cloud.operator.policy = without(site.cloud, "connect:ListQueues")
    done = site.run("--doctor", "--all")
    assert done.status == 2
    assert re.search(r"^WRONG +directory +connect:\S+: connect:ListQueues is not allowed; it serves what agents do now\n"
                     r" +aws iam put-role-policy ", done.out, re.M)
    assert re.search(r"^ok +table +DescribeTable is allowed|^ok +table +ACTIVE", done.out, re.M)
    quiet = site.run("--doctor", "--all", "--quiet").out
    assert "WRONG" in quiet and "\nok" not in quiet and not quiet.startswith("ok")


def test_places_of_this_machine(tmp_path):
    desk = Desk(tmp_path)
    desk.rules(RULES)
    desk.people("alice", "bob")
    desk.json("--sync")
    answer = examined(desk)
    assert {check["check"]: check["detail"] for check in answer["checks"]} == {
        "directory": "2 agents", "store": "there", "export": "there"}
    desk.agents.unlink()
    (line,) = wrong(examined(desk, status=2))
    assert "No such file" in line["detail"]


def test_all_belongs_to_the_doctor(tmp_path):
    assert "does not go with" in Desk(tmp_path).json("--status", "--all", status=64)["error"]["message"]
