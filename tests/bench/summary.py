"""The end of `make bench`: what missed its limit, and what costs more than at the last release.

    summary.py ROWS             compares with the last line of tests/bench/history
    summary.py ROWS --record    writes the line of this version

A line of history is a version, a date, and KEY=VALUE of all that is the same on a busy machine:
instructions, bytes, requests, megabytes. A version has one line.
"""

import datetime
import json
import pathlib
import re
import sys

from measure import ROOT, figure

HISTORY = pathlib.Path(__file__).resolve().parent / "history"
NOTABLE = 1.03  # less than that is chance: a time stamp that is longer, a page of memory


def version():
    return re.search(r"^VERSION := (.+)$", (ROOT / "Makefile").read_text(), re.M)[1]


def last_line():
    """(version, {key: value}) of the last release, or of none."""
    lines = HISTORY.read_text(encoding="ascii").splitlines() if HISTORY.exists() else []
    if not lines:
        return None, {}
    name, _, *pairs = lines[-1].split(" ")
    return name, {key: float(value) for key, _, value in (pair.partition("=") for pair in pairs)}


def record(rows):
    kept = [line for line in (HISTORY.read_text(encoding="ascii").splitlines() if HISTORY.exists() else [])
            if line.split(" ")[0] != version()]
    values = [f"{row['key']}={row['value']:.6g}" for row in rows if row["exact"]]
    kept.append(" ".join([version(), datetime.date.today().isoformat(), *values]))
    HISTORY.write_text("\n".join(kept) + "\n", encoding="ascii")
    print(f"{len(values)} values of {version()} are in tests/bench/history")


def compare(rows):
    name, before = last_line()
    if name is None:
        return
    for row in rows:
        old = before.get(row["key"])
        if row["exact"] and old is not None and row["value"] > old * NOTABLE:
            print(f"  more than {name}: {row['key']} ({row['name'].strip()}): "
                  f"{figure(old)} -> {figure(row['value'])} {row['unit']}")


def main():
    rows = [json.loads(line) for line in pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    twice = {row["key"] for row in rows if sum(other["key"] == row["key"] for other in rows) > 1}
    assert not twice, f"measured twice: {twice}"
    over = [row for row in rows if row["over"]]
    slow = [row for row in rows if row["slow"]]
    print(f"\n{len(rows)} rows; over the limit: {len(over)}; times over theirs on this machine now: {len(slow)}")
    for row in over + slow:
        print(f"  {'over' if row['over'] else 'slow'}: {row['key']} ({row['name'].strip()})")
    compare(rows)
    if "--record" in sys.argv:
        record(rows)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
