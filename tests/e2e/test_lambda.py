"""The function: events in, answers out, on an emulator of the runtime API and a real table."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time

import pytest

from support import faults
from support.contact_flow import agent_for, handed_on
from support.gate import wait_until
from support.lambda_runtime import SCHEDULE, LambdaRuntime, flow_event
from support.moving_time import Clock
from support.program import program
from support.table_desk import TableDesk

SANITIZER_KEEPS_NOTHING = ":".join(
    [*filter(None, [os.environ.get("ASAN_OPTIONS")]), "quarantine_size_mb=0", "thread_local_quarantine_size_kb=0"])
FLOW_MEMBERS = [
    "pk", "sk", "sk_value", "found", "reason", "extension", "kind", "target", "agent", "agent_arn",
    "agent_id", "state", "fallback_kind", "fallback",
]


class Function:
    """The program as Lambda starts it, with what it wrote."""

    def __init__(self, runtime, env, folder):
        self.runtime = runtime
        self.out = open(folder / "function.out", "wb")
        self.err = open(folder / "function.err", "wb")
        self.process = subprocess.Popen([program()], env=env, stdout=self.out, stderr=self.err, cwd="/")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(20)
        self.out.close()
        self.err.close()
        return status

    def log(self):
        return [json.loads(line) for line in open(self.err.name)]

    def metrics(self):
        return [json.loads(line) for line in open(self.out.name)]


@pytest.fixture
def desk(tmp_path, cloud):
    desk = TableDesk(tmp_path, cloud)
    cloud.instance.set_users(["alice", "bob"])
    assert desk.run("--init").status == 0
    return desk


@pytest.fixture
def runtime():
    with LambdaRuntime() as runtime:
        yield runtime


@contextlib.contextmanager
def running(runtime, cloud, folder, **env):
    rules = {"EXTPOOL_RANGES": "0000-0039", "EXTPOOL_COOLDOWN": "0"}
    function = Function(runtime, runtime.env(cloud.env(), **rules | env), folder)
    try:
        yield function
    finally:
        function.stop()


@pytest.fixture
def function(desk, cloud, runtime, tmp_path):
    with running(runtime, cloud, tmp_path) as function:
        yield function


def lookup(runtime, **parameters):
    answer = runtime.invoke(flow_event(**parameters), timeout=3)
    assert answer.ok, answer
    said = answer.json()
    assert list(said) == FLOW_MEMBERS and all(isinstance(value, str) for value in said.values())
    assert len(answer.body) < 4096
    return said


def test_a_schedule_is_a_sync_and_a_flow_a_lookup(desk, cloud, runtime, function):
    answer = runtime.invoke(SCHEDULE)
    assert answer.ok, answer
    document = answer.json()
    assert document["action"] == "sync" and document["plan"]["assign"] == 2 and document["exit"] == 0
    assert document["export"]["rows"] == 2
    number = next(row["extension"] for row in document["changes"] if row["agent"] == "alice")
    said = lookup(runtime, pk=number)
    arn = f"{cloud.instance.arn}/agent/{said['agent_id']}"
    assert said["found"] == "true" and said["reason"] == "" and said["kind"] == "agent"
    assert said["pk"] == number and said["sk"] == "agentID" and said["sk_value"] == "alice"
    assert said["agent"] == "alice" and said["target"] == arn == said["agent_arn"]
    assert said["state"] == "assigned" and said["fallback"] == ""
    assert said["sk_value"] == agent_for(cloud.past_gate("dynamodb", "resource").Table(cloud.table), number)
    assert lookup(runtime, agent="alice")["extension"] == number


def test_a_table_of_the_old_program_answers_as_its_reader_did(tmp_path, cloud, runtime):
    """Before the first sync of ours, and after it."""
    old = TableDesk(tmp_path, cloud)
    old.create()
    old.fill()
    people = [f"agent.{i}" for i in range(12)] + ["Zoë O'Neil", "x" * 100]
    cloud.instance.set_users(people)
    old.origin_assigns(*people)
    numbers = dict(old.state().assigned)
    assert len(numbers) == len(people)
    with running(runtime, cloud, tmp_path, EXTPOOL_BLOCKED=""):
        for sync in (False, True):
            if sync:
                assert runtime.invoke(SCHEDULE).json()["plan"]["adopt"] == len(people)
            for number, login in numbers.items():
                said = lookup(runtime, pk=number)
                item = handed_on(old.table, number)
                assert [said[name] for name in ("pk", "sk", "sk_value")] == [number, "agentID", login]
                assert [item[name] for name in ("pk", "sk", "sk_value")] == [number, "agentID", login]
                # an item of the old program names no agent that a call could be sent to
                assert (said["found"], said["reason"]) == (("true", "") if sync else ("false", "unresolved"))
            assert lookup(runtime, pk="0039")["found"] == "false"
            with pytest.raises(IndexError):
                handed_on(old.table, "0039")


def test_what_reaches_nobody(desk, cloud, runtime, function):
    for typed in ("Timeout", "", "42", "00421", "abcd", "٠٠٤٢", "0042#"):
        said = lookup(runtime, pk=typed)
        assert (said["found"], said["reason"], said["state"]) == ("false", "invalid", ""), typed
    assert lookup(runtime)["reason"] == "invalid"
    said = lookup(runtime, pk="0039")
    assert (said["found"], said["reason"], said["state"]) == ("false", "absent", "free")
    said = lookup(runtime, agent="nobody")
    assert (said["found"], said["reason"], said["state"]) == ("false", "absent", "absent")


def test_one_request_for_a_lookup_and_three_for_an_agent(desk, cloud, runtime, function):
    runtime.invoke(SCHEDULE)
    lookup(runtime, pk="0010")
    before = len(cloud.gate.log.select("dynamodb"))
    lookup(runtime, pk="0010")
    assert len(cloud.gate.log.select("dynamodb")) == before + 1
    lookup(runtime, agent="alice")
    assert len(cloud.gate.log.select("dynamodb")) == before + 4
    lookup(runtime, pk="Timeout")
    assert len(cloud.gate.log.select("dynamodb")) == before + 4


def test_other_events_are_errors_that_name_what_came(desk, runtime, function):
    for event, words in (
        ({"key1": "value1", "key2": "value2"}, "key1"),
        ({"action": "snyc"}, "sync"),
        ({"action": "sync", "dryrun": True}, "dryrun"),
        ([], "list"),
        (b"not json", "not JSON"),
    ):
        answer = runtime.invoke(event)
        assert not answer.ok and answer.error_type == "Function.Input", answer
        said = answer.json()
        assert said["errorType"] == "Function.Input" and words in said["errorMessage"]
    assert desk.assert_sound().assigned == []


def test_actions_answer_with_the_document_of_the_command_line(desk, runtime, function):
    planned = runtime.invoke({"action": "sync", "dry_run": True}).json()
    assert planned["dry_run"] is True and planned["plan"]["assign"] == 2
    assert desk.assert_sound().assigned == []
    status = runtime.invoke({"action": "status"}).json()
    assert status["extensions"]["assigned"] == 0 and status["unassigned_agents"] == 2
    runtime.invoke(SCHEDULE)
    assert runtime.invoke({"action": "export"}).json()["export"]["rows"] == 2
    assert runtime.invoke({"action": "doctor"}).json()["problems"] == []


def test_a_guard_is_an_error_with_its_name(desk, cloud, runtime, function):
    runtime.invoke(SCHEDULE)
    cloud.instance.set_users(["carol"])
    answer = runtime.invoke(SCHEDULE)
    assert not answer.ok and answer.error_type == "Function.Guard"
    assert "release" in answer.json()["errorMessage"] and '"max_release":N' in answer.json()["errorMessage"]
    assert runtime.invoke({"action": "sync", "max_release": 2}).ok


def test_numbers_for_alarms_and_a_line_an_event(desk, cloud, runtime, function):
    runtime.invoke(SCHEDULE)
    lookup(runtime, pk="0010")
    (line,) = function.metrics()
    directive = line["_aws"]["CloudWatchMetrics"][0]
    assert directive["Namespace"] == "extpool" and directive["Dimensions"] == [["Table"]]
    assert line["Table"] == cloud.table
    names = {metric["Name"] for metric in directive["Metrics"]}
    assert names == {"Runs", "Free", "Assigned", "Cooling", "Unassigned", "Released", "Conflicts", "Duration"}
    assert line["Runs"] == 1 and line["Assigned"] == 2 and line["Unassigned"] == 0
    assert [entry["action"] for entry in function.log()] == ["sync", "lookup"]
    assert all(entry["request_id"] for entry in function.log())


def test_a_handler_of_one_kind_serves_no_other(desk, cloud, runtime, tmp_path):
    with running(runtime, cloud, tmp_path, _HANDLER="lookup"):
        assert lookup(runtime, pk="0042")["found"] == "false"
        answer = runtime.invoke(SCHEDULE)
        assert not answer.ok and "only serves lookups" in answer.json()["errorMessage"]
    assert desk.assert_sound().assigned == []


def test_a_function_without_a_table_does_not_start(cloud, runtime, tmp_path):
    env = runtime.env(cloud.env())
    del env["AWS_TABLE"]
    env["HOME"] = str(tmp_path)
    function = Function(runtime, env, tmp_path)
    assert function.process.wait(20) == 64
    function.stop()
    assert runtime.init_error.error_type == "Function.Config"
    assert "AWS_TABLE" in runtime.init_error.json()["errorMessage"]


def test_a_sync_with_too_little_time_says_which_timeout_to_set(desk, runtime, function):
    answer = runtime.invoke(SCHEDULE, timeout=20)
    assert not answer.ok and "timeout" in answer.json()["errorMessage"]
    assert desk.assert_sound().assigned == []


def test_sigterm_ends_the_wait(desk, runtime, function):
    assert runtime.waiting.wait(20)
    assert function.stop() == 0


def test_a_runtime_that_breaks_ends_the_process(desk, cloud, runtime, tmp_path):
    runtime.faults["next"] += ["reset"]
    with running(runtime, cloud, tmp_path) as function:
        assert runtime.invoke({"action": "status"}).ok
        assert runtime.waiting.wait(20)
        runtime.faults["next"] += ["500"]
        runtime.invoke({"action": "status"})  # the wait that is open already
        assert function.process.wait(20) == 1


def test_a_refused_response_is_not_the_end(desk, runtime, function):
    runtime.faults["response"] += ["400"]
    lost = runtime.begin({"action": "status"})
    assert runtime.invoke({"action": "status"}).ok
    assert not lost.done.is_set()


def test_a_thousand_lookups_do_not_grow(desk, cloud, runtime, tmp_path):
    # A sanitizer keeps what was freed; here it gives it back, as the ordinary build does.
    with running(runtime, cloud, tmp_path, ASAN_OPTIONS=SANITIZER_KEEPS_NOTHING) as function:
        serve_a_thousand(runtime, function)


def serve_a_thousand(runtime, function):
    def resident():
        with open(f"/proc/{function.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    runtime.invoke(SCHEDULE)
    for _ in range(100):
        lookup(runtime, pk="0010")
    before = resident()
    for _ in range(1000):
        lookup(runtime, pk="0010")
    assert resident() <= before + 256


def test_a_reservation_ends_by_the_clock_of_the_service(desk, cloud, runtime, function):
    """The machine's clock may be wrong by minutes; the one of DynamoDB counts."""
    assert desk.run("--reserve", "0031=fax").status == 0
    end = int(time.time()) + 300
    desk.table.update_item(
        Key={"pk": "0031", "sk": "held"}, UpdateExpression="SET target = :t, #u = :u",
        ExpressionAttributeNames={"#u": "until"},
        ExpressionAttributeValues={":t": "phone:+441632960000", ":u": end})
    assert lookup(runtime, pk="0031")["kind"] == "phone"
    cloud.gate.clock_offset_s = 600
    lookup(runtime, pk="0030")  # the answer says what time it is
    said = lookup(runtime, pk="0031")
    assert (said["found"], said["reason"]) == ("false", "absent")


