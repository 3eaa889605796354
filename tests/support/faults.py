"""Faults that a test injects at the gate: which requests they hit, and what they do to them.

    gate.inject(faults.error("ThrottlingException"), on="connect.ListUsers", nth=2)
    gate.inject(faults.reset_after(), on="dynamodb.TransactWriteItems", probability=0.1)
    rule = gate.inject(faults.latency(0.02));  ...  rule.remove()

A fault has up to three hooks, called in this order with the request's Context: `before` may
answer in place of the service, `after` may change the service's answer, `wire` changes the
finished answer as bytes. Chance is drawn from the gate's seed and the number of the matching
request, so a run can be repeated.
"""

from __future__ import annotations

import copy
import gzip
import json
import random
import threading
import time
import zlib
from typing import Callable, Iterable

from .wire import Headers, Response


class Fault:
    """Does nothing; the base of all faults."""

    name = "fault"
    #: faults that act on one request do so in this order, then in the order of their injection
    rank = 1

    def before(self, ctx) -> Response | None:
        return None

    def after(self, ctx, response: Response) -> Response:
        return response

    def wire(self, ctx, response: Response) -> Response:
        return response

    def removed(self) -> None:
        """It is no longer in force."""


class Rule:
    """A fault and the requests it hits. Counted from 1 among those that match `on` and `where`:
    `nth` these very ones, `first` the first so many, `every` each k-th, `after` none up to this
    one.
    """

    def __init__(
        self,
        fault: Fault,
        on: str = "*",
        *,
        nth: int | Iterable[int] | None = None,
        first: int | None = None,
        every: int | None = None,
        after: int | None = None,
        probability: float | None = None,
        times: int | None = None,
        where: Callable | None = None,
        seed: int = 1,
        remove: Callable | None = None,
    ):
        self.fault = fault
        self.service, _, self.operation = on.partition(".")
        self._nth = {nth} if isinstance(nth, int) else set(nth) if nth is not None else None
        self._first, self._every, self._after = first, every, after
        self._probability, self._times, self._where = probability, times, where
        self._seed, self._remove = seed, remove
        self._lock = threading.Lock()
        self.matched = 0
        #: how often the fault acted
        self.fired = 0

    def hits(self, ctx) -> bool:
        if self.service not in ("*", ctx.service.name) or self.operation not in (
            "",
            "*",
            ctx.operation,
        ):
            return False
        if self._where and not self._where(ctx):
            return False
        with self._lock:
            self.matched += 1
            if not self._chosen(self.matched):
                return False
            self.fired += 1
            return True

    def _chosen(self, number: int) -> bool:
        return not (
            self._times is not None
            and self.fired >= self._times
            or self._nth is not None
            and number not in self._nth
            or self._first is not None
            and number > self._first
            or self._after is not None
            and number <= self._after
            or self._every is not None
            and number % self._every
            or self._probability is not None
            and self._draw(number) >= self._probability
        )

    def _draw(self, number: int) -> float:
        return random.Random(f"{self._seed}:{self.fault.name}:{number}").random()

    def remove(self) -> None:
        """Takes the fault out of force."""
        if self._remove:
            self._remove(self)
        self.fault.removed()


# -- time ------------------------------------------------------------------------------------------


class _Latency(Fault):
    name = "latency"
    rank = 0

    def __init__(self, seconds: float):
        self.seconds = seconds

    def before(self, ctx):
        time.sleep(self.seconds)


def latency(seconds: float) -> Fault:
    """Each answer takes so much longer."""
    return _Latency(seconds)


class _Hang(Fault):
    name = "hang"

    def __init__(self, seconds: float, taken: bool):
        self.seconds, self.taken = seconds, taken

    def before(self, ctx):
        return None if self.taken else self._hang(ctx)

    def after(self, ctx, response):
        return self._hang(ctx) if self.taken else response

    def _hang(self, ctx):
        ctx.gate.stopping.wait(self.seconds)
        return Response(0, reset=True)


