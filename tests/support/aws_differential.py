"""Asks the program and botocore the same question about a case of aws_configurations.py."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from .aws_configurations import Case
from .every_host import EveryHost
from .program import ROOT, Result, program

RECORD = ROOT / "tests" / "data" / "aws" / "botocore.json"
RULES = "[policy]\nranges = 1000-1000\nblocked =\n"
PLACES = [
    "--directory", "connect:11111111-2222-3333-4444-555555555555",
    "--store", "dynamodb:agents",
]


class Place:
    """A home folder and the environment of one case."""

    def __init__(self, case: Case, hosts: EveryHost, home: Path):
        self.case, self.hosts, self.home = case, hosts, home
        for path, text in case.all_files.items():
            file = home / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(self._filled(text).encode())
            file.chmod(0o700 if path.startswith("bin/") else 0o600)
        self.environment = {
            "HOME": str(home),
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LC_ALL": "C.UTF-8",
            "AWS_DEFAULT_REGION": "eu-west-2",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_STS_REGIONAL_ENDPOINTS": "regional",
            "AWS_MAX_ATTEMPTS": "1",
        } | hosts.env()
        for name, value in case.env.items():
            if value is None:
                self.environment.pop(name, None)
            else:
                self.environment[name] = self._filled(value)

    def _filled(self, text: str) -> str:
        return text.replace("{home}", str(self.home)).replace("{url}", self.hosts.url)

    def answer(self) -> dict:
        """What was asked since the last time, without what differs from run to run."""
        return json.loads(json.dumps(self.hosts.take()).replace(self.hosts.url, "{url}"))


def ask_program(place: Place) -> tuple[dict, Result]:
    """A sync with Amazon at all ends: it reads, writes and publishes."""
    rules = place.home / ".config" / "extpool" / "config"
    rules.parent.mkdir(parents=True)
    rules.write_text(RULES)
    environment = dict(place.environment)
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    profile = ["--profile", place.case.profile] if place.case.profile else []
    done = subprocess.run(
        [program(), "--sync", "--json", *PLACES, "--export-to", f"s3://{place.case.bucket}", *profile],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
        env=environment, cwd=place.home,
    )
    return place.answer(), Result(done)


class Botocore:
    """One interpreter's botocore."""

    def __init__(self, python: str):
        self._process = subprocess.Popen(
            [python, str(ROOT / "tests" / "support" / "botocore_asked.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        self.version = self._process.stdout.readline().strip()

    @property
    def number(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.version.split(".")[:3])

    def ask(self, place: Place) -> dict:
        question = {
            "profile": place.case.profile, "bucket": place.case.bucket,
            "environment": place.environment, "cwd": str(place.home),
        }
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"
        return place.answer()

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=30)


def write_record(version: str, answers: dict) -> None:
    """Writes what a botocore answered. `too_new` names the cases about which older ones differ; they
    stay named until somebody writes the record with both at hand.
    """
    too_new = json.loads(RECORD.read_text())["too_new"] if RECORD.exists() else []
    whole = {"botocore": version, "too_new": too_new, "answers": answers}
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    RECORD.write_text(json.dumps(whole, indent=1, sort_keys=True) + "\n")


def newest_botocore() -> Botocore | None:
    """Of the interpreters that a person would have: this one, and the first in PATH."""
    found = []
    for python in dict.fromkeys([sys.executable, shutil.which("python3")]):
        botocore = Botocore(python)
        if botocore.version:
            found.append(botocore)
        else:
            botocore.close()
    found.sort(key=lambda botocore: botocore.number)
    for older in found[:-1]:
        older.close()
    return found[-1] if found else None
