"""Lambda's runtime API on the loopback, for the function under test.

    with LambdaRuntime() as runtime:
        process = subprocess.Popen([extpool], env=runtime.env(cloud.env()))
        answer = runtime.invoke({"action": "status"})
        assert answer.ok and answer.json()["extensions"]["free"] == 10

It answers what the developer guide, "Using the Lambda runtime API for custom runtimes", says:
`next` is held until there is an event; a response to an unknown id is 400; one that is too large
is 413, and an error for whoever invoked. A type of error that Lambda does not know becomes
`Function.Unknown`. Head and body of an answer leave in one write with TCP_NODELAY, as the real one's
do. test_lambda_client.py drives Amazon's own client through it.
"""

from __future__ import annotations

import itertools
import json
import queue
import re
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RESPONSE_MAX = 6 * 1024 * 1024 + 100
ERROR_TYPE = re.compile(r"(Runtime|Function)\.[A-Z][A-Za-z]+")
TRACE_ID = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700"
ARN = "arn:aws:lambda:us-east-1:111122223333:function:extpool"


@dataclass
class Answer:
    """What came of one invocation."""

    ok: bool
    body: bytes
    error_type: str = ""
    seconds: float = 0.0

    def json(self):
        return json.loads(self.body)


@dataclass
class _Invocation:
    request_id: str
    event: bytes
    timeout: float
    deadline_ms: int = 0
    began: float = 0.0
    done: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, *args):
        pass

    def _send(self, status: int, body: bytes = b"", headers: dict | None = None):
        lines = [f"HTTP/1.1 {status} Whatever", "Content-Type: application/json", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.wfile.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def _fails(self, fault: str | None) -> bool:
        """Whether the answer was a fault: a status, or "reset"."""
        if fault == "reset":
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            self.close_connection = True
            self.request.close()
        elif fault:
            self._send(int(fault), b'{"errorMessage":"broken","errorType":"Runtime"}')
        return fault is not None

    def do_GET(self):
        runtime = self.server.runtime
        if self.path != "/2018-06-01/runtime/invocation/next":
            self._send(404, b"{}")
            return
        if self._fails(runtime.take_fault("next")):
            return
        runtime.waiting.set()
        invocation = runtime.take_event()
        if invocation is None:
            self.close_connection = True
            return
        runtime.waiting.clear()
        invocation.began = time.monotonic()
        invocation.deadline_ms = int((time.time() + invocation.timeout) * 1000)
        self._send(200, invocation.event, {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": ARN,
            "Lambda-Runtime-Trace-Id": TRACE_ID,
        })

    def do_POST(self):
        runtime = self.server.runtime
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        error_type = self.headers.get("Lambda-Runtime-Function-Error-Type", "")
        if not ERROR_TYPE.fullmatch(error_type):
            error_type = "Runtime.Unknown" if error_type.startswith("Runtime.") else "Function.Unknown"
        path = self.path.removeprefix("/2018-06-01/runtime/")
        if path == "init/error":
            runtime.init_error = Answer(False, body, error_type)
            runtime.init_failed.set()
            self._send(202, b'{"status":"OK"}')
            return
        parts = path.split("/")
        invocation = runtime.open.get(parts[1]) if len(parts) == 3 else None
        if self._fails(runtime.take_fault("response")):
            return
        if invocation is None or parts[2] not in ("response", "error"):
            self._send(400, b'{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}')
            return
        seconds = time.monotonic() - invocation.began
        status, reply = 202, b'{"status":"OK"}'
        if len(body) > RESPONSE_MAX:
            status, reply = 413, b'{"errorMessage":"too large","errorType":"RequestEntityTooLarge"}'
            invocation.answer = Answer(False, reply, "Function.ResponseSizeTooLarge", seconds)
        elif parts[2] == "response":
            invocation.answer = Answer(True, body, "", seconds)
        else:
            invocation.answer = Answer(False, body, error_type, seconds)
        del runtime.open[parts[1]]
        self._send(status, reply)
        invocation.done.set()


class LambdaRuntime:
    def __init__(self):
        self.events: queue.Queue = queue.Queue()
        self.open: dict[str, _Invocation] = {}
        self.faults: dict[str, list[str]] = {"next": [], "response": []}
        self.waiting = threading.Event()  #: the function asks for an event
        self.init_failed = threading.Event()
        self.init_error: Answer | None = None
        self._numbers = itertools.count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.runtime = self
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exc):
        self.events.put(None)
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def env(self, base: dict | None = None, **more) -> dict:
        """The environment of a function. HOME and the locale's files are not there."""
        env = dict(base or {})
        env.pop("HOME", None)
        env.update(AWS_LAMBDA_RUNTIME_API=self.address, LANG="en_US.UTF-8", TZ=":UTC",
                   LAMBDA_TASK_ROOT="/var/task", AWS_LAMBDA_FUNCTION_NAME="extpool")
        env.update(more)
        return env

    def take_fault(self, where: str) -> str | None:
        return self.faults[where].pop(0) if self.faults[where] else None

    def take_event(self) -> _Invocation | None:
        return self.events.get()

    def begin(self, event, timeout: float = 900.0) -> _Invocation:
        """Hands an event over; `timeout` is the function's. bytes are sent as they are."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        invocation = _Invocation(f"8476a536-e9f4-11e8-9739-{next(self._numbers):012d}", body, timeout)
        self.open[invocation.request_id] = invocation
        self.events.put(invocation)
        return invocation

    def invoke(self, event, timeout: float = 900.0, within: float = 120.0) -> Answer:
        invocation = self.begin(event, timeout)
        assert invocation.done.wait(within), "the function did not answer"
        assert invocation.answer is not None
        return invocation.answer


def flow_event(**parameters) -> dict:
    """The event of a contact flow that sends these parameters."""
    return {
        "Details": {
            "ContactData": {
                "Channel": "VOICE",
                "ContactId": "5ca32fbd-8f92-46af-92a5-6b0f970f0efe",
                "CustomerEndpoint": {"Address": "+441632960000", "Type": "TELEPHONE_NUMBER"},
                "InstanceARN": "arn:aws:connect:us-east-1:111122223333:instance/i",
            },
            "Parameters": parameters,
        },
        "Name": "ContactFlowEvent",
    }


SCHEDULE = {
    "version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "detail-type": "Scheduled Event",
    "source": "aws.events", "account": "111122223333", "time": "2026-11-25T10:00:00Z",
    "region": "us-east-1", "resources": ["arn:aws:events:us-east-1:111122223333:rule/hourly"],
    "detail": {},
}
