"""The rules of the pool, a second time.

Written from README ("The rules"), not from the program: who gets which number, what may be asked
for, what cools, what a wrong clock does. tests/e2e/test_oracle.py plays random days against both.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

DAY = 86400

DONE, REFUSED, GUARDED, EXHAUSTED = 0, 1, 4, 5


@dataclass(frozen=True)
class Number:
    """What the pool knows about one number. `at`: since when, or when it was given back."""

    state: str = "free"
    agent: str | None = None  # who holds it or held it last
    at: int | None = None
    note: str | None = None  # of a pin or a reservation
    given_back: int | None = None  # reserved: the `at` that it had before


@dataclass
class Answer:
    exit: int
    counts: dict[str, int] = field(default_factory=dict)


class Clock:
    """The time that counts: for stamps, and for what ends."""

    def __init__(self):
        self.records: list[int] = []
        self.doubtful: set[int] = set()
        self.behind = False
        self.now = self.ends = self.machine = 0
        self.kept_right = True

    def set(self, machine: int, kept_right: bool = True) -> None:
        newest = self.records[-21:]
        self.machine, self.kept_right = machine, kept_right
        self.behind = False
        self.now = self.ends = machine
        if not newest:
            return
        median = sorted(newest)[len(newest) // 2]
        if median - machine > DAY:
            self.behind, self.now = True, median
        elif machine - newest[-1] > 31 * DAY and not kept_right:
            self.ends = newest[-1]

    def wrote(self) -> None:
        self.records.append(self.now)
        if self.behind:
            self.doubtful.add(self.now)

    def overrule(self) -> bool:
        """A clock that is kept right is believed against records that are ahead of it: these no
        longer count. Returns whether there were any."""
        ahead = self.behind or any(at > self.machine + DAY for at in self.records)
        if ahead and self.kept_right:
            self.records = []
        return ahead and self.kept_right

    def damaged(self, at: int | None) -> bool:
        """Of a number that was given back then."""
        return self.ahead(at) or (not self.behind and at in self.doubtful)

    def ahead(self, at: int | None) -> bool:
        return not self.behind and at is not None and at > self.now + DAY


class ServiceClock(Clock):
    """A service's time: it is right, whatever the machine's clock says."""

    def wrote(self) -> None:
        pass

    def overrule(self) -> bool:
        return False


class Pool:
    def __init__(self, clock: Clock, ranges: list[str], blocked: list[str], cooldown: int):
        self.clock, self.ranges, self.blocked, self.cooldown = clock, ranges, blocked, cooldown
        self.numbers: dict[str, Number] = {}

    # ---- what is ---------------------------------------------------------------------------------

    def get(self, ext: str) -> Number:
        return self.numbers.get(ext, Number())

    def state(self, ext: str) -> str:
        number = self.get(ext)
        if number.state != "free":
            return number.state
        if self.is_blocked(ext):
            return "blocked"
        return "cooling" if self.cools(number) else "free"

    def cools(self, number: Number) -> bool:
        if number.at is None or self.cooldown == 0:
            return False
        return self.clock.damaged(number.at) or self.clock.ends < number.at + self.cooldown

    def is_blocked(self, ext: str) -> bool:
        return any(ext.startswith(prefix) for prefix in self.blocked)

    def held_by(self, agent: str) -> str | None:
        return next((ext for ext, number in sorted(self.numbers.items())
                     if number.state == "assigned" and number.agent == agent), None)  # fmt: skip

    def holders(self) -> dict[str, str]:
        return {number.agent: ext for ext, number in self.numbers.items()
                if number.state == "assigned"}  # fmt: skip

    def may_be_given(self, ext: str) -> bool:
        return ext in self.ranges and not self.is_blocked(ext) and self.get(ext).state == "free"

    # ---- who gets what ---------------------------------------------------------------------------

    def former(self, agent: str, taken: set[str]) -> str | None:
        there = [ext for ext in self.ranges
                 if self.may_be_given(ext) and ext not in taken and self.get(ext).agent == agent]
        # Of several the one that was given back last; a stamp that is damaged does not make it so.
        return max(there, key=lambda ext: (self.get(ext).at or 0, [-int(d) for d in ext]), default=None)

    def next_number(self, taken: set[str]) -> str | None:
        there = [ext for ext in self.ranges if self.may_be_given(ext) and ext not in taken]
        free = [ext for ext in there if self.state(ext) == "free"]
        if free:
            return min(free)
        return min(there, default=None, key=lambda ext: (
            self.clock.damaged(self.get(ext).at), self.get(ext).at, ext))  # fmt: skip

    # ---- sync -------------------------------------------------------------------------------------

    def sync(self, roster: list[str]) -> Answer:
        holders = self.holders()
        if not roster and holders:
            return Answer(GUARDED)
        leave = {ext: agent for agent, ext in holders.items()
                 if agent not in roster and self.get(ext).note is None}  # fmt: skip
        n = len(leave)
        if (n > 5 and n * 10 > len(holders)) or (n == len(holders) and n >= 2):
            return Answer(GUARDED)
        joiners = sorted(agent for agent in roster if agent not in holders)
        given: dict[str, str] = {}
        taken: set[str] = set()
        for agent in joiners:
            ext = self.former(agent, taken)
            if ext:
                given[agent] = ext
                taken.add(ext)
        last_resort = sorted(ext for ext in leave if ext in self.ranges and not self.is_blocked(ext))
        nobody = 0
        for agent in (agent for agent in joiners if agent not in given):
            ext = self.next_number(taken) or (last_resort.pop(0) if last_resort else None)
            if ext:
                given[agent] = ext
                taken.add(ext)
            else:
                nobody += 1
        return self._carry_out_sync(leave, given, nobody)

    def _carry_out_sync(self, leave, given, nobody) -> Answer:
        now = self.clock.now
        after = dict(self.numbers)
        for ext in self.numbers:
            if self._is_damaged(ext) and ext not in given.values():
                after[ext] = replace(self.get(ext), at=now)
        for ext, agent in leave.items():
            after[ext] = Number(agent=agent, at=now)
        for agent, ext in given.items():
            after[ext] = Number("assigned", agent, now)
        created = [ext for ext in self.ranges if ext not in after]
        after.update((ext, Number()) for ext in created)
        self._write(after)
        return Answer(EXHAUSTED if nobody else DONE,
                      {"assign": len(given), "release": len(leave), "unassigned": nobody})  # fmt: skip

    def _is_damaged(self, ext: str) -> bool:
        number = self.get(ext)
        judge = self.clock.damaged if number.state == "free" else self.clock.ahead
        return judge(number.at)

    # ---- repair, undo --------------------------------------------------------------------------------

    def repair(self) -> Answer:
        """What the doctor puts right: damaged stamps, numbers that are missing, and the trail."""
        after = dict(self.numbers)
        for ext, number in self.numbers.items():
            if self._is_damaged(ext):
                after[ext] = replace(number, at=self.clock.now)
        if self.clock.behind and self.clock.kept_right:
            for ext, number in self.numbers.items():
                if number.at is not None and number.at > self.clock.machine + DAY:
                    after[ext] = replace(number, at=self.clock.machine)
        after.update((ext, Number()) for ext in self.ranges if ext not in after)
        if self.clock.overrule():
            self.numbers = after
        else:
            self._write(after)
        return Answer(DONE)

    def take_back(self, before: dict[str, Number]) -> Answer:
        """The newest action, nothing came after it: what it changed is again as it was before."""
        after = {ext: before.get(ext, Number()) for ext in self.numbers}
        self._write(after)
        return Answer(DONE)

    def _write(self, after: dict[str, Number]) -> None:
        if after != self.numbers:
            self.numbers = after
            self.clock.wrote()

    # ---- what is asked for by name ------------------------------------------------------------------

    def edits(self, roster: list[str], requests: list[tuple]) -> Answer:
        """All of them, or none. They are about different agents and numbers."""
        after = dict(self.numbers)
        counts: dict[str, int] = {}
        for action, *what in requests:
            outcome = getattr(self, "_" + action)(roster, *what)
            if isinstance(outcome, int):
                return Answer(outcome)
            after.update(outcome)
            if outcome and action != "swap":
                counts[action] = counts.get(action, 0) + 1
        self._write(after)
        return Answer(DONE, counts)

    def _may_take(self, ext: str) -> bool:
        return self.may_be_given(ext)

    def _assign(self, roster, agent, ext=None):
        held = self.held_by(agent)
        if held and held == ext:
            return {}
        if held or agent not in roster or (ext and not self._may_take(ext)):
            return REFUSED
        ext = ext or self.former(agent, set()) or self.next_number(set())
        return {ext: Number("assigned", agent, self.clock.now)} if ext else EXHAUSTED

    def _release(self, _roster, agent):
        held = self.held_by(agent)
        if not held or self.get(held).note is not None:
            return REFUSED
        return {held: Number(agent=agent, at=self.clock.now)}

    def _reassign(self, _roster, agent, ext):
        held = self.held_by(agent)
        if held and held == ext:
            return {}
        if not held or not self._may_take(ext) or self.get(held).note is not None:
            return REFUSED
        return {held: Number(agent=agent, at=self.clock.now),
                ext: Number("assigned", agent, self.clock.now)}  # fmt: skip

    def _swap(self, _roster, agent, other):
        one, two = self.held_by(agent), self.held_by(other)
        if not one or not two or self.get(one).note is not None or self.get(two).note is not None:
            return REFUSED
        return {one: Number("assigned", other, self.clock.now),
                two: Number("assigned", agent, self.clock.now)}  # fmt: skip

    def _reserve(self, _roster, ext, note):
        number = self.get(ext)
        if number.state == "reserved" and number.note == note:
            return {}
        if ext not in self.ranges or self.is_blocked(ext) or number.state == "assigned":
            return REFUSED
        if number.state == "reserved":
            return {ext: replace(number, note=note)}
        return {ext: Number("reserved", number.agent, self.clock.now, note, number.at)}

    def _unreserve(self, _roster, ext):
        number = self.get(ext)
        if number.state != "reserved":
            return REFUSED
        return {ext: Number(agent=number.agent, at=number.given_back)}

    def _pin(self, _roster, agent, note):
        held = self.held_by(agent)
        if not held:
            return REFUSED
        return {} if self.get(held).note == note else {held: replace(self.get(held), note=note)}

    def _unpin(self, _roster, agent):
        held = self.held_by(agent)
        if not held or self.get(held).note is None:
            return REFUSED
        return {held: replace(self.get(held), note=None)}
