"""What is deployed: the template against Amazon's own list of types, both contact flows against the
table of actions, the roles against what the program calls, and calls played through the flows with
the real lookup's answers. `make deploy-check` runs this file.
"""

import json
import subprocess

import pytest

from support import faults, flow_language, template
from support.connect_instance import User
from support.iam import Policy
from support.lambda_runtime import SCHEDULE, LambdaRuntime, flow_event
from support.program import ROOT
from support.table_desk import TableDesk
from test_lambda import running

DEPLOY = ROOT / "aws/deploy"
QUEUE_FLOW = "arn:aws:connect:us-east-1:111122223333:instance/i/contact-flow/q"
OPERATOR = "arn:aws:connect:us-east-1:111122223333:instance/i/queue/00000000-0000-0000-0000-0000000000aa"
SALES = "arn:aws:connect:us-east-1:111122223333:instance/i/queue/00000000-0000-0000-0000-0000000000bb"
GIVEN = {"LookupFunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:lookup",
         "AgentQueueFlowArn": QUEUE_FLOW, "OperatorQueueArn": OPERATOR, "ExtensionWidth": "4"}
FLOWS = {"inbound": "CONTACT_FLOW", "agent-queue": "CUSTOMER_QUEUE"}


def flow(name):
    text = (DEPLOY / "flows" / f"{name}.json").read_text()
    for key, value in GIVEN.items():
        text = text.replace("${" + key + "}", value)
    return json.loads(text)


@pytest.fixture(scope="module")
def stack():
    return template.load(DEPLOY / "template.yaml")


# ---- the template ------------------------------------------------------------------------------------


def test_cloudformation_would_take_the_template(stack):
    assert list(template.faults(stack)) == []
    assert (DEPLOY / "template.yaml").stat().st_size < 51200


def test_the_checker_sees_what_is_wrong(stack):
    broken = json.loads(json.dumps(stack))
    broken["Resources"]["Topic"]["Properties"]["Nmae"] = "x"
    broken["Resources"]["SyncOnce"]["Properties"].pop("Qualifier")
    broken["Resources"]["Table"]["Properties"]["BillingMode"] = ["x"]
    broken["Outputs"]["TopicArn"]["Value"] = {"Ref": "Nothing"}
    found = "\n".join(template.faults(broken))
    for words in ("Topic.Nmae", "lacks Qualifier", "BillingMode", "Ref Nothing"):
        assert words in found


def test_the_template_holds_the_flows_as_they_are(stack):
    subprocess.run(["python3", str(DEPLOY / "embed_flows.py"), "--check"], check=True)
    for resource, name in (("AgentQueueFlow", "agent-queue"), ("InboundFlow", "inbound")):
        properties = stack["Resources"][resource]["Properties"]
        content = properties["Content"]["Fn::Sub"]
        text = content if isinstance(content, str) else content[0]
        assert json.loads(text) == json.loads((DEPLOY / "flows" / f"{name}.json").read_text())
        assert properties["Type"] == FLOWS[name]


def test_the_table_of_the_template_is_that_of_init(stack):
    table = stack["Resources"]["Table"]
    properties = table["Properties"]
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    assert properties["DeletionProtectionEnabled"] is True
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    index = properties["GlobalSecondaryIndexes"][0]
    assert index["IndexName"] == "skIndex" and index["Projection"] == {"ProjectionType": "ALL"}
    assert [key["AttributeName"] for key in properties["KeySchema"]] == ["pk", "sk"]


# ---- the roles ---------------------------------------------------------------------------------------


def granted(document):
    return {action for statement in document["Statement"] for action in statement["Action"]
            if not action.startswith(("logs:", "sns:"))}


@pytest.fixture
def desk(tmp_path, cloud):
    desk = TableDesk(tmp_path, cloud)
    cloud.instance.set_users(["alice", "bob"])
    assert desk.run("--init").status == 0
    return desk


def role_policy(stack, cloud, role, attributes=False):
    account = cloud.operator.account
    return template.policy(
        stack, role, AWSCONNECTINSTANCEARN=cloud.instance.arn, AWSEXPORTBUCKET=cloud.bucket,
        AWSTABLE=cloud.table, MakesTable=False, ReadsAttributes=attributes, **{"AWS::Partition": "aws", "AWS::Region": cloud.region,
                                                  "AWS::AccountId": account})


def test_the_sync_works_with_its_role_alone(stack, desk, cloud, tmp_path):
    document = role_policy(stack, cloud, "SyncRole")
    cloud.operator.policy = Policy(document)
    with LambdaRuntime() as runtime, running(runtime, cloud, tmp_path, _HANDLER="sync"):
        assert runtime.invoke(SCHEDULE).ok
        cloud.instance.set_users(["alice", "carol"])
        assert runtime.invoke({"action": "sync", "max_release": 5}).ok
        assert runtime.invoke({"action": "doctor"}).ok
        assert runtime.invoke({"action": "export"}).ok
    assert granted(document) <= {
        "connect:ListUsers", "s3:GetObject", "s3:PutObject", *(
            f"dynamodb:{name}" for name in ("Query", "Scan", "GetItem", "BatchGetItem", "PutItem", "UpdateItem",
                                            "DeleteItem", "ConditionCheckItem", "DescribeTable"))}


