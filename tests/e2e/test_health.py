"""What monitoring asks: --status --check and --metrics, on both stores."""

import json
import os
import shutil
import sqlite3
import stat
import subprocess

import pytest

from support.program import ROOT, Desk, program
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


# ---- metrics -------------------------------------------------------------------------------------


def samples(text):
    """{name with its own label: value}; every sample has the store's label."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            labels = name[name.index("{") :]
            assert 'store="' in labels
            own = labels.rsplit(",", 1)[1].rstrip("}") if ",state=" in labels or ",kind=" in labels else ""
            found[name[: name.index("{")] + (f"{{{own}}}" if own else "")] = float(value)
    return found


def lint(text):
    promtool = shutil.which("promtool")
    if not promtool:
        pytest.skip("no promtool here: package prometheus")
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0 and done.stdout + done.stderr == "", done


def test_metrics_are_what_status_says(desk):
    done = desk.run("--metrics", "-")
    assert done.status == 0 and done.err == "", done
    found = samples(done.out)
    assert found["extpool_up"] == found["extpool_directory_up"] == 1
    assert {name: value for name, value in found.items() if "{state" in name} == {
        'extpool_extensions{state="assigned"}': 3, 'extpool_extensions{state="free"}': 7,
        'extpool_extensions{state="cooling"}': 0, 'extpool_extensions{state="reserved"}': 0,
        'extpool_extensions{state="blocked"}': 0, 'extpool_extensions{state="not_made"}': 0,
    }  # fmt: skip
    assert (found["extpool_agents"], found["extpool_agents_unassigned"]) == (3, 0)
    assert (found["extpool_extensions_left"], found["extpool_low_water_extensions"]) == (7, 1)
    assert (found["extpool_low"], found["extpool_exhausted"]) == (0, 0)
    assert found["extpool_last_sync_exit_code"] == 0
    assert found["extpool_last_sync_timestamp_seconds"] == \
        found["extpool_last_sync_success_timestamp_seconds"] > 1e9
    assert found["extpool_last_sync_duration_seconds"] >= 0


def test_metrics_pass_the_judge(desk):
    config = desk.folder / "home/.config/extpool/config"
    config.write_text(f'{POOL}[context "odd\\name]\nread_only = yes\n')
    lint(desk.run("--metrics", "-").out)
    lint(desk.run("--metrics", "-", "--context", '"odd\\name').out)
    desk.store.unlink()
    lint(desk.run("--metrics", "-").out)


def test_metrics_of_a_table_pass_the_judge(table):
    done = table.run("--metrics", "-")
    assert done.status == 0, done
    assert samples(done.out)['extpool_extensions{state="assigned"}'] == 2
    lint(done.out)


def test_newcomers_leavers_and_findings_are_counted(desk):
    desk.rules(f"{POOL}low_water = 9\n")
    desk.people("alice", "dave")
    found = samples(desk.run("--metrics", "-").out)
    assert (found["extpool_agents_unassigned"], found["extpool_extensions_stale"]) == (1, 2)
    assert found["extpool_low"] == found['extpool_findings{kind="low"}'] == 1
    assert found['extpool_findings{kind="damage"}'] == 0


def test_the_result_of_a_sync_that_failed_is_there(desk):
    desk.agents.unlink()
    assert desk.run("--sync").status == 1
    done = desk.run("--metrics", "-")
    found = samples(done.out)
    assert done.status == 1 and found["extpool_directory_up"] == 0
    assert found["extpool_last_sync_exit_code"] == 1
    assert found["extpool_last_sync_success_timestamp_seconds"] > 1e9


@pytest.mark.parametrize("option", ["--dry-run", "--read-only"])
def test_a_run_that_may_not_write_is_no_sync(desk, option):
    """It leaves nothing, and what came of the last sync stands as it was."""
    def known():
        return [line for line in desk.run("--metrics", "-").out.splitlines() if "_last_sync_" in line]
    before = known()
    desk.people("alice", "bob")
    assert len(before) > 3 and desk.run("--sync", option).status == (option == "--read-only")
    assert known() == before


def test_the_file_is_replaced_whole_and_others_may_read_it(desk):
    folder = desk.folder / "textfiles"
    folder.mkdir()
    path = folder / "extpool.prom"
    path.write_text("old\n" * 1000)
    before = path.stat().st_ino
    done = desk.run("--metrics", path)
    assert (done.status, done.out, done.err) == (0, "", ""), done
    assert path.stat().st_ino != before and samples(path.read_text())["extpool_up"] == 1
    assert [entry.name for entry in folder.iterdir()] == ["extpool.prom"]
    path.unlink()
    desk.run("--metrics", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert desk.run("--metrics", folder / "no/such.prom").status == 1


def test_the_file_tells_that_nothing_could_be_read(desk):
    path = desk.folder / "extpool.prom"
    desk.store.unlink()
    done = desk.run("--metrics", path)
    assert done.status == 1 and "store not found" in done.err
    found = samples(path.read_text())
    assert found["extpool_up"] == 0 and "extpool_extensions_left" not in found


# ---- the log, for machines and for the journal ---------------------------------------------------


def test_the_log_as_json_lines(desk):
    log = desk.folder / "log"
    # A name that has everything that JSON escapes, and what is never shown raw.
    odd = desk.folder / 'a"b\\c\x1b.csv'
    odd.write_text("no header here\n")
    environment = {"EXTPOOL_LOG_FORMAT": "json", "EXTPOOL_LOG": str(log), "EXTPOOL_LOG_LEVEL": "debug"}
    assert desk.run("--sync", environment=environment).status == 0
    desk.run("--sync", "--directory", f"file:{odd}", environment=environment)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert lines and all(list(line) == ["at", "level", "subsystem", "message"] for line in lines)
    assert {line["level"] for line in lines} <= {"error", "warn", "info", "debug"}


def test_a_format_that_is_none(desk):
    desk.rules(f"{POOL}[defaults]\nlog_format = xml\n")
    done = desk.run("--status")
    assert done.status == 64 and "text or json" in done.err, done


def run_to(desk, path, journal, *arguments):
    """Standard error goes to a file that is, or is not, what JOURNAL_STREAM names."""
    with open(path, "w") as stream:
        about = os.fstat(stream.fileno())
        name = f"{about.st_dev}:{about.st_ino if journal else about.st_ino + 1}"
        subprocess.run([program(), *desk.places(), *arguments], stdout=subprocess.PIPE, stderr=stream,
                       env={**desk.environment, "JOURNAL_STREAM": name}, check=False)  # fmt: skip
    return path.read_text().splitlines()


def test_the_journal_gets_priorities(desk):
    desk.store.unlink()
    lines = run_to(desk, desk.folder / "err", True, "--lookup", "alice")
    assert lines[0].startswith("<3>extpool: ") and len(lines) > 1
    assert all(line.startswith("<3>") for line in lines)
    lines = run_to(desk, desk.folder / "err", True, "--sync", "--log", "-", "--log-level", "debug")
    assert lines and all(line[0] == "<" and line[1] in "34567" and line[2] == ">" for line in lines)


def test_another_stream_gets_none(desk):
    desk.store.unlink()
    lines = run_to(desk, desk.folder / "err", False, "--lookup", "alice")
    assert lines[0].startswith("extpool: ")
    lines = run_to(desk, desk.folder / "err", False, "--sync", "--log", "-", "--log-level", "debug")
    assert lines and not any(line.startswith("<") for line in lines)


# ---- the lines that the README gives to cron -----------------------------------------------------


def crontab():
    """The commands of the README's lines for cron."""
    lines = (ROOT / "README.md").read_text().splitlines()
    return [line.split(None, 5)[5] for line in lines if line.startswith("    */")]


