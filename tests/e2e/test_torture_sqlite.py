"""Eight processes sync, assign, release, undo and more on one file while they are killed at random.

After every kill: the file opens, no agent has two extensions, no extension is there twice, none is
lost, and the export is a whole file. After each round the audit trail, played again from the first
record, leads to what the store shows. tests/unit/core/embedded/store_torture.c does the
same to the store; this test does it to the program as a user runs it.
"""

import csv
import itertools
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from collections import Counter

import pytest

from support.invariants import State, assert_holds, numbers
from support.program import Desk, program

ROUNDS = 3
KILLS = 110  # in each round
WORKERS = 8
POOL = numbers(3, 0, 199)
PEOPLE = [f"agent-{i:03}" for i in range(170)]
RULES = "[policy]\nwidth = 3\nranges = 000-199\nblocked =\ncooldown = 1h\n"

# What may go wrong for one of them: the others were faster, or there is nothing (left) to do it to.
USUAL_ERRORS = {"input", "not_found", "busy", "conflict", "guard", "pool_empty"}
USUAL_EXITS = {0, 1, 3, 4, 5}


# ---- the trail, played again ---------------------------------------------------------------------


class Replay:
    """The pool as the audit trail tells it."""

    def __init__(self):
        self.state = {}  # extension: "free", "reserved", or ("assigned", agent)

    def unit(self, changes):
        """A change alone or a group: everything that is left is left before anything is taken."""
        for change in changes:
            kind, extension = change["change"], change.get("extension")
            if kind == "create":
                for number in range(int(change["from"]), int(change["to"]) + 1):
                    assert f"{number:03}" not in self.state, f"{number:03} is created twice"
                    self.state[f"{number:03}"] = "free"
            elif kind in ("release", "reassign"):
                left = extension if kind == "release" else change["from"]
                assert self.state.get(left) == ("assigned", change["agent"]), change
                self.state[left] = "free"
            elif kind == "unreserve":
                assert self.state.get(extension) == "reserved", change
                self.state[extension] = "free"
        for change in changes:
            kind, extension = change["change"], change.get("extension")
            if kind in ("assign", "reassign"):
                assert self.state.get(extension, "free") == "free", change
                taken = ("assigned", change["agent"])
                assert taken not in self.state.values(), f"{change} gives a second one"
                self.state[extension] = taken
            elif kind == "reserve":
                assert self.state.get(extension, "free") == "free", change
                self.state[extension] = "reserved"
            else:
                known = ("create", "release", "unreserve", "pin", "unpin")
                assert kind in known, f"nothing was broken, and yet: {change}"

    def record(self, changes):
        at = 0
        while at < len(changes):
            end, group = at + 1, changes[at].get("group", 0)
            while group and end < len(changes) and changes[end].get("group", 0) == group:
                end += 1
            self.unit(changes[at:end])
            at = end


# ---- looking at it from outside --------------------------------------------------------------------


