"""Running the program as a person or a script would: its own home, no network, no locale."""

import fcntl
import functools
import json
import os
import pathlib
import subprocess

from . import fixed_time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def program():
    """The program under test: EXTPOOL, else the plain build."""
    return os.environ.get("EXTPOOL") or str(ROOT / "build" / "release" / "extpool")


def make(*arguments, environment=None, check=True):
    """Runs `make`. Tests that run side by side take turns, so that none builds under another."""
    kept = {name: value for name, value in os.environ.items()
            if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}  # fmt: skip
    (ROOT / "build").mkdir(exist_ok=True)
    with open(ROOT / "build" / "make.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return subprocess.run(
            ["make", "--no-print-directory", "-s", *map(str, arguments)], cwd=ROOT,
            env={**kept, **(environment or {})}, capture_output=True, text=True, check=check,
        )


@functools.lru_cache(maxsize=None)
def built(name):
    """The path of a program of the tests, build/release/NAME, up to date."""
    make(f"build/release/{name}")
    return ROOT / "build" / "release" / name


class Result:
    """What one run said."""

    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"<exit {self.status}\n--- out\n{self.out}\n--- err\n{self.err}>"


class Desk:
    """A folder with a home, a store, a directory and an export of its own."""

    def __init__(self, folder, environment=None):
        self.folder = pathlib.Path(folder)
        self.store = self.folder / "pool.db"
        self.agents = self.folder / "agents.csv"
        self.export = self.folder / "export.csv"
        self.environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(self.folder / "home"),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "TERM": "dumb",
            "AWS_EC2_METADATA_DISABLED": "true",
            **fixed_time.INHERITED,
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        (self.folder / "home").mkdir(exist_ok=True)
        self.environment.update(environment or {})

    def people(self, *logins):
        """Writes the directory: a plain CSV with these logins."""
        self.agents.write_text("user\n" + "".join(f"{login}\n" for login in logins))

    def rules(self, text):
        """Writes the configuration file."""
        config = self.folder / "home" / ".config" / "extpool" / "config"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(text)

    def places(self):
        return [
            "--directory", f"file:{self.agents}",
            "--store", f"sqlite:{self.store}",
            "--export-to", f"file:{self.export}",
        ]

    def places_beside(self, arguments):
        """The places, without the directories if these arguments name one: they would be further ones."""
        words = list(self.places())
        while "--directory" in arguments and "--directory" in words:
            at = words.index("--directory")
            del words[at : at + 2]
        return words

    def run(self, *arguments, stdin="", places=True, environment=None, cwd=None, timeout=120):
        command = [program(), *(self.places_beside(arguments) if places else []), *map(str, arguments)]
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, timeout=timeout,
            env={**self.environment, **(environment or {})}, cwd=cwd or self.folder, check=False,
        )
        return Result(done)

    def json(self, *arguments, status=0, **options):
        result = self.run(*arguments, "--json", **options)
        assert result.status == status, result
        return result.json

    def held(self):
        """{extension: agent} of what is assigned."""
        rows = self.json("--list", "extensions")
        return {row["extension"]: row["agent"] for row in rows if row["state"] == "assigned"}

    def states(self):
        """{extension: state} of the whole pool."""
        return {row["extension"]: row["state"] for row in self.json("--list", "extensions")}
