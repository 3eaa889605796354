"""The first start: a form is tried, written and opened. Nothing is written before all of it was tried."""

import os
import re
import signal
import stat

import pytest

from support import faults
from support.cloud import TABLE_SCHEMA
from support.connect_instance import User
from support.golden import golden
from support.iam import Policy
from support.program import program
from support.term import Terminal

CSV = "user,name\nalice,Alice A\nbob,Bob B\n"


class Start:
    """A machine where nothing is configured, and the console on it."""

    def __init__(self, folder, environment=None):
        self.folder, self.home = folder, folder / "home"
        self.home.mkdir()
        self.environment = {
            "HOME": str(self.home), "TZ": "UTC", "AWS_EC2_METADATA_DISABLED": "true",
            **(environment or {}),
        }  # fmt: skip
        self.config = self.home / ".config" / "extpool" / "config"

    def open(self, *arguments, environment=None, **options):
        term = Terminal(
            [program(), *arguments], environment={**self.environment, **(environment or {})},
            cwd=self.folder, **options,
        )  # fmt: skip
        try:
            return term.wait_for("no configuration yet").wait_gone("...").quiet()
        except BaseException:
            term.close()
            raise

    def people(self, name="agents.csv", text=CSV):
        (self.home / name).write_text(text)

    def files(self):
        """All but what the console remembers about a place that was opened."""
        found = (str(path.relative_to(self.home)) for path in self.home.rglob("*") if path.is_file())
        return sorted(name for name in found if not name.startswith(".local/state/extpool/context-"))


@pytest.fixture
def start(tmp_path):
    return Start(tmp_path)


def fill(term, **fields):
    """Types into the fields, by the words before them."""
    order = ["directory", "store", "export", "width", "ranges", "name"]
    at = 0
    for name, text in fields.items():
        while order[at] != name:
            term.press("Down")
            at += 1
        term.press("C-u").type(text)
    return term


def test_screen_of_the_first_start(start):
    start.people()
    start.people("agents-old.csv")
    (start.home / ".aws").mkdir()
    (start.home / ".aws" / "config").write_text(
        "[profile acme-prod]\nregion = eu-west-2\n[profile acme-test]\n[profile other]\n"
    )
    with start.open() as term:
        for size in ((80, 24), (200, 50), (40, 10), (30, 5)):
            golden(f"first-start-{size[0]}x{size[1]}", term.resize(*size))
        term.resize(80, 24).type("~/ag").press("Tab").wait_for("agents-old.csv")
        golden("first-start-typed-80x24", term)
        golden("first-start-typed-40x10", term.resize(40, 10))
        term.press("q")  # a letter while one types
        term.wait_for("agentsq").press("C-c").wait_for("nothing is under way")
        term.press("Esc", "q")
        assert term.wait_exit() == 0
        term.check_whole()
    assert start.files() == [".aws/config", "agents-old.csv", "agents.csv"]


def test_a_csv_is_tried_written_and_opened(start):
    start.people()
    with start.open() as term:
        fill(term, directory="file:~/agents.csv", ranges="2000-2009", name="Desk two")
        term.press("Enter").wait_for("PLAN sync").wait_for("| Desk two").wait_for("a new store is made")
        assert start.files() == [".config/extpool/config", "agents.csv"]
        assert stat.S_IMODE(start.config.stat().st_mode) == 0o600
        term.wait_for("Enter applies it").press("Enter").wait_for(re.compile("alice .*2000"))
        term.press("q")
        assert term.wait_exit() == 0
    assert ".local/share/extpool/pool.db" in start.files()
    assert not [path for path in start.files() if path.endswith("agent_extensions.csv")]  # export: none
    # The next start goes by the file.
    with Terminal([program()], environment=start.environment, cwd=start.folder) as term:
        term.wait_for("| Desk two").wait_for("read: 2 agents, 10 extensions").press("q")
        assert term.wait_exit() == 0


def test_the_plan_may_be_refused_and_no_number_is_written(start):
    start.people()
    with start.open() as term:
        fill(term, directory="file:~/agents.csv").press("Enter").wait_for("PLAN sync").press("Esc")
        term.wait_for("the store is empty").quiet().press("q")
        assert term.wait_exit() == 0
    assert start.files() == [".config/extpool/config", "agents.csv"]