def test_groups_by_attributes_work_with_the_role_that_reads_them(stack, desk, cloud, tmp_path):
    document = role_policy(stack, cloud, "SyncRole", attributes=True)
    more = granted(document) - granted(role_policy(stack, cloud, "SyncRole"))
    cloud.instance.set_users([User("alice", hierarchy="UK/Leeds"), User("bob", tags={"site": "york"})])
    (tmp_path / "config").write_text(
        "[policy]\nblocked =\nranges = 0000-0039\n"
        "[group leeds]\nmatch = hierarchy:UK/Leeds*\nranges = 0100-0109\n"
        "[group york]\nmatch = tag:site=york\nmatch = routing_profile:York*\nranges = 0200-0209\n")
    cloud.operator.policy = Policy(document)
    where = {"_HANDLER": "sync", "EXTPOOL_CONFIG": str(tmp_path / "config")}
    mark = cloud.gate.log.mark()
    with LambdaRuntime() as runtime, running(runtime, cloud, tmp_path, **where):
        assert runtime.invoke({"action": "sync", "dry_run": True}).ok
    asked = {f"connect:{record.operation}" for record in cloud.gate.log.select("connect", since=mark)}
    assert {record.status for record in cloud.gate.log.select("connect", since=mark)} == {200}
    # The others are what Amazon's reference names as dependent.
    assert more - asked == {"connect:DescribeUser", "connect:ListUserProficiencies",
                            "connect:DescribeUserHierarchyGroup"}
    assert asked - more == {"connect:ListUsers"}


def test_the_lookup_works_with_its_role_alone_and_writes_nothing(stack, desk, cloud, tmp_path):
    desk.run("--sync")
    document = role_policy(stack, cloud, "LookupRole")
    assert granted(document) == {"dynamodb:Query", "dynamodb:GetItem"}
    cloud.operator.policy = Policy(document)
    with LambdaRuntime() as runtime, running(runtime, cloud, tmp_path, _HANDLER="lookup"):
        assert runtime.invoke(flow_event(agent="alice"), timeout=8).json()["found"] == "true"
        assert runtime.invoke(flow_event(pk="0010"), timeout=8).ok
    used = {f"dynamodb:{record.operation}" for record in cloud.gate.log.select("dynamodb")}
    assert granted(document) <= used


# ---- the flows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FLOWS)
def test_amazon_connect_would_take_the_flow(name):
    assert flow_language.faults(flow(name), FLOWS[name]) == []


def test_the_table_of_actions_sees_what_is_wrong():
    broken = flow("inbound")
    actions = {action["Identifier"]: action for action in broken["Actions"]}
    actions["ask"]["Transitions"]["Errors"] = []
    actions["look-up"]["Parameters"]["InvocationTimeLimitSeconds"] = "9"
    actions["goodbye"]["Transitions"]["NextAction"] = "nowhere"
    actions["kind"]["Parameters"]["ComparisonValue"] = "agent"
    actions["operator-set"]["Parameters"] = {}
    found = "\n".join(flow_language.faults(broken, "CONTACT_FLOW"))
    for words in ("has to wire", "does not fit", "goes to nowhere", "ComparisonValue", "takes one of"):
        assert words in found


@pytest.fixture
def phone(desk, cloud, tmp_path):
    """Plays calls with the real function's answers; remembers every action that was reached."""
    desk.run("--sync")
    with LambdaRuntime() as runtime, running(runtime, cloud, tmp_path):
        yield Phone(desk, cloud, runtime)


class Phone:
    reached: set = set()

    def __init__(self, desk, cloud, runtime):
        self.desk, self.cloud, self.runtime = desk, cloud, runtime
        self.player = flow_language.Player(flow("inbound"), flow("agent-queue"), QUEUE_FLOW)

    def extension(self, login):
        return next(ext for ext, agent in self.desk.assert_sound().assigned if agent == login)

    def arn(self, login):
        return self.runtime.invoke(flow_event(agent=login), timeout=8).json()["agent_arn"]

    def reserve(self, operand, target):
        assert self.desk.run("--reserve", operand, "--target", target).status == 0

    def fall_back(self, login, target):
        assert self.desk.run("--fallback", f"{login}={target}").status == 0

    def lookup(self, parameters):
        answer = self.runtime.invoke(flow_event(**parameters), timeout=3)
        return answer.json() if answer.ok else None

    def call(self, *typed, lookup=None, **more):
        call = flow_language.Call(list(typed), lookup or self.lookup, **more)
        end = self.player.play(call)
        Phone.reached |= set(call.visited)
        return end, call


