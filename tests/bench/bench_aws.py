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
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import measure  # noqa: E402

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
    reading, status, output = measure.run(command, env)
    if status:
        sys.stderr.write(output)
        raise SystemExit(f"{' '.join(command)} ended with status {status}")
    return {"seconds": round(reading.seconds, 3), "memory_mb": round(reading.mb, 1)}


def requests(cloud: Cloud, since: int) -> dict[str, int]:
    return {name: count for name, count in sorted(cloud.gate.log.operations(since=since).items())}


def one_cloud(
    behind: Servers,
    command: list[str],
    agents: int,
    latency_s: float = 0,
    repeat: bool = False,
    quota: bool = False,
) -> list[dict]:
    """The first sync of `agents`, and where wanted a second that finds nothing to do."""
    with Cloud(behind, strict=False) as cloud:
        cloud.instance.set_users(made_up(agents))
        cloud.create_table()
        table = cloud.past_gate("dynamodb", "resource").Table(cloud.table)
        Origin(None, table, instance_id=cloud.instance.id).fill_table()
        if latency_s:
            cloud.gate.inject(faults.latency(latency_s))
        if quota:
            cloud.gate.inject(faults.throttle(2, 5), on="connect")
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


def measure_all(behind: Servers, extpool: str, agents: int, slow_agents: int) -> dict:
    # The local Connect has no quota, so neither program is held to one; with the documented quota
    # (2 calls a second, 5 at once) extpool keeps to it by itself, and the old program is throttled.
    paced = [extpool, "--sync", "--quiet"]
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as config:
        config.write("[defaults]\nconnect_rate = 1000\nconnect_burst = 1000\n")
        config.flush()
        ours = [*paced, "--config", config.name]
        first, nothing = one_cloud(behind, ours, agents, repeat=True)
        (slow,) = one_cloud(behind, ours, agents, latency_s=0.02)
    old_first, old_nothing = one_cloud(behind, YARDSTICK, agents, repeat=True)
    (old_slow,) = one_cloud(behind, YARDSTICK, slow_agents, latency_s=0.02)
    limited = one_cloud(behind, paced, agents, repeat=True, quota=True)[1]
    old_limited = one_cloud(behind, YARDSTICK, slow_agents, repeat=True, quota=True)[1]
    results = {
        "first sync": (first, old_first, 1.0),
        "nothing to do": (nothing, old_nothing, 1.0),
        "first sync, 20 ms away": (slow, old_slow, agents / slow_agents),
        "nothing to do, quota": (limited, old_limited, agents / slow_agents),
    }
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
            + f"; 429s: {new['throttled']} against {old['throttled']}"
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
            results = measure_all(behind, chosen.extpool, chosen.agents, chosen.slow_agents)
    except servers.Missing as missing:
        print(f"skipped: {missing}")
        return 0 if missing.skippable else 1
    show(results)
    if chosen.json:
        chosen.json.write_text(json.dumps(results, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