# ---- faults ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("on, fault, kind, words", [
    ("connect", faults.error("ThrottlingException", "Rate exceeded"), "Throttled", "ListUsers"),
    ("connect", faults.error("AccessDeniedException", "not authorized", 403), "Denied", "connect:ListUsers"),
    ("connect", faults.error("ResourceNotFoundException", "no instance", 404), "NotFound", "nstance"),
    ("connect", faults.status(500), "Service", "ListUsers"),
    ("dynamodb", faults.error("AccessDeniedException", "not authorized", 400), "Denied", "dynamodb:"),
    ("dynamodb", faults.error("ResourceNotFoundException", "no table", 400), "NotFound", "able"),
    ("dynamodb", faults.error("UnrecognizedClientException", "bad token", 400), "Auth", "redentials"),
    ("dynamodb", faults.status(500), "Service", "DynamoDB"),
    ("dynamodb", faults.reset_before(), "Offline", "127.0.0.1"),
    ("dynamodb.TransactWriteItems", faults.error("AccessDeniedException", "no", 400), "Denied", "dynamodb:"),
    ("s3", faults.error("AccessDenied", "no", 403), "Denied", "s3:"),
])  # fmt: skip
def test_a_failed_run_is_an_error_of_a_kind_that_an_alarm_can_tell(desk, cloud, runtime, function, on, fault, kind, words):
    if on == "s3":
        assert runtime.invoke({"action": "sync"}).ok
        cloud.past_gate("s3").delete_object(Bucket=cloud.bucket, Key="agent_extensions.csv")
    rule = cloud.gate.inject(fault, on=on)
    answer = runtime.invoke(SCHEDULE)
    assert not answer.ok and answer.error_type == f"Function.{kind}", answer
    said = answer.json()
    assert said["errorType"] == answer.error_type and words in said["errorMessage"], said
    (line,) = [entry for entry in function.log() if entry["level"] == "error"]
    assert line["type"] == answer.error_type and line["message"] == said["errorMessage"] and line["exit"]
    rule.remove()
    assert runtime.invoke(SCHEDULE).ok


