"""Clocks that are wrong: 400 days ahead or behind, for one write or for many, and right again.

No record is lost or hidden, and when the clock is right nobody gets a number that still cools by
the true time.
"""

import sqlite3
import subprocess
import time

import pytest

from support import fixed_time
from support.program import ROOT, Desk
from support.table_desk import TableDesk

DAY = 86400
RULES = "[policy]\nwidth = 2\nranges = 10-29\nblocked =\n"


@pytest.fixture(scope="session")
def kernel_word(tmp_path_factory):
    """A library that says for the kernel whether something keeps the clock right."""
    library = tmp_path_factory.mktemp("adjtimex") / "adjtimex.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, ROOT / "tests/preload/adjtimex.c"],
                   check=True)  # fmt: skip
    return library


class Pool(Desk):
    """A desk whose clock is set for each run, in days from the true time."""

    def __init__(self, folder, kernel_word):
        super().__init__(folder)
        self.kernel_word = kernel_word
        self.synchronised = True
        self.rules(RULES)

    def at(self, days, *arguments, status=0, true_s=0):
        """Runs at so many days from the usual moment."""
        environment = fixed_time.environment(plus_s=int(days * DAY) + true_s)
        environment["LD_PRELOAD"] += f":{self.kernel_word}"
        environment["EXPECT_SYNCHRONISED"] = "1" if self.synchronised else "0"
        done = self.run(*arguments, environment=environment)
        assert status is None or done.status == status, done
        return done

    def records(self):
        with sqlite3.connect(self.store) as db:
            return [row[0] for row in db.execute("SELECT action_id FROM audit ORDER BY seq")]

    def state(self, days, ext):
        return self.at(days, "--lookup", ext, "--json").json["state"]

    def holders(self, days):
        rows = self.at(days, "--list", "extensions", "--json").json
        return {row["extension"]: row["agent"] for row in rows if row["state"] == "assigned"}

    def notes(self, days, *arguments):
        return "\n".join(self.at(days, *arguments, "--json").json.get("notes", []))

    def problems(self, days):
        found = self.at(days, "--doctor", "--json", status=None).json["problems"]
        return [problem for problem in found if problem["kind"] == "clock"]


@pytest.fixture
def pool(tmp_path, kernel_word):
    """Written to now and then for a month. carol left three days ago: 12 still cools."""
    pool = Pool(tmp_path, kernel_word)
    pool.people("alice", "bob", "carol")
    pool.at(-30, "--sync")
    pool.at(-20, "--reserve", "29=fax")
    pool.at(-10, "--unreserve", "29")
    pool.at(-4, "--pin", "alice")
    pool.people("alice", "bob")
    pool.at(-3, "--sync")
    assert pool.state(0, "12") == "cooling"
    return pool


def write(pool, days, times):
    """So many actions, the first of which takes bob's 11."""
    pool.people("alice")
    pool.at(days, "--sync", "--max-release", "5")
    for number in range(1, times):
        pool.at(days, "--unpin" if number % 2 else "--pin", "alice", true_s=number)


def everybody(pool, days):
    """More people than there are numbers that do not cool."""
    free = [r for r in pool.at(days, "--list", "extensions", "--json").json if r["state"] == "free"]
    held = sorted(set(pool.holders(days).values()))
    pool.people(*held, *(f"new{number:02}" for number in range(len(free))))
    pool.at(days, "--sync", "--no-export")
    return pool.holders(days)


@pytest.mark.parametrize("synchronised", [True, False])
@pytest.mark.parametrize("times", [1, 2, 50])
def test_a_clock_that_was_ahead(pool, times, synchronised):
    pool.synchronised = synchronised
    before = pool.records()
    said = pool.notes(400, "--sync", "--dry-run")
    assert "nothing was written for 13 months, or the clock is ahead" in said
    assert ("1 cool-down ends" if synchronised else "1 cool-down does not end") in said
    write(pool, 400, times)
    after = pool.records()
    assert after[:len(before)] == before and len(after) == len(before) + times

    now = 1 / 24
    shown = [row["action_id"] for row in pool.at(now, "--history", "--json").json]
    assert shown[:20] == list(reversed(after))[:20]
    named = "".join(f"{p['extension']} {p['detail']}\n" for p in pool.problems(now))
    assert "11" in named and "2027-12" in named, "what was stamped ahead is named"
    assert pool.state(now, "12") == "cooling" and pool.state(now, "11") == "cooling"
    taken = everybody(pool, now)
    assert "12" not in taken and "11" not in taken
    assert pool.records()[:len(after)] == after


