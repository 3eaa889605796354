"""What all benches share: running a program, counting what it cost, and rows with their limits.

    report = Report("Start-up")
    report.row("start.version", "--version", 214856, "instructions", limit=500_000)
    report.ratio("aws.first", "first sync, old program : extpool", [31.0, 29.5, 30.2], at_least=11)

Instructions, bytes, requests and megabytes are the same on a busy machine: their limits decide, and
tests/bench/history keeps them. A time is a reading of this machine at this moment: it has its limit
beside it, and decides nothing. A ratio is measured in pairs that take turns, so that other work meets
both alike; it misses its limit only if all pairs do.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import callgrind  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("EXTPOOL") or str(ROOT / "build" / "release" / "extpool")
SPENT = ROOT / "build" / "release" / "tools" / "spent"
PLAIN = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
EXACT = ("keys", "instructions", "bytes", "requests", "MB", "units", "sessions", "certificates")


# ---- rows ----------------------------------------------------------------------------------------


class Report:
    """Rows under a title. They are printed, and kept for the end of the run (summary.py)."""

    def __init__(self, title):
        print(f"\n{title}\n  {'':52} {'':>16} {'limit':>12} {'of it':>7}", flush=True)

    def row(self, key, name, value, unit, limit=None, note="", steady=True):
        """`steady`: the same on a busy machine, if its unit is."""
        exact = steady and unit in EXACT
        over = limit is not None and value > limit
        share = f"{100 * value / limit:.0f} %" if limit else "none" if limit == 0 and not value else ""
        self._print(name, f"{figure(value)} {unit}", "" if limit is None else f"{figure(limit)}",
                    share, ("OVER " if over else "") + note)
        keep(key=key, name=name, value=value, unit=unit, exact=exact,
             over=over and exact, slow=over and not exact)

    def ratio(self, key, name, ratios, at_most=None, at_least=None):
        """The median of the pairs, and the smallest and largest."""
        low, high = min(ratios), max(ratios)
        over = (at_most is not None and low > at_most) or (at_least is not None and high < at_least)
        limit = f"<= {figure(at_most)}" if at_most is not None else \
            f">= {figure(at_least)}" if at_least is not None else ""
        self._print(name, f"{figure(statistics.median(ratios))} times", limit, "",
                    ("OVER " if over else "") + f"{figure(low)} to {figure(high)} in {len(ratios)} pairs")
        keep(key=key, name=name, value=statistics.median(ratios), unit="times", exact=False,
             over=over, slow=False)

    def absent(self, name, why):
        self._print(name, "not measured", "", "", why)

    def _print(self, name, value, limit, share, note):
        print(f"  {name:52} {value:>16} {limit:>12} {share:>7}  {note}".rstrip(), flush=True)


def figure(value):
    if isinstance(value, int) or value >= 1000:
        return f"{value / 1e6:.2f}M" if value >= 1e6 else f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def keep(**row):
    kept = os.environ.get("EXTPOOL_BENCH_ROWS")
    if kept:
        with open(kept, "a", encoding="utf-8") as out:
            out.write(json.dumps(row) + "\n")


# ---- what a run costs ------------------------------------------------------------------------------


class Reading:
    def __init__(self, seconds, kilobytes):
        self.seconds = seconds
        self.ms = seconds * 1000
        self.mb = kilobytes / 1024


def run(command, environment=None, cwd=None):
    """One run: (Reading, exit status, what it wrote). It is started by a small program, because a
    child's peak begins with the size of its parent, and Python is large."""
    with tempfile.NamedTemporaryFile(mode="r") as spent:
        done = subprocess.run(
            [SPENT, spent.name, *command], env=environment, check=True, cwd=cwd,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )
        seconds, kilobytes, status = spent.read().split()
    return Reading(float(seconds), int(kilobytes)), int(status), done.stdout


def must(command, environment=None, cwd=None):
    """A run that succeeds: its Reading."""
    reading, status, output = run(command, environment, cwd)
    if status != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: exit {status}\n{output}")
    return reading


def best(times, command, prepare=lambda: None, environment=None, cwd=None):
    """The fastest of `times` runs, and the largest memory of all."""
    readings = []
    for _ in range(times):
        prepare()
        readings.append(must(command, environment, cwd))
    fastest = min(readings, key=lambda reading: reading.ms)
    fastest.mb = max(reading.mb for reading in readings)
    return fastest


def count(command, environment=None, cwd=None, function="main"):
    """What a run that succeeds costs, from main() on or within one function."""
    counted = callgrind.count(command, environment, cwd, function)
    if counted.status != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: exit {counted.status}\n{counted.said}")
    return counted


def pairs(times, first, second):
    """How much longer `first` takes than `second`, in pairs of calls that take turns. Both give seconds."""
    return [first() / second() for _ in range(times)]


# ---- people ----------------------------------------------------------------------------------------


def write_agents(path, count):
    with open(path, "w", encoding="ascii") as out:
        out.write("first name,last name,user login,routing profile name\n")
        for i in range(count):
            out.write(f"First{i},Last{i},agent.{i:06},Basic Routing Profile\n")