def hang(seconds: float = 3600, taken: bool = False) -> Fault:
    """No answer for so long, then a reset. `taken`: the request is carried out first. Ends with
    the gate.
    """
    return _Hang(seconds, taken)


class Hold(Fault):
    """Requests that the gate keeps until the test lets them go on. They are carried out then, whether
    or not who sent them is still there."""

    name = "hold"
    rank = 0

    def __init__(self):
        self._changed = threading.Condition()
        self._held = 0
        self._open = False

    def before(self, ctx):
        with self._changed:
            self._held += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._open or ctx.gate.stopping.is_set())

    def wait(self, count: int = 1, timeout_s: float = 60) -> None:
        """Until so many were held; fails if they never come."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._held >= count, timeout_s):
                raise AssertionError(f"{self._held} of {count} requests reached the gate")

    def release(self) -> None:
        """Those that are held go on, and what comes later is not held."""
        with self._changed:
            self._open = True
            self._changed.notify_all()

    removed = release


def hold() -> Hold:
    """Each request stays at the gate until `release()`."""
    return Hold()


class _DateSkew(Fault):
    name = "date skew"

    def __init__(self, seconds: float):
        self.seconds = seconds

    def wire(self, ctx, response):
        response.headers.set("Date", ctx.gate.http_date(self.seconds))
        return response


def date_skew(seconds: float) -> Fault:
    """The answer's Date is off by so much, though the signature was judged by the right clock.
    (A server whose clock really is off: gate.clock_offset_s.)"""
    return _DateSkew(seconds)


# -- answers in place of the service's -------------------------------------------------------------


class _Error(Fault):
    def __init__(
        self, code: str, message: str, status: int | None, retry_after_ms: int | None, members: dict
    ):
        self.name = f"error {code}"
        self.args = (code, message or f"{code} (injected)", status)
        self.retry_after_ms, self.members = retry_after_ms, members

    def before(self, ctx):
        response = ctx.error(*self.args, **copy.deepcopy(self.members))
        if self.retry_after_ms is not None:
            response.headers.set("x-amz-retry-after", str(self.retry_after_ms))
        return response


def error(
    code: str,
    message: str = "",
    status: int | None = None,
    retry_after_ms: int | None = None,
    **members,
) -> Fault:
    """The service's error `code` in its own form; the request is not carried out."""
    return _Error(code, message, status, retry_after_ms, members)


def throttled(service: str, retry_after_ms: int | None = None) -> Fault:
    """How `service` says that it is called too often."""
    if service == "dynamodb":
        return error(
            "ThrottlingException",
            "Throughput exceeds the current capacity of your table or index.",
            retry_after_ms=retry_after_ms,
            throttlingReasons=[
                {
                    "reason": "TableWriteKeyRangeThroughputExceeded",
                    "resource": "arn:aws:dynamodb:us-east-1:123456789012:table/extensions",
                }
            ],
        )
    if service == "s3":
        return error("SlowDown", "Please reduce your request rate.", retry_after_ms=retry_after_ms)
    if service == "sts":
        return error("Throttling", "Rate exceeded", retry_after_ms=retry_after_ms)
    return error("ThrottlingException", "Rate exceeded", retry_after_ms=retry_after_ms)


def capacity_exceeded() -> Fault:
    """DynamoDB's ProvisionedThroughputExceededException with its reasons."""
    return error(
        "ProvisionedThroughputExceededException",
        "The level of configured provisioned throughput for the table was exceeded. Consider "
        "increasing your provisioning level with the UpdateTable API.",
        ThrottlingReasons=[
            {
                "reason": "TableWriteProvisionedThroughputExceeded",
                "resource": "arn:aws:dynamodb:us-east-1:123456789012:table/extensions",
            }
        ],
    )


class _Status(Fault):
    def __init__(self, status: int, body: bytes, content_type: str):
        self.name = f"status {status}"
        self.status, self.body, self.content_type = status, body, content_type

    def before(self, ctx):
        return Response(self.status, self.body, Headers([("Content-Type", self.content_type)]))


