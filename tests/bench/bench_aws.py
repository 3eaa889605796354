#!/usr/bin/python3
"""Measures extpool against the old program on the local servers: time, requests, memory.

    python3 tests/bench/bench_aws.py --extpool build/release/extpool --agents 9500 [--json FILE]

Three runs of each, on a table of its own with all numbers free: the first sync, a sync that
changes nothing, and the first sync with 20 ms added to each answer. With that latency the old
program takes many minutes, so it runs there with fewer agents (--slow-agents) and its time is
scaled up; both numbers are shown. The gate checks no signatures meanwhile, so that its own time
counts less; it is in the way of both programs alike.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import faults, servers  # noqa: E402
from support.cloud import Cloud, Servers, start_servers  # noqa: E402
from support.contact_flow import agent_for  # noqa: E402
from support.invariants import assert_holds, numbers, read_dynamodb  # noqa: E402
from support.lambda_origin import Origin  # noqa: E402
from support.people import made_up  # noqa: E402

PROGRAM = Path(__file__).resolve().parent.parent.parent / "build/release/extpool"
YARDSTICK = [sys.executable, str(Path(__file__).resolve().parent / "origin_yardstick.py")]


def run(command: list[str], env: dict[str, str]) -> dict:
    """One run: how long it took, start-up included, and its largest size in memory."""
    started_s = time.monotonic()
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    took_s = time.monotonic() - started_s
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.stderr.write(output.decode(errors="replace"))
        raise SystemExit(f"{' '.join(command)} ended with status {process.returncode}")
    return {"seconds": round(took_s, 3), "memory_mb": round(usage.ru_maxrss / 1024, 1)}


def requests(cloud: Cloud, since: int) -> dict[str, int]:
    return {name: count for name, count in sorted(cloud.gate.log.operations(since=since).items())}


def one_cloud(
    behind: Servers, command: list[str], agents: int, latency_s: float, repeat: bool
) -> list[dict]:
    """The first sync of `agents`, and where wanted a second that finds nothing to do."""
    with Cloud(behind, strict=False) as cloud:
        cloud.instance.set_users(made_up(agents))
        cloud.create_table()
        table = cloud.past_gate("dynamodb", "resource").Table(cloud.table)
        Origin(None, table, instance_id=cloud.instance.id).fill_table()
        if latency_s:
            cloud.gate.inject(faults.latency(latency_s))
        env = {
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            "LC_ALL": "C.UTF-8",
        } | cloud.env()
        results = []
        for _ in range(2 if repeat else 1):
            mark = cloud.gate.log.mark()
            result = run(command, env)
            results.append(
                result
                | {
                    "agents": agents,
                    "requests": requests(cloud, mark),
                    "throttled": cloud.gate.log.count(status=429, since=mark),
                }
            )
        check(table, agents)
        return results


def check(table, agents: int) -> None:
    """A fast wrong answer is no answer."""
    state = read_dynamodb(table, claims=False, index=False)
    assert_holds(state, numbers(4))
    assert len(state.assigned) == agents, f"{len(state.assigned)} assigned, not {agents}"
    extension, agent = state.assigned[agents // 2]
    assert agent_for(table, extension) == agent


def measure(behind: Servers, extpool: str, agents: int, slow_agents: int) -> dict:
    ours = [extpool, "--sync", "--quiet"]
    results = {}
    first, nothing = one_cloud(behind, ours, agents, 0, repeat=True)
    old_first, old_nothing = one_cloud(behind, YARDSTICK, agents, 0, repeat=True)
    results["first sync"] = (first, old_first, 1.0)
    results["nothing to do"] = (nothing, old_nothing, 1.0)
    (slow,) = one_cloud(behind, ours, agents, 0.02, repeat=False)
    (old_slow,) = one_cloud(behind, YARDSTICK, slow_agents, 0.02, repeat=False)
    results["first sync, 20 ms away"] = (slow, old_slow, agents / slow_agents)
    return {
        name: {
            "extpool": new,
            "old program": old,
            "scaled_by": round(scale, 2),
            "times_as_fast": round(old["seconds"] * scale / new["seconds"], 1),
        }
        for name, (new, old, scale) in results.items()
    }


def show(results: dict) -> None:
    print(f"{'':24}{'extpool':>12}{'old program':>14}{'as fast':>10}  requests")
    for name, row in results.items():
        new, old = row["extpool"], row["old program"]
        old_s = old["seconds"] * row["scaled_by"]
        mark = (
            f" (from {old['agents']} agents: {old['seconds']:.1f} s)"
            if row["scaled_by"] != 1
            else ""
        )
        print(
            f"{name:24}{new['seconds']:10.2f} s{old_s:12.1f} s{row['times_as_fast']:9.1f}x  "
            f"{sum(new['requests'].values())} against {sum(old['requests'].values())}{mark}"
        )
        print(
            f"{'':24}{new['memory_mb']:9.1f} MB{old['memory_mb']:11.1f} MB{'':12}"
            + ", ".join(f"{n} {c}" for n, c in new["requests"].items())
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--extpool", default=os.environ.get("EXTPOOL", str(PROGRAM)))
    parser.add_argument("--agents", type=int, default=9500)
    parser.add_argument("--slow-agents", type=int, default=475)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    try:
        with start_servers() as behind:
            results = measure(behind, chosen.extpool, chosen.agents, chosen.slow_agents)
    except servers.Missing as missing:
        print(f"skipped: {missing}")
        return 0 if missing.skippable else 1
    show(results)
    if chosen.json:
        chosen.json.write_text(json.dumps(results, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
