"""The function: how soon it serves, what it adds to a lookup, how large it is, and what each event asks.

Times are those of the package of `make lambda`, if it is built, else of the ordinary build. The runtime
API and the store are one loop that only hands out what is expected next, so that their own time is known
and left out. On a machine that has other work a time is longer than what it took on a processor: that
has a row of its own.
"""

from __future__ import annotations

import json
import pathlib
import socket
import statistics
import subprocess
import tempfile
import time
import zipfile

from measure import PROGRAM, ROOT, Report

from support import faults
from support.cloud import Cloud, start_servers
from support.lambda_runtime import SCHEDULE, LambdaRuntime, flow_event
from support.people import made_up
from support.tls import Authority

STARTS = 11
LOOKUPS = 500
PACKAGES = {arch: ROOT / f"build/lambda-{arch}/extpool.zip" for arch in ("x86_64", "arm64")}
AUTHORITIES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
AGENT = "arn:aws:connect:us-east-1:111122223333:instance/i/agent/a"
ITEM = {"pk": {"S": "0042"}, "sk": {"S": "agentID"}, "sk_value": {"S": "alice"}, "agent_arn": {"S": AGENT}}
FOUND = json.dumps({"Count": 1, "ScannedCount": 1, "Items": [ITEM]}).encode()


def program(folder):
    """The package's bootstrap, else the ordinary build."""
    if not PACKAGES["x86_64"].exists():
        return PROGRAM, "the ordinary build; make lambda builds the package"
    with zipfile.ZipFile(PACKAGES["x86_64"]) as packed:
        packed.extractall(folder)
    (folder / "bootstrap").chmod(0o755)
    return folder / "bootstrap", "the package"


# ---- one side of a conversation ----------------------------------------------------------------------


class Side:
    """The runtime API or the store: hears one request, says one answer."""

    def __init__(self, tls=None):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.tls, self.connection, self.rest = tls, None, b""

    @property
    def address(self):
        return f"127.0.0.1:{self.server.getsockname()[1]}"

    def accept(self):
        self.connection, _ = self.server.accept()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls:
            self.connection = self.tls.wrap_socket(self.connection, server_side=True)

    def hear(self):
        """The next request; when the last byte of it was there."""
        if not self.connection:
            self.accept()
        while b"\r\n\r\n" not in self.rest:
            self.rest += self.connection.recv(65536)
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        length = int(fields.get(b"content-length", 0))
        while len(self.rest) < length:
            self.rest += self.connection.recv(65536)
        body, self.rest = self.rest[:length], self.rest[length:]
        return head.split(b"\r\n")[0], body, time.monotonic()

    def say(self, body, *headers, status="200 OK"):
        lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
        self.connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return time.monotonic()

    def close(self):
        if self.connection:
            self.connection.close()
        self.server.close()


