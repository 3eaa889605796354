"""Questions to an audit trail of a million records on SQLite."""

import pathlib
import sqlite3
import tempfile

from bench_embedded import Local
from measure import ROOT, Report

RECORDS, AGENTS = 1_000_000, 100_000
BEGUN_MS = 1_700_000_000_000
STEP_MS = 30_000  # a record each half minute: a year

#: What an auditor asks, and the most that it may take: 0.5 s and 32 MB.
QUESTIONS = {
    "extension": "--history 0012345",
    "agent": "--history agent.012345",
    "actor": "--history --actor user7@",
    "since": "--history --since 2024-10-20 --format csv --columns at,agent",
    "day": "--history --since 2024-05-01 --until 2024-05-01",
    "both": "--history --agent agent.012345 --since 2024-01-01 --json",
    "newest": "--history",
    "then": "--lookup 0012345 --at 2024-03-01",
}


def fill(store):
    """A pin and an unpin by turns, of one agent after the other, put there by SQLite: a record each."""
    connection = sqlite3.connect(store)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)"
        " INSERT INTO audit (seq, action_id, at_ms, actor, action, changes, user, via, n_changes, indexed)"
        " SELECT i + 10, printf('20240101T%09dZ-%06x', i, i), ? + i * ?, 'arn:aws:sts::1:assumed-role/Ops/bench',"
        " iif(i / ? % 2, 'unpin', 'pin'),"
        " printf('[{\"change\":\"%s\",\"extension\":\"%07d\",\"agent\":\"agent.%06d\",\"%s\":\"desk\",\"why\":\"asked for\"}]',"
        " iif(i / ? % 2, 'unpin', 'pin'), i % ?, i % ?, iif(i / ? % 2, 'from', 'to')),"
        " printf('user%d@desk', i % 2000), 'command', 1, 1 FROM n",
        (RECORDS, BEGUN_MS, STEP_MS, AGENTS, AGENTS, AGENTS, AGENTS, AGENTS))
    connection.execute("INSERT INTO audit_subject SELECT 0, printf('%07d', (seq - 10) % ?), seq FROM audit WHERE seq >= 10",
                       (AGENTS,))
    connection.execute(
        "INSERT INTO audit_subject SELECT 1, printf('agent.%06d', (seq - 10) % ?), seq FROM audit WHERE seq >= 10", (AGENTS,))
    connection.execute(
        "INSERT OR REPLACE INTO extension (extension, state, at, agent, actor)"
        " SELECT name, 'assigned', 1600000000, 'agent.' || substr(name, 2), 'bench' FROM audit_subject WHERE agent = 0"
        " GROUP BY name")
    connection.commit()
    connection.close()


def main():
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as name:
        policy = "width = 7\nblocked = 911\nranges = {}\n"
        local = Local(pathlib.Path(name) / "million", 1, policy.format("0000000-0000009"))
        local.configure("none", policy.format("0000000-0000009"))
        local.best(1, "--init")
        fill(local.folder / "pool.db")
        report = Report(f"Questions to {RECORDS:,} records of an audit trail on SQLite")
        for key, question in QUESTIONS.items():
            reading = local.best(3, *question.split())
            report.row(f"history.{key}.ms", question, reading.ms, "ms", 500)
            report.row(f"history.{key}.memory", "  memory", reading.mb, "MB", 32)


if __name__ == "__main__":
    main()