def test_a_list_of_others_is_not_replaced_and_the_error_says_so(desk, cloud, runtime, function):
    people = [f"p{i:02}" for i in range(20)]
    cloud.instance.set_users(people)
    rows = "".join(f"{login},{1000 + i}\r\n" for i, login in enumerate(people))
    cloud.past_gate("s3").put_object(Bucket=cloud.bucket, Key="agent_extensions.csv",
                                     Body=f"user,extension\r\n{rows}".encode())
    answer = runtime.invoke(SCHEDULE)
    assert not answer.ok and answer.error_type == "Function.Guard"
    assert "20 people on the list" in answer.json()["errorMessage"] and "^J" not in answer.json()["errorMessage"]


def test_a_pool_that_ran_out_is_a_success_with_a_number(desk, cloud, runtime, function):
    cloud.instance.set_users([f"p{i:02}" for i in range(32)])  # 30 numbers are not blocked
    answer = runtime.invoke(SCHEDULE)
    assert answer.ok and answer.json()["exit"] == 5
    (line,) = function.metrics()
    assert line["Runs"] == 1 and line["Unassigned"] == 2 and line["Assigned"] == 30 and line["Free"] == 0


def test_each_run_counts_its_own_units(desk, runtime, function):
    spent = [runtime.invoke({"action": "sync"}).json()["capacity"] for _ in range(3)]
    assert spent[0]["write"] > 0 and spent[1]["write"] == spent[2]["write"] < spent[0]["write"]
    assert spent[1]["read"] == spent[2]["read"]


