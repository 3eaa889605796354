"""What went through the gate: a record a request, and the questions tests ask of it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Record:
    """One request and its answer. Times are of the monotonic clock. No secret is kept."""

    number: int
    service: str
    operation: str
    method: str
    host: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    connection: int
    in_flight: int
    started_at: float
    finished_at: float = 0.0
    #: 0: no answer was sent (the connection was reset)
    status: int = 0
    code: str | None = None
    response_bytes: int = 0
    #: the request reached the server behind the gate
    forwarded: bool = False
    #: names of the faults that acted on it
    faults: list[str] = field(default_factory=list)
    #: why the gate refused it, with everything needed to find the fault
    refused: str | None = None
    identity: str | None = None

    def header(self, name: str) -> str | None:
        name = name.lower()
        return next((v for n, v in self.headers if n.lower() == name), None)

    def __str__(self) -> str:
        faults = f" [{', '.join(self.faults)}]" if self.faults else ""
        return (
            f"{self.number:5} {self.service}.{self.operation} {self.method} {self.target[:80]} -> "
            f"{self.status or 'reset'} {self.code or ''}{faults}"
        )


_SECRET = {
    "authorization",
    "x-amz-security-token",
    "x-amz-sso_bearer_token",
    "dpop",
    "x-aws-ec2-metadata-token",
}


class RequestLog:
    """Thread-safe. Bodies are kept up to a total, so that a long run does not eat the machine."""

    MAX_BODIES = 64 * 1024 * 1024

    def __init__(self):
        self._lock = threading.Lock()
        self._records: list[Record] = []
        self._in_flight: Counter[str] = Counter()
        self._max_in_flight: Counter[str] = Counter()
        self._body_bytes = 0
        self._number = 0

    # -- for the gate ------------------------------------------------------------------------------

    def start(self, service: str, operation: str, request) -> Record:
        headers = [(n, "(secret)" if n.lower() in _SECRET else v) for n, v in request.headers]
        with self._lock:
            for key in (service, "*"):
                self._in_flight[key] += 1
                self._max_in_flight[key] = max(self._max_in_flight[key], self._in_flight[key])
            self._number += 1
            self._body_bytes += len(request.body)
            kept = (
                service in ("dynamodb", "connect", "s3", "sts")
                and self._body_bytes <= self.MAX_BODIES
            )
            record = Record(
                self._number,
                service,
                operation,
                request.method,
                request.host,
                request.target,
                headers,
                request.body if kept else b"",
                request.connection,
                self._in_flight[service],
                time.monotonic(),
            )
            self._records.append(record)
            return record

    def finish(self, record: Record, response) -> None:
        with self._lock:
            for key in (record.service, "*"):
                self._in_flight[key] -= 1
            record.finished_at = time.monotonic()
            record.status = 0 if response.reset else response.status
            record.code = response.code
            record.response_bytes = len(response.body)

    # -- for tests ---------------------------------------------------------------------------------

    def mark(self) -> int:
        """A place in the log, for `since=`."""
        with self._lock:
            return self._number

    def clear(self) -> None:
        with self._lock:
            self._records.clear()
            self._max_in_flight.clear()
            self._body_bytes = 0

    def select(
        self,
        service: str | None = None,
        operation: str | None = None,
        *,
        status: int | None = None,
        code: str | None = None,
        since: int = 0,
    ) -> list[Record]:
        with self._lock:
            records = list(self._records)
        return [
            r
            for r in records
            if r.number > since
            and service in (None, r.service)
            and operation in (None, r.operation)
            and status in (None, r.status)
            and code in (None, r.code)
        ]

    def count(self, service: str | None = None, operation: str | None = None, **which) -> int:
        return len(self.select(service, operation, **which))

    def operations(self, service: str | None = None, since: int = 0) -> Counter:
        """How often each operation was called."""
        return Counter(r.operation for r in self.select(service, since=since))

    def statuses(self, service: str | None = None, since: int = 0) -> Counter:
        return Counter(r.status for r in self.select(service, since=since))

    def connections(self, service: str | None = None, since: int = 0) -> int:
        """How many connections carried these requests: few, when keep-alive works."""
        return len({r.connection for r in self.select(service, since=since)})

    def in_flight(self, service: str = "*") -> int:
        """The requests that are being answered now."""
        with self._lock:
            return self._in_flight[service]

    def max_in_flight(self, service: str = "*") -> int:
        """The most requests that were being answered at one moment since the start or clear()."""
        with self._lock:
            return self._max_in_flight[service]

    def refused(self, since: int = 0) -> list[Record]:
        """Requests only a faulty client sends: bad signatures, members nobody knows."""
        return [r for r in self.select(since=since) if r.refused]

    def __str__(self) -> str:
        return "\n".join(str(r) for r in self.select())