def status(code: int, body: bytes = b"", content_type: str = "text/html") -> Fault:
    """A bare status, as a load balancer in front of the service would send it."""
    return _Status(code, body, content_type)


class _Redirect(Fault):
    name = "redirect"

    def __init__(self, url: str, code: int):
        self.url, self.code = url, code

    def before(self, ctx):
        response = ctx.error(
            "TemporaryRedirect",
            "Please re-send this request to the specified temporary " "endpoint.",
            self.code,
            Endpoint=self.url.partition("//")[2],
        )
        response.headers.set("Location", self.url + ctx.request.target)
        return response


def redirect(url: str, code: int = 307) -> Fault:
    """S3 sends the client elsewhere, as for a bucket so new that DNS does not know it."""
    return _Redirect(url, code)


class _Throttle(Fault):
    name = "throttle"

    def __init__(self, rate: float, burst: int, clock: Callable[[], float]):
        self.rate, self.burst, self.clock = rate, burst, clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def before(self, ctx):
        with self._lock:
            now = self.clock()
            key = (ctx.service.name, ctx.operation)
            tokens, filled_at = self._buckets.get(key, (self.burst, now))
            tokens = min(self.burst, tokens + (now - filled_at) * self.rate)
            allowed = tokens >= 1
            self._buckets[key] = (tokens - 1 if allowed else tokens, now)
        return None if allowed else throttled(ctx.service.name).before(ctx)


def throttle(rate: float = 2, burst: int = 5, clock: Callable[[], float] = time.monotonic) -> Fault:
    """A token bucket for each operation, by default the one that Amazon Connect documents."""
    return _Throttle(rate, burst, clock)


# -- the connection --------------------------------------------------------------------------------


class _ResetBefore(Fault):
    name = "reset before"

    def before(self, ctx):
        return Response(0, reset=True)


def reset_before() -> Fault:
    """The connection is reset; the request was never carried out."""
    return _ResetBefore()


class _ResetAfter(Fault):
    name = "reset after"

    def wire(self, ctx, response):
        response.reset = True
        return response


def reset_after() -> Fault:
    """The request is carried out and the answer lost."""
    return _ResetAfter()


class _Cut(Fault):
    name = "cut"

    def __init__(self, part: float):
        self.part = part

    def wire(self, ctx, response):
        response.cut_at = int(len(response.body) * self.part)
        return response


def cut(part: float = 0.5) -> Fault:
    """The request is carried out; only this part of the answer's body arrives before the
    connection closes.
    """
    return _Cut(part)


# -- answers that lie ------------------------------------------------------------------------------


class _Garbled(Fault):
    name = "garbled"

    def after(self, ctx, response):
        if response.body:
            response.body = response.body[: max(1, len(response.body) - 2)] + b"\x00,"
        return response


def garbled() -> Fault:
    """The request is carried out; the answer has the right length and checksum and is no JSON (or
    XML).
    """
    return _Garbled()


class _Compressed(Fault):
    name = "compressed"
    rank = 2

    def wire(self, ctx, response):
        if "gzip" not in (ctx.request.headers.get("Accept-Encoding") or "") or not response.body:
            return response
        response.body = gzip.compress(response.body)
        response.headers.set("Content-Encoding", "gzip")
        if "x-amz-crc32" in response.headers:
            response.headers.set("x-amz-crc32", str(zlib.crc32(response.body)))
        return response


def compressed() -> Fault:
    """Not a fault: the service compresses its answer for a client that accepts it, and its
    x-amz-crc32 is that of the bytes on the wire.
    """
    return _Compressed()


class _Rewrite(Fault):
    name = "rewrite"

    def __init__(self, change: Callable[[dict], None]):
        self.change = change

    def after(self, ctx, response):
        if response.status == 200:
            value = json.loads(response.body)
            self.change(value)
            response.body = json.dumps(value).encode()
        return response


