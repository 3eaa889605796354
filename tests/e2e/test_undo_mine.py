"""Undo and redo that are mine: who takes back what, on both stores."""

import signal
import subprocess

import pytest

from support import faults, moving_time
from support.gate import wait_until
from support.program import Desk, program
from support.table_desk import TableDesk

KIM, LEE = {"SUDO_USER": "kim"}, {"SUDO_USER": "lee"}
DAY = 86400


class People:
    """Six agents, all with a number, and who does what with them."""

    def __init__(self, desk):
        self.desk = desk

    def does(self, who, *arguments, status=0):
        """One command of that person, by hand."""
        return self.desk.json(*arguments, status=status, environment=who)

    def timer_does(self, who, *arguments):
        """The same command from a timer: without a terminal, as a unit of systemd."""
        subprocess.run([program(), *self.desk.places(), *arguments], cwd=self.desk.folder,
                       env={**self.desk.environment, **who, "INVOCATION_ID": "f" * 32},
                       start_new_session=True, stdin=subprocess.DEVNULL, capture_output=True, check=True)

    def pins(self):
        """{first letter: note} of those who are pinned."""
        rows = self.desk.json("--list", "extensions")
        return {row["agent"][0]: row["note"] for row in rows if row["agent"] and row["note"]}

    def newest(self):
        return self.desk.json("--history", "--limit", "1")[0]


@pytest.fixture(params=["sqlite", "dynamodb"])
def people(request, tmp_path):
    names = ["alice", "bob", "carol", "dave", "erin", "frank"]
    if request.param == "sqlite":
        desk = Desk(tmp_path)
        desk.rules("[policy]\nwidth = 2\nranges = 10-19\nblocked =\n")
        desk.people(*names)
    else:
        cloud = request.getfixturevalue("cloud")
        desk = TableDesk(tmp_path, cloud)
        desk.create()
        cloud.instance.set_users(names)
    people = People(desk)
    people.timer_does({}, "--sync", "--no-export")
    return people


def test_each_undo_goes_one_further_back_and_redo_brings_back(people):
    for agent in ("alice", "bob", "carol"):
        people.does(KIM, "--pin", f"{agent}=mine")
    first, second, third = (action["action_id"] for action in people.desk.json("--history", "--limit", "3")[::-1])
    for left, undone in (("ab", third), ("a", second), ("", first)):
        assert people.does(KIM, "--undo")["action"] == "undo"
        assert "".join(sorted(people.pins())) == left
        assert people.newest()["undoes"] == undone and people.newest()["action"] == "undo"
    nothing = people.does(KIM, "--undo", status=1)
    assert nothing["error"]["code"] == "not_found" and "nothing to undo" in nothing["error"]["message"]
    for back in ("a", "ab", "abc"):
        undone = people.newest()["action_id"] if back == "a" else None
        assert people.does(KIM, "--redo")["action"] == "redo"
        assert "".join(sorted(people.pins())) == back
        assert people.newest()["action"] == "redo"
        assert undone is None or people.newest()["undoes"] == undone
    assert "nothing to redo" in people.does(KIM, "--redo", status=1)["error"]["message"]
    assert people.does(KIM, "--undo")["applied"] == 1  # and all over again
    assert "".join(sorted(people.pins())) == "ab"


def test_a_new_deed_cuts_the_redo_line(people):
    people.does(KIM, "--pin", "alice=1")
    people.does(KIM, "--undo")
    people.does(LEE, "--pin", "bob=lee")  # somebody else's does not
    assert people.does(KIM, "--redo", "--dry-run")["plan"]["pin"] == 1
    people.timer_does(KIM, "--pin", "carol=timer")  # nor what runs under my name
    assert people.does(KIM, "--redo", "--dry-run")["plan"]["pin"] == 1
    people.does(KIM, "--pin", "dave=new")
    people.does(KIM, "--redo", status=1)
    assert people.does(KIM, "--undo")["plan"]["unpin"] == 1 and "d" not in people.pins()
    assert people.does(KIM, "--redo")["plan"]["pin"] == 1 and people.pins()["d"] == "new"
    people.does(KIM, "--redo", status=1)  # a stays as it was before


def test_somebody_elses_is_taken_back_only_by_its_id(people):
    people.does(KIM, "--pin", "alice=kim")
    people.does(LEE, "--pin", "bob=lee")
    theirs = people.newest()["action_id"]
    nothing = people.does({"SUDO_USER": "max"}, "--undo", status=1)["error"]
    assert "max@" in nothing["message"] and theirs in nothing["hint"] and "lee@" in nothing["hint"]
    people.does(KIM, "--undo")
    assert people.pins() == {"b": "lee"}
    said = people.desk.run("--undo", theirs, "--dry-run", environment=KIM)
    assert said.status == 0 and "takes back pin by lee@" in said.err and "(command)" in said.err
    assert f" ago: {theirs}" in said.err
    people.does(KIM, "--undo", theirs)
    assert people.pins() == {}
    people.does(LEE, "--undo", status=1)  # it was taken back already, whoever did that
    people.does(KIM, "--redo")
    assert people.pins() == {"b": "lee"}  # my undo of it is mine


