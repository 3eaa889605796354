"""Plan files: planned by one, carried out by another, exactly so and once, on both stores."""

import json
import re
import signal
import subprocess

import pytest

from support import faults, moving_time
from support.gate import wait_until
from support.iam import Policy
from support.program import ROOT, Desk, program
from support.table_desk import TableDesk

KIM, LEE = {"SUDO_USER": "kim"}, {"SUDO_USER": "lee"}
SMALL = "[policy]\nwidth = 2\nranges = 10-29\nblocked =\ncooldown = 0\n"
NAMES = ["alice", "bob", "carol", "dave"]


class Site:
    """A store with four agents, who all have a number, and a file for the plan."""

    def __init__(self, desk, set_people):
        self.desk, self.set_people = desk, set_people
        self.file = desk.folder / "change.json"
        set_people(NAMES)
        desk.json("--sync", "--no-export")

    def plan(self, *arguments, status=0, who=KIM):
        before = self.held()
        said = self.desk.json(*arguments, "--plan-out", str(self.file), status=status, environment=who)
        assert self.held() == before and said["dry_run"] is True and said["applied"] == 0
        return said

    def apply(self, *arguments, status=0, who=LEE):
        return self.desk.json("--apply", str(self.file), *arguments, status=status, environment=who)

    def held(self):
        return {agent: ext for ext, agent in self.desk.held().items()}

    def newest(self):
        return self.desk.json("--history", "--limit", "1")[0]


def sqlite_site(tmp_path, environment=None):
    desk = Desk(tmp_path, environment=environment)
    desk.rules(SMALL)
    return Site(desk, lambda names: desk.people(*names))


def table_site(tmp_path, cloud, **options):
    desk = TableDesk(tmp_path, cloud, **options)
    desk.create()
    return Site(desk, cloud.instance.set_users)


@pytest.fixture(params=["sqlite", "dynamodb"])
def site(request, tmp_path):
    if request.param == "sqlite":
        return sqlite_site(tmp_path)
    return table_site(tmp_path, request.getfixturevalue("cloud"))


# ---- what it carries out ---------------------------------------------------------------------------


def test_it_carries_out_exactly_the_plan_and_says_from_which_file(site):
    planned = site.plan("--release", "alice", "bob")
    file = json.loads(site.file.read_text())
    assert planned["plan_file"] == file["digest"] and file["maker"].startswith("kim@")
    assert site.file.stat().st_mode & 0o777 == 0o600
    shown = site.apply("--dry-run")
    assert [row["agent"] for row in shown["changes"]] == ["alice", "bob"] and shown["applied"] == 0
    done = site.apply()
    assert done["applied"] == 2 and done["exit"] == 0 and done["plan_file"] == file["digest"]
    assert set(site.held()) == {"carol", "dave"}
    newest = site.newest()
    assert newest["plan_file"] == file["digest"] and newest["action"] == "release"
    assert newest["user"].startswith("lee@")


def test_the_short_digest_is_said_for_the_voice(site):
    said = site.desk.run("--pin", "alice=x", "--plan-out", str(site.file))
    digest = json.loads(site.file.read_text())["digest"]
    assert f"({digest[:4]}-{digest[4:8]})" in said.err


@pytest.mark.parametrize("action", [
    ["--assign", "erin"], ["--reassign", "alice=%s"], ["--swap", "alice=bob"], ["--reserve", "%s=fax"],
    ["--pin", "alice=desk"], ["--fallback", "alice=agent:bob"], ["--undo"], ["--sync", "--no-export"],
])  # fmt: skip
def test_everything_that_plans_can_be_kept(site, action):
    site.desk.json("--pin", "dave=old", environment=KIM)
    site.set_people([*NAMES, "erin"])
    free = next(ext for ext, state in sorted(site.desk.states().items()) if state == "free")
    arguments = [text.replace("%s", free) for text in action]
    wanted = site.plan(*arguments)
    done = site.apply(status=0)
    keys = ("change", "extension", "agent", "from", "to")
    assert [[row[key] for key in keys] for row in done["changes"]] == [
        [row[key] for key in keys] for row in wanted["changes"]
    ]
    assert done["applied"] == len(wanted["changes"]) > 0
    if action == ["--undo"]:
        assert site.newest()["undoes"] and site.newest()["action"] == "undo"


def test_nothing_to_do_is_no_file(site):
    said = site.desk.run("--sync", "--no-export", "--plan-out", str(site.file))
    assert said.status == 0 and "nothing to do" in said.err and not site.file.exists()


def test_a_sync_publishes_when_it_is_applied(tmp_path):
    site = sqlite_site(tmp_path)
    site.set_people([*NAMES, "erin"])
    site.plan("--sync")
    assert not site.desk.export.exists()
    assert site.apply()["export"]["rows"] == 5
    assert "erin" in site.desk.export.read_text()


