"""Commands about one row of a store of a million agents on SQLite."""

import pathlib
import sqlite3
import tempfile
import time

from bench_embedded import Local
from measure import ROOT, Report

AGENTS, NUMBERS = 1_000_000, 2_000_000
ROUNDS = 3

#: Each of them possible again and again in this order.
ONE_ROW = (
    "--lookup agent.123456",
    "--pin agent.123456=desk",
    "--unpin agent.123456",
    "--swap agent.123456=agent.654321",
    "--swap agent.654321=agent.123456",
    "--reassign agent.123456=1500000",
    "--fallback agent.123456=ext:0000005",
    "--reserve 1600000=fax",
    "--unreserve 1600000",
    "--release agent.123456",
)
BACK = "--assign agent.123456=1400000"  # reads the directory's file, to find that there is such an agent


def fill(store):
    """A number for each agent, and the rest of the numbers free, put there by SQLite: a first sync
    would take longer than all that is measured here."""
    connection = sqlite3.connect(store)
    connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)"
        " INSERT OR REPLACE INTO extension (extension, state, at, agent, actor)"
        " SELECT printf('%07d', i), iif(i < ?, 'assigned', 'free'), iif(i < ?, ?, NULL),"
        " iif(i < ?, printf('agent.%06d', i), NULL), iif(i < ?, 'bench', NULL) FROM n",
        (NUMBERS, AGENTS, AGENTS, int(time.time()) - 86400, AGENTS, AGENTS))
    connection.commit()
    connection.close()


def a_million(folder):
    policy = "width = 7\nblocked = 911\nranges = {}\n"
    local = Local(folder / "million", AGENTS, policy.format("0000000-0000009"))
    local.configure("none", policy.format("0000000-0000009"))
    local.best(1, "--init")
    fill(local.folder / "pool.db")
    local.configure("none", policy.format("0000000-1999999"))
    return local


def flush_ms(store):
    """What this disk takes for any write: open, one row, close, with the flush that extpool waits for."""
    start = time.monotonic()
    connection = sqlite3.connect(store)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("UPDATE meta SET value = value")
    connection.commit()
    connection.close()
    return (time.monotonic() - start) * 1000


def main():
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as name:
        local = a_million(pathlib.Path(name))
        spent = {}
        for _ in range(ROUNDS):
            for arguments in ONE_ROW:
                reading = local.best(1, *arguments.split())
                spent.setdefault(arguments.split()[0], []).append(reading)
            local.best(1, *BACK.split())
        flush = min(flush_ms(local.folder / "pool.db") for _ in range(9))
        work = {arguments.split()[0]: local.count(*arguments.split()) for arguments in ONE_ROW}
        report = Report(f"One row of {AGENTS:,} agents on SQLite: the whole process, but for the {flush:.1f} ms that "
                        "this disk takes for any write")
        for command, readings in spent.items():
            key = "row." + command.lstrip("-")
            own = min(reading.ms for reading in readings) - (0 if command == "--lookup" else flush)
            report.row(f"{key}.ms", command, max(own, 0.0), "ms", 20)
            report.row(f"{key}.instructions", "  own work", work[command], "instructions", 8_000_000)
            report.row(f"{key}.memory", "  memory", max(reading.mb for reading in readings), "MB", 12)


if __name__ == "__main__":
    main()
