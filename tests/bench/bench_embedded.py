"""The embedded store: agents x time x memory, beside the way of the old program."""

import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from measure import best, table  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("EXTPOOL") or str(ROOT / "build" / "release" / "extpool")


def write_agents(path, count):
    with open(path, "w", encoding="ascii") as out:
        out.write("first name,last name,user login,routing profile name\n")
        for i in range(count):
            out.write(f"First{i},Last{i},agent.{i:06},Basic Routing Profile\n")


def old_way(path, logins):
    """One write per agent, each in a transaction of its own, as the program of the article does it
    (take a free number: a delete and a put), on the same disk with the same flush."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE item (pk TEXT, sk TEXT, sk_value TEXT, PRIMARY KEY (pk, sk))")
    start = time.monotonic()
    for number in range(10000):
        connection.execute("INSERT INTO item VALUES (?, 'nu', ?)", (f"{number:04}",) * 2)
    free = connection.execute("SELECT pk FROM item WHERE sk = 'nu' ORDER BY pk").fetchall()
    for login, (ext,) in zip(logins, free):
        connection.execute("DELETE FROM item WHERE pk = ? AND sk = 'nu'", (ext,))
        connection.execute("INSERT INTO item VALUES (?, 'agentID', ?)", (ext, login))
    return (time.monotonic() - start) * 1000


def main():
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as name:
        folder = pathlib.Path(name)
        agents = folder / "agents.csv"
        store = folder / "pool.db"
        config = folder / "config"
        command = [PROGRAM, "--directory", f"file:{agents}", "--store", f"sqlite:{store}",
                   "--export-to", f"file:{folder}/export.csv", "--config", str(config), "--sync"]
        environment = {"HOME": name, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}

        def forget():
            for file in folder.glob("pool.db*"):
                file.unlink()

        rows = []
        first = None
        for count, rules in ((1000, ""), (9500, ""), (10000, "blocked =\n"),
                             (100000, "width = 6\nranges = 000000-199999\nblocked =\n")):
            write_agents(agents, count)
            config.write_text(f"[policy]\n{rules}")
            new = best(5 if count < 100000 else 2, command, forget, environment)
            again = best(9 if count < 100000 else 3, command, environment=environment)
            rows.append([f"{count:,}", f"{new.ms:.0f}", f"{new.mb:.1f}", f"{again.ms:.0f}",
                         f"{again.mb:.1f}"])
            first = new if count == 9500 else first
        table("Embedded store: whole process, export included, best of several runs",
              ["agents", "first sync ms", "MB", "no change ms", "MB"], rows)
        print("  wanted: 9,500 first under 300 ms; 10,000 without a change under 60 ms and 24 MB")
        old = old_way(folder / "old.db", [f"agent.{i:06}" for i in range(9500)])
        print(f"  the old way (one transaction a write), 9,500 agents: {old:.0f} ms, "
              f"{old / first.ms:.0f} times as long")
        for program in sorted((ROOT / "build" / "release" / "bench").glob("bench_*")):
            if program.suffix == "":
                print()
                sys.stdout.flush()
                subprocess.run([program], check=True)


if __name__ == "__main__":
    main()