# ---- what it refuses -------------------------------------------------------------------------------


def test_it_is_applied_once(site):
    site.plan("--pin", "alice=x")
    site.apply()
    refused = site.apply(status=1)["error"]
    assert "was applied already: by lee@" in refused["message"]
    site.desk.json("--undo", environment=LEE)  # as it was before: still once
    assert "was applied already" in site.apply(status=1)["error"]["message"]


def test_of_another_store(site, tmp_path):
    site.plan("--pin", "alice=x")
    folder = tmp_path / "other"
    folder.mkdir()
    other = sqlite_site(folder)
    refused = other.desk.json("--apply", str(site.file), status=1)["error"]
    assert "was made for the store" in refused["message"] and str(other.desk.store) in refused["message"]


def test_of_a_table_of_that_name_in_another_region(tmp_path, cloud):
    site = table_site(tmp_path, cloud)
    site.plan("--pin", "alice=x")
    document = json.loads(site.file.read_text())
    assert document["place"] == "account 123456789012, us-east-1"


def test_a_relative_path_is_the_same_store(tmp_path):
    site = sqlite_site(tmp_path)
    relative = ["--store", "pool.db", "--directory", "agents.csv"]
    site.desk.run("--pin", "alice=x", "--plan-out", str(site.file), *relative, places=False)
    assert site.apply()["applied"] == 1


def test_one_that_was_changed(site):
    site.plan("--pin", "alice=x")
    site.file.write_text(site.file.read_text().replace('"x"', '"y"'))
    refused = site.apply(status=1)["error"]
    assert "is damaged, or was changed" in refused["message"] and site.newest()["action"] == "sync"


@pytest.mark.parametrize("text", ["", "{}", "not json", "[]"])
def test_what_is_no_plan_file(site, text):
    site.file.write_text(text)
    assert site.apply(status=1)["error"]["code"] == "input"


def test_one_of_eight_days_ago(tmp_path):
    time = moving_time.Clock(tmp_path)
    site = sqlite_site(tmp_path, time.environment())
    site.plan("--pin", "alice=x")
    time.forward(7 * 86400 + 60)
    assert "is too old" in site.apply(status=1)["error"]["message"]


def test_the_options_go_together(site):
    assert site.desk.run("--export", "--plan-out", "x").status == 64
    assert site.desk.run("--apply", "x", "--plan-out", "y").status == 64
    said = site.desk.run("--doctor", "--plan-out", "x")
    assert said.status == 64 and "--doctor --fix" in said.err
    assert site.desk.run("--apply", "missing.json").status == 1


# ---- the world moved on ----------------------------------------------------------------------------


def test_a_number_that_moved_on_is_a_conflict(site):
    site.plan("--release", "alice", "bob")
    site.desk.json("--reassign", f"alice={sorted(site.desk.states())[-1]}")
    document = site.apply(status=3)
    results = {row["agent"]: row["result"] for row in document["changes"]}
    assert results == {"alice": "conflict", "bob": "done"}
    assert "alice" in site.held() and "bob" not in site.held()
    # A row that was carried out is not carried out again, whatever became of it.
    site.desk.json("--assign", "bob")
    again = site.apply(status=3)
    assert {row["agent"]: row["result"] for row in again["changes"]} == {
        "alice": "conflict", "bob": "skipped"}
    assert "bob" in site.held()


def test_a_dry_run_of_it_says_so_beforehand(tmp_path):
    site = sqlite_site(tmp_path)
    site.plan("--release", "alice")
    site.desk.json("--reassign", "alice=29")
    assert site.apply("--dry-run", status=3)["changes"][0]["result"] == "conflict"


def test_who_left_the_directory_meanwhile_gets_nothing(site):
    site.set_people([*NAMES, "erin", "fred"])
    site.plan("--sync", "--no-export")
    site.set_people([*NAMES, "erin"])
    document = site.apply(status=3)
    rows = {row["agent"]: row for row in document["changes"]}
    assert rows["erin"]["result"] == "done" and rows["fred"]["result"] == "conflict"
    assert rows["fred"]["detail"] == "fred is not in the directory any more"


def test_who_came_back_keeps_the_number(site):
    site.set_people(NAMES[:2])
    site.plan("--sync", "--no-export", "--max-release", "100%")
    site.set_people(NAMES[:3])
    document = site.apply("--max-release", "100%", status=3)
    rows = {row["agent"]: row for row in document["changes"]}
    assert rows["carol"]["detail"] == "carol is in the directory again"
    assert "carol" in site.held() and "dave" not in site.held()


def test_the_guards_judge_anew(site):
    site.set_people([*NAMES, *[f"agent{i}" for i in range(12)]])
    site.desk.json("--sync", "--no-export")
    site.set_people(NAMES)
    planned = site.plan("--sync", "--no-export", status=4)  # refused, and kept all the same
    assert planned["error"]["code"] == "guard"
    assert site.apply(status=4)["error"]["code"] == "guard"
    assert len(site.held()) == 16
    assert site.apply("--max-release", "12")["applied"] == 12
    assert set(site.held()) == set(NAMES)