def test_a_relative_path_is_written_as_it_was_meant(start):
    (start.folder / "people.csv").write_text(CSV)
    with start.open() as term:
        fill(term, directory="people.csv", store="sqlite:own.db", export="file:list.csv")
        term.press("Enter").wait_for("PLAN sync").wait_for("Enter applies it").press("Enter").wait_for("exported 2 rows")
    written = start.config.read_text()
    assert f"directory = file:{start.folder}/people.csv\n" in written
    assert f"store = sqlite:{start.folder}/own.db\n" in written
    assert (start.folder / "list.csv").read_text().count("\n") == 3
    assert "context = default\n" in written


def test_given_options_hold_at_the_next_start_too(start):
    start.people()
    with start.open("--read-only") as term:
        fill(term, directory="file:~/agents.csv").press("Enter").wait_for("READ-ONLY")
    assert "read_only = yes\n" in start.config.read_text()


WRONG = {
    "nothing said": (dict(directory=""), "Directory: nothing is said"),
    "no such file": (dict(directory="file:~/none.csv"), "Directory: .*none.csv.*"),
    "another scheme": (dict(directory="ftp:x"), "Directory: .*cannot begin with"),
    "standard input": (dict(directory="file:-"), "Directory: standard input cannot be read again"),
    "no login column": (dict(directory="file:~/odd.csv"), "Directory: .*odd.csv"),
    "a store that is none": (
        dict(directory="file:~/agents.csv", store="sqlite:~/agents.csv"), "Store: .*agents.csv"),
    "an export without folder": (
        dict(directory="file:~/agents.csv", export="file:~/no/such/list.csv"), "Export: .*/no/such"),
    "a width": (dict(directory="file:~/agents.csv", width="9"), 'Width: "9" is not a number from 2'),
    "ranges": (dict(directory="file:~/agents.csv", ranges="20-3"), "Ranges: "),
    "a name": (dict(directory="file:~/agents.csv", name="a/b"), 'Name: "a/b" cannot be the name'),
    "a comment": (dict(directory="file:~/a #b.csv"), "Directory: .*cannot stand in a configuration"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_by_its_field_and_nothing_is_written(start, case):
    fields, said = WRONG[case]
    start.people()
    start.people("odd.csv", "colour,size\nred,1\n")
    start.people("a #b.csv")
    with start.open(size=(200, 30)) as term:
        fill(term, **fields).press("Enter").wait_for(re.compile(said))
        assert "no configuration yet" in term.text
    assert start.files() == ["a #b.csv", "agents.csv", "odd.csv"]


def test_a_warning_is_seen_before_anything_is_written(start):
    start.people(text=CSV + "carol,Car")  # may have been cut
    start.people("cut.csv", "user,name,place\nalice,Alice,London\nbob,Bo")
    with start.open(size=(200, 30)) as term:
        fill(term, directory="file:~/cut.csv").press("Enter")
        term.wait_for("ends in the middle of line 3").wait_for("Enter again writes it all the same")
        term.wait_for("ok: 1 agent, login and name found").wait_for("will be made: 10,000 numbers")
        assert start.files() == ["agents.csv", "cut.csv"]
        term.press("Enter").wait_for("PLAN sync")
    assert start.config.exists()


def test_a_configuration_that_appears_meanwhile_stays(start):
    start.people()
    with start.open(size=(200, 30)) as term:
        fill(term, directory="file:~/agents.csv")
        start.config.parent.mkdir(parents=True)
        start.config.write_text("[defaults]\nstore = sqlite:other.db\n")
        term.press("Enter").wait_for("config is there already; it stays as it is")
    assert start.config.read_text() == "[defaults]\nstore = sqlite:other.db\n"


def test_a_folder_that_cannot_be_made_is_said(start):
    start.people()
    with start.open(size=(200, 30)) as term:
        fill(term, directory="file:~/agents.csv")
        (start.home / ".config").symlink_to("nowhere")
        term.press("Enter").wait_for(re.compile(r"/\.config.*")).wait_for("no configuration yet")
    assert start.files() == ["agents.csv"]


def test_without_a_home_there_is_no_place(tmp_path):
    (tmp_path / "people.csv").write_text(CSV)
    nowhere = {"HOME": "", "XDG_DATA_HOME": str(tmp_path)}
    with Start(tmp_path).open(environment=nowhere, size=(200, 30)) as term:
        term.wait_for("There is no place for a configuration")
        fill(term, directory="people.csv").press("Enter")
        term.wait_for("neither HOME nor XDG_CONFIG_HOME is set").wait_for("--config")


def test_a_try_can_be_stopped(start):
    os.mkfifo(start.home / "slow.csv")
    with start.open(size=(200, 30)) as term:
        fill(term, directory="file:~/slow.csv").press("Enter").wait_for("C-c stops")
        term.press("C-c").wait_for(re.compile("Directory: stopped while reading|before it began"))
        term.press("Esc", "q")
        assert term.wait_exit() == 0
        term.check_whole()
    assert start.files() == []


def test_the_end_comes_during_a_try(start):
    os.mkfifo(start.home / "slow.csv")
    with start.open() as term:
        fill(term, directory="file:~/slow.csv").press("Enter").wait_for("C-c stops")
        term.signal(signal.SIGTERM)
        assert term.wait_exit() == 128 + signal.SIGTERM
    assert start.files() == []


def test_tab_completes_what_there_is_one_of(start):
    (start.home / "centre").mkdir()
    start.people("centre/people.csv")
    with start.open() as term:
        term.type("~/ce").press("Tab").wait_for("file:~/centre/").press("Tab").wait_for("people.csv ")
        term.press("Enter").wait_for("PLAN sync")
        assert "directory = file:~/centre/people.csv\n" in start.config.read_text()


def test_tab_says_when_nothing_begins_so(start):
    with start.open() as term:
        term.type("~/zz").press("Tab").wait_for("nothing begins so")


def test_the_demo_keeps_nothing(start):
    with start.open() as term:
        term.press("D").wait_for("| demo").wait_for("read:").press("q")
        assert term.wait_exit() == 0
    assert start.files() == []


def test_not_now_opens_the_empty_console(start):
    with start.open() as term:
        term.press("Esc").wait_for("Extensions 0").press("q")
        assert term.wait_exit() == 0
        term.check_whole()
    assert start.files() == []


def test_help_says_what_each_field_takes(start):
    with start.open(size=(100, 50)) as term:
        term.press("?").wait_for("an Amazon Connect instance, by its id or ARN").press("Esc")
        term.wait_for("no configuration yet")


# -- Amazon ----------------------------------------------------------------------------------------


@pytest.fixture
def amazon(cloud, tmp_path):
    """The keys are those of a profile; nothing in the environment names a place."""
    environment = {
        name: value
        for name, value in cloud.env().items()
        if name not in ("AWS_CONNECT_INSTANCEID", "AWS_TABLE", "AWS_EXPORT_BUCKET",
                        "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE",
                        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    }  # fmt: skip
    start = Start(tmp_path, environment)
    keys = cloud.operator.boto3()
    (start.home / ".aws").mkdir()
    (start.home / ".aws" / "config").write_text(
        f"[profile acme-prod]\nregion = {cloud.region}\n[profile broken]\nrole_arn = arn:x\n"
        f"source_profile = gone\nregion = {cloud.region}\n"
    )
    (start.home / ".aws" / "credentials").write_text(
        "[acme-prod]\n" + "".join(f"{name} = {value}\n" for name, value in keys.items() if value)
    )
    cloud.instance.set_users([User("alice", "Alice", "A"), User("bob", "Bob", "B")])
    cloud.create_table()
    return start


def choose_profile(term, name="acme-prod"):
    term.wait_for("of 2 in ~/.aws/config").press("A").wait_for("Which profile?")
    term.type(name).press("Enter")
    return term


def pick(term, title, text):
    """One of several, or the only one that there is."""
    term.wait_for(lambda t: title in t.text or text in t.text)
    if title in term.text:
        term.type(text).quiet().press("Enter").wait_gone(title)
    return term


def choose_nothing(term):
    """Leaves all the dialogs that offer something."""
    term.wait_for(re.compile("(directory|store|export) +.*(fit|type it)")).quiet()
    while "Enter takes it" in term.text:
        term.press("Esc").quiet()
    return term


def test_amazon_is_listed_tried_written_and_opened(amazon, cloud):
    past = cloud.past_gate("dynamodb")
    past.create_table(TableName=cloud.table + "-odd", BillingMode="PAY_PER_REQUEST",
                      AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                      KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])  # fmt: skip
    past.create_table(TableName=cloud.table + "-two", **TABLE_SCHEMA)
    try:
        with amazon.open(size=(160, 30)) as term:
            choose_profile(term).wait_for("DynamoDB table")
            term.type(cloud.table + "-odd").quiet().press("Enter").wait_for("it does not fit")
            term.press("C-u").type(cloud.table).quiet().press("Enter").wait_gone("DynamoDB table")
            pick(term, "S3 bucket", cloud.bucket)
            term.wait_for(f"[connect:{cloud.instance.arn}"[:30]).wait_for(f"s3://{cloud.bucket}")
            assert not amazon.config.exists()
            term.press("Enter").wait_for("PLAN sync", timeout_s=60).wait_for("alice")
        assert amazon.config.read_text().splitlines()[2:] == [
            "[defaults]", "context = default", "", "[context default]",
            f"directory = connect:{cloud.instance.arn}", f"store = dynamodb:{cloud.table}",
            f"export = s3://{cloud.bucket}", "width = 4", "ranges = 0000-9999", "profile = acme-prod",
        ]  # fmt: skip
        assert cloud.gate.log.count("dynamodb", "TransactWriteItems") == 0
        assert cloud.gate.log.count("s3", "PutObject") == 0
    finally:
        for name in ("-odd", "-two"):
            past.delete_table(TableName=cloud.table + name)


@pytest.mark.parametrize("action, says", [
    ("connect:ListInstances", r"directory type it: the permission connect:ListInstances is missing"),
    ("dynamodb:ListTables", r"store +type it: the permission dynamodb:ListTables is missing"),
    ("s3:ListAllMyBuckets", r"export +type it: the permission s3:ListAllMyBuckets is missing"),
])  # fmt: skip
def test_a_missing_permission_leaves_its_field_to_be_typed(amazon, cloud, action, says):
    cloud.operator.policy = Policy.all_but(action)
    with amazon.open(size=(160, 30)) as term:
        choose_nothing(choose_profile(term)).wait_for(re.compile(says))


def test_a_table_that_may_not_be_looked_at_is_offered_all_the_same(amazon, cloud):
    cloud.operator.policy = Policy.all_but("dynamodb:DescribeTable")
    with amazon.open(size=(160, 30)) as term:
        choose_profile(term)
        pick(term, "DynamoDB table", cloud.table)
        term.wait_for(f"dynamodb:{cloud.table}")


def test_a_profile_that_does_not_work_is_said(amazon):
    with amazon.open(size=(200, 30)) as term:
        choose_profile(term, "broken").wait_for(re.compile("Amazon: .*gone"))
        term.wait_for("no configuration yet")
    assert not amazon.config.exists()


def test_a_profile_without_a_region_is_said(amazon):
    (amazon.home / ".aws" / "config").write_text("[profile acme-prod]\n[profile other]\n")
    amazon.environment.pop("AWS_REGION", None)
    amazon.environment.pop("AWS_DEFAULT_REGION", None)
    with amazon.open(size=(200, 30)) as term:
        choose_profile(term).wait_for("Amazon: no AWS region is set")


def test_a_dead_network_is_said_and_can_be_stopped(amazon, cloud):
    cloud.gate.inject(faults.hold(), on="connect.ListInstances")
    with amazon.open(size=(200, 30)) as term:
        choose_profile(term).wait_for("listing the instances").press("C-c").wait_for("stopping")
        term.press("C-c").wait_for("Amazon: ").wait_for("no configuration yet")
        cloud.gate.clear_faults()
    amazon.environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9"
    with amazon.open(size=(200, 30)) as term:
        choose_profile(term).wait_for(re.compile("Amazon: .*127.0.0.1"), timeout_s=60)
    assert not amazon.config.exists()


def test_a_table_that_is_not_there_is_no_store(amazon, cloud):
    with amazon.open(size=(200, 30)) as term:
        fill(term, directory=f"connect:{cloud.instance.arn}", store="dynamodb:no-such-table")
        term.press("Esc", "Enter").wait_for(re.compile("Directory: |Store: "), timeout_s=60)
    assert not amazon.config.exists()
