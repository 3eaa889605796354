"""The embedded store: agents x time x memory x instructions, beside the way of the old program."""

import pathlib
import sqlite3
import tempfile
import time

from measure import PLAIN, PROGRAM, ROOT, Report, best, count, must, pairs, write_agents

PAIRS = 3
SAMPLE = 40  # the old way writes so many times fewer


class Local:
    """A directory file, a store and an export in a folder of their own."""

    def __init__(self, folder, agents, policy):
        self.folder = folder
        folder.mkdir()
        write_agents(folder / "agents.csv", agents)
        self.configure("file:export.csv", policy)
        self.environment = PLAIN | {"HOME": str(folder)}

    def configure(self, export, policy):
        (self.folder / "config").write_text(
            f"[defaults]\ndirectory = file:agents.csv\nstore = sqlite:pool.db\nexport = {export}\n"
            f"[policy]\n{policy}")

    def command(self, *arguments):
        return [PROGRAM, "--config", "config", "--quiet", *arguments]

    def forget(self):
        for file in self.folder.glob("pool.db*"):
            file.unlink()

    def sync(self):
        return must(self.command("--sync"), self.environment, self.folder)

    def best(self, times, *arguments, prepare=lambda: None):
        return best(times, self.command(*arguments), prepare, self.environment, self.folder)

    def count(self, *arguments):
        return count(self.command(*arguments), self.environment, self.folder).instructions


# ---- a sync ----------------------------------------------------------------------------------------


def syncs(folder):
    """First sync and no change, and the small one for comparing."""
    report = Report("A sync on SQLite: the whole process, with the export")
    ten = Local(folder / "10000", 10000, "blocked =\n")
    hundred = Local(folder / "100000", 100000, "width = 6\nranges = 000000-199999\nblocked =\n")
    for local, name, runs, limits in ((ten, "10,000 agents", 5, (300, 24, 60, 24)),
                                      (hundred, "100,000 agents", 2, (3000, 120, 600, 120))):
        key = f"sync.{local.folder.name}"
        first = local.best(runs, "--sync", prepare=local.forget)
        again = local.best(runs, "--sync")
        report.row(f"{key}.first.ms", f"first sync, {name}", first.ms, "ms", limits[0])
        report.row(f"{key}.first.memory", "  memory", first.mb, "MB", limits[1])
        report.row(f"{key}.again.ms", f"no change, {name}", again.ms, "ms", limits[2])
        report.row(f"{key}.again.memory", "  memory", again.mb, "MB", limits[3])
    ten.forget()
    report.row("sync.10000.first.instructions", "first sync, 10,000 agents",
               ten.count("--sync"), "instructions", 600_000_000)
    report.row("sync.10000.again.instructions", "no change, 10,000 agents",
               ten.count("--sync"), "instructions", 200_000_000)
    against_the_old_way(report, ten)


def old_way(path, logins):
    """Seconds. One write per agent, each in a transaction of its own, as the program of the article
    does it (take a free number: a delete and a put), on the same disk with the same flush."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE item (pk TEXT, sk TEXT, sk_value TEXT, PRIMARY KEY (pk, sk))")
    start = time.monotonic()
    for number in range(len(logins)):
        connection.execute("INSERT INTO item VALUES (?, 'nu', ?)", (f"{number:04}",) * 2)
    free = connection.execute("SELECT pk FROM item WHERE sk = 'nu' ORDER BY pk").fetchall()
    for login, (ext,) in zip(logins, free):
        connection.execute("DELETE FROM item WHERE pk = ? AND sk = 'nu'", (ext,))
        connection.execute("INSERT INTO item VALUES (?, 'agentID', ?)", (ext, login))
    return time.monotonic() - start


def against_the_old_way(report, local):
    def old():
        for file in local.folder.glob("old.db*"):
            file.unlink()
        return SAMPLE * old_way(local.folder / "old.db", [f"agent.{i:06}" for i in range(10000 // SAMPLE)])

    def new():
        local.forget()
        return local.sync().seconds

    report.ratio("sync.old", "the old way, a transaction a write : first sync", pairs(PAIRS, old, new),
                 at_least=20)


def main():
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as name:
        syncs(pathlib.Path(name))


if __name__ == "__main__":
    main()