def test_a_dry_run_is_no_run(desk, runtime, function):
    assert runtime.invoke({"action": "sync", "dry_run": True}).ok
    assert function.metrics() == []


def test_an_answer_that_is_too_large_is_an_error_of_its_own(desk, runtime, function):
    with desk.table.batch_writer() as writer:
        for i in range(3600):
            writer.put_item(Item={"pk": f"{i:04}" + "x" * 2000, "sk": "note"})
    answer = runtime.invoke({"action": "doctor"})
    assert not answer.ok and answer.error_type == "Function.ResponseSizeTooLarge"
    assert "bytes" in answer.json()["errorMessage"]
    assert runtime.invoke({"action": "status"}).ok


@pytest.mark.parametrize("event", [SCHEDULE, flow_event(pk="0010")], ids=["sync", "lookup"])
def test_sigterm_during_work_is_answered_and_the_process_ends(desk, cloud, runtime, function, event):
    assert runtime.waiting.wait(20)
    hold = faults.hold()
    cloud.gate.inject(hold, on="dynamodb.TransactWriteItems" if event is SCHEDULE else "dynamodb.Query")
    invocation = runtime.begin(event)
    hold.wait()
    function.process.send_signal(signal.SIGTERM)
    hold.release()
    assert invocation.done.wait(60) and invocation.answer.ok, invocation.answer
    assert function.process.wait(20) == 0