def test_an_empty_directory_takes_nothing(tmp_path):
    site = sqlite_site(tmp_path)
    site.set_people(NAMES[:3])
    site.plan("--sync", "--no-export")
    site.set_people([])
    assert site.apply("--max-release", "100%", status=4)["error"]["code"] == "guard"
    assert len(site.held()) == 4


def test_a_file_that_nobody_can_write_is_named(site):
    said = site.desk.run("--pin", "alice=x", "--plan-out", str(site.desk.folder / "no" / "such" / "f"))
    assert said.status == 1 and "no/such" in said.err and site.newest()["action"] == "sync"


# ---- from the console ------------------------------------------------------------------------------


def test_one_that_the_console_wrote(place):
    place.json("--pin", "d.rao=x", environment=KIM)
    deed = place.json("--history", "--limit", "1")[0]["action_id"]
    file = place.folder / "from-console.json"
    with place.console(environment=KIM) as term:
        term.wait_for("read: 12 agents").quiet()
        term.press("z").wait_for("PLAN undo").quiet()
        term.press("W").wait_for("Plan file").type(str(file)).press("Enter").wait_for("digest")
        term.quiet().signal(signal.SIGTERM)
        term.wait_exit()
    assert place.json("--history", "--limit", "1")[0]["action_id"] == deed
    done = place.json("--apply", str(file), environment=LEE)
    assert done["applied"] == 1 and done["plan"]["unpin"] == 1
    newest = place.json("--history", "--limit", "1")[0]
    assert newest["undoes"] == deed and newest["action"] == "undo" and newest["plan_file"]
    assert "was applied already" in place.json("--apply", str(file), status=1)["error"]["message"]


# ---- killed half way ---------------------------------------------------------------------------------


def test_an_apply_that_was_killed_is_finished_by_the_same_command(tmp_path, cloud):
    site = table_site(tmp_path, cloud, rules="[policy]\nblocked =\ncooldown = 0\n", pool=[])
    people = [f"agent{i:03}" for i in range(200)]
    site.set_people([*NAMES, *people])
    site.plan("--sync", "--no-export")
    mark = cloud.gate.log.mark()
    rule = cloud.gate.inject(faults.hang(), on="dynamodb.TransactWriteItems", after=2)
    apply = subprocess.Popen([program(), "--apply", str(site.file), "--json"], cwd=site.desk.folder,
                             env=site.desk.environment, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    wait_until(lambda: rule.fired > 0 and cloud.gate.log.count(
        "dynamodb", "TransactWriteItems", status=200, since=mark) == 2, "two transactions")
    apply.send_signal(signal.SIGKILL)
    apply.wait()
    rule.remove()
    done = len(site.held()) - len(NAMES)
    assert 0 < done < len(people)
    rest = site.apply()
    assert rest["applied"] == len(people) - done and rest["conflicts"] == 0
    assert "was applied already" in site.apply(status=1)["error"]["message"]


# ---- four eyes -----------------------------------------------------------------------------------------


def planner_policy(cloud):
    """README's policy for the role that plans, with the names of this cloud."""
    blocks = re.findall(r"```json\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    text = next(block for block in blocks if '"Sid": "PlanDirectory"' in block)
    names = {"REGION": "us-east-1", "ACCOUNT": "123456789012", "INSTANCE": cloud.instance.id,
             "TABLE": cloud.table, "BUCKET": cloud.bucket}
    return Policy(json.loads(re.sub("|".join(names), lambda found: names[found.group()], text)))


WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems", "PutObject")


def test_the_planners_role_plans_and_cannot_write(tmp_path, cloud):
    site = table_site(tmp_path, cloud)
    site.desk.json("--export")
    planner = cloud.gate.keyring.session("ExtpoolPlanner", "kim@example.com", lasts_s=3600)
    planner.policy = planner_policy(cloud)
    as_planner = planner.env()
    site.set_people([*NAMES, "erin"])
    mark = cloud.gate.log.mark()
    site.plan("--sync", who=as_planner)
    assert not [r for r in cloud.gate.log.select(since=mark) if r.operation in WRITES]
    for command in (["--apply", str(site.file)], ["--pin", "alice=x"], ["--undo", site.newest()["action_id"],
                                                                    "--max-release", "100%"]):
        refused = site.desk.run(*command, environment=as_planner)
        assert refused.status not in (0, 2), refused
        assert "not authorized" in refused.err or "AccessDenied" in refused.err, refused
    assert "erin" not in site.held() and site.newest()["action"] == "sync"
    done = site.apply()
    assert done["applied"] == 1 and "erin" in site.held()
    assert site.newest()["plan_file"] == json.loads(site.file.read_text())["digest"]