def test_what_a_timer_does_under_a_persons_account_is_nobodys(people):
    people.does(KIM, "--pin", "alice=kim")
    people.timer_does(KIM, "--pin", "bob=timer")
    people.timer_does({}, "--pin", "carol=timer")
    assert people.newest()["via"] == "timer"
    people.does(KIM, "--undo")
    assert people.pins() == {"b": "timer", "c": "timer"}
    people.does(KIM, "--undo", status=1)
    people.does({}, "--undo", status=1)


def test_a_shared_service_user_is_one_person_unless_sudo_tells(people):
    """Two who log in as the same user cannot be told apart; two who come by sudo can."""
    shared = {"SSH_CONNECTION": "192.0.2.7 5000 10.0.0.1 22"}
    people.does(shared, "--pin", "alice=one")
    people.does({"SSH_CONNECTION": "192.0.2.8 5000 10.0.0.1 22"}, "--pin", "bob=two")
    people.does(KIM, "--pin", "carol=kim")
    people.does(shared, "--undo")
    people.does(shared, "--undo")
    assert people.pins() == {"c": "kim"}
    people.does(shared, "--undo", status=1)


def test_what_cannot_be_taken_back_any_more_is_passed_over_and_named(people):
    people.does(KIM, "--pin", "alice=kim")
    people.does(KIM, "--pin", "bob=kim")
    mine = people.newest()["action_id"]
    people.does(LEE, "--pin", "bob=lee")
    said = people.desk.run("--undo", "--dry-run", environment=KIM)
    assert "passed over, because nothing of it can be taken back any more: pin by kim@" in said.err
    assert mine in said.err
    people.does(KIM, "--undo")
    assert people.pins() == {"b": "lee"}


def test_a_sync_that_a_person_started_is_theirs(people):
    people.does(KIM, "--release", "alice")
    people.does(KIM, "--sync", "--no-export")
    held = people.desk.held()
    assert "alice" in held.values()
    people.does(KIM, "--undo")
    assert "alice" not in people.desk.held().values()
    people.does(KIM, "--redo")
    assert people.desk.held() == held


def test_an_undo_of_an_undo_by_its_id_stands_again(people):
    """The chain tells what stands, whichever way it came about."""
    people.does(KIM, "--pin", "alice=kim")
    deed = people.newest()["action_id"]
    people.does(KIM, "--undo")
    undo = people.newest()["action_id"]
    people.does(KIM, "--undo", undo)
    assert people.pins() == {"a": "kim"}
    people.does(KIM, "--redo", status=1)
    people.does(KIM, "--undo", deed)
    assert people.pins() == {}
    people.does(KIM, "--undo", status=1)
    people.does(KIM, "--redo")
    assert people.pins() == {"a": "kim"}


# ---- the clock, on the embedded store ---------------------------------------------------------------


def test_nothing_older_than_a_day_without_its_id(tmp_path):
    time = moving_time.Clock(tmp_path)
    desk = Desk(tmp_path, environment=time.environment())
    desk.rules("[policy]\nwidth = 2\nranges = 10-19\nblocked =\n")
    desk.people("alice", "bob")
    desk.json("--sync", "--no-export")
    desk.json("--pin", "alice=old")
    old = desk.json("--history", "--limit", "1")[0]["action_id"]
    time.forward(DAY - 100)
    assert desk.json("--undo", "--dry-run")["plan"]["unpin"] == 1
    time.forward(200)
    desk.json("--undo", status=1)
    assert desk.json("--undo", old)["plan"]["unpin"] == 1


# ---- an undo that was killed ------------------------------------------------------------------------


def written(cloud, mark):
    """How many transactions were answered well since then."""
    records = cloud.gate.log.select("dynamodb", "TransactWriteItems", since=mark)
    return sum(record.status == 200 for record in records)


def test_after_a_killed_undo_the_next_one_does_the_rest(tmp_path, cloud):
    """Not the undo itself is taken back, and not the action before it."""
    desk = TableDesk(tmp_path, cloud, rules="[policy]\nblocked =\ncooldown = 0\n", pool=[])
    desk.create()
    people = [f"agent{i:03}" for i in range(400)]
    cloud.instance.set_users(["boss"])
    desk.sync("--no-export")
    desk.json("--pin", "boss=before")
    cloud.instance.set_users(["boss", *people])
    desk.sync("--no-export")
    deed = desk.json("--history", "--limit", "1")[0]["action_id"]
    mark = cloud.gate.log.mark()
    # Three transactions get through, the others never arrive.
    rule = cloud.gate.inject(faults.hang(), on="dynamodb.TransactWriteItems", after=3)
    undo = subprocess.Popen([program(), "--undo", "--max-release", "100%", "--json"], cwd=desk.folder,
                            env=desk.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: rule.fired > 0 and written(cloud, mark) == 3, "three transactions of the undo")
    undo.send_signal(signal.SIGKILL)
    undo.wait()
    rule.remove()
    left = len(desk.held()) - 1
    assert 0 < left < len(people)
    rest = desk.json("--undo", "--max-release", "100%")
    assert rest["applied"] == left and rest["conflicts"] == 0
    assert list(desk.held().values()) == ["boss"]
    assert desk.json("--history", "--limit", "1")[0]["undoes"] == deed
    # The next one goes on with the action before; redo brings all of it back.
    assert desk.json("--undo", "--dry-run")["plan"]["unpin"] == 1
    assert desk.json("--redo", "--max-release", "100%")["applied"] == len(people)
    assert len(desk.held()) == len(people) + 1