def test_a_runtime_that_fails_on_the_answer_ends_the_process(desk, runtime, function):
    runtime.faults["response"] += ["500"]
    runtime.begin({"action": "status"})
    assert function.process.wait(20) == 1
    assert "500" in function.log()[-1]["message"]


def test_next_that_breaks_again_and_again_ends_the_process(desk, cloud, runtime, tmp_path):
    runtime.faults["next"] += ["reset"] * 20
    with running(runtime, cloud, tmp_path) as function:
        assert function.process.wait(20) == 1
        assert function.log()[-1]["level"] == "error"


# ---- a lookup when the table does not answer ---------------------------------------------------------------

OUTAGES = {
    "hang": faults.hang(),
    "reset": faults.reset_before(),
    "500": faults.status(500),
    "503 without a body": faults.status(503),
    "throttled": faults.throttled("dynamodb"),
    "throttled, asked to wait": faults.throttled("dynamodb", retry_after_ms=60_000),
    "missing": faults.error("ResourceNotFoundException", "Requested resource not found", 400),
    "denied": faults.error("AccessDeniedException", "not authorized to perform", 400),
    "expired": faults.error("ExpiredTokenException", "The security token is expired", 400),
    "garbled": faults.garbled(),
    "cut": faults.cut(),
}


def assert_unavailable(said, extension):
    assert (said["found"], said["reason"]) == ("false", "unavailable")
    assert said["extension"] == extension
    assert not any(said[name] for name in set(FLOW_MEMBERS) - {"found", "reason", "extension"})


@pytest.mark.parametrize("outage", OUTAGES)
def test_no_outage_of_the_table_is_an_error_of_the_function(desk, cloud, runtime, function, outage):
    runtime.invoke(SCHEDULE)
    rule = cloud.gate.inject(OUTAGES[outage], on="dynamodb")
    assert_unavailable(lookup(runtime, pk="0010"), "0010")
    assert_unavailable(lookup(runtime, agent="alice"), "")
    assert function.log()[-1]["level"] == "warn" and function.log()[-1]["detail"]
    rule.remove()
    assert lookup(runtime, pk="0010")["found"] == "true"


@pytest.mark.parametrize("outage", ["hang", "500", "throttled"])
def test_a_fallback_that_cannot_be_read_does_not_cost_the_agent(desk, cloud, runtime, function, outage):
    runtime.invoke(SCHEDULE)
    alice, bob = (lookup(runtime, agent=login)["extension"] for login in ("alice", "bob"))
    for fallback in (f"ext:{bob}", "agent:bob"):
        desk.table.update_item(Key={"pk": alice, "sk": "agentID"}, UpdateExpression="SET fallback = :f",
                               ExpressionAttributeValues={":f": fallback})
        assert lookup(runtime, pk=alice)["fallback"]
        rule = cloud.gate.inject(OUTAGES[outage], on="dynamodb", after=1)
        said = lookup(runtime, pk=alice)
        assert (said["found"], said["agent"]) == ("true", "alice") and said["target"] == said["agent_arn"] != ""
        assert (said["fallback_kind"], said["fallback"]) == ("", "") and rule.fired > 0
        rule.remove()


