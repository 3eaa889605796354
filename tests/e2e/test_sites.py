"""Several directories in one context: files and Connect instances, read side by side into one pool."""

import sqlite3
import subprocess

import pytest

from support import faults
from support.connect_instance import Doing, User
from support.program import Desk, built, program
from support.term import Terminal

RULES = "[policy]\nwidth = 3\nranges = 100-199\nblocked =\ncooldown = 0\n"


class Sites(Desk):
    """Two files, york and hull; `more` are further directories."""

    def __init__(self, folder, environment=None, more=()):
        super().__init__(folder, environment)
        self.york, self.hull = self.folder / "york.csv", self.folder / "hull.csv"
        self.more = list(more)
        self.rules(RULES)

    def write(self, path, *logins):
        path.write_text("user\n" + "".join(f"{login}\n" for login in logins))

    def places(self):
        directories = [f"york=file:{self.york}", f"hull=file:{self.hull}", *self.more]
        return [
            *(word for uri in directories for word in ("--directory", uri)),
            "--store", f"sqlite:{self.store}",
            "--export-to", f"file:{self.export}",
        ]  # fmt: skip

    def holders(self):
        return set(self.held().values())

    def sources(self):
        with sqlite3.connect(self.store) as db:
            rows = db.execute("select agent, source, agent_arn from extension where state = 'assigned'")
            return {agent: source or arn.split("instance/")[1].split("/")[0] for agent, source, arn in rows}


def places_of(*directories, desk):
    return [
        *(word for uri in directories for word in ("--directory", uri)),
        "--store", f"sqlite:{desk.store}",
        "--export-to", f"file:{desk.export}",
    ]  # fmt: skip


@pytest.fixture
def sites(tmp_path):
    desk = Sites(tmp_path)
    desk.write(desk.york, "alice", "bob", "kim")
    desk.write(desk.hull, "kim", "lee")
    assert desk.json("--sync")["plan"]["assign"] == 4
    return desk


@pytest.fixture
def three(cloud, tmp_path):
    """Two files and an instance, of which everybody has a number."""
    desk = Sites(tmp_path, cloud.env(), [f"london=connect:{cloud.instance.id}"])
    desk.write(desk.york, "alice", "bob")
    desk.write(desk.hull, "lee", "pat")
    cloud.instance.set_users(["tom", "una", "alice"])
    assert desk.json("--sync")["plan"]["assign"] == 6
    return desk


# ---- all of them can be read -----------------------------------------------------------------------------


def test_somebody_left_only_if_no_directory_has_them(sites):
    sites.write(sites.york, "alice", "zoe")  # bob left; kim is in hull still
    document = sites.json("--sync", "--max-release", "1")
    changes = {(row["change"], row["agent"]) for row in document["changes"]}
    assert {("release", "bob"), ("assign", "zoe")} <= changes
    assert not {row for row in changes if row[0] == "release"} - {("release", "bob")}
    assert sites.holders() == {"alice", "kim", "lee", "zoe"}
    assert sites.json("--sync")["changes"] == []


def test_files_and_an_instance_are_one_directory(three, cloud):
    assert three.holders() == {"alice", "bob", "lee", "pat", "tom", "una"}
    assert three.sources() == {"alice": "york", "bob": "york", "lee": "hull", "pat": "hull", "tom": cloud.instance.id,
                               "una": cloud.instance.id}
    assert three.json("--sync")["changes"] == []
    status = three.json("--status")
    assert status["agents"] == 6 and status["unassigned_agents"] == 0
    assert [(row["name"], row["agents"], row["problem"]) for row in status["directories"]] == [
        ("york", 2, None), ("hull", 2, None), ("london", 3, None)]
    assert status["directories"][2]["source"] == cloud.instance.id
    text = three.run("--status").out
    assert f"hull=file:{three.hull}" in text and f"london=connect:{cloud.instance.id}" in text


