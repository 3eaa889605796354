"""The list that everybody dials by: a wrong store does not replace it, and honest people are not
stopped.
"""

import csv
import os
import sqlite3
import stat
import subprocess

import pytest

from support.people import made_up
from support.program import Desk, program

PEOPLE = [f"agent{i:02}" for i in range(30)]


@pytest.fixture
def desk(tmp_path):
    """Thirty agents with a number each, and their list published."""
    desk = Desk(tmp_path)
    desk.rules("[policy]\nwidth = 3\nranges = 100-299\nblocked =\n")
    desk.people(*PEOPLE)
    assert desk.run("--sync").status == 0
    return desk


def listed(desk):
    with open(desk.export, newline="") as file:
        return {row["user"]: row["extension"] for row in csv.DictReader(file)}


def renumber(desk, offset=100):
    """The list of another pool: the same people, other numbers."""
    rows = listed(desk)
    desk.export.write_text("user,extension\n" + "".join(
        f"{user},{int(number) + offset}\n" for user, number in rows.items()))
    return desk.export.read_bytes()


def refused(desk, *arguments, says, applied=0, count=30, **options):
    before = desk.export.read_bytes()
    document = desk.json(*arguments, status=4, **options)
    (refusal,) = document["refused"]
    assert (refusal["guard"], refusal["count"]) == ("publish", count), document
    assert refusal["limit"] == 5 and document["error"]["code"] == "guard"
    assert says in document["error"]["message"], document
    assert "--max-release" in document["error"]["hint"]
    assert document["applied"] == applied
    assert desk.export.read_bytes() == before
    return document


# ---- a second pool ---------------------------------------------------------------------------------


def test_whom_a_cut_directory_does_not_name_is_no_leaver(desk):
    """The file ends in its third row: the others may work here all the same."""
    desk.store.unlink()
    desk.agents.write_text("user,name\nagent00,A\nagent01,B\nage")
    refused(desk, "--sync", says="28 would go", count=28)


@pytest.mark.parametrize("arguments", [["--sync"], ["--sync", "--dry-run"],
                                       ["--sync", "--max-release", "100%"], ["--sync", "--yes"]])
def test_a_second_pool_is_refused_before_anything_is_written(desk, arguments):
    renumber(desk)
    store = desk.folder / "mistyped.db"
    document = refused(desk, "--store", store, *arguments, says="does not know 30 of them")
    assert "Nothing was written" in document["error"]["hint"]
    assert "from --store" in document["error"]["hint"]
    assert not store.exists()


def test_another_home_does_not_make_a_second_pool(desk):
    """cron or sudo: the configuration names the export, and the store is in somebody else's home."""
    desk.rules(f"[defaults]\ndirectory = {desk.agents}\nexport = {desk.export}\n"
               "[policy]\nwidth = 3\nranges = 150-299\nblocked =\n")
    before = desk.export.read_bytes()
    other = desk.folder / "other"
    other.mkdir()
    config = desk.folder / "home" / ".config" / "extpool" / "config"
    done = desk.run("--config", config, "--sync", places=False, environment={"HOME": str(other)})
    assert done.status == 4 and "built in" in done.err, done
    assert desk.export.read_bytes() == before
    # What became of the sync is kept for --metrics; no store was made, and nothing beside.
    kept = {path.name for path in other.rglob("*") if path.is_file()}
    assert kept <= {"preferences", "preferences.lock"}, kept


def test_a_store_that_never_published_there_is_judged_before_it_is_written(desk):
    renumber(desk)
    store = desk.folder / "fresh.db"
    assert desk.run("--store", store, "--init").status == 0
    refused(desk, "--store", store, "--sync", says="does not know 30 of them")
    rows = desk.json("--store", store, "--list", "extensions")
    assert {row["state"] for row in rows} == {"free"}