def test_the_lines_for_cron_work_as_they_stand(desk, tmp_path):
    """As cron runs them: by /bin/sh, with its PATH and nothing of a login's environment."""
    config = desk.folder / "home/.config/extpool/config"
    config.write_text(f"[defaults]\ndirectory = file:{desk.agents}\nstore = sqlite:{desk.store}\n"
                      f"export = file:{desk.export}\n{POOL}")  # fmt: skip
    commands = crontab()
    assert [("--sync" in command, "--metrics" in command) for command in commands] == \
        [(True, False), (False, True)]
    prom = tmp_path / "extpool.prom"
    for command in commands:
        assert command.startswith("/usr/local/bin/extpool ")
        command = command.replace("/usr/local/bin/extpool", program())
        command = command.replace("/var/lib/prometheus/node-exporter/extpool.prom", str(prom))
        environment = {"HOME": str(desk.folder / "home"), "LOGNAME": "kim", "SHELL": "/bin/sh",
                       "PATH": "/usr/bin:/bin"}  # fmt: skip
        for _ in range(2):
            done = subprocess.run(["/bin/sh", "-c", command], env=environment, cwd="/", check=False,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True)
            assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), done
    assert samples(prom.read_text())["extpool_last_sync_exit_code"] == 0


def test_what_stays_as_it_is_is_no_mail_at_each_run(desk):
    """A leaver who is pinned is told by the run that finds work, not by each one after it."""
    said = "note: 1 left the directory and is pinned, nothing is taken back: alice\n"
    assert desk.run("--pin", "alice=leaflet").status == 0
    desk.people("bob", "carol", "dave")
    first, second = desk.run("--sync", "--quiet"), desk.run("--sync", "--quiet")
    assert (first.status, first.out, first.err) == (0, "", said)
    assert (second.status, second.out, second.err) == (0, "", "")
    assert desk.run("--sync").err == desk.run("--sync", "--dry-run", "--quiet").err == said
    desk.people(*(f"agent{i}" for i in range(12)))
    for _ in range(2):  # nobody gets a number any more: an exit code of its own, told each time
        full = desk.run("--sync", "--quiet", "--max-release", "100%")
        assert full.status == 5 and "the pool ran out" in full.err, full


def test_it_needs_no_variable_at_all_if_the_places_are_named(desk):
    done = subprocess.run([program(), *desk.places(), "--sync", "--json"], env={}, capture_output=True,
                          text=True, check=False, cwd="/")  # fmt: skip
    assert done.returncode == 3 or done.returncode == 0, done
    assert json.loads(done.stdout)["failed"] == 0
