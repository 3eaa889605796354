"""Running a program and reading what it cost: wall time and peak memory, best of several runs."""

import os
import subprocess
import time


class Reading:
    def __init__(self, seconds, kilobytes):
        self.ms = seconds * 1000
        self.mb = kilobytes / 1024


def run(command, environment=None):
    """One run: (Reading, exit status). Output is thrown away, errors are shown."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Reading(time.monotonic() - start, usage.ru_maxrss), process.returncode


def best(times, command, prepare=lambda: None, environment=None):
    """The fastest of `times` runs, and the largest memory of all."""
    readings = []
    for _ in range(times):
        prepare()
        reading, status = run(command, environment)
        if status != 0:
            raise SystemExit(f"{command}: exit {status}")
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
