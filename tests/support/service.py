"""A service as the gate sees it, and the context of one request on its way through."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from . import errors
from .wire import Headers, Request, Response

if TYPE_CHECKING:
    from .gate import Gate
    from .keyring import Identity
    from .requestlog import Record

_ids = random.Random(20261122)
_ids_lock = threading.Lock()


def random_text(length: int, alphabet: str) -> str:
    with _ids_lock:
        return "".join(_ids.choices(alphabet, k=length))


def random_uuid() -> str:
    text = random_text(32, "0123456789abcdef")
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


@dataclass
class Context:
    """One request on its way through the gate."""

    gate: "Gate"
    service: "Service"
    request: Request
    operation: str
    record: "Record"
    #: who signed it; None for a service that takes unsigned requests
    identity: "Identity | None" = None
    #: the region of the signature's scope
    region: str = "us-east-1"
    #: labels of a rest-json path, bucket and key of S3, fields of an STS form
    labels: dict[str, str] = field(default_factory=dict)

    @cached_property
    def json(self) -> dict:
        """The body as JSON; {} where there is none."""
        return json.loads(self.request.body) if self.request.body else {}

    def error(self, code: str, message: str = "", status: int | None = None, **members) -> Response:
        return self.service.error(code, message, status, **members)


class Service:
    """What the gate asks of each service. A subclass is a real server's front or a stand-in."""

    #: the key of the gate's services, as in AWS_ENDPOINT_URL_<NAME> in lower case
    name = ""
    #: the service in a signature's scope, None where requests come unsigned
    signing_name: str | None = None

    def operation(self, request: Request) -> tuple[str, dict[str, str]]:
        """The name of the operation, "?" when there is none, and its labels."""
        raise NotImplementedError

    def is_signed(self, operation: str) -> bool:
        return self.signing_name is not None

    def regions(self, ctx: Context) -> set[str]:
        """The regions a signature may be scoped to."""
        return {ctx.gate.region}

    def problems(self, ctx: Context) -> list[str]:
        """What in the request the service's own model does not allow."""
        return []

    def invalid(self, problems: list[str]) -> Response:
        """The answer to a request with `problems`."""
        return self.error("ValidationException", "; ".join(problems))

    def permissions(self, ctx: Context) -> list[tuple]:
        """The IAM actions and resources that the request needs, and where a policy may look at them
        the values of its condition keys.
        """
        return []

    def access_denied(self, arn: str, action: str, resource: str) -> Response:
        return self.error(
            "AccessDeniedException",
            f"User: {arn} is not authorized to perform: {action} on resource: {resource} "
            f"because no identity-based policy allows the {action} action",
        )

    def handle(self, ctx: Context) -> Response:
        raise NotImplementedError

    def error(self, code: str, message: str = "", status: int | None = None, **members) -> Response:
        return errors.error(self.name, code, message, status, **members)

    def finish(self, ctx: Context, response: Response) -> None:
        """Adds what every answer of the service carries: request id, checksum."""


class Upstream:
    """Keep-alive connections to a server behind the gate, one a thread."""

    IDLE_S = 1.0

    def __init__(self, url: str):
        self.url = url
        parts = urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self._local = threading.local()

    def forward(self, method: str, target: str, headers: Headers, body: bytes) -> Response:
        connection = self._connection()
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", f"{self.host}:{self.port}")
            for name, value in headers:
                if name.lower() not in (
                    "host",
                    "content-length",
                    "transfer-encoding",
                    "connection",
                    "expect",
                ):
                    connection.putheader(name, value.encode("utf-8", "surrogateescape"))
            if body or method in ("POST", "PUT"):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            answer = connection.getresponse()
            content = answer.read()
        except BaseException:
            self._local.connection = None
            connection.close()
            raise
        self._local.used_at = time.monotonic()
        keep = [
            (n, v)
            for n, v in answer.getheaders()
            if n.lower() not in ("transfer-encoding", "connection", "keep-alive", "date", "server")
            and (n.lower() != "content-length" or method == "HEAD")
        ]
        return Response(answer.status, content, Headers(keep))

    def _connection(self) -> http.client.HTTPConnection:
        """The thread's connection, or a new one when the server may have closed the old one
        meanwhile.
        """
        connection = getattr(self._local, "connection", None)
        if connection is not None and time.monotonic() - self._local.used_at < self.IDLE_S:
            return connection
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.close()
        self._local.connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        self._local.used_at = time.monotonic()
        return self._local.connection
