"""A small contact centre with every state in it, and the console opened on it.

    def test_release(centre):
        with centre.console() as term:
            term.press("x").wait_for("PLAN release")

`centre` is a copy, made for each test, of one that is set up once by the headless program. All
paths in it are relative, so that no screen shows where it lies.
"""

from __future__ import annotations

import functools
import re
import shutil
from pathlib import Path

import pytest

from . import fixed_time
from .cloud import Cloud
from .connect_instance import User
from .program import Desk, program
from .term import Terminal

CONFIG = """\
[defaults]
directory = file:agents.csv
store = sqlite:pool.db
export = file:export.csv
[policy]
ranges = 2000-2059
blocked = 2013
[console]
refresh = 0
"""

# login, first name, last name
EARLIER = [
    ("a.smithers", "Al", "Smithers"), ("b.smith", "Bob", "Smith"), ("d.rao", "Divya", "Rao"),
    ("e.rao", "Esha", "Rao"), ("j.smith", "Jane", "Smith"), ("k.tanaka", "健", "田中"),
    ("l.garcia", "Lucía", "García"), ("m.leaver", "Max", "Leaver"), ("n.okafor", "Ngozi", "Okafor"),
    ("p.osmith", "Pat", "O'Smith"), ("t.smirnova", "Tanya", "Smirnova"), ("v.desk", "Vip", "Desk"),
]  # fmt: skip
LEFT = {"b.smith", "m.leaver"}
NEW = [("k.smidt", "Kim", "Smidt"), ("z.novak", "Zoe", "Novak")]
NOW = sorted([person for person in EARLIER if person[0] not in LEFT] + NEW)


class Centre(Desk):
    """A Desk whose places and rules stand in a configuration, at a fixed time."""

    def __init__(self, folder, environment=None, moment=fixed_time.USUAL, plus_s=0):
        super().__init__(
            folder, {**fixed_time.environment(moment, plus_s), **(environment or {})}
        )

    def places(self):
        return ["--config", "config"]

    def configure(self, text=CONFIG):
        (self.folder / "config").write_text(text)

    def staff(self, people):
        """Writes the directory: [(login, first name, last name)]."""
        rows = [f'{login},"{first}","{last}",Basic' for login, first, last in people]
        self.agents.write_text(
            "\n".join(["user login,first name,last name,routing profile name", *rows]) + "\n",
            encoding="utf-8",
        )

    def start(self, *arguments, environment=None, **options) -> Terminal:
        """The console, at its very beginning."""
        return Terminal(
            [program(), *self.places(), *arguments],
            environment={**self.environment, **(environment or {})},
            cwd=self.folder,
            **options,
        )

    def console(self, *arguments, **options) -> Terminal:
        """The console, when it has shown what there is."""
        term = self.start(*arguments, **options)
        try:
            return term.wait_for(lambda t: t.output).quiet().wait_gone("C-c stops").quiet()
        except BaseException:
            term.close()
            raise

    def exported(self):
        """What was published, as text."""
        return self.export.read_text(encoding="utf-8")

    def holder(self, ext):
        return self.held().get(ext)

    def extension(self, login):
        """What the agent holds, None where nothing."""
        return {agent: ext for ext, agent in self.held().items()}.get(login)

    def history(self):
        return self.json("--history", "--limit", "1000")


class CloudCentre(Centre):
    """The same on Amazon: a Connect instance, a DynamoDB table, a bucket, all behind the gate."""

    def __init__(self, folder, cloud: Cloud, plus_s=0):
        super().__init__(folder, cloud.env(), plus_s=plus_s)
        self.cloud = cloud
        cloud.gate.clock_offset_s = fixed_time.ahead_s(plus_s=plus_s)
        self.configure()

    def configure(self, text=CONFIG):
        super().configure(
            text.replace("file:agents.csv", f"connect:{self.cloud.instance.id}")
            .replace("sqlite:pool.db", f"dynamodb:{self.cloud.table}")
            .replace("file:export.csv", f"s3://{self.cloud.bucket}/agent_extensions.csv")
        )

    def staff(self, people):
        self.cloud.instance.set_users([User(login, first, last) for login, first, last in people])

    def exported(self):
        found = self.cloud.past_gate("s3").get_object(
            Bucket=self.cloud.bucket, Key="agent_extensions.csv"
        )
        return found["Body"].read().decode()


def set_up(centre):
    """Twelve agents of whom two have left since, two newcomers, and every state there is."""
    centre.staff(EARLIER)
    for arguments in (["--sync"], ["--pin", "a.smithers=front desk"],
                      ["--reserve", "2040=night desk"], ["--reserve", "2041=lift"],
                      ["--release", "v.desk", "--yes"], ["--assign", "v.desk=2050"]):
        done = centre.run(*arguments)
        assert done.status == 0, done
    centre.staff(NOW)


@pytest.fixture(scope="session")
def _centre_template(tmp_path_factory):
    """Gives the folder of a centre that was set up a while before a moment."""

    @functools.lru_cache(maxsize=None)
    def made(moment):
        centre = Centre(
            tmp_path_factory.mktemp("centre"), moment=moment, plus_s=-fixed_time.BEFORE_S
        )
        centre.configure()
        set_up(centre)
        return centre.folder

    return made


@pytest.fixture
def centre_at(_centre_template, tmp_path):
    """Opens a centre at a moment."""

    def opened(moment, environment=None):
        folder = tmp_path / "centre"
        shutil.copytree(_centre_template(moment), folder)
        return Centre(folder, environment, moment)

    return opened


@pytest.fixture
def centre(centre_at):
    return centre_at(fixed_time.USUAL)


@pytest.fixture
def empty(tmp_path):
    """The same place before the first sync: a directory, and no store yet."""
    centre = Centre(Path(tmp_path))
    centre.configure()
    centre.staff(NOW)
    return centre


_cloud_items: list[dict] = []  # what a table holds after set_up, from the first that was set up


def _of_instance(item: dict, instance_id: str) -> dict:
    """The item, of whose holder that instance is the source: each test has one of its own."""
    if "agent_arn" in item:
        arn = re.sub("instance/[^/]+", f"instance/{instance_id}", item["agent_arn"])
        item = item | {"agent_arn": arn}
    return item


@pytest.fixture
def cloud_centre(cloud, tmp_path):
    """`centre` on Amazon."""
    cloud.create_table()
    table = cloud.past_gate("dynamodb", "resource").Table(cloud.table)
    if not _cloud_items:
        set_up(CloudCentre(tmp_path, cloud, plus_s=-fixed_time.BEFORE_S))
        _cloud_items.extend(table.scan()["Items"])
    else:
        with table.batch_writer() as writer:
            for item in _cloud_items:
                writer.put_item(Item=_of_instance(item, cloud.instance.id))
    made = CloudCentre(tmp_path, cloud)
    made.staff(NOW)
    return made


@pytest.fixture
def bare_cloud(cloud, tmp_path):
    """A centre on Amazon with an empty table."""
    cloud.create_table()
    return CloudCentre(tmp_path, cloud)


@pytest.fixture(params=["sqlite", "dynamodb"])
def bare_place(request):
    """A centre on either store, before anybody is in it; staff() first."""
    return request.getfixturevalue("empty" if request.param == "sqlite" else "bare_cloud")


@pytest.fixture(params=["sqlite", "dynamodb"])
def place(request):
    """`centre` on either store, in turn."""
    return request.getfixturevalue("centre" if request.param == "sqlite" else "cloud_centre")