def look(path):
    """(State, {extension: state}) of the file, or None where it is not a store yet."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    connection = sqlite3.connect(path, timeout=10, isolation_level=None)
    try:
        connection.execute("BEGIN")
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'extension'").fetchone():
            return None
        rows = connection.execute("SELECT extension, state, agent FROM extension").fetchall()
        audit = connection.execute("SELECT changes FROM audit ORDER BY seq").fetchall()
        assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        connection.execute("ROLLBACK")
    finally:
        connection.close()
    state = State()
    plain = {}
    for extension, kind, agent in rows:
        if kind == "assigned":
            state.assigned.append((extension, agent))
        else:
            (state.free if kind == "free" else state.reserved).append(extension)
        plain[extension] = (kind, agent) if kind == "assigned" else kind
    state.audit = [json.loads(changes) for (changes,) in audit]
    return state, plain


def told_of(state):
    """Every number that a record tells of. Once there, it stays."""
    told = set()
    for change in itertools.chain.from_iterable(state.audit):
        if change["change"] == "create":
            told.update(numbers(3, int(change["from"]), int(change["to"])))
        else:
            told.add(change["extension"])
    return told


def check(desk):
    seen = look(desk.store)
    if seen:
        state, _ = seen
        assert_holds(state, told_of(state))
    if desk.export.exists():
        with open(desk.export, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        assert rows[0] == ["user", "extension"] and all(len(row) == 2 for row in rows)
        assert desk.export.read_bytes().endswith(b"\r\n")
        assert len({user for user, _ in rows}) == len({ext for _, ext in rows}) == len(rows)


def check_trail(desk):
    state, plain = look(desk.store)
    replay = Replay()
    for changes in state.audit:
        replay.record(changes)
    assert replay.state == plain
    return Counter(change["change"] for changes in state.audit for change in changes)


# ---- the workers -----------------------------------------------------------------------------------


def some_task(chance, folder):
    agent, other = chance.sample(PEOPLE, 2)
    extension = chance.choice(POOL)
    crowd = folder / f"crowd-{chance.randrange(4)}.csv"
    tasks = [
        (8, ["--directory", f"file:{crowd}", "--sync", "--max-release", "100%"]),
        (4, ["--assign", agent]),
        (2, ["--assign", f"{agent}={extension}"]),
        (4, ["--release", agent]),
        (2, ["--reassign", f"{agent}={extension}"]),
        (3, ["--swap", f"{agent}={other}"]),
        (4, ["--undo"]),
        (2, ["--reserve", f"{extension}=by the torture"]),
        (2, ["--unreserve", extension]),
        (1, ["--pin", f"{agent}=for a while"]),
        (2, ["--unpin", agent]),
        (1, ["--init"]),
    ]
    weights = [weight for weight, _ in tasks]
    return chance.choices([task for _, task in tasks], weights)[0]


class Worker:
    def __init__(self, desk, chance, place):
        self.task = some_task(chance, desk.folder)
        self.output = desk.folder / f"output-{place}"
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                [program(), *desk.places_beside(self.task), *self.task, "--yes", "--json"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                env=desk.environment, cwd=desk.folder,
            )

    def running(self):
        return self.process.poll() is None

    def kill(self):
        """Whether it was still there to be killed."""
        self.process.kill()
        return self.process.wait() == -signal.SIGKILL

    def check(self):
        """It ended by itself: well, or in a way that is no fault of the store."""
        said = self.output.read_text(encoding="utf-8", errors="replace")
        assert self.process.returncode in USUAL_EXITS, f"{self.task}: {said[:400]} ... {said[-400:]}"
        document = json.loads(said)
        if "error" in document:
            assert document["error"]["code"] in USUAL_ERRORS, f"{self.task}: {said[-400:]}"


def torture(desk, chance):
    """One store from its making on. Returns how many tasks ended by themselves."""
    workers = [Worker(desk, chance, place) for place in range(WORKERS)]
    killed = ended = 0
    try:
        while killed < KILLS:
            time.sleep(chance.random() * 0.01)
            running = [worker for worker in workers if worker.running()]
            if running and chance.choice(running).kill():
                killed += 1
                check(desk)
            for place, worker in enumerate(workers):
                if worker.running():
                    continue
                if worker.process.returncode != -signal.SIGKILL:
                    worker.check()
                    ended += 1
                workers[place] = Worker(desk, chance, place)
    finally:
        for worker in workers:
            worker.kill()
    return ended


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_killed_at_any_moment(tmp_path, turn):
    chance = random.Random(f"torture {turn}")
    desk = Desk(tmp_path)
    desk.rules(RULES)
    desk.people(*PEOPLE)
    for crowd in range(4):
        present = chance.sample(PEOPLE, 140)
        (tmp_path / f"crowd-{crowd}.csv").write_text("user\n" + "\n".join(present) + "\n")
    ended = torture(desk, chance)
    check(desk)
    kinds = check_trail(desk)
    assert ended > 0 and kinds["assign"] > 100 and kinds["release"] > 10, (ended, kinds)

    # Whoever comes afterwards finds a store like any other.
    done = desk.json("--doctor")
    assert done["problems"] == [], done
    last = desk.run("--sync", "--max-release", "100%", "--json")
    assert last.status in (0, 5), last
    again = desk.run("--sync", "--json")
    assert again.status in (0, 5) and again.json["changes"] == [], again
    check_trail(desk)
    assert_holds(look(desk.store)[0], POOL)
    leftovers = [name for name in os.listdir(tmp_path) if name.startswith("pool.db-")]
    assert leftovers == []