def test_an_export_from_a_store_of_others_is_refused(desk):
    store = desk.folder / "small.db"
    (desk.folder / "few.csv").write_text("user\nkim\n")
    assert desk.run("--directory", desk.folder / "few.csv", "--store", store, "--sync",
                    "--no-export").status == 0
    refused(desk, "--store", store, "--export", desk.export, says="does not know 30 of them")
    # Nobody says who works here: everybody on the list may.
    alone = desk.run("--store", store, "--export", desk.export, places=False)
    assert alone.status == 4 and "30 would go" in alone.err, alone


def test_a_list_never_becomes_empty(desk):
    store = desk.folder / "empty.db"
    assert desk.run("--store", store, "--init").status == 0
    desk.export.write_text("user,extension\nagent00,100\n")
    document = refused(desk, "--store", store, "--export", says="would become empty", count=1)
    assert "1 person" in document["error"]["message"]
    done = desk.json("--store", store, "--export", "--max-release", "1")
    assert done["export"]["rows"] == 0 and listed(desk) == {}


def test_only_an_export_lifts_the_guard(desk):
    """The store did publish there, and somebody else did since: judged after the apply."""
    foreign = renumber(desk)
    desk.people(*PEOPLE, "newcomer")
    document = refused(desk, "--sync", "--max-release", "100%", applied=1,
                       says="30 would get another number")
    assert document["export"]["error"]["code"] == "guard" and document["exit"] == 4
    assert "this store knows all of them" in document["error"]["message"]
    refused(desk, "--export", says="30 would get another number")
    refused_too = desk.json("--export", "--max-release", "29", status=4)["refused"]
    assert refused_too[0]["limit"] == 29 and desk.export.read_bytes() == foreign
    assert desk.json("--export", "--dry-run", "--max-release", "30")["export"]["rows"] == 31
    assert desk.export.read_bytes() == foreign
    assert desk.json("--export", "--max-release", "30")["export"]["rows"] == 31
    assert desk.json("--sync")["export"]["unchanged"] is True


def test_a_limit_of_the_configuration_lifts_nothing(desk):
    renumber(desk)
    desk.rules("[policy]\nwidth = 3\nranges = 100-299\nblocked =\nmax_release = 100%\n")
    refused(desk, "--export", says="30 would get another number")


@pytest.mark.parametrize("moved, status", [(5, 0), (6, 4)])
def test_more_than_ten_per_cent_and_more_than_five(desk, moved, status):
    lines = desk.export.read_text().splitlines()
    for i in range(1, moved + 1):
        lines[i] = lines[i].replace(",1", ",2")
    desk.export.write_text("\n".join(lines) + "\n")
    assert desk.run("--export").status == status


def test_a_list_is_read_as_an_import_is(desk):
    """Columns by their header, in any order, with others beside them; zeros that a spreadsheet took."""
    rows = listed(desk)
    desk.export.write_text("sep=;\nName;Ext;Login\n" + "".join(
        f"x;{number};{user}\n" for user, number in rows.items()))
    assert desk.run("--export").status == 0
    desk.export.write_text("name;Extension;USER\n" + "".join(
        f"x;{int(number) + 100};{user}\n" for user, number in rows.items()))
    refused(desk, "--export", says="30 would get another number")


def test_what_is_not_a_list_is_replaced(desk):
    for text in ("", "hello\n", "\x00\x01", "user\nagent00\n", "user,extension\n"):
        desk.export.write_text(text)
        assert desk.run("--export").status == 0, text
        assert len(listed(desk)) == 30


# ---- honest people -----------------------------------------------------------------------------------


def test_edits_since_the_last_publication(desk):
    """All of the pool moves by hand, and the list follows: what lies there is what we published."""
    moves = [f"{user}={int(number) + 100}" for user, number in listed(desk).items()]
    assert desk.run("--reassign", *moves, "--max-release", "30").status == 0
    assert desk.json("--sync")["export"]["rows"] == 30
    assert listed(desk)["agent00"] == "200"


def test_weeks_without_an_export(desk):
    for week in range(1, 5):
        desk.people(*[f"week{week}-{i}" for i in range(30)])
        assert desk.run("--sync", "--no-export", "--max-release", "30").status == 0
    assert len(set(listed(desk)) & {f"week4-{i}" for i in range(30)}) == 0
    assert desk.json("--sync")["export"]["rows"] == 30
    assert "week4-0" in listed(desk)


