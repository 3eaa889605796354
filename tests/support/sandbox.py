#!/usr/bin/python3
"""A whole Amazon on this machine, to use extpool against by hand or from a benchmark.

    python3 tests/support/sandbox.py --agents 500
        starts everything, prints what to export, and stays until Ctrl-C

    python3 tests/support/sandbox.py --agents 500 --table old -- extpool --sync
        runs one command with that environment, tells which requests it made, ends with its status

What the gate refuses is said on standard error as it happens.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import faults, servers  # noqa: E402
from support.cloud import Cloud, start_servers  # noqa: E402
from support.lambda_origin import Origin  # noqa: E402
from support.people import made_up  # noqa: E402
from support.tls import Authority  # noqa: E402


def options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--agents", type=int, default=200, help="how many work here (default %(default)s)"
    )
    parser.add_argument(
        "--table",
        choices=["none", "empty", "filled", "old"],
        default="none",
        help="none; empty; filled with free numbers; or as the old program left it, with "
        "everybody assigned (default %(default)s)",
    )
    parser.add_argument("--latency-ms", type=float, default=0, help="added to each answer")
    parser.add_argument(
        "--throttle", action="store_true", help="limit Connect to 2 calls a second, burst 5"
    )
    parser.add_argument(
        "--chaos",
        type=float,
        metavar="P",
        default=0,
        help="with this chance each: lose answers, reset connections, fail, cancel",
    )
    parser.add_argument("--tls", action="store_true", help="speak TLS, with a CA made for this run")
    parser.add_argument("--port", type=int, default=0, help="of the gate (default: a free one)")
    parser.add_argument(
        "--lax", action="store_true", help="check no signatures or models: for measuring"
    )
    parser.add_argument("command", nargs="*", help="run this with the environment, then stop")
    return parser.parse_args(argv)


def make_table(cloud: Cloud, kind: str) -> None:
    """The table asked for, made past the gate so that neither its log nor its faults see it."""
    if kind == "none":
        return
    cloud.create_table()
    table = cloud.past_gate("dynamodb", "resource").Table(cloud.table)
    origin = Origin(cloud.client("connect"), table, instance_id=cloud.instance.id)
    if kind in ("filled", "old"):
        origin.fill_table()
    if kind == "old":
        with table.batch_writer() as writer:
            for number, user in enumerate(cloud.instance.users):
                extension = f"{number:04}"
                writer.delete_item(Key={"pk": extension, "sk": "nu"})
                writer.put_item(Item={"pk": extension, "sk": "agentID", "sk_value": user.username})


def inject(cloud: Cloud, chosen: argparse.Namespace) -> None:
    gate = cloud.gate
    if chosen.latency_ms:
        gate.inject(faults.latency(chosen.latency_ms / 1000))
    if chosen.throttle:
        gate.inject(faults.throttle(2, 5), on="connect")
    if chosen.chaos:
        for fault in (faults.reset_before(), faults.reset_after(), faults.status(500)):
            gate.inject(fault, probability=chosen.chaos)
        gate.inject(faults.cancel(), on="dynamodb.TransactWriteItems", probability=chosen.chaos)


@contextlib.contextmanager
def sandbox(chosen: argparse.Namespace):
    """A Cloud as the options have it, and the environment that leads to it."""
    with contextlib.ExitStack() as stack:
        behind = stack.enter_context(start_servers())
        tls, bundle = None, None
        if chosen.tls:
            where = stack.enter_context(tempfile.TemporaryDirectory(prefix="extpool-ca-"))
            authority = Authority(Path(where))
            tls, bundle = authority.server_context(), str(authority.bundle)
        cloud = stack.enter_context(
            Cloud(behind, tls=tls, strict=not chosen.lax, port=chosen.port, ca_bundle=bundle)
        )
        cloud.instance.set_users(made_up(chosen.agents))
        make_table(cloud, chosen.table)
        cloud.gate.log.clear()
        inject(cloud, chosen)
        yield cloud, cloud.env()


def report(cloud: Cloud) -> None:
    """Which requests were made, on standard error."""
    log = cloud.gate.log
    for service in sorted({record.service for record in log.select()}):
        calls = ", ".join(
            f"{name} {count}" for name, count in sorted(log.operations(service).items())
        )
        print(
            f"# {service}: {calls}; at most {log.max_in_flight(service)} at once over "
            f"{log.connections(service)} connections",
            file=sys.stderr,
        )


def report_refused(cloud: Cloud, since: int = 0) -> int:
    """Says what the gate refused after `since`; returns where to go on."""
    mark = cloud.gate.log.mark()
    for record in cloud.gate.log.refused(since=since):
        print(f"# refused: {record}\n{record.refused}", file=sys.stderr)
    return mark


def stay(cloud: Cloud, env: dict[str, str]) -> int:
    for name, value in env.items():
        print(f"export {name}={shlex.quote(value)}")
    print(
        f"# {len(cloud.instance.users)} agents in {cloud.instance.alias}; Ctrl-C stops all of it",
        flush=True,
    )
    seen = 0
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            threading.Event().wait(0.5)
            seen = report_refused(cloud, seen)
    report(cloud)
    return 0


def main(argv: list[str]) -> int:
    chosen = options(argv)
    # an orderly end for the temporary directories too; the servers would go anyway
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with sandbox(chosen) as (cloud, env):
            if not chosen.command:
                return stay(cloud, env)
            status = subprocess.run(chosen.command, env=os.environ | env).returncode
            report(cloud)
            report_refused(cloud)
            return status
    except servers.Missing as missing:
        print(f"sandbox: {missing}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
