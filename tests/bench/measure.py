"""Running a program and reading what it cost: wall time and peak memory, best of several runs."""

import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPENT = ROOT / "build" / "release" / "tools" / "spent"


class Reading:
    def __init__(self, seconds, kilobytes):
        self.seconds = seconds
        self.ms = seconds * 1000
        self.mb = kilobytes / 1024


def run(command, environment=None):
    """One run: (Reading, exit status, what it wrote). It is started by a small program, because a
    child's peak begins with the size of its parent, and Python is large."""
    with tempfile.NamedTemporaryFile(mode="r") as spent:
        done = subprocess.run(
            [SPENT, spent.name, *command], env=environment, check=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )
        seconds, kilobytes, status = spent.read().split()
    return Reading(float(seconds), int(kilobytes)), int(status), done.stdout


def best(times, command, prepare=lambda: None, environment=None, status=0):
    """The fastest of `times` runs, and the largest memory of all."""
    readings = []
    for _ in range(times):
        prepare()
        reading, ended, output = run(command, environment)
        if ended != status:
            raise SystemExit(f"{command}: exit {ended}\n{output}")
        readings.append(reading)
    fastest = min(readings, key=lambda reading: reading.ms)
    fastest.mb = max(reading.mb for reading in readings)
    return fastest


def table(title, head, rows):
    widths = [max(len(str(row[i])) for row in [head, *rows]) for i in range(len(head))]
    print(title)
    for row in [head, *rows]:
        print("  " + "  ".join(str(cell).rjust(width) if i else str(cell).ljust(width)
                               for i, (cell, width) in enumerate(zip(row, widths))).rstrip())
