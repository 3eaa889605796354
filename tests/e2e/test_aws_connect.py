"""The directory connect:INSTANCE, through the gate: pages, pace, names, and what goes wrong."""

import json
import re
import subprocess

import pytest

from support import faults
from support.connect_instance import Doing, User
from support.iam import Policy
from support.program import Desk, built


@pytest.fixture
def desk(cloud, tmp_path):
    return Desk(tmp_path, cloud.env())


def places(cloud, desk, directory=None):
    """Connect's users in a local store: only the directory is on trial here."""
    return [
        "--directory", directory or f"connect:{cloud.instance.id}",
        "--store", f"sqlite:{desk.store}",
        "--export-to", f"file:{desk.export}",
    ]  # fmt: skip


def run(cloud, desk, *arguments, directory=None, **options):
    return desk.run(*arguments, *places(cloud, desk, directory), places=False, **options)


def sync(cloud, desk, *arguments, **options):
    return run(cloud, desk, "--sync", *arguments, **options)


def held(cloud, desk):
    rows = run(cloud, desk, "--list", "extensions", "--json").json
    return {row["agent"]: row["extension"] for row in rows if row["state"] == "assigned"}


def logins(count):
    return [f"agent{number:04}" for number in range(count)]


# -- as it should be -------------------------------------------------------------------------------


def test_pages_of_a_thousand(cloud, desk):
    cloud.instance.set_users(logins(2500))
    assert sync(cloud, desk).status == 0
    assert set(held(cloud, desk)) == set(logins(2500))
    assert cloud.gate.log.count("connect", "ListUsers") == 3
    assert cloud.gate.log.count("connect", "SearchUsers") == 0  # nobody sees names in a sync


def test_keeps_to_the_quota(cloud, desk):
    """Ten pages under the published throttle, and not one refusal."""
    cloud.instance.set_users(logins(9500))
    rule = cloud.gate.inject(faults.throttle(2, 5), on="connect.ListUsers")
    assert sync(cloud, desk, "--dry-run").status == 0
    assert cloud.gate.log.count("connect", "ListUsers") == 10
    assert {record.status for record in cloud.gate.log.select("connect", "ListUsers")} == {200}
    rule.remove()


def test_awkward_pages(cloud, desk):
    cloud.instance.set_users(logins(700))
    cloud.instance.paging.most = 100
    cloud.instance.paging.empty_pages = frozenset({1, 4})
    desk.rules("[defaults]\nconnect_rate = 100\nconnect_burst = 100\n")
    result = sync(cloud, desk)
    assert result.status == 0, result
    assert set(held(cloud, desk)) == set(logins(700))


def test_names_where_they_are_shown(cloud, desk):
    cloud.instance.set_users(
        [User(f"agent{n:04}", f"First{n}", f"Last{n}", "Sales") for n in range(600)]
    )
    assert run(cloud, desk, "--init").status == 0
    result = run(cloud, desk, "--list", "agents", "--json")
    assert result.status == 0, result
    names = {row["agent"]: row["name"] for row in result.json}
    assert names["agent0599"] == "Last599, First599"
    assert cloud.gate.log.count("connect", "SearchUsers") == 2
    assert result.err == ""