def test_two_instances_stay_within_the_quota_of_the_account(cloud, tmp_path):
    """Amazon counts the calls of all instances of a region together."""
    second = cloud.connect.add_instance(alias="second", region=cloud.region)
    cloud.instance.set_users([f"a{n:04}" for n in range(4500)])
    second.set_users([f"b{n:04}" for n in range(4500)])
    desk = Desk(tmp_path, cloud.env())
    rule = cloud.gate.inject(faults.throttle(2, 5), on="connect.ListUsers")
    done = desk.run("--sync", "--dry-run", *places_of(f"connect:{cloud.instance.id}", f"connect:{second.id}", desk=desk),
                    places=False)
    assert done.status == 0, done
    assert "assign 9,000" in done.out
    assert cloud.gate.log.count("connect", "ListUsers") == 10
    assert {record.status for record in cloud.gate.log.select("connect", "ListUsers")} == {200}
    rule.remove()


def test_two_instances_are_asked_about_their_own_people(cloud, tmp_path):
    second = cloud.connect.add_instance(alias="second", region=cloud.region)
    cloud.instance.set_users([User("tom", "Tom", "Sawyer")])
    second.set_users([User("una", "Una", "Lee")])
    desk = Desk(tmp_path, cloud.env())
    desk.rules(RULES)
    places = places_of(f"connect:{cloud.instance.id}", f"connect:{second.id}", desk=desk)
    assert desk.run("--init", *places, places=False).status == 0
    listed = cloud.gate.log.count("connect", "ListUsers")
    assert desk.run("--assign", "una", *places, places=False).status == 0
    assert cloud.gate.log.count("connect", "ListUsers") == listed, "one agent is asked for by name"
    assert cloud.gate.log.count("connect", "SearchUsers") == 2
    unknown = desk.run("--assign", "zoe", *places, places=False)
    assert unknown.status == 1 and 'nobody in the directory is called "zoe"' in unknown.err
    rows = desk.run("--list", "agents", "--json", *places, places=False).json
    assert {(row["agent"], row["name"], row["state"]) for row in rows} == {
        ("tom", "Sawyer, Tom", "new"), ("una", "Lee, Una", "assigned")}