def rewrite(change: Callable[[dict], None]) -> Fault:
    """`change(answer)` alters the JSON of a good answer in place: a table that is still CREATING,
    say.
    """
    return _Rewrite(change)


class _BadChecksum(Fault):
    name = "bad checksum"

    def wire(self, ctx, response):
        claimed = int(response.headers.get("x-amz-crc32") or 0)
        response.headers.set("x-amz-crc32", str(claimed ^ 1))
        return response


def bad_checksum() -> Fault:
    """The answer does not fit its x-amz-crc32."""
    return _BadChecksum()


class _Header(Fault):
    def __init__(self, name: str, value: str):
        self.name = f"header {name}"
        self.field = (name, value)

    def wire(self, ctx, response):
        response.headers.set(*self.field)
        return response


def header(name: str, value: str) -> Fault:
    """The answer carries this header."""
    return _Header(name, value)


# -- DynamoDB's own --------------------------------------------------------------------------------


class _Unprocessed(Fault):
    name = "unprocessed"

    def __init__(self, part: float):
        self.part = part

    def before(self, ctx):
        """Cuts the last part of the batch off before the server sees it; `after` hands it back."""
        body = copy.deepcopy(ctx.json)
        left: dict[str, list] = {}
        for table, requests in body["RequestItems"].items():
            keep = int(len(requests) * (1 - self.part))
            if requests[keep:]:
                left[table] = requests[keep:]
            body["RequestItems"][table] = requests[:keep]
        body["RequestItems"] = {t: r for t, r in body["RequestItems"].items() if r}
        ctx.unprocessed = left
        if not body["RequestItems"]:
            return self.after(
                ctx, Response(200, b"{}", Headers([("Content-Type", "application/x-amz-json-1.0")]))
            )
        ctx.request.body = json.dumps(body).encode()
        ctx.__dict__.pop("json", None)
        return None

    def after(self, ctx, response):
        if response.status == 200:
            answer = json.loads(response.body)
            answer["UnprocessedItems"] = ctx.unprocessed
            response.body = json.dumps(answer).encode()
        return response


def unprocessed(part: float = 0.5) -> Fault:
    """BatchWriteItem does only the first part of its requests and returns the others."""
    return _Unprocessed(part)


class _Cancel(Fault):
    def __init__(self, code: str, actions: Iterable[int] | None):
        self.name = f"cancel {code}"
        self.code, self.actions = code, actions

    def before(self, ctx):
        count = len(ctx.json["TransactItems"])
        hit = set(self.actions) if self.actions is not None else {ctx.record.number % count}
        reasons = [
            {"Code": self.code, "Message": _CANCEL_MESSAGES[self.code]}
            if index in hit
            else {"Code": "None"}
            for index in range(count)
        ]
        codes = ", ".join(reason["Code"] for reason in reasons)
        return ctx.error(
            "TransactionCanceledException",
            "Transaction cancelled, please refer cancellation "
            f"reasons for specific reasons [{codes}]",
            CancellationReasons=reasons,
        )


_CANCEL_MESSAGES = {
    "TransactionConflict": "Transaction is ongoing for the item",
    "ThrottlingError": "Throughput exceeds the current throughput limit for your account. "
    "Please contact AWS "
    "Support at https://aws.amazon.com/support request a limit increase",
    "ProvisionedThroughputExceeded": "The level of configured provisioned throughput for one or "
    "more global "
    "secondary indexes of the table was exceeded.",
    "ConditionalCheckFailed": "The conditional request failed",
    "ValidationError": "Item size has exceeded the maximum allowed size",
    "ItemCollectionSizeLimitExceeded": "Collection size exceeded.",
}


def cancel(code: str = "TransactionConflict", actions: Iterable[int] | None = None) -> Fault:
    """TransactWriteItems is cancelled with `code` for these actions (by default for one)."""
    return _Cancel(code, actions)