def test_a_new_place_and_a_list_that_was_taken_away(desk):
    other = desk.folder / "other.csv"
    assert desk.run("--export", other).status == 0
    desk.export.unlink()
    desk.people(*[f"new{i}" for i in range(30)])
    assert desk.json("--sync", "--max-release", "30")["export"]["rows"] == 30


def test_leavers_are_not_counted(desk):
    """A store that lost its note, and a list from before 20 left."""
    with sqlite3.connect(desk.store) as db:
        db.execute("DELETE FROM meta WHERE key LIKE 'export %'")
    desk.people(*PEOPLE[:10])
    assert desk.json("--sync", "--max-release", "20")["export"]["rows"] == 10


def test_a_store_made_anew_from_the_list_itself(desk):
    store = desk.folder / "rebuilt.db"
    assert desk.run("--store", store, "--import", desk.export, "--max-release", "30").status == 0
    assert desk.json("--store", store, "--sync")["export"]["unchanged"] is True


def test_a_killed_note_is_made_up_for(desk):
    """Published, and killed before the store kept that: people are counted, and few moved."""
    with sqlite3.connect(desk.store) as db:
        db.execute("UPDATE meta SET value = '1 1 other' WHERE key LIKE 'export %'")
    desk.people(*PEOPLE, "newcomer")
    assert desk.json("--sync")["export"]["rows"] == 31


def test_the_table_of_the_old_program_that_died_before_its_export(cloud, tmp_path):
    """Its list is weeks old: people joined and left since. The first sync adopts and publishes."""
    cloud.create_table()
    table = cloud.past_gate("dynamodb", "resource").Table(cloud.table)
    users = [user.username for user in made_up(40)]
    with table.batch_writer() as writer:
        for number, user in enumerate(users):
            writer.put_item(Item={"pk": f"{number + 110:04}", "sk": "agentID", "sk_value": user})
        for number in range(60, 90):
            writer.put_item(Item={"pk": f"{number:04}", "sk": "nu", "sk_value": f"{number:04}"})
    left = [f"left{i}" for i in range(15)]
    body = "user,extension\n" + "".join(
        f"{user},{i + 110:04}\n" for i, user in enumerate(users[:25] + left))
    cloud.past_gate("s3").put_object(
        Bucket=cloud.bucket, Key="agent_extensions.csv", Body=body.encode())
    cloud.instance.set_users([*users, "newcomer"])
    desk = Desk(tmp_path, cloud.env())
    done = desk.json("--sync", places=False)
    assert done["export"]["rows"] == 41 and done["plan"]["adopt"] == 40
    (item,) = [item for item in table.scan()["Items"] if item["pk"] == "export"]
    assert item["sk"] == f"s3://{cloud.bucket}/agent_extensions.csv"
    assert item["rows"] == 41 and item["at"] > 0 and item["digest"] and set(item) == {
        "pk", "sk", "at", "rows", "digest"}
    # The note is nothing that the doctor or a reader would trip over, and an idle run writes none.
    assert desk.json("--doctor", places=False)["problems"] == []
    cloud.gate.log.clear()
    assert desk.json("--sync", places=False)["applied"] == 0
    assert cloud.gate.log.count("dynamodb", "PutItem") == 0
    # Another table, with the same people and other numbers, is refused before it is written.
    other = f"{cloud.table}-other"
    assert desk.json("--init", places=False, environment={"AWS_TABLE": other})["exit"] == 0
    cloud.gate.log.clear()
    document = desk.json("--sync", places=False, environment={"AWS_TABLE": other}, status=4)
    assert document["refused"][0]["guard"] == "publish" and document["applied"] == 0
    assert cloud.gate.log.count("dynamodb", "TransactWriteItems") == 0


# ---- after a publication that failed -------------------------------------------------------------------


