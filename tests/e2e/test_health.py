"""What monitoring asks: --status --check and --metrics, on both stores."""

import shutil
import sqlite3
import stat
import subprocess

import pytest

from support.program import Desk
from support.table_desk import TableDesk

POOL = "[policy]\nranges = 2000-2009\nblocked =\n"


@pytest.fixture
def desk(tmp_path):
    """Ten numbers, three people, and a list that nobody publishes."""
    desk = Desk(tmp_path)
    desk.rules(POOL)
    desk.people("alice", "bob", "carol")
    assert desk.run("--sync").status == 0
    return desk


def check(desk, status, **options):
    """The lines of --status --check."""
    done = desk.run("--status", "--check", "--quiet", **options)
    assert done.status == status, done
    document = desk.json("--status", "--check", status=status, **options)
    assert document["exit"] == status
    lines = done.out.splitlines()
    assert len(lines) == len(document["findings"])
    return lines


def sql(desk, *statements):
    with sqlite3.connect(desk.store) as connection:
        for statement in statements:
            connection.execute(statement)


# ---- the check on a file -------------------------------------------------------------------------


def test_all_is_well(desk):
    assert check(desk, 0) == []
    done = desk.run("--status", "--check", "--verbose")
    assert done.out == "well: 7 of 10 numbers left\n"


@pytest.mark.parametrize(("mark", "status"), [("8", 7), ("7", 0), ("71%", 7), ("70%", 0), ("0", 0)])
def test_low_water(desk, mark, status):
    desk.rules(f"{POOL}low_water = {mark}\n")
    lines = check(desk, status)
    assert [line.split(":")[0] for line in lines] == (["low"] if status else [])


def test_the_variable_of_low_water(desk):
    lines = check(desk, 7, environment={"EXTPOOL_LOW_WATER": "9"})
    assert lines == ["low: 7 of 10 numbers left, the low water mark is 9"]


def test_exhausted_is_told_before_low_and_has_its_status(desk):
    desk.people(*(f"agent{n}" for n in range(12)), "alice", "bob", "carol")
    assert desk.run("--sync").status == 5
    lines = check(desk, 5)
    assert [line.split(":")[0] for line in lines] == ["exhausted", "low"]
    assert "5 agents have no extension" in lines[0]


def test_agents_for_whom_nothing_is_left_are_exhaustion_before_the_sync_too(desk):
    desk.people(*(f"agent{n}" for n in range(8)), "alice", "bob", "carol")
    assert check(desk, 5) == ["exhausted: 8 agents have no extension, and 7 numbers are left"]


def test_no_store_and_no_directory_is_cannot_tell(desk):
    desk.agents.unlink()
    assert check(desk, 1)[0].startswith("cannot tell: ")
    desk.store.unlink()
    lines = check(desk, 1)
    assert len(lines) == 1 and "store not found" in lines[0]
    assert not desk.store.exists()


def test_a_directory_that_was_read_in_part_is_cannot_tell(desk):
    desk.agents.write_text("user,name\nalice,A\nbob,B\ncaro")
    assert "only in part" in check(desk, 1)[0]


def test_cannot_tell_comes_before_all_others(desk):
    desk.rules(f"{POOL}low_water = 9\n")
    desk.agents.unlink()
    assert [line.split(":")[0] for line in check(desk, 1)] == ["cannot tell", "low"]


def test_a_stamp_of_the_future_is_damage(desk):
    sql(desk, "UPDATE extension SET at = at + 900000 WHERE extension = '2001'")
    lines = check(desk, 3)
    assert len(lines) == 1 and lines[0].startswith("damage: 2001 bob was stamped while a clock was wrong")
    assert desk.run("--doctor", "--fix", "--yes").status == 0
    assert check(desk, 0) == []


def test_what_the_last_action_left_is_a_conflict_until_a_sync_is_whole(desk):
    sql(desk, "UPDATE audit SET planned = 99")
    # It may be at work still; and the sync of this very moment was whole.
    assert check(desk, 0) == []
    sql(desk, "UPDATE audit SET action_id = '20' || substr(action_id, 3), at_ms = at_ms - 1200000")
    assert check(desk, 0) == []
    shutil.rmtree(desk.folder / "home/.local/state")
    lines = check(desk, 3)
    assert len(lines) == 1 and "made 10 of 99 changes" in lines[0] and lines[0].startswith("conflicts: ")
    assert desk.run("--sync").status == 0
    assert check(desk, 0) == []


def test_a_sync_that_did_not_publish_is_told_until_one_does(desk):
    desk.people("alice", "bob", "carol", "dave")
    away = desk.export.rename(desk.folder / "away.csv")
    desk.export.mkdir()
    assert desk.run("--sync").status == 3
    assert "did not publish" in check(desk, 3)[0]
    desk.export.rmdir()
    away.rename(desk.export)
    assert desk.run("--sync").status == 0
    assert check(desk, 0) == []


def test_check_goes_with_status_alone(desk):
    done = desk.run("--list", "agents", "--check")
    assert done.status == 64 and "--status" in done.err


# ---- the check on a table ------------------------------------------------------------------------


@pytest.fixture
def table(tmp_path, cloud):
    cloud.instance.set_users(["alice", "bob"])
    desk = TableDesk(tmp_path, cloud)
    desk.json("--init")
    desk.sync()
    return desk


def test_damage_of_a_table_is_seen_and_healed_by_a_sync(table):
    assert check(table, 0) == []
    held = {agent: extension for extension, agent in table.state().assigned}
    table.table.put_item(Item={"pk": held["alice"], "sk": "nu", "sk_value": held["alice"]})
    table.table.delete_item(Key={"pk": "0020", "sk": "nu"})
    table.table.put_item(Item={"pk": "0020", "sk": "agentID", "sk_value": "bob"})
    lines = check(table, 3)
    assert [line.split(" ")[:2] for line in lines] == [["damage:", held["alice"]], ["damage:", "0020"]]
    assert "free record beside" in lines[0] and f"also has {held['bob']}" in lines[1]
    table.sync()
    assert check(table, 0) == []


def test_low_water_of_a_table(table):
    assert check(table, 7, environment={"EXTPOOL_LOW_WATER": "39"}) == [
        "low: 38 of 40 numbers left, the low water mark is 39"
    ]


def test_the_check_costs_what_a_status_costs_and_the_end_of_the_trail(table):
    def requests(*arguments):
        before = table.count("Query"), table.count("Scan"), table.count("GetItem")
        assert table.run(*arguments).status == 0
        after = table.count("Query"), table.count("Scan"), table.count("GetItem")
        return [now - then for then, now in zip(before, after)]

    status = requests("--status")
    checked = requests("--status", "--check")
    # This month, the one ahead, and on the first day of a month the one before.
    assert status[0] + 2 <= checked[0] <= status[0] + 3
    assert checked[1:] == status[1:]


def test_missing_credentials_have_a_status_of_their_own(table):
    environment = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": ""}
    done = table.run("--status", "--check", "--quiet", environment=environment)
    assert done.status == 6 and done.out.startswith("cannot tell: "), done