@pytest.mark.parametrize("times", [1, 2, 50])
def test_a_clock_that_was_behind(pool, times):
    before = pool.records()
    said = pool.notes(-400, "--sync", "--dry-run")
    assert "this machine's clock (2025-10-18) is behind the records of the store" in said
    assert pool.state(-400, "12") == "cooling"
    write(pool, -400, times)
    after = pool.records()
    assert after[:len(before)] == before and len(after) == len(before) + times
    assert pool.state(-400, "11") == "cooling"
    assert "11" not in everybody(pool, -400)

    now = 1 / 24
    shown = [row["action_id"] for row in pool.at(now, "--history", "--json").json]
    assert shown[:20] == list(reversed(pool.records()))[:20]
    assert pool.state(now, "12") == "cooling" and pool.state(now, "11") == "cooling"
    named = [problem["extension"] for problem in pool.problems(now)]
    assert named == ["11"]
    taken = everybody(pool, now)
    assert "12" not in taken and "11" not in taken
    # That sync gave 11 a new time: it cools for a week from then.
    assert pool.problems(now) == []
    assert pool.state(now + 6.9, "11") == "cooling" and pool.state(now + 7.1, "11") == "free"


def test_a_number_given_back_in_2099_cools_from_its_repair_on(pool):
    with sqlite3.connect(pool.store) as db:
        db.execute("UPDATE extension SET at = 4086201600 WHERE extension = '12'")
    assert [problem["extension"] for problem in pool.problems(0)] == ["12"]
    assert pool.state(0, "12") == "cooling"
    pool.at(0, "--doctor", "--fix", "--yes")
    assert pool.problems(0) == []
    assert pool.state(6.9, "12") == "cooling" and pool.state(7.1, "12") == "free"


def test_one_write_in_2099_and_then_the_right_clock(pool):
    days = (fixed_time.seconds("2099-06-01T00:00:00Z") - fixed_time.seconds(fixed_time.USUAL)) / DAY
    pool.people("alice")
    pool.at(days, "--sync", "--max-release", "5")  # bob leaves: 11 is stamped 2099
    assert {problem["extension"] for problem in pool.problems(0)} == {"11", None}
    assert any("2099-06" in problem["detail"] for problem in pool.problems(0))
    taken = everybody(pool, 0)
    assert "11" not in taken and "12" not in taken
    assert pool.state(6.9, "11") == "cooling" and pool.state(7.1, "11") == "free"


def test_a_trail_that_was_written_ahead_is_overruled_by_a_clock_that_is_kept_right(pool):
    write(pool, 400, 50)
    pool.synchronised = False
    assert pool.at(0, "--doctor", "--fix", "--yes", status=2)
    assert pool.state(8, "12") == "free" and pool.state(8, "11") == "cooling"
    pool.synchronised = True
    pool.at(0, "--doctor", "--fix", "--yes")
    assert pool.problems(0) == []
    assert pool.state(6.9, "11") == "cooling" and pool.state(7.1, "11") == "free"
    pool.people("alice", "bob", "dave")
    assert pool.notes(0, "--sync") == ""
    assert pool.state(0, "12") == "cooling"


def test_undo_takes_the_last_by_order_not_by_clock(pool):
    pool.at(400, "--reserve", "20=ahead")
    pool.at(0, "--reserve", "21=right")
    pool.at(0, "--undo", "--yes")
    assert pool.state(0, "21") == "free" and pool.state(0, "20") == "reserved"
    pool.at(0, "--reserve", "22=right")
    pool.at(-400, "--reserve", "23=behind")
    pool.at(-400, "--undo", "--yes")
    assert pool.state(0, "23") == "free" and pool.state(0, "22") == "reserved"