def test_twelve_calls(phone, cloud):
    alice, bob = phone.extension("alice"), phone.extension("bob")
    alice_arn, bob_arn = phone.arn("alice"), phone.arn("bob")
    phone.reserve("0030=sales", f"queue:{SALES}")
    phone.reserve("0031=fax", "phone:+441632960000")
    phone.reserve("0032=leads nowhere", "agent:gone")
    phone.reserve("0033=alice's old one", "agent:alice")

    # the agent is there and answers
    end, call = phone.call(alice, staffed={alice_arn}, answers={alice_arn})
    assert end == ("agent", alice_arn) and call.attributes["extension"] == alice
    # an old number that leads to an agent
    assert phone.call("0033", staffed={alice_arn}, answers={alice_arn})[0] == ("agent", alice_arn)
    # the agent is there and does not take the call: three rounds, then the operator
    end, call = phone.call(alice, staffed={alice_arn})
    assert end == ("queue", OPERATOR) and len([text for text in call.heard if "hold for the person" in text]) == 3
    # away without a fallback: a sentence and the operator
    end, call = phone.call(alice)
    assert end == ("queue", OPERATOR) and any("not available" in text for text in call.heard)
    # away with each kind of fallback
    for fallback, wanted in ((f"queue:{SALES}", ("queue", SALES)), ("phone:+441632960001", ("phone", "+441632960001")),
                             ("agent:bob", ("agent", bob_arn)), (f"ext:{bob}", ("agent", bob_arn))):
        phone.fall_back("alice", fallback)
        assert phone.call(alice, answers={bob_arn})[0] == wanted, fallback
        # there, but does not answer: the same way out of the queue
        assert phone.call(alice, staffed={alice_arn}, answers={bob_arn})[0] == wanted, fallback
    # the fallback does not answer either, or is full
    assert phone.call(alice, staffed={alice_arn})[0] == ("queue", OPERATOR)
    phone.fall_back("alice", f"queue:{SALES}")
    assert phone.call(alice, unreachable={SALES})[0] == ("queue", OPERATOR)
    assert phone.call(alice, staffed={alice_arn}, unreachable={SALES})[0] == ("queue", OPERATOR)
    phone.fall_back("alice", "phone:+441632960001")
    assert phone.call(alice, unreachable={"+441632960001"})[0] == ("queue", OPERATOR)
    assert phone.call(alice, staffed={alice_arn}, unreachable={"+441632960001"})[0] == ("queue", OPERATOR)
    # a queue, a telephone number, and both out of reach
    assert phone.call("0030")[0] == ("queue", SALES)
    assert phone.call("0031")[0] == ("phone", "+441632960000")
    assert phone.call("0030", unreachable={SALES})[0] == ("queue", OPERATOR)
    assert phone.call("0031", unreachable={"+441632960000"})[0] == ("queue", OPERATOR)
    # a free number, and a target that leads nowhere
    end, call = phone.call("0039", bob, staffed={bob_arn}, answers={bob_arn})
    assert end == ("agent", bob_arn) and "There is nobody at this extension." in call.heard
    assert phone.call("0032")[0] == ("queue", OPERATOR)
    # garbage and silence: asked three times, then the operator
    end, call = phone.call("12", "99999", "*")
    assert end == ("queue", OPERATOR) and len([text for text in call.heard if "enter the extension" in text]) == 3
    assert phone.call()[0] == ("queue", OPERATOR)
    # nobody is left at all
    end, call = phone.call("0039", unreachable={OPERATOR})
    assert end == ("hung up", None) and any("try again later" in text for text in call.heard)
    # the function fails, and the table does not answer
    assert phone.call(alice, lookup=lambda asked: None)[0] == ("queue", OPERATOR)
    for fault in (faults.reset_before(), faults.error("InternalServerError", status=500), faults.hang()):
        rule = cloud.gate.inject(fault, on="dynamodb.Query")
        end, call = phone.call(alice)
        assert end == ("queue", OPERATOR) and any("cannot look up" in text for text in call.heard)
        assert rule.fired > 0
        cloud.gate.clear_faults()
    # a called agent's metrics cannot be read: the call goes there all the same
    end, call = phone.call(alice, lookup=lambda asked: phone.lookup(asked) | {"target": alice_arn[4:]})
    assert end == ("phone", "+441632960001")
    # waiting for the operator without a voice is still waiting
    assert phone.call(alice, lookup=lambda asked: phone.lookup(asked) | {"fallback_kind": ""},
                      staffed={alice_arn}, broken={"hold"})[0] == ("waits", OPERATOR)
    # every action of both flows was part of a call
    actions = {(name, action["Identifier"]) for name in FLOWS for action in flow(name)["Actions"]}
    reached = {("agent-queue" if name == QUEUE_FLOW else name, step) for name, step in Phone.reached}
    assert reached == actions
