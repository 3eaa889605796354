"""What is written at a number of its holder: login, ARN and source are the directory's, whatever was done.

A contact flow transfers a call to what stands there. Random days on both stores (a fixed seed): people
come, leave, move between a file and two instances, and are made anew with another ARN; operators swap,
reassign, import, renumber, undo and redo.
"""

import random
import sqlite3
import uuid
from collections import Counter

import pytest

from support import invariants
from support.connect_instance import User
from support.program import Desk

RULES = "[policy]\nwidth = 3\nranges = 100-199\nblocked =\ncooldown = 0\n"
PEOPLE = [f"p{n:02}" for n in range(16)]
EDITS = ["swap", "reassign", "import", "renumber"]
DAYS = 8
#: what a run may say: done, nothing to do for it, a conflict with what came since
DONE = (0, 1, 3)


class Centre(Desk):
    """A file and two instances, of which each lists some of the people."""

    def __init__(self, folder, cloud, store, seed):
        super().__init__(folder, cloud.env())
        self.cloud, self.store_uri = cloud, store
        self.random = random.Random(seed)
        self.york = self.folder / "york.csv"
        self.instances = [cloud.instance, cloud.connect.add_instance(alias="second", region=cloud.region)]
        self.lists = [set(), set(), set()]  # york's, and those of the instances
        self.generation = Counter()
        self.done = Counter()
        #: who was without a number, and got one back from an undo, which reads no directory, since the last sync
        self.returned = set()
        self.rules(RULES)

    def places(self):
        return [
            "--directory", f"york=file:{self.york}",
            *(word for instance in self.instances for word in ("--directory", f"connect:{instance.id}")),
            "--store", self.store_uri,
        ]  # fmt: skip

    # ---- the directory

    def user_id(self, login):
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{login}/{self.generation[login]}"))

    def change(self, stay=False):
        """People come, leave, move and are made anew; with `stay` only the last."""
        for login in PEOPLE:
            if not stay and self.random.random() < 0.3:
                for listed in self.lists:
                    listed.discard(login)
                    if self.random.random() < 0.4:
                        listed.add(login)
            if self.random.random() < 0.4:
                self.generation[login] += 1
        for at, listed in enumerate(self.lists):
            listed.add(f"boss{at}")  # an empty directory is a guard's affair
        self.york.write_text("user\n" + "".join(f"{login}\n" for login in sorted(self.lists[0])))
        for instance, listed in zip(self.instances, self.lists[1:]):
            instance.set_users([User(login, id=self.user_id(login)) for login in sorted(listed)])

    def listed(self):
        return set().union(*self.lists)

    def belongings(self, login):
        """What may be written of them: (ARN, source), one for each directory that lists them."""
        york, *listed = self.lists
        return ({(None, "york")} if login in york else set()) | {
            (f"{instance.arn}/agent/{self.user_id(login)}", None)
            for instance, logins in zip(self.instances, listed) if login in logins
        }

    def has_moved(self, login, arn, source):
        """They are no longer in the directory that is written of them."""
        named = [source == "york", *(arn and arn.startswith(instance.arn) for instance in self.instances)]
        return not any(is_it and login in listed for is_it, listed in zip(named, self.lists))

    # ---- the store

    def written(self):
        """{extension: (agent, ARN, source)}, as the store has it."""
        if self.store_uri.startswith("sqlite:"):
            with sqlite3.connect(self.store) as db:
                rows = db.execute("select extension, agent, agent_arn, source from extension where state = 'assigned'")
                return {ext: (agent, arn, source) for ext, agent, arn, source in rows}
        items = invariants.scan(self.cloud.past_gate("dynamodb", "resource").Table(self.cloud.table))
        return {item["pk"]: (item["sk_value"], item.get("agent_arn"), item.get("source"))
                for item in items if item["sk"] == "agentID"}

    def check(self, after, before=None):
        """Login, ARN and source of all of them. `before` is what was written when the directory changed, if
        no sync came since: the ARN of a number that was touched is the present one, while the source waits
        for the sync."""
        written = self.written()
        holders = {agent for agent, _, _ in written.values()}
        assert len(holders) == len(written), after
        for ext, (agent, arn, source) in written.items():
            waits = before and (before.get(ext) == (agent, arn, source) or self.has_moved(agent, arn, source))
            if agent in self.listed() - self.returned and not waits:
                assert (arn, source) in self.belongings(agent), (ext, agent, arn, source, after)
        return holders

    # ---- what is done

    def sync(self, after):
        self.json("--sync", "--max-release", "100%", "--no-export")
        self.returned.clear()
        assert self.check((*after, "sync")) == self.listed(), after
        again = self.json("--sync", "--no-export")
        assert again["changes"] == [], after

    def act(self, kind):
        held = {ext: agent for ext, (agent, _, _) in self.written().items()}
        agents = sorted(held.values())
        free = sorted({str(n) for n in range(100, 200)} - held.keys())
        pick = self.random.sample
        if len(agents) < 3:  # everything was taken back
            kind = "redo"
        if kind == "swap":
            words = ["--swap", "=".join(pick(agents, 2))]
        elif kind == "reassign":
            words = ["--reassign", "=".join((*pick(agents, 1), *pick(free, 1)))]
        elif kind == "import":
            rows = self.folder / "rows.csv"
            # a ring, whose last member goes to a number that was free
            moved = pick(sorted(held), 3)
            to = [*moved[1:], self.random.choice([moved[0], *pick(free, 1)])]
            rows.write_text("user,extension\n" + "".join(f"{held[ext]},{new}\n" for ext, new in zip(moved, to)))
            words = ["--import", str(rows)]
        elif kind == "renumber":
            low = sum(ext < "120" for ext in held) > sum("150" <= ext < "170" for ext in held)
            words = ["--renumber", "100-119=150-169" if low else "150-169=100-119"]
        else:
            words = [f"--{kind}"]
        done = self.run(*words, "--max-release", "100%", "--yes", "--json")
        assert done.status in DONE, (words, done)
        self.done[kind] += done.status == 0 and done.json["applied"] > 0
        if kind in ("undo", "redo"):
            self.returned |= {agent for agent, _, _ in self.written().values()} - set(agents)
        return words

    def live(self):
        self.change()
        self.sync(("init",))
        for day in range(DAYS):
            told = (f"day {day}",)
            for kind in (EDITS[day % len(EDITS)], self.random.choice(EDITS), "undo", "redo"):
                told = (*told, self.act(kind))
                if self.check(told) == self.listed() and not self.returned:
                    assert self.json("--sync", "--no-export")["changes"] == [], told
            stay = day % 2 == 0
            self.change(stay)
            if self.random.random() < 0.5:
                self.sync(told)
            before = self.written()
            for _ in range(2):  # an old ARN is written nowhere
                told = (*told, self.act("undo" if stay else self.random.choice(EDITS)))
                self.check(told, before)
            self.sync(told)


@pytest.fixture(params=["sqlite", "dynamodb"])
def store(request, tmp_path, cloud):
    if request.param == "dynamodb":
        cloud.create_table()
        return f"dynamodb:{cloud.table}"
    return f"sqlite:{tmp_path}/pool.db"


def test_what_is_written_of_a_holder_is_what_the_directory_says(tmp_path, cloud, store):
    centre = Centre(tmp_path, cloud, store, seed=2)
    assert centre.run("--init").status == 0
    centre.live()
    assert all(centre.done[kind] > 0 for kind in (*EDITS, "undo", "redo")), centre.done