def test_a_publication_that_failed_is_told_apart_and_made_up_for(desk):
    away = desk.folder / "away"
    to = ["--export-to", away / "list.csv"]
    desk.people(*PEOPLE, "newcomer")
    done = desk.json(*to, "--sync", status=3)
    assert done["applied"] == 1 and done["exit"] == 3
    assert done["export"]["error"]["code"] == "io"
    assert "there is no folder" in done["export"]["error"]["message"]
    assert not away.exists()
    assert desk.json(*to, "--sync", status=1)["applied"] == 0
    away.mkdir()
    idle = desk.json(*to, "--sync")
    assert idle["applied"] == 0 and idle["export"]["rows"] == 31


def test_a_run_killed_at_its_export_leaves_nothing_behind(desk):
    """Killed while it writes the list (a full pipe of ulimit): the next run sweeps what is left."""
    temporary = desk.folder / ".extpool-00000000000000aa.tmp"
    temporary.write_text("half a li")
    desk.people(*PEOPLE, "newcomer")
    assert desk.run("--sync").status == 0
    assert not [name for name in os.listdir(desk.folder) if "tmp" in name]


def test_modes_of_lists(desk, tmp_path):
    new = tmp_path / "new.csv"
    done = subprocess.run(
        ["sh", "-c", 'umask 027; exec "$0" "$@"', program(), *desk.places(), "--export", str(new)],
        env=desk.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
    assert stat.S_IMODE(new.stat().st_mode) == 0o640
    os.chmod(desk.export, 0o664)
    assert desk.run("--release", "agent03").status == 0 and desk.run("--export").status == 0
    assert stat.S_IMODE(desk.export.stat().st_mode) == 0o664


def test_a_link_in_a_folder_for_everybody_is_not_followed(desk):
    shared = desk.folder / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    secret = desk.folder / "secret"
    secret.write_text("mine")
    (shared / "list.csv").symlink_to(secret)
    done = desk.run("--export", shared / "list.csv")
    assert done.status == 1 and "symbolic link" in done.err and "everybody can write" in done.err
    assert secret.read_text() == "mine"


def test_an_export_of_none_publishes_nothing(desk):
    run = desk.run("--sync", "--directory", str(desk.agents), "--store", f"sqlite:{desk.store}",
                   "--export-to", "none", "--json", places=False)  # fmt: skip
    assert run.status == 0 and run.json["export"] is None
    assert not list((desk.folder / "home").rglob("agent_extensions.csv"))
    run = desk.run("--export", "--store", f"sqlite:{desk.store}", "--export-to", "none", places=False)
    assert run.status != 0 and "Name one with --export" in run.err


def test_more_columns_behind_the_old_two(tmp_path):
    desk = Desk(tmp_path)
    policy = "[policy]\nwidth = 2\nranges = 10-29\nblocked =\n"
    desk.rules(policy)
    desk.agents.write_text("username,first name,last name\n" + "".join(f"agent{n},Ann,No. {n}\n" for n in range(10, 20)))
    desk.json("--sync")
    plain = desk.export.read_text()
    desk.rules("[defaults]\nexport_columns = name, pinned\n" + policy)
    written = desk.json("--pin", "agent10=desk", environment={"SUDO_USER": "kim"})
    assert desk.json("--sync")["export"]["rows"] == 10 and written["exit"] == 0
    lines = desk.export.read_text().splitlines()
    assert lines[0] == "user,extension,name,pinned" and 'agent10,10,"No. 10, Ann",desk' in lines
    assert [",".join(line.split(",")[:2]) for line in lines] == plain.splitlines()
    assert desk.json("--sync")["export"]["unchanged"] is True and desk.json("--export")["export"]["unchanged"] is True
    assert desk.run("--import", desk.export, "--dry-run").status == 0  # it is read by its header
    desk.rules(policy)
    assert desk.json("--export")["export"]["rows"] == 10 and desk.export.read_text() == plain
    desk.rules("[defaults]\nexport_columns = nam\n" + policy)
    said = desk.run("--status")
    assert said.status == 64 and 'Did you mean "name"?' in said.err
