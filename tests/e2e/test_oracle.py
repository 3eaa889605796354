"""Random days, played by the program and by a second implementation of the rules.

People join and leave, are given numbers, moved, pinned; numbers are reserved; ranges grow and
shrink; actions are taken back; days pass, and now and then the clock is wrong. After every action the program and
support/oracle.py agree on who holds what, on every state, on the plan's counts and the exit code.

Ten seeds run with the other tests. A hundred by hand:

    EXTPOOL_ORACLE_SEEDS=100 python3 -m pytest tests/e2e/test_oracle.py
"""

import os
import random

import pytest

from support import fixed_time
from support.oracle import DAY, DONE, Clock, Pool, ServiceClock
from support.program import Desk
from test_clocks import kernel_word  # noqa: F401

SEEDS = int(os.environ.get("EXTPOOL_ORACLE_SEEDS", "10"))
ACTIONS = 40
START = fixed_time.seconds("2026-03-01T08:00:00Z")
PROBLEMS_LEFT = 2  # the doctor's exit: some of what it found is not for it to repair
PEOPLE = [f"agent{n:02}" for n in range(16)]


class World:
    """A program on one store, the rules beside it, and the true time."""

    def __init__(self, desk, pool, seed, library):
        self.desk, self.pool, self.library = desk, pool, library
        self.random = random.Random(seed)
        self.true = self.machine = START + self.random.randrange(3600)
        self.kept_right = True
        self.roster = []
        self.told = []
        self.widen(10, 21)

    # ---- the world turns -------------------------------------------------------------------------

    def widen(self, first, last):
        self.pool.ranges = [f"{number:02}" for number in range(first, last + 1)]
        self.told.append(f"ranges {first}-{last}")
        self.desk.rules(f"[policy]\nwidth = 2\nranges = {first}-{last}\nblocked = 14\n"
                        f"cooldown = {self.pool.cooldown}s\naudit_keep = 0\n")  # fmt: skip

    def pass_time(self):
        self.true += self.random.choice([600, 600, 5000, DAY // 3, DAY, 2 * DAY, 9 * DAY]) + self.random.randrange(300)
        wrong = self.random.random() < 0.12
        self.machine = self.true + (self.random.choice([-400, -20, 20, 400]) * DAY if wrong else 0)
        self.kept_right = self.random.random() < 0.5
        self.pool.clock.set(self.time_of_store(), self.kept_right)

    def time_of_store(self):
        return self.machine

    def environment(self):
        environment = fixed_time.environment(plus_s=self.machine - fixed_time.seconds(fixed_time.USUAL))
        environment["LD_PRELOAD"] += f":{self.library}"
        environment["EXPECT_SYNCHRONISED"] = "1" if self.kept_right else "0"
        return environment

    # ---- one action ------------------------------------------------------------------------------

    def act(self):
        self.pass_time()
        if self.random.random() < 0.08:
            self.widen(self.random.choice([10, 10, 12]), self.random.choice([17, 21, 25, 29]))
        if self.random.random() < 0.6:
            self.people_come_and_go()
        kind = self.random.random()
        if kind < 0.35:
            self.check(["--sync", "--no-export"], self.pool.sync(self.roster))
        elif kind < 0.4:
            self.check(["--doctor", "--fix", "--yes"], self.pool.repair(), {DONE, PROBLEMS_LEFT})
        elif kind < 0.5:
            self.reserve_for_a_while()
        else:
            self.edit(self.requests())

    def reserve_for_a_while(self):
        """One that cools, if there is one: what it was comes back with it."""
        cooling = [ext for ext in self.pool.ranges if self.pool.state(ext) == "cooling"]
        ext = self.random.choice(cooling) if cooling else self.some_number()
        self.edit([("reserve", ext, "fax")])
        self.pass_time()
        self.edit([("unreserve", ext)])

    def edit(self, requests):
        before = dict(self.pool.numbers)
        done = self.check(self.asked(requests), self.pool.edits(self.roster, requests))
        undoes = {"release", "reserve", "unreserve", "pin", "unpin", "swap"}
        if len(requests) == 1 and before != self.pool.numbers and requests[0][0] in undoes and self.random.random() < 0.4:
            self.pass_time()
            self.check(["--undo", done.json["action_id"], "--yes"], self.pool.take_back(before))

    def people_come_and_go(self):
        for _ in range(self.random.randrange(4)):
            someone = self.random.choice(PEOPLE)
            if someone in self.roster:
                self.roster.remove(someone)
            else:
                self.roster.append(someone)
        self.tell_people()

    def tell_people(self):
        self.desk.people(*sorted(self.roster))

    def somebody(self):
        holders = list(self.pool.holders())
        return self.random.choice(holders if holders and self.random.random() < 0.7 else PEOPLE)

    def some_number(self):
        """Mostly one that nobody has; also blocked ones and such outside of the ranges."""
        free = [ext for ext in self.pool.ranges if self.pool.get(ext).state == "free"]
        if free and self.random.random() < 0.85:
            return self.random.choice(free)
        return f"{self.random.randrange(9, 24):02}"

    def some_joiner(self):
        new = [agent for agent in self.roster if not self.pool.held_by(agent)]
        return self.random.choice(new if new and self.random.random() < 0.7 else PEOPLE)

    def requests(self):
        kind = self.random.choice(["assign", "assign", "assign", "release", "reassign", "swap", "reserve",
                                   "reserve", "reserve", "unreserve", "unreserve", "unreserve", "pin",
                                   "unpin", "import"])  # fmt: skip
        if kind == "import":
            return self.rows()
        return [self.request(kind)]

    def request(self, kind):
        if kind == "assign":
            agent = self.some_joiner()
            return (kind, agent) if self.random.random() < 0.5 else (kind, agent, self.some_number())
        if kind == "reassign":
            return kind, self.somebody(), self.some_number()
        if kind == "swap":
            return (kind, *self.two())
        if kind == "reserve":
            return kind, self.some_number(), self.random.choice(["fax", "lift"])
        if kind == "unreserve":
            reserved = [ext for ext, n in self.pool.numbers.items() if n.state == "reserved"]
            return kind, self.random.choice(reserved) if reserved else self.some_number()
        if kind == "pin":
            return kind, self.somebody(), self.random.choice(["boss", "desk"])
        if kind == "unpin":
            pinned = [n.agent for n in self.pool.numbers.values() if n.state == "assigned" and n.note]
            return kind, self.random.choice(pinned) if pinned else self.somebody()
        return kind, self.somebody()

    def two(self):
        """Two people whose numbers are in the ranges."""
        inside = [agent for agent, ext in self.pool.holders().items() if ext in self.pool.ranges]
        return self.random.sample(inside if len(inside) > 1 else PEOPLE, 2)

    def rows(self):
        """Rows of an import: about different agents and numbers."""
        agents = self.random.sample(self.roster if len(self.roster) > 2 else PEOPLE, 3)
        free = [ext for ext in self.pool.ranges if self.pool.get(ext).state == "free"]
        numbers = self.random.sample(free if len(free) > 2 else self.pool.ranges, 3)
        held = [self.pool.held_by(agent) for agent in agents]
        rows = []
        for agent, ext, now in zip(agents, numbers, held):
            if ext in held:
                continue
            rows.append(self.random.choice([
                ("pin", agent, "boss") if now else ("assign", agent, ext), ("reserve", ext, "fax"),
            ]))  # fmt: skip
        return rows or [("reserve", numbers[0], "fax")]

    def asked(self, requests):
        if len(requests) > 1:
            lines = ["user,extension,action,note"]
            for action, *what in requests:
                agent, ext, note = {
                    "assign": lambda a, e: (a, e, ""), "reserve": lambda e, n: ("", e, n),
                    "pin": lambda a, n: (a, "", n),
                }[action](*what)  # fmt: skip
                lines.append(f"{agent},{ext},{action},{note}")
            path = self.desk.folder / "rows.csv"
            path.write_text("\n".join(lines) + "\n")
            return ["--import", path, "--yes"]
        action, *what = requests[0]
        return [f"--{action}", "=".join(what)]

    # ---- do they agree? -----------------------------------------------------------------------------

    def check(self, arguments, answer, exits=None):
        self.told.append(f"at {self.machine - START} (true {self.true - START}): {arguments}"
                         f" roster {sorted(self.roster)} -> {answer}")  # fmt: skip
        done = self.desk.run(*arguments, "--json", environment=self.environment())
        story = "\n".join([*self.told[-12:], repr(done)])
        assert done.status in (exits or {answer.exit}), story
        for name, count in answer.counts.items():
            assert done.json["plan"][name] == count, f"{name}\n{story}"
        self.compare(story)
        return done

    def compare(self, story):
        self.pool.clock.set(self.time_of_store(), self.kept_right)
        done = self.desk.run("--list", "extensions", "--json", environment=self.environment())
        assert done.status in (0, 1), done
        rows = {row["extension"]: row for row in done.json} if done.status == 0 else {}
        for ext in sorted({*rows, *self.pool.numbers}):
            row = rows.get(ext, {"state": "free", "agent": None, "note": None})
            number = self.pool.get(ext)
            if ext in self.pool.ranges or number.state != "free":
                assert row["state"] == self.pool.state(ext), f"{ext} is {row}, not {number}\n{story}"
            if number.state == "assigned":
                assert row["agent"] == number.agent, f"{ext} is {row}, not {number}\n{story}"
            if number.state != "free":
                assert row["note"] == number.note, f"{ext} is {row}, not {number}\n{story}"


class TableWorld(World):
    """On DynamoDB the service's clock is right, whatever the machine's says."""

    def time_of_store(self):
        return self.true

    def environment(self):
        self.desk.cloud.gate.clock_offset_s = fixed_time.ahead_s(
            plus_s=self.true - fixed_time.seconds(fixed_time.USUAL))
        return super().environment()

    def tell_people(self):
        self.desk.cloud.instance.set_users(self.roster)


class CloudDesk(Desk):
    def __init__(self, folder, cloud):
        super().__init__(folder, cloud.env())
        self.cloud = cloud

    def places(self):
        return []


def play(world):
    world.people_come_and_go()
    world.roster = sorted({*world.roster, *PEOPLE[:4]})
    world.tell_people()
    world.pool.clock.set(world.time_of_store())
    world.check(["--sync", "--no-export"], world.pool.sync(world.roster))
    for _ in range(ACTIONS):
        world.act()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_days_on_sqlite(tmp_path, seed, kernel_word):  # noqa: F811
    cooldown = [7 * DAY, DAY, 0][seed % 3]
    play(World(Desk(tmp_path), Pool(Clock(), [], ["14"], cooldown), seed, kernel_word))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_days_on_dynamodb(tmp_path, cloud, seed, kernel_word):  # noqa: F811
    cooldown = [7 * DAY, DAY, 0][seed % 3]
    cloud.create_table()
    desk = CloudDesk(tmp_path, cloud)
    play(TableWorld(desk, Pool(ServiceClock(), [], ["14"], cooldown), seed, kernel_word))