class Talk:
    """A function that was just started, with both sides of it."""

    def __init__(self, path, handler, tls=None, trust=None):
        self.api, self.store = Side(), Side(tls)
        env = {
            "AWS_LAMBDA_RUNTIME_API": self.api.address, "_HANDLER": handler, "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "none", "AWS_SESSION_TOKEN": "none",
            "AWS_TABLE": "extensions", "AWS_CONNECT_INSTANCEID": "12345678-1234-1234-1234-123456789012",
            "AWS_ENDPOINT_URL": f"http{'s' if tls else ''}://{self.store.address}",
            "AWS_EC2_METADATA_DISABLED": "true",
        }  # fmt: skip
        env |= trust or {}
        self.began = time.monotonic()
        self.process = subprocess.Popen([path], env=env, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if handler != "sync":
            self.store.hear()
            self.store.say(FOUND)
        self.ready = self.api.hear()[2]
        self.busy_ms = self.processor_ms()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.api.close()
        self.store.close()

    def lookup(self):
        """Seconds that one lookup took, without the store's; and when its answer was there."""
        event = json.dumps(flow_event(pk="0042")).encode()
        deadline = int((time.time() + 3) * 1000)
        sent = time.monotonic()
        self.api.say(event, "Lambda-Runtime-Aws-Request-Id: 1", f"Lambda-Runtime-Deadline-Ms: {deadline}")
        _, _, asked = self.store.hear()
        answered = self.store.say(FOUND)
        _, body, done = self.api.hear()
        assert json.loads(body)["agent_arn"] == AGENT
        self.api.say(b"{}", status="202 Accepted")
        self.api.hear()
        return done - sent - (answered - asked), done

    def processor_ms(self):
        return int(pathlib.Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[0]) / 1e6

    def resident_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


# ---- times --------------------------------------------------------------------------------------------


def starts(path, handler, **secure):
    """(ms to the first `next`, of it on a processor, ms to the answer of a first lookup), medians."""
    ready, busy, first = [], [], [0.0]
    for _ in range(STARTS):
        with Talk(path, handler, **secure) as talk:
            ready.append((talk.ready - talk.began) * 1000)
            busy.append(talk.busy_ms)
            if handler != "sync":
                first.append((talk.lookup()[1] - talk.began) * 1000)
    return statistics.median(ready), statistics.median(busy), statistics.median(first[1:] or first)


def times(folder):
    path, what = program(folder)
    authority = Authority(folder, "Amazon Root CA 1")
    bundle = folder / "bundle.pem"
    bundle.write_text((AUTHORITIES.read_text() if AUTHORITIES.exists() else "") + authority.bundle.read_text())
    hashed = folder / "hashed"
    hashed.mkdir()
    (hashed / "authority.pem").write_text(authority.bundle.read_text())
    subprocess.run(["openssl", "rehash", hashed], check=True, capture_output=True)
    trusts = {"a bundle": {"SSL_CERT_FILE": str(bundle)}, "a folder": {"SSL_CERT_DIR": str(hashed)}}
    report = Report(f"The start of the function ({what})")

    def start(key, name, limit, trust=None):
        secure = {"tls": authority.server_context(), "trust": trust} if trust else {}
        ready, busy, first = starts(path, "sync" if key == "alone" else "lookup", **secure)
        report.row(f"lambda.{key}.ms", name, ready, "ms", limit)
        report.row(f"lambda.{key}.processor", "  of it on a processor", busy, "ms", limit)
        if trust:
            report.row(f"lambda.{key}.first", "  exec to the answer of a first lookup", first, "ms", 60)

    start("alone", "exec to the first next", 8)
    start("plain", "the same, connected to the store", 8)
    for name, trust in trusts.items():
        start(name.split()[1], f"the same by TLS, trust from {name}", 40, trust)
    with Talk(path, "lookup", authority.server_context(), trusts["a bundle"]) as talk:
        added = statistics.median(talk.lookup()[0] for _ in range(LOOKUPS)) * 1000
        report.row("lambda.warm", "a warm lookup adds", added, "ms", 1)
        report.row("lambda.memory", f"resident after {LOOKUPS:,} lookups", talk.resident_mb(), "MB", 12)
    for arch, package in PACKAGES.items():
        if package.exists():
            report.row(f"lambda.zip.{arch}", f"the package, {arch}", package.stat().st_size / 1048576, "MB", 4.5)


# ---- what an event asks ---------------------------------------------------------------------------------


class Units(faults.Fault):
    """Adds up what DynamoDB says that it charged, for reads and for writes."""

    def __init__(self):
        self.read = self.write = 0.0

    def after(self, ctx, response):
        if ctx.service.name == "dynamodb" and response.status == 200:
            charged = json.loads(response.body).get("ConsumedCapacity") or []
            for one in charged if isinstance(charged, list) else [charged]:
                writes = ctx.operation in ("TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")
                name = "write" if writes else "read"
                setattr(self, name, getattr(self, name) + one["CapacityUnits"])
        return response


def events(agents=100):
    report = Report("What an event asks of the services")
    with start_servers() as behind, Cloud(behind, strict=False) as cloud, LambdaRuntime() as runtime, \
            tempfile.TemporaryDirectory() as folder:
        path, _ = program(pathlib.Path(folder))
        cloud.create_table()
        people = made_up(agents)
        cloud.instance.set_users(people)
        env = runtime.env(cloud.env(), EXTPOOL_COOLDOWN="0")
        process = subprocess.Popen([path], env=env, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        items = cloud.past_gate("dynamodb", "resource").Table(cloud.table)

        def measure(key, name, event, limit=None):
            mark, units = cloud.gate.log.mark(), Units()
            rule = cloud.gate.inject(units)
            answer = runtime.invoke(event)
            rule.remove()
            asked = {service: cloud.gate.log.count(service, since=mark) for service in ("dynamodb", "connect", "s3", "sts")}
            parts = ", ".join(f"{service} {count}" for service, count in asked.items() if count)
            report.row(f"lambda.event.{key}", name, sum(asked.values()), "requests", limit,
                       f"{parts}; {units.read:.1f} read units, {units.write:.1f} write units" if parts else "")
            return answer.json()

        try:
            document = measure("first", f"first sync of {agents} agents", SCHEDULE)
            numbers = [row["extension"] for row in document["changes"] if row["change"] == "assign"]
            measure("nothing", "sync, nothing to do", SCHEDULE, 20)
            cloud.instance.set_users([*people[3:], "new1", "new2", "new3"])
            measure("joinleave", "sync, 3 join, 3 leave", SCHEDULE, 25)
            holder = next(ext for ext in numbers if lookup_of(runtime, ext)["found"] == "true")
            agent = lookup_of(runtime, holder)["agent"]
            measure("extension", "lookup by extension", flow_event(pk=holder), 1)
            measure("agent", "lookup by agent", flow_event(agent=agent), 3)
            measure("free", "lookup of a free number", flow_event(pk="9000"), 2)
            measure("garbage", "lookup of garbage", flow_event(pk="Timeout"), 0)
            items.delete_item(Key={"pk": "9001", "sk": "nu"})
            items.put_item(Item={"pk": "9001", "sk": "held", "sk_value": "9001", "note": "n", "target": f"agent:{agent}"})
            measure("reservation", "lookup of a reservation to an agent", flow_event(pk="9001"), 4)
            items.update_item(Key={"pk": holder, "sk": "agentID"}, UpdateExpression="SET fallback = :f",
                              ExpressionAttributeValues={":f": "agent:new1"})
            measure("fallback", "lookup with a fallback to an agent", flow_event(pk=holder), 4)
        finally:
            process.terminate()
            process.wait()

def lookup_of(runtime, extension):
    return runtime.invoke(flow_event(pk=extension)).json()


def main():
    with tempfile.TemporaryDirectory() as folder:
        times(pathlib.Path(folder))
    events()


if __name__ == "__main__":
    main()
