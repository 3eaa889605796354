"""extpool on Amazon, played by the local servers: time, requests, TLS; and the old program beside it.

The old program takes minutes, so it runs with fewer agents (OLD_AGENTS) and its time is scaled. The
gate checks no signatures meanwhile: its own time is in the way of both programs alike. The local
Connect has no quota, so extpool is not held to one but where the row says so.
"""

from __future__ import annotations

import contextlib
import pathlib
import ssl
import subprocess
import sys
import tempfile

from measure import PLAIN, PROGRAM, ROOT, Report, count, must

from support import faults, servers
from support.cloud import Cloud, Servers, start_servers
from support.contact_flow import agent_for
from support.invariants import assert_holds, numbers, read_dynamodb
from support.lambda_origin import Origin
from support.people import made_up
from support.tls import Authority

AGENTS, OLD_AGENTS, TLS_AGENTS = 9500, 240, 1000
PAIRS = 2
AUTHORITIES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
YARDSTICK = [sys.executable, str(pathlib.Path(__file__).resolve().parent / "origin_yardstick.py")]

FREE = "[defaults]\nconnect_rate = 1000\nconnect_burst = 1000\n"  # of the quota
QUOTA = "[defaults]\n"  # as documented: two calls a second, five at once
GROUPS = (
    "[policy]\nranges = 0000-7999\n[group sales]\nranges = 8000-9999\n"
    "match = routing_profile:sales hierarchy:UK*\nmatch = tag:site=york\n"
)


class Place:
    """A cloud with a table of free numbers, agents, and configurations."""

    def __init__(self, stack, behind: Servers, agents, **cloud):
        self.cloud = stack.enter_context(Cloud(behind, strict=False, **cloud))
        self.agents = agents
        self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(dir=ROOT / "build")))
        self.cloud.instance.set_users(made_up(agents))
        self.cloud.create_table()
        self.table = self.cloud.past_gate("dynamodb", "resource").Table(self.cloud.table)
        Origin(None, self.table, instance_id=self.cloud.instance.id).fill_table()
        self.environment = PLAIN | {"HOME": "/nonexistent"} | self.cloud.env()

    def command(self, *arguments, policy=FREE):
        config = self.folder / "config"
        config.write_text(policy)
        return [PROGRAM, "--config", str(config), "--quiet", *arguments]

    def run(self, *arguments, policy=FREE):
        """(Reading, requests)"""
        mark = self.cloud.gate.log.mark()
        reading = must(self.command(*arguments, policy=policy), self.environment)
        return reading, sum(self.cloud.gate.log.operations(since=mark).values())

    def old(self):
        return must(YARDSTICK, self.environment).seconds

    def check(self):
        """A fast wrong answer is no answer."""
        state = read_dynamodb(self.table, claims=False, index=False)
        assert_holds(state, numbers(4))
        assert len(state.assigned) == self.agents, f"{len(state.assigned)} assigned, not {self.agents}"
        extension, agent = state.assigned[self.agents // 2]
        assert agent_for(self.table, extension) == agent


# ---- a sync, and the old program -------------------------------------------------------------------


def syncs(stack, behind):
    report = Report(f"A sync of {AGENTS:,} agents on Amazon, no quota, no distance")
    place = Place(stack, behind, AGENTS)
    first, asked = place.run("--sync")
    report.row("aws.first.ms", "first sync", first.ms, "ms", 12000)
    report.row("aws.first.memory", "  memory", first.mb, "MB", 48)
    report.row("aws.first.requests", "  requests", asked, "requests", 800)
    again, asked = place.run("--sync")
    report.row("aws.again.ms", "no change", again.ms, "ms", 1000)
    report.row("aws.again.memory", "  memory", again.mb, "MB", 48)
    report.row("aws.again.requests", "  requests", asked, "requests", 60)
    counted = count(place.command("--sync"), place.environment)
    report.row("aws.again.instructions", "  own work and libraries", counted.instructions, "instructions",
               1_600_000_000)
    place.check()
    return place


def against_the_old_program(stack, behind):
    report = Report(f"The old program : extpool, {OLD_AGENTS} agents in pairs that take turns")
    ratios = {"first sync": [], "no change": []}
    for _ in range(PAIRS):
        old, new = Place(stack, behind, OLD_AGENTS), Place(stack, behind, OLD_AGENTS)
        for name in ratios:
            ratios[name].append(old.old() / new.run("--sync")[0].seconds)
        old.check()
        new.check()
    report.ratio("aws.old.first", "first sync", ratios["first sync"], at_least=4)
    report.ratio("aws.old.again", "no change", ratios["no change"], at_least=4)


def overlap(place):
    """Waits overlap: the tenth page of Connect's quota, and the round trips that nothing hides."""
    report = Report(f"No change, {AGENTS:,} agents at the documented quota: 2.5 s and five round trips, and 5 %")
    for away in (0, 20, 100):
        rules = [place.cloud.gate.inject(faults.throttle(2, 5), on="connect")]  # with all its burst
        if away:
            rules.append(place.cloud.gate.inject(faults.latency(away / 1000)))
        reading, _ = place.run("--sync", policy=QUOTA)
        report.row(f"aws.overlap.{away}", f"a round trip of {away} ms", reading.ms, "ms",
                   1.05 * (2500 + 5 * away))
        for rule in rules:
            rule.remove()


def attributes(place):
    """Groups by what SearchUsers tells: 19 pages of 500, of which 14 wait for the quota."""
    report = Report(f"No change, {AGENTS:,} agents in groups at the documented quota: 7 s and five round trips, "
                    "and 5 %")
    for away in (0, 100):
        rules = [place.cloud.gate.inject(faults.throttle(2, 5), on="connect")]
        if away:
            rules.append(place.cloud.gate.inject(faults.latency(away / 1000)))
        reading, _ = place.run("--sync", "--dry-run", policy=QUOTA + GROUPS)
        report.row(f"aws.attributes.{away}", f"a round trip of {away} ms", reading.ms, "ms",
                   1.05 * (7000 + 5 * away))
        for rule in rules:
            rule.remove()


# ---- TLS -------------------------------------------------------------------------------------------


class Counting(faults.Fault):
    """Adds up the bytes of the answers' bodies on the wire."""

    rank = 3  # when they are compressed

    def __init__(self):
        self.bytes = 0

    def wire(self, ctx, response):
        self.bytes += len(response.body)
        return response


def hashed(folder, bundle):
    folder.mkdir()
    parts = bundle.read_text().split("-----END CERTIFICATE-----\n")[:-1]
    for number, part in enumerate(parts):
        begin = part.index("-----BEGIN")
        (folder / f"{number}.pem").write_text(part[begin:] + "-----END CERTIFICATE-----\n")
    subprocess.run(["openssl", "rehash", folder], check=True, capture_output=True)
    return folder


def secure(stack, behind):
    folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(dir=ROOT / "build")))
    authority = Authority(folder, "Amazon Root CA 1")
    bundle = folder / "bundle.pem"
    bundle.write_text((AUTHORITIES.read_text() if AUTHORITIES.exists() else "") + authority.bundle.read_text())
    known = bundle.read_text().count("BEGIN CERTIFICATE")
    context: ssl.SSLContext = authority.server_context()
    place = Place(stack, behind, TLS_AGENTS, tls=context, ca_bundle=str(authority.bundle))
    del place.environment["AWS_CA_BUNDLE"]
    trusts = {"folder": {"SSL_CERT_DIR": str(hashed(folder / "hashed", bundle))},
              "bundle": {"SSL_CERT_FILE": str(bundle)}}
    plain = Place(stack, behind, TLS_AGENTS)
    report = Report(f"By TLS, {TLS_AGENTS:,} agents, {known} authorities")
    place.environment |= trusts["folder"]
    first, _ = place.run("--sync")
    report.row("tls.first.ms", "first sync", first.ms, "ms", 2500)
    report.row("tls.resumed", "  sessions resumed, of "
               f"{context.session_stats()['accept']} connections", context.session_stats()["hits"], "times")
    plain.run("--sync")
    lookup = ("--lookup", "agent00042@example.com")
    base = count(plain.command(*lookup), plain.environment).instructions
    for name, limit in (("folder", 20_000_000), ("bundle", 40_000_000)):
        place.environment |= {"SSL_CERT_DIR": "", "SSL_CERT_FILE": ""} | trusts[name]
        work = count(place.command(*lookup), place.environment).instructions
        report.row(f"tls.lookup.{name}", f"a lookup, trust from the {name}: added by TLS", work - base,
                   "instructions", limit)
        reading, _ = place.run(*lookup)
        report.row(f"tls.lookup.{name}.ms", "  the whole of it", reading.ms, "ms", 60)
    compressed(report, plain)