def test_one_question_hangs_and_no_second_one_is_asked(desk, cloud, runtime, function):
    assert runtime.waiting.wait(20)
    before = len(cloud.gate.log.select("dynamodb"))
    cloud.gate.inject(faults.hang(), on="dynamodb")
    assert_unavailable(lookup(runtime, pk="0010"), "0010")
    assert len(cloud.gate.log.select("dynamodb")) == before + 1


def test_a_deadline_that_is_near_leaves_time_for_the_answer(desk, cloud, runtime, function):
    assert runtime.waiting.wait(20)
    cloud.gate.inject(faults.hang(), on="dynamodb")
    assert runtime.invoke(flow_event(pk="0010"), timeout=1).json()["reason"] == "unavailable"
    asked = len(cloud.gate.log.select("dynamodb"))
    assert runtime.invoke(flow_event(pk="0010"), timeout=0.4).json()["reason"] == "unavailable"
    assert len(cloud.gate.log.select("dynamodb")) == asked, "there was no time to ask"


def test_nothing_listens_where_the_table_should_be(desk, cloud, runtime, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    with running(runtime, cloud, tmp_path, AWS_ENDPOINT_URL_DYNAMODB=address):
        assert_unavailable(lookup(runtime, pk="0010"), "0010")


def test_a_table_that_hangs_does_not_keep_the_function_from_starting(desk, cloud, runtime, tmp_path):
    rule = cloud.gate.inject(faults.hang(), on="dynamodb")
    with running(runtime, cloud, tmp_path):
        assert runtime.waiting.wait(20)
        rule.remove()
        assert lookup(runtime, pk="0010")["reason"] == "absent"


# ---- the configuration --------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["beside the bootstrap", "EXTPOOL_CONFIG", "both"])
def test_a_configuration_file_is_read(desk, cloud, runtime, tmp_path, where):
    task = tmp_path / "task"
    task.mkdir()
    config = task / "config"
    config.write_text("[policy]\nranges = 0100-0109\nblocked =\n")
    env = {"LAMBDA_TASK_ROOT": str(task)}
    if where == "EXTPOOL_CONFIG":
        env["EXTPOOL_CONFIG"] = str(config.rename(tmp_path / "elsewhere"))
    if where == "both":  # that of the package counts
        env["EXTPOOL_CONFIG"] = str(tmp_path / "elsewhere")
        (tmp_path / "elsewhere").write_text("[policy]\nranges = 0200-0209\nblocked =\n")
    own = runtime.env(cloud.env(), **env)
    function = Function(runtime, own, tmp_path)
    try:
        document = runtime.invoke(SCHEDULE).json()
        assert {row["extension"] for row in document["changes"] if row["change"] == "assign"} == {"0100", "0101"}
        assert lookup(runtime, agent="alice")["extension"] == "0100"
    finally:
        function.stop()


SITES = """[defaults]
context = north
[context north]
directory = connect:{centre}
store = dynamodb:another
[policy]
ranges = 0100-0109
blocked =
cooldown = 3d
[context south]
directory = connect:nowhere
"""


def test_a_variable_counts_before_the_file_and_the_log_says_so(desk, cloud, runtime, tmp_path):
    (tmp_path / "config").write_text(SITES.format(centre=cloud.instance.id))
    env = runtime.env(cloud.env(), LAMBDA_TASK_ROOT=str(tmp_path), EXTPOOL_RANGES="0300-0309")
    function = Function(runtime, env, tmp_path)
    try:
        document = runtime.invoke(SCHEDULE).json()
        assert {row["extension"] for row in document["changes"] if row["change"] == "assign"} == {"0300", "0301"}
        told = [line["message"] for line in function.log() if line.get("level") == "warn"]
        assert any("EXTPOOL_RANGES counts, not" in text and "config:7 [policy]" in text for text in told), told
        assert any("AWS_TABLE counts, not" in text and "config:5 [context north]" in text for text in told), told
    finally:
        function.stop()


def test_several_directories_in_a_variable(desk, cloud, runtime, tmp_path):
    second = cloud.connect.add_instance(alias="second", region=cloud.region)
    second.set_users(["carol"])
    directories = f"connect:{cloud.instance.id}\nyork=connect:{second.id}"
    with running(runtime, cloud, tmp_path, EXTPOOL_DIRECTORY=directories) as function:
        document = runtime.invoke(SCHEDULE).json()
        assert {row["agent"] for row in document["changes"] if row["change"] == "assign"} == {"alice", "bob", "carol"}
        second.set_users([])
        cloud.instance.set_users(["alice", "dave"])
        failed = runtime.invoke(SCHEDULE)
        assert failed.error_type == "Function.Guard" and "york: " in failed.json()["errorMessage"]
        about = next(line for line in reversed(function.log()) if line.get("action") == "sync")
        assert about["exit"] == 4 and about["released"] == 0 and about["applied"] == 1


def test_a_file_with_contexts_needs_one_chosen(desk, cloud, runtime, tmp_path):
    (tmp_path / "config").write_text(SITES.format(centre=cloud.instance.id).split("[context north]", 1)[1]
                                     .join(["[context north]", ""]))
    env = runtime.env(cloud.env(), LAMBDA_TASK_ROOT=str(tmp_path))
    del env["AWS_TABLE"]
    function = Function(runtime, env, tmp_path)
    assert function.process.wait(20) == 64
    function.stop()
    message = runtime.init_error.json()["errorMessage"]
    assert "context = north" in message and "EXTPOOL_CONTEXT" in message


def test_a_mistake_in_the_configuration_is_an_init_error_that_names_its_line(desk, cloud, runtime, tmp_path):
    (tmp_path / "config").write_text("[policy]\nranges = 0100-0109\ncooldown = soon\n")
    function = Function(runtime, runtime.env(cloud.env(), LAMBDA_TASK_ROOT=str(tmp_path)), tmp_path)
    assert function.process.wait(20) == 64
    function.stop()
    assert runtime.init_error.error_type == "Function.Config"
    assert "config:3" in runtime.init_error.json()["errorMessage"]
    assert function.log()[-1]["type"] == "Function.Config"


# ---- a sync whose time is over -------------------------------------------------------------------------

IN_FLIGHT = 16  # transactions that are under way at once
A_PART = 33     # assignments in one


@pytest.fixture
def moving(desk, cloud, runtime, tmp_path):
    """The function, on a pool of 1,000 numbers, and the clock it goes by."""
    clock = Clock(tmp_path)
    with running(runtime, cloud, tmp_path, EXTPOOL_RANGES="0000-0999", **clock.environment()) as function:
        function.clock = clock
        yield function


def test_a_sync_stops_before_its_time_is_over_and_the_next_one_goes_on(cloud, runtime, moving):
    leavers = [f"left{i}" for i in range(5)]
    cloud.instance.set_users([*leavers, "stays"])
    assert runtime.invoke(SCHEDULE).ok
    people = ["stays", *(f"new{i:03}" for i in range(800))]
    cloud.instance.set_users(people)
    hold = faults.hold()
    cloud.gate.inject(hold, on="dynamodb.TransactWriteItems")
    invocation = runtime.begin(SCHEDULE, timeout=31)
    hold.wait(IN_FLIGHT)
    moving.clock.forward(22)  # 31 s, less what the answer needs
    hold.release()
    assert invocation.done.wait(60)
    assert invocation.answer.ok, invocation.answer
    document = invocation.answer.json()
    results = {(row["change"], row["result"]) for row in document["changes"]}
    assert document["exit"] == 3 and document["failed"] == document["conflicts"] == 0
    assert document["applied"] == IN_FLIGHT * A_PART
    assert document["not_tried"] == 800 + len(leavers) - IN_FLIGHT * A_PART
    assert results == {("assign", "done"), ("assign", "not_tried"), ("release", "not_tried")}
    assert document["export"]["rows"] == IN_FLIGHT * A_PART + len(leavers) + 1
    (line,) = (entry for entry in moving.metrics()[1:])
    assert line["Assigned"] == document["export"]["rows"] and line["Released"] == 0
    rest = runtime.invoke(SCHEDULE).json()
    assert rest["exit"] == 0 and rest["applied"] == document["not_tried"]
    assert rest["export"]["rows"] == len(people)
    assert moving.log()[-2]["not_tried"] == document["not_tried"]


def test_a_sync_that_wrote_nothing_in_its_time_is_an_error(desk, cloud, runtime, moving):
    hold = faults.hold()
    cloud.gate.inject(hold, on="connect.ListUsers")
    invocation = runtime.begin(SCHEDULE, timeout=31)
    hold.wait()
    # The table is read meanwhile, and then the list.
    wait_until(lambda: 404 in cloud.gate.log.statuses("s3"), "the list was looked for")
    moving.clock.forward(15)
    moving.clock.forward(13)  # a request that does not end is not waited for either
    assert invocation.done.wait(60)
    answer = invocation.answer
    assert not answer.ok and answer.error_type == "Function.Cancelled", answer
    assert "time was over before anything was written" in answer.json()["errorMessage"]
    assert "timeout" in answer.json()["errorMessage"]
    assert moving.metrics()[0]["Assigned"] == 0 and moving.log()[0]["action"] == "sync"
    hold.release()
    assert runtime.invoke(SCHEDULE).ok


def test_the_old_readers_answers_are_ours(desk, cloud, runtime, function):
    """Of each number, those that the old program assigned and the free ones, which it fails on."""
    desk.fill()
    desk.origin_assigns("alice", "zoë", "o'neil=x", "4711")
    for extension in desk.pool:
        said = lookup(runtime, pk=extension)
        login = agent_for(desk.table, extension)
        if login is None:
            assert (said["found"], said["reason"]) == ("false", "absent"), extension
            assert said["state"] in ("free", "blocked"), extension
            with pytest.raises(IndexError):
                handed_on(desk.table, extension)
        else:
            item = handed_on(desk.table, extension)
            assert [said[name] for name in ("pk", "sk", "sk_value")] == [
                item[name] for name in ("pk", "sk", "sk_value")]


def test_what_a_lambda_did_is_nobodys_to_undo(desk, runtime, function):
    runtime.invoke(SCHEDULE)
    done = desk.json("--history", "--limit", "1")[0]
    assert done["via"] == "lambda" and done["user"].endswith("lambda")
    assert "nothing to undo" in desk.json("--undo", status=1)["error"]["message"]
    desk.json("--undo", done["action_id"], "--max-release", "100%")
    assert desk.held() == {}


def test_targets_and_fallbacks_that_were_set(desk, cloud, runtime, function):
    desk.run("--sync")
    alice, bob = (lookup(runtime, agent=login) for login in ("alice", "bob"))
    desk.json("--reserve", "0030=fax", "--target", "phone:+441632960000", "--until", "30d")
    desk.json("--fallback", "alice=agent:bob")
    said = lookup(runtime, pk="0030")
    assert (said["state"], said["kind"], said["target"]) == ("reserved", "phone", "+441632960000")
    said = lookup(runtime, pk=alice["extension"])
    assert (said["fallback_kind"], said["fallback"]) == ("agent", bob["agent_arn"])
    desk.json("--reassign", "alice=0031")
    assert lookup(runtime, pk="0031")["fallback"] == bob["agent_arn"]
    set_again = desk.json("--reserve", "0030", "--target", "agent:bob")
    assert set_again["plan"]["set"] == 1 and set_again["changes"][0]["until"] is not None
    assert lookup(runtime, pk="0030")["target"] == bob["agent_arn"]
    desk.json("--undo")
    assert lookup(runtime, pk="0030")["target"] == "+441632960000"
    desk.json("--fallback", "alice=")
    assert lookup(runtime, pk="0031")["fallback"] == ""
    assert desk.json("--doctor")["problems"] == []