def test_records_go_only_as_a_row_of_the_doctors_plan(pool):
    n = len(pool.records())
    pool.at(500, "--reserve", "20=later")
    assert len(pool.records()) == n + 1
    found = pool.at(500, "--doctor", "--json", status=2).json["problems"]
    expired = [problem for problem in found if problem["kind"] == "expired"]
    assert len(expired) == 1 and f"{n} records" in expired[0]["detail"]
    newest = pool.records()[-1]
    fixed = pool.at(500, "--doctor", "--fix", "--yes", "--json", status=None).json
    assert [change["why"] for change in fixed["repair"]["changes"]] == [
        f"remove {(n + 1) // 2} expired records of the audit trail"]
    left = pool.records()
    assert len(left) == n + 1 - (n + 1) // 2 + 1 and newest in left
    shown = pool.at(500, "--history", "--verbose")
    assert "remove" in shown.out


# ---- on DynamoDB ------------------------------------------------------------------------------


@pytest.fixture
def table(tmp_path, cloud):
    """A pool of 40 numbers of which the service keeps the time; carol's 0002 cools."""
    table = TableDesk(tmp_path, cloud, RULES_OF_TABLE)
    table.create()
    cloud.instance.set_users(["alice", "bob", "carol"])
    table.sync()
    cloud.instance.set_users(["alice", "bob"])
    table.sync()
    return table


RULES_OF_TABLE = "[policy]\nranges = 0000-0039\nblocked =\ncooldown = 7d\n"


def stamped_now(value):
    return abs(int(value) - time.time()) < 300


@pytest.mark.parametrize("days", [400, -400])
def test_a_table_goes_by_the_time_of_the_service(table, cloud, days):
    off = fixed_time.environment(plus_s=int(days * DAY))
    cloud.instance.set_users(["alice", "dave"])  # bob leaves
    for times in range(50):
        document = table.json("--sync", "--max-release", "5", environment=off)
        assert any("clock" in note and "DynamoDB" in note for note in document["notes"])
        if times == 0:
            assert document["plan"]["release"] == 1 and document["plan"]["assign"] == 1
        if times > 1:
            break
    items = {item["pk"] + item["sk"]: item for item in table.table.scan()["Items"]}
    assert stamped_now(items["0001nu"]["released_at"]) and items["0003agentID"]["sk_value"] == "dave"
    months = {pk.split("#")[1][:7] for pk in items if pk.startswith("audit#")}
    this_month = time.strftime("%Y-%m", time.gmtime())
    assert months <= {this_month, time.strftime("%Y-%m", time.gmtime(time.time() - 600))}
    for item in (item for key, item in items.items() if key.startswith("audit#")):
        assert abs(int(item["expires_at"]) - 400 * DAY - time.time()) < 300
    history = table.json("--history", environment=off)
    assert [row["action"] for row in history] == ["sync"] * 3 and history == table.json("--history")
    assert table.states()["0001"] == table.states()["0002"] == "cooling"
    assert table.run("--doctor").status == 0
    undone = table.json("--undo", "--yes", environment=off)
    assert undone["action_id"] != history[0]["action_id"] and undone["exit"] == 0


def test_what_was_stamped_ahead_in_a_table_is_named(table, cloud):
    table.table.update_item(
        Key={"pk": "0002", "sk": "nu"}, UpdateExpression="SET released_at = :t",
        ExpressionAttributeValues={":t": 4086201600},
    )  # fmt: skip
    table.table.put_item(Item={
        "pk": "audit#2099-06", "sk": "2099-06-01T00:00:00.000Z#20990601T000000000Z-abcdef#000001",
        "action": "sync", "actor": "x", "changes": "[]",
    })  # fmt: skip
    found = table.json("--doctor", status=2)["problems"]
    assert [(problem["kind"], problem["extension"]) for problem in found] == [
        ("clock", "0002"), ("clock", None)]
    assert "2099-06" in found[1]["detail"]
    assert table.states()["0002"] == "cooling"
    table.sync()
    item = table.table.get_item(Key={"pk": "0002", "sk": "nu"})["Item"]
    assert stamped_now(item["released_at"]) and item["last_agent"] == "carol"