def compressed(report, place):
    """Bytes of a sync's answers, if the service compresses them."""
    read = {}
    for name in ("plain", "compressed"):
        counting = Counting()
        rules = [place.cloud.gate.inject(counting)]
        if name == "compressed":
            rules += [place.cloud.gate.inject(faults.compressed(), on=service)
                      for service in ("connect", "dynamodb")]
        place.run("--sync")
        read[name] = counting.bytes
        for rule in rules:
            rule.remove()
    report.row("tls.plain", "answers of a sync without a change", read["plain"], "bytes")
    report.row("tls.compressed", "  compressed", read["compressed"], "bytes", read["plain"] // 4)


# ---- one row ---------------------------------------------------------------------------------------

#: What is asked, and at most how many requests that takes, the write included.
ONE_ROW = [
    ("lookup", "--lookup agent00100@example.com", 4), ("release", "--release agent00101@example.com", 4),
    ("assign", "--assign agent00101@example.com=9700", 4),
    ("reassign", "--reassign agent00101@example.com=9701", 4),
    ("pin", "--pin agent00102@example.com=desk", 4),
    ("swap", "--swap agent00103@example.com=agent00104@example.com", 5),
    ("reserve", "--reserve 9702=lift", 4),
]  # fmt: skip


def one_row(place):
    report = Report(f"One row of a table of {AGENTS:,} agents")
    for key, arguments, most in ONE_ROW:
        mark = place.cloud.gate.log.mark()
        place.run(*arguments.split(), "--yes", "--export-to", "none")
        asked = place.cloud.gate.log.count("dynamodb", since=mark) + place.cloud.gate.log.count("connect", since=mark)
        report.row(f"aws.row.{key}", arguments, asked, "requests", most)


def main():
    try:
        with start_servers() as behind, contextlib.ExitStack() as stack:
            place = syncs(stack, behind)
            one_row(place)
            overlap(place)
            attributes(place)
            secure(stack, behind)
            against_the_old_program(stack, behind)
    except servers.Missing as missing:
        print(f"  skipped: {missing}")
        return 0 if missing.skippable else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