def test_arn_says_id_and_region(cloud, desk):
    cloud.instance.set_users(["alice"])
    environment = {"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}
    result = sync(
        cloud, desk, directory=f"connect:{cloud.instance.arn}", environment=environment
    )
    assert result.status == 0, result
    record = cloud.gate.log.select("connect", "ListUsers")[0]
    assert record.target.startswith(f"/users-summary/{cloud.instance.id}?")
    assert set(held(cloud, desk)) == {"alice"}


# -- groups ----------------------------------------------------------------------------------------

SITES = (
    "[group desk]\nmatch = login:desk*\nranges = 1000-1999\n"
    "[group london]\nmatch = routing_profile:London*\nranges = 2000-2999\n"
    "[group leeds]\nmatch = hierarchy:UK/Leeds*\nranges = 3000-3999\n"
    "[group york]\nmatch = tag:site=york\nranges = 4000-4999\n"
)


@pytest.fixture
def sites(cloud, desk):
    cloud.instance.set_users([
        User("desk1"), User("alice", routing_profile="London sales"),
        User("bob", hierarchy="UK/Leeds/Team 4"), User("carol", tags={"site": "york", "cost": "7"}),
    ])  # fmt: skip
    desk.rules(SITES)
    return desk


def asked(cloud, mark):
    return {record.operation for record in cloud.gate.log.select("connect", since=mark)}


@pytest.mark.parametrize("match, operations", [
    ("login:*", set()),
    ("tag:site=york", {"SearchUsers"}),
    ("routing_profile:London*", {"SearchUsers", "ListRoutingProfiles"}),
    ("hierarchy:UK/*", {"SearchUsers", "SearchUserHierarchyGroups"}),
])  # fmt: skip
def test_a_sync_asks_for_what_groups_look_at(cloud, sites, match, operations):
    sites.rules(f"[group one]\nmatch = {match}\nranges = 1000-1999\n")
    mark = cloud.gate.log.mark()
    assert sync(cloud, sites, "--dry-run").status == 0
    assert asked(cloud, mark) == {"ListUsers"} | operations


@pytest.mark.parametrize("denied, groups", [
    ("SearchUsers", "groups london, leeds, york"),
    ("DescribeUser", "groups london, leeds, york"),
    ("ListRoutingProfiles", "group london"),
    ("SearchUserHierarchyGroups", "group leeds"),
])  # fmt: skip
def test_a_missing_permission_names_the_groups_that_need_it(cloud, sites, denied, groups):
    cloud.operator.policy = Policy.all_but("connect:" + denied)
    result = sync(cloud, sites, "--dry-run")
    assert f"it is not fully known who belongs to the {groups}: the permission connect:{denied} is missing" in (
        result.err
    )


def numbers_of(cloud, desk):
    return {login: number[0] for login, number in held(cloud, desk).items()}


def test_each_attribute_leads_to_the_numbers_of_its_group(cloud, sites):
    assert sync(cloud, sites).status == 0
    assert numbers_of(cloud, sites) == {"desk1": "1", "alice": "2", "bob": "3", "carol": "4"}
    again = sync(cloud, sites, "--json").json
    assert again["changes"] == []


def test_without_a_permission_the_other_groups_work(cloud, sites):
    """Who has a number keeps it; a newcomer whose group hangs on what is not read gets none."""
    assert sync(cloud, sites).status == 0
    before = held(cloud, sites)
    cloud.instance.set_users(cloud.instance.users + [
        User("desk2"), User("dave", routing_profile="London help"), User("erin", hierarchy="UK/Leeds"),
    ])  # fmt: skip
    cloud.operator.policy = Policy.all_but("connect:SearchUserHierarchyGroups")
    result = sync(cloud, sites, "--json")
    assert held(cloud, sites).items() >= before.items()
    got = {login: number[0] for login, number in held(cloud, sites).items() if login not in before}
    assert got == {"desk2": "1", "dave": "2"}
    assert set(result.json["group_unknown_agents"]) == {"bob", "erin"}
    cloud.operator.policy = None
    assert sync(cloud, sites).status == 0
    assert held(cloud, sites)["erin"].startswith("3")


def test_who_is_not_indexed_yet_is_named(cloud, sites):
    cloud.instance.not_indexed = {"carol"}
    result = sync(cloud, sites, "--dry-run")
    assert "SearchUsers does not show 1 of the agents yet, the first is carol" in result.err
    cloud.instance.not_indexed = set()
    cloud.instance.not_listed = {("UK", "Leeds", "Team 4")}
    result = sync(cloud, sites, "--dry-run")
    assert "of 1 agent is not listed yet, the first is bob" in result.err


def test_attributes_keep_to_the_quota(cloud, desk):
    """Nineteen pages of the search under the published throttle, beside the ten of the list."""
    cloud.instance.set_users([User(login, tags={"site": "york"}) for login in logins(9500)])
    desk.rules("[group york]\nmatch = tag:site=york\nmatch = hierarchy:X*\nranges = 0000-9999\n[policy]\nblocked =\n")
    cloud.gate.inject(faults.throttle(2, 5), on="connect")
    assert sync(cloud, desk, "--dry-run").status == 0
    assert cloud.gate.log.count("connect", "SearchUsers") == 19
    assert cloud.gate.log.count("connect", "SearchUserHierarchyGroups") == 1
    assert {record.status for record in cloud.gate.log.select("connect")} == {200}


# -- what the role may not do ----------------------------------------------------------------------


def test_without_search_users(cloud, desk):
    cloud.instance.set_users(["alice"])
    assert run(cloud, desk, "--init").status == 0
    cloud.operator.policy = Policy.all_but("connect:SearchUsers")
    assert run(cloud, desk, "--init").status == 0
    result = run(cloud, desk, "--list", "agents", "--json")
    assert result.status == 0, result
    assert [(row["agent"], row["name"]) for row in result.json] == [("alice", None)]
    assert result.err.count("connect:SearchUsers") == 1


def test_without_list_users(cloud, desk):
    cloud.operator.policy = Policy.all_but("connect:ListUsers")
    result = sync(cloud, desk)
    assert result.status == 1
    assert "the permission connect:ListUsers is missing" in result.err
    assert "request id " in result.err and "IAM policy" in result.err
    assert cloud.gate.log.count("connect", "ListUsers") == 1  # it will not get better


def test_expired_credentials(cloud, desk):
    cloud.operator.expired = True
    result = sync(cloud, desk)
    assert result.status == 6
    assert "expired" in result.err and "request id " in result.err


def test_unknown_instance(cloud, desk):
    unknown = "connect:11111111-2222-3333-4444-555555555555"
    result = sync(cloud, desk, directory=unknown)
    assert result.status == 1
    assert f"centre ({cloud.instance.id})" in result.err
    cloud.operator.policy = Policy.all_but("connect:ListInstances")
    assert "connect:ListInstances" in sync(cloud, desk, directory=unknown).err


def test_not_an_instance(cloud, desk):
    for text in ("connect:", "connect:a/b", "connect:arn:aws:s3:us-east-1:123456789012:x"):
        assert sync(cloud, desk, directory=text).status == 64
    assert cloud.gate.log.count("connect") == 0


# -- what breaks -----------------------------------------------------------------------------------


@pytest.fixture
def staffed(cloud, desk):
    """Two pages of people who all have an extension."""
    cloud.instance.set_users(logins(1500))
    assert sync(cloud, desk).status == 0
    return held(cloud, desk)


@pytest.mark.parametrize(
    "fault",
    [
        faults.error("InternalServiceException"),
        faults.status(503),
        faults.throttled("connect"),
        faults.reset_before(),
        faults.reset_after(),
        faults.cut(),
        faults.garbled(),
    ],
    ids=lambda fault: fault.name,
)
def test_trouble_that_passes(cloud, desk, staffed, fault):
    rule = cloud.gate.inject(fault, on="connect.ListUsers", nth=[1, 3])
    assert sync(cloud, desk).status == 0
    assert rule.fired == 2
    assert held(cloud, desk) == staffed


@pytest.mark.parametrize(
    "fault, said",
    [
        (faults.error("InternalServiceException"), "InternalServiceException"),
        (faults.error("InvalidParameterException"), "InvalidParameterException"),
        (faults.garbled(), "damaged"),
        (faults.reset_before(), "connection broke"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_second_page_fails(cloud, desk, staffed, fault, said):
    """Half a directory is no directory: nobody on the missing page loses an extension."""
    cloud.gate.inject(fault, on="connect.ListUsers", after=1)
    result = sync(cloud, desk)
    assert result.status == 1
    assert "page 2" in result.err and said in result.err
    cloud.gate.clear_faults()
    assert held(cloud, desk) == staffed


def test_empty_directory(cloud, desk, staffed):
    cloud.instance.set_users([])
    result = sync(cloud, desk, "--yes")
    assert result.status == 4
    assert "has no users" in result.err
    assert held(cloud, desk) == staffed


@pytest.mark.parametrize("offset_s", [-1200, 1200])
def test_clock_twenty_minutes_off(cloud, desk, offset_s):
    cloud.instance.set_users(["alice"])
    cloud.gate.clock_offset_s = offset_s
    result = sync(cloud, desk)
    assert result.status == 0, result
    assert [r.status // 100 for r in cloud.gate.log.select("connect", "ListUsers")] == [4, 2]


@pytest.mark.parametrize("taken", [False, True])
def test_a_hang(cloud, desk, staffed, taken):
    """A request that stands still is given up and asked again."""
    rule = cloud.gate.inject(faults.hang(taken=taken), on="connect.ListUsers", nth=2)
    result = sync(cloud, desk, environment={"EXTPOOL_STALL_TIMEOUT": "1s"})
    assert result.status == 0, result
    assert rule.fired == 1
    assert held(cloud, desk) == staffed
    assert sync(cloud, desk, environment={"EXTPOOL_STALL_TIMEOUT": "soon"}).status == 64


class Expire(faults.Fault):
    """From this answer on, the credentials of whoever asked have expired."""

    name = "expire"

    def after(self, ctx, response):
        ctx.identity.expired = True
        return response


def test_credentials_expire_in_the_middle(cloud, desk):
    cloud.instance.set_users(logins(2500))
    cloud.gate.inject(Expire(), on="connect.ListUsers", nth=1)
    environment = {
        "AWS_ACCESS_KEY_ID": "",
        "AWS_SECRET_ACCESS_KEY": "",
        "AWS_SESSION_TOKEN": "",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": cloud.gate.url_for("container")
        + cloud.container.path,
    }
    result = sync(cloud, desk, environment=environment)
    assert result.status == 0, result
    assert len(cloud.container.issued) == 2
    assert [r.status for r in cloud.gate.log.select("connect", "ListUsers")] == [
        200, 403, 200, 200,
    ]  # fmt: skip
    assert set(held(cloud, desk)) == set(logins(2500))


def test_nobody_there(cloud, desk):
    result = sync(cloud, desk, environment={"AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    assert result.status == 1
    assert "127.0.0.1:9" in result.err


# -- the way there ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "variables, status",
    [
        ({"http_proxy": "GATE"}, 0),
        ({"HTTP_PROXY": "GATE"}, 0),
        ({"http_proxy": "GATE", "HTTP_PROXY": "http://127.0.0.1:9"}, 0),
        ({"http_proxy": "http://127.0.0.1:9"}, 1),
        ({"HTTP_PROXY": "GATE", "NO_PROXY": "aws.invalid"}, 1),
    ],
)
def test_proxy(cloud, desk, variables, status):
    """A host that only the proxy knows."""
    cloud.instance.set_users(["alice"])
    environment = {"AWS_ENDPOINT_URL": "http://aws.invalid", "AWS_MAX_ATTEMPTS": "1"}
    environment |= {k: cloud.gate.url if v == "GATE" else v for k, v in variables.items()}
    result = sync(cloud, desk, environment=environment)
    assert result.status == status, result


def test_loopback_needs_no_proxy(cloud, desk):
    cloud.instance.set_users(["alice"])
    assert sync(cloud, desk, environment={"http_proxy": "http://127.0.0.1:9"}).status == 0


# -- TLS, the log ----------------------------------------------------------------------------------


def test_tls(tls_cloud, tmp_path):
    desk = Desk(tmp_path, tls_cloud.env())
    tls_cloud.instance.set_users(["alice"])
    assert sync(tls_cloud, desk).status == 0
    result = sync(tls_cloud, desk, environment={"AWS_CA_BUNDLE": ""})
    assert result.status == 1
    assert "certificate" in result.err and "AWS_CA_BUNDLE" in result.err


def test_log_has_requests_and_no_secret(cloud, desk, tmp_path):
    cloud.instance.set_users(["alice"])
    cloud.gate.inject(faults.error("InternalServiceException"), on="connect.ListUsers", nth=1)
    log = tmp_path / "log"
    assert sync(cloud, desk, "--log", log, "--log-level", "debug").status == 0
    text = log.read_text()
    assert re.search(r"GET 127\.0\.0\.1:\d+ ListUsers: 500 InternalServiceException, \d+ ms, "
                     r"attempt 1, request id [0-9a-f-]{36}", text)  # fmt: skip
    assert "ListUsers: 200" in text and "attempt 2" in text
    operator = cloud.operator
    for secret in (operator.secret_access_key, operator.session_token, operator.access_key_id):
        assert secret not in text
    assert "Signature=" not in text and "alice" not in text.replace("alice@", "")


def test_error_as_json(cloud, desk):
    cloud.operator.policy = Policy.all_but("connect:ListUsers")
    result = sync(cloud, desk, "--json")
    answer = json.loads(result.out)
    assert answer["exit"] == result.status == 1
    assert answer["error"]["code"] == "denied"
    assert "connect:ListUsers" in answer["error"]["message"]


# -- live states -----------------------------------------------------------------------------------


def live(cloud, desk, directory=None):
    """What agents do now, as the console asks for it; twice, in one session."""
    done = subprocess.run(
        [built("tools/live"), "--status", *places(cloud, desk, directory)],
        env=desk.environment, cwd=desk.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, [line.split("\t") for line in done.stdout.splitlines()], done.stderr


def a_morning(cloud):
    cloud.instance.set_users([User(login, "F", "L", "Sales") for login in ("alice", "bob", "carol", "dave")])
    cloud.instance.doing = {
        "alice": Doing(),
        "bob": Doing(contacts=(("CONNECTED", "VOICE", "Support"),)),
        "carol": Doing("Lunch", 1_700_000_500.75),
    }


def test_live_states(cloud, desk):
    a_morning(cloud)
    assert live(cloud, desk) == (0, [
        ["alice", "available", "avl", "1700000000", "Available", "-"],
        ["bob", "on a contact", "call", "1700000060", "Available", "Support"],
        ["carol", "in another status", "oth", "1700000500", "Lunch", "-"],
        ["dave", "offline", "off", "0", "-", "-"],
    ], "")  # fmt: skip
    assert cloud.gate.log.count("connect", "GetCurrentUserData") == 2
    assert cloud.gate.log.count("connect", "ListQueues") == 1


def test_live_states_of_a_hundred_in_one_request(cloud, desk):
    cloud.instance.set_users(logins(150))
    cloud.instance.doing = {login: Doing() for login in logins(150)}
    status, rows, _ = live(cloud, desk)
    assert status == 0 and len(rows) == 100 and {row[2] for row in rows} == {"avl"}
    assert cloud.gate.log.count("connect", "GetCurrentUserData") == 2  # it asks twice


def test_live_states_in_pages(cloud, desk):
    cloud.instance.set_users(logins(30))
    cloud.instance.doing = {login: Doing() for login in logins(30)}
    cloud.instance.paging.most = 20
    desk.rules("[defaults]\nconnect_rate = 100\nconnect_burst = 100\n")
    _, rows, _ = live(cloud, desk)
    assert [row[2] for row in rows] == ["avl"] * 30


def test_live_states_that_are_not_allowed(cloud, desk):
    a_morning(cloud)
    cloud.operator.policy = Policy.all_but("connect:GetCurrentUserData")
    status, rows, _ = live(cloud, desk)
    assert status == 1
    assert rows[0][0].startswith(
        "live states are not allowed: the permission connect:GetCurrentUserData is missing"
    )
    assert cloud.gate.log.count("connect", "GetCurrentUserData") == 1  # nobody tries again
    cloud.operator.policy = Policy.all_but("connect:ListQueues")
    status, rows, _ = live(cloud, desk)
    assert status == 0 and rows[1][2:] == ["call", "1700000060", "Available", "-"]
    assert cloud.gate.log.count("connect", "ListQueues") == 1


def test_live_states_keep_to_the_quota(cloud, desk):
    """Sooner is no use: a refusal is not tried again, and the list is as good as before."""
    a_morning(cloud)
    cloud.gate.inject(faults.throttled("connect"), on="connect.GetCurrentUserData")
    status, rows, _ = live(cloud, desk)
    assert status == 1 and "too many requests" in rows[0][0]
    assert cloud.gate.log.count("connect", "GetCurrentUserData") == 1


def test_a_file_has_no_live_states(cloud, desk):
    (desk.folder / "agents.csv").write_text("user\nalice\n")
    status, rows, _ = live(cloud, desk, directory="file:agents.csv")
    assert status == 64
    assert rows == [["file:agents.csv does not tell what agents do at this moment"]]
