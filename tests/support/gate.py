"""The gate: everything extpool says to Amazon in a test goes through here.

It stands in front of DynamoDB, S3 and the stand-ins, and lets in only what Amazon would: each
signature is recomputed with botocore, each request held against botocore's model, each needed
permission looked up. It injects the faults that a test asks for (see faults.py) and keeps a log
of all requests.

One port takes every service, told apart by the signature's scope (AWS_ENDPOINT_URL);
`url_for(service)` opens a port for that service alone (AWS_ENDPOINT_URL_<SERVICE>). Thread-safe.

    with Gate() as gate:
        gate.add(DynamoDBFront(db.url)); gate.add(ConnectStandin())
        user = gate.keyring.user()
        gate.inject(faults.reset_after(), on="dynamodb.TransactWriteItems", nth=1)
        run(env=gate.env(user))
        gate.log.count("connect", "ListUsers")
        gate.assert_clean()
"""

from __future__ import annotations

import datetime
import email.utils
import ssl
import threading
import time
import traceback

from . import errors, sigv4_check
from .faults import Fault, Rule
from .keyring import Identity, Keyring
from .requestlog import RequestLog
from .service import Context, Service
from .sigv4_check import Refused
from .wire import HttpServer, Request, Response


class Gate:
    """Services, the identities that may call them, the faults in force and the log."""

    def __init__(
        self,
        region: str = "us-east-1",
        seed: int = 1,
        tls: ssl.SSLContext | None = None,
        strict: bool = True,
        port: int = 0,
    ):
        self.region, self.seed, self.tls = region, seed, tls
        #: False skips signatures and models: for measuring, where the gate's own time would count
        self.strict = strict
        self.keyring = Keyring(seed)
        self.log = RequestLog()
        self.services: dict[str, Service] = {}
        #: how far this server's clock is ahead of the machine's
        self.clock_offset_s = 0.0
        #: set when the gate stops, so that hanging answers end
        self.stopping = threading.Event()
        #: what went wrong in the gate or a stand-in itself
        self.own_faults: list[str] = []
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        self._servers: dict[str, HttpServer] = {}
        self._server = HttpServer(lambda request: self._answer(request, None), tls, port)

    def __enter__(self) -> "Gate":
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def stop(self) -> None:
        self.stopping.set()
        self.clear_faults()
        for server in [self._server, *self._servers.values()]:
            server.stop()

    # -- for tests ---------------------------------------------------------------------------------

    def add(self, service: Service) -> Service:
        self.services[service.name] = service
        return service

    @property
    def url(self) -> str:
        """Takes requests for every service."""
        return self._server.url

    def url_for(self, service: str) -> str:
        """Takes requests for this service alone; one signed for another is refused."""
        with self._lock:
            if service not in self._servers:
                self._servers[service] = HttpServer(
                    lambda request: self._answer(request, self.services[service]), self.tls
                )
            return self._servers[service].url

    def env(self, identity: Identity | None = None) -> dict[str, str]:
        """The environment that sends an AWS client here."""
        env = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }
        return env | (identity.env() if identity else {})

    def inject(self, fault: Fault, on: str = "*", **which) -> Rule:
        """Puts a fault in force; `which` as in faults.Rule."""
        rule = Rule(fault, on, seed=self.seed, remove=self._remove, **which)
        with self._lock:
            self._rules.append(rule)
        return rule

    def clear_faults(self) -> None:
        """No fault is in force any more; what is held goes on."""
        with self._lock:
            rules, self._rules = self._rules, []
        for rule in rules:
            rule.fault.removed()

    def wait_idle(self) -> None:
        """Until every request has been answered, those too whose sender has gone."""
        wait_until(lambda: self.log.in_flight() == 0, "the last requests are answered")

    def assert_clean(self) -> None:
        """Fails with the particulars when a request was refused that only a faulty client sends,
        or when the gate itself failed.
        """
        bad = [f"{record}\n{record.refused}" for record in self.log.refused()] + self.own_faults
        assert not bad, "the gate refused:\n" + "\n\n".join(bad[:5])

    def now(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(
            seconds=self.clock_offset_s
        )

    def http_date(self, skew_s: float = 0) -> str:
        return email.utils.format_datetime(
            self.now() + datetime.timedelta(seconds=skew_s), usegmt=True
        )

    # -- one request -------------------------------------------------------------------------------

    def _remove(self, rule: Rule) -> None:
        with self._lock:
            if rule in self._rules:
                self._rules.remove(rule)

    def _answer(self, request: Request, service: Service | None) -> Response:
        service = service or self._route(request)
        if service is None:
            record = self.log.start("?", "?", request)
            record.refused = "no service of the gate takes this request"
            response = Response(404, b"no such service here\n")
            self.log.finish(record, response)
            return response
        operation, labels = service.operation(request)
        record = self.log.start(service.name, operation, request)
        ctx = Context(self, service, request, operation, record, region=self.region, labels=labels)
        response = Response(0, reset=True)
        try:
            response = self._through(ctx)
        except Exception:
            self.own_faults.append(f"{record}\n{traceback.format_exc()}")
            response = Response(500, b"the gate failed; see its own_faults\n")
        finally:
            self.log.finish(record, response)
        return response

    def _route(self, request: Request) -> Service | None:
        """By the signature's scope; unsigned requests by the services' own signs."""
        try:
            scope = sigv4_check.parse_authorization(request)
        except Refused:
            scope = None
        if scope:
            return next(
                (s for s in self.services.values() if s.signing_name == scope.service), None
            )
        for service in self.services.values():
            if not service.signing_name and service.operation(request)[0] != "?":
                return service
        if "x-amz-target" in request.headers:
            return self.services.get("dynamodb")
        if request.method == "POST" and request.target == "/":
            return self.services.get("sts")
        return self.services.get(
            "connect"
            if request.path.startswith(("/users", "/instance", "/search-user", "/metrics"))
            else "s3"
        )

    def _through(self, ctx: Context) -> Response:
        response = self._admit(ctx)
        acting: list[Fault] = []
        if response is None:
            acting = self._acting(ctx)
            for fault in acting:
                response = fault.before(ctx)
                if response is not None:
                    break
            else:
                response = ctx.service.handle(ctx)
                for fault in acting:
                    response = fault.after(ctx, response)
        if response.reset:
            return response
        response.headers.set("Date", self.http_date())
        ctx.service.finish(ctx, response)
        for fault in acting:
            response = fault.wire(ctx, response)
        return response

    def _acting(self, ctx: Context) -> list[Fault]:
        with self._lock:
            rules = list(self._rules)
        acting = sorted(
            (rule.fault for rule in rules if rule.hits(ctx)), key=lambda fault: fault.rank
        )
        ctx.record.faults = [fault.name for fault in acting]
        return acting

    def _admit(self, ctx: Context) -> Response | None:
        """None when the request is one that Amazon would carry out; else what it would answer."""
        service = ctx.service
        if service.is_signed(ctx.operation):
            try:
                self._identify(ctx)
            except Refused as refusal:
                if refusal.ours:
                    ctx.record.refused = f"{refusal.condition}: {refusal.message}"
                return service.error(
                    errors.refusal_code(service.name, refusal.condition),
                    refusal.message,
                    **(refusal.members if service.name == "s3" else {}),
                )
        if not self.strict:
            return None
        problems = service.problems(ctx)
        if problems:
            ctx.record.refused = "not what the service's model allows: " + "; ".join(problems)
            return service.invalid(problems)
        policy = ctx.identity.policy if ctx.identity else None
        if policy:
            for action, resource, *context in service.permissions(ctx):
                if not policy.allows(action, resource, *context):
                    return service.access_denied(ctx.identity.arn, action, resource)
        return None

    def _identify(self, ctx: Context) -> None:
        scope = sigv4_check.parse_authorization(ctx.request)
        if scope:
            ctx.region = scope.region
        if self.strict or scope is None:
            ctx.identity = sigv4_check.check(
                ctx.request,
                self.keyring,
                ctx.service.signing_name,
                ctx.service.regions(ctx),
                self.now(),
            )
        else:
            ctx.identity = self.keyring.get(scope.access_key_id)
            if ctx.identity is None:
                raise Refused(
                    "unknown_key", "The security token included in the request is invalid.", False
                )
        ctx.record.identity = ctx.identity.arn


def wait_until(condition, what: str, timeout_s: float = 60.0) -> None:
    """For tests: returns when `condition()` is true, raises when it never becomes so."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout_s:g} s in vain until {what}")
        time.sleep(0.005)