def test_each_instance_is_asked_what_its_own_people_do(cloud, tmp_path):
    second = cloud.connect.add_instance(alias="second", region=cloud.region)
    cloud.instance.set_users(["tom", "una"])
    second.set_users(["ann", "una"])
    cloud.instance.doing = {"tom": Doing(), "una": Doing("Lunch")}
    second.doing = {"ann": Doing(contacts=(("CONNECTED", "VOICE", "Support"),))}
    desk = Desk(tmp_path, cloud.env())
    (tmp_path / "york.csv").write_text("user\nbob\ntom\n")  # tom is in the instance, too
    places = places_of(f"york=file:{tmp_path}/york.csv", f"connect:{cloud.instance.id}", f"connect:{second.id}",
                       desk=desk)

    def live():
        done = subprocess.run([built("tools/live"), "--status", *places], env=desk.environment, cwd=tmp_path,
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return {login: (words, queue) for login, words, _, _, _, queue in
                (line.split("\t") for line in done.stdout.splitlines())}

    known = {"ann": ("on a contact", "Support"), "bob": ("not known", "-"), "tom": ("available", "-"),
             "una": ("in another status", "-")}
    assert live() == known
    cloud.gate.inject(faults.error("AccessDeniedException", status=403), on="connect.GetCurrentUserData",
                      where=lambda ctx: ctx.labels["InstanceId"] == second.id)
    assert live() == known | {"ann": ("not known", "-")}


def test_an_instance_twice_is_refused(cloud, tmp_path):
    desk = Desk(tmp_path, cloud.env())
    arn = cloud.instance.arn
    done = desk.run("--sync", *places_of(f"connect:{cloud.instance.id}", f"x=connect:{arn}", desk=desk), places=False)
    assert done.status == 64 and "is the same directory as" in done.err
    assert not desk.store.exists()


# ---- one of them cannot be read --------------------------------------------------------------------------


def damage_missing(desk, cloud):
    desk.hull.unlink()


def damage_cut(desk, cloud):
    desk.hull.write_text("user,name\nlee,Lee\npa")


def damage_empty_file(desk, cloud):
    desk.hull.write_text("")


def damage_row(desk, cloud):
    desk.hull.write_text("user\nlee\nlee\n")


def damage_denied(desk, cloud):
    cloud.gate.inject(faults.error("AccessDeniedException", status=403), on="connect.ListUsers")


def damage_half_way(desk, cloud):
    cloud.instance.paging.most = 1
    cloud.gate.inject(faults.error("InvalidParameterException"), on="connect.ListUsers",
                      where=lambda ctx: "nextToken" in ctx.request.query)


def damage_no_users(desk, cloud):
    cloud.instance.set_users([])


@pytest.mark.parametrize("damage, name, said, lost", [
    (damage_missing, "hull", "No such file", {"lee", "pat"}),
    (damage_cut, "hull", "ends in the middle of line 3", {"pat"}),
    (damage_empty_file, "hull", "there is nothing in it", {"lee", "pat"}),
    (damage_row, "hull", "appears twice", {"lee", "pat"}),
    (damage_denied, "london", "connect:ListUsers", {"tom", "una"}),
    (damage_half_way, "london", "page 2", {"tom", "una"}),
    (damage_no_users, "london", "has no users", {"tom", "una"}),
], ids=lambda value: getattr(value, "__name__", ""))
def test_nobody_is_released_and_newcomers_of_the_others_are_served(three, cloud, damage, name, said, lost):
    damage(three, cloud)
    three.write(three.york, "alice", "zoe")  # bob may be elsewhere
    before = three.run("--sync", "--dry-run")
    assert before.status == 4, before
    assert f"({name}: " in before.err and said in before.err
    document = three.json("--sync", status=4)
    assert {(row["change"], row["agent"]) for row in document["changes"]} == {("assign", "zoe")}
    (refused,) = document["refused"]
    assert refused["guard"] == "directory" and refused["count"] == 1 + len(lost)
    assert refused["message"].startswith(f"{name}: ") and said in refused["message"]
    assert three.holders() == {"alice", "bob", "lee", "pat", "tom", "una", "zoe"}
    status = three.json("--status")
    assert [row["problem"] is not None for row in status["directories"]] == [
        row["name"] == name for row in status["directories"]]
    check = three.run("--status", "--check")
    assert check.status == 1 and f"{name}: " in check.out + check.err


def test_a_directory_that_never_was_read_is_told_though_nobody_is_missing(tmp_path):
    desk = Sites(tmp_path)
    desk.write(desk.york, "alice")
    document = desk.json("--sync", status=4)  # who should be served of hull is not known
    assert document["plan"]["assign"] == 1
    assert document["refused"][0]["message"].startswith("hull: ") and document["refused"][0]["count"] == 0


def test_all_of_them_fail(sites):
    sites.york.unlink()
    sites.hull.write_text("")
    done = sites.run("--sync")
    assert done.status == 1
    assert "none of the 2 directories could be read: york: " in done.err and "; hull: " in done.err
    sites.york.write_text("")
    assert sites.run("--sync").status == 4  # empty ones are a guard's affair


def test_expired_credentials_stop_all_of_it(three, cloud):
    """Whoever runs it has to log in, and then everything can be read."""
    cloud.gate.inject(faults.error("ExpiredTokenException", status=403), on="connect.ListUsers")
    three.write(three.york, "alice", "bob", "zoe")
    done = three.run("--sync")
    assert done.status == 6, done
    assert "zoe" not in three.holders()


def test_an_agent_who_is_in_none_while_one_cannot_be_asked(three, cloud):
    three.hull.unlink()
    done = three.run("--assign", "zoe")
    assert done.status == 1
    assert 'nobody in the directory is called "zoe"' in done.err and "hull: " in done.err
    cloud.instance.add("zoe")
    assert three.run("--assign", "zoe").status == 0


# ---- names -----------------------------------------------------------------------------------------------


def test_a_store_with_other_sources_wants_a_name_for_the_file(sites, tmp_path):
    other = tmp_path / "leeds.csv"
    sites.write(other, "pat", "sam", "tim")
    for action in (["--sync"], ["--assign", "pat", "sam", "tim"]):
        done = sites.run(*action, *places_of(f"file:{other}", desk=sites), places=False)
        assert done.status == 64, done
        assert "york" in done.err and "=file:" in done.err
    assert "pat" not in sites.holders()


# ---- columns that groups look at -------------------------------------------------------------------------

GROUPS = RULES + "[group sales]\nmatch = column:{column}=Sal*\nranges = 300-309\n"


def test_a_column_that_one_file_lacks_is_no_mistake_and_one_that_all_lack_is(sites):
    sites.york.write_text("user,DEPT_name\nalice,Sales\nbob,HR\nkim,\n")
    sites.rules(GROUPS.format(column="Dept-Name"))
    assert sites.run("--sync", "--dry-run").status == 0
    sites.rules(GROUPS.format(column="cost-centre"))
    for action in (["--sync"], ["--list", "agents"]):
        done = sites.run(*action)
        assert done.status == 64
        assert 'config:6: [group sales]: no directory has a column "cost-centre"' in done.err
    sites.rules(GROUPS.format(column="cost-centre") + "[context a]\n[context b]\n")  # groups hold for all of them
    done = sites.run("--sync", "--dry-run")
    assert done.status == 0 and 'no directory has a column "cost-centre"' in done.err
    sites.rules(GROUPS.format(column="cost-centre"))
    sites.york.unlink()  # it may be in this one
    done = sites.run("--sync")
    assert done.status == 4 and "york: " in done.err


# ---- the console -----------------------------------------------------------------------------------------


def test_the_console_shows_the_others_and_says_which_could_not_be_read(sites):
    sites.write(sites.york, "alice", "bob", "kim", "zoe")
    sites.hull.unlink()
    with Terminal([program(), *sites.places()], size=(100, 24), environment=sites.environment) as term:
        term.wait_for("zoe").wait_for("the directory was read only in part: hull: ")
        assert "STALE" not in term.text


# ---- two contexts on one table -------------------------------------------------------------------------------

TWO = """[defaults]
store = sqlite:{folder}/pool.db
[context york]
directory = york=file:{folder}/york.csv
groups = north
[context hull]
directory = hull=file:{folder}/hull.csv
groups = south
[group north]
match = directory:york
ranges = 100-149
[group south]
match = directory:hull
ranges = 150-199
[policy]
width = 3
blocked =
cooldown = 0
"""


@pytest.fixture
def two(tmp_path):
    desk = Sites(tmp_path)
    desk.rules(TWO.format(folder=desk.folder))
    desk.write(desk.york, "alice", "bob")
    desk.write(desk.hull, "kim", "lee")
    for context in ("york", "hull"):
        assert desk.run("--sync", "--context", context, places=False).status == 0
    return desk


def states_of(desk, context):
    rows = desk.run("--list", "agents", "--json", "--context", context, places=False).json
    return {row["agent"]: (row["state"], row["group"], row["source"]) for row in rows}


def test_the_holders_of_the_other_context_are_theirs_everywhere(two):
    assert states_of(two, "york") == {
        "alice": ("assigned", "north", "york"), "bob": ("assigned", "north", "york"),
        "kim": ("foreign", None, "hull"), "lee": ("foreign", None, "hull")}
    status = two.run("--status", "--json", "--context", "york", places=False).json
    assert (status["stale"], status["foreign"]) == (0, 2)
    text = two.run("--status", "--context", "york", places=False).out
    assert "0 extensions of people who left, 2 of other directories" in text
    table = two.run("--list", "agents", "--context", "york", places=False).out.splitlines()
    assert table[0].split() == ["LOGIN", "NAME", "EXT", "STATE", "SINCE", "PINNED", "GROUP", "SOURCE"]
    assert table[3].split()[0] == "kim" and table[3].split()[-1] == "hull"
    two.write(two.york, "alice")  # bob left, and nobody else did
    assert {agent: state for agent, (state, _, _) in states_of(two, "york").items() if state != "assigned"} == {
        "bob": "stale", "kim": "foreign", "lee": "foreign"}


def test_an_extension_has_its_group_and_the_source_of_its_holder(two):
    rows = two.run("--list", "extensions", "--json", "--context", "hull", places=False).json
    assert {row["extension"]: (row["group"], row["source"]) for row in rows if row["agent"]} == {
        "100": (None, "york"), "101": (None, "york"), "150": ("south", "hull"), "151": ("south", "hull")}
    free = two.run("--list", "free", "--context", "hull", places=False).out.splitlines()
    assert free[0].split()[-1] == "GROUP" and "SOURCE" not in free[0]
    sheet = two.run("--list", "extensions", "--format", "csv", "--columns", "extension,source", "--context", "hull",
                    places=False).out
    assert "150,hull\n" in sheet
    row = two.run("--lookup", "151", "--json", "--context", "hull", places=False).json
    assert (row["group"], row["source"]) == ("south", "hull")


def test_one_group_alone(two):
    def shown(*arguments):
        return two.run(*arguments, "--group", "south", "--context", "hull", places=False)

    two.write(two.hull, "kim", "lee", "pat")
    rows = shown("--list", "agents", "--json").json
    assert [(row["agent"], row["state"]) for row in rows] == [("kim", "assigned"), ("lee", "assigned"), ("pat", "new")]
    rows = shown("--list", "extensions", "--json").json
    assert {row["extension"] for row in rows} == {str(number) for number in range(150, 200)}
    status = shown("--status", "--json").json
    assert (status["agents"], status["unassigned_agents"], status["foreign"]) == (3, 1, 0)
    assert status["extensions"]["total"] == 50 and [group["group"] for group in status["groups"]] == ["south"]
    assert "alice" not in shown("--report", "phonebook").out and "kim" in shown("--report", "phonebook").out
    use = shown("--report", "utilisation", "--json").json
    assert [(row["range"], row["total"]) for row in use] == [("150-199", 50), ("all", 50)]
    assert shown("--status", "--check").status == 64
    assert shown("--report", "changes").status == 64
    other = two.run("--list", "agents", "--group", "suoth", "--context", "hull", places=False)
    assert other.status == 64 and "Did you mean --group south?" in other.err


def test_a_look_up_judges_as_the_lists_do(two):
    def state(agent, context):
        return two.run("--lookup", agent, "--json", "--verbose", "--context", context, places=False).json["state"]

    assert state("kim", "york") == "foreign"
    two.write(two.hull, "lee")
    assert state("kim", "hull") == "stale"
    with sqlite3.connect(two.store) as db:
        db.execute("update extension set source = null where agent = 'kim'")
    assert state("kim", "hull") == "foreign"  # of unknown origin: york writes into this store, too


def test_the_console_shows_whose_the_others_are(two):
    with Terminal([program(), "--context", "york"], size=(100, 24), environment=two.environment) as term:
        term.wait_for("read: 2 agents")
        assert "STALE" not in term.text
        assert any("kim" in line and "OTHER" in line for line in term.lines)
        term.type("/state:foreign").press("Enter").wait_for("2 of 4 /state:foreign")
        term.type("x").wait_for("Release kim  from hull")
