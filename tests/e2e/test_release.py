"""A release: what `make release` refuses, its tag, and the recording of the console."""

import importlib.util
import json
import re
import subprocess

import pytest

from support.emulator import Emulator
from support.program import ROOT, program

VERSION = re.search(r"^VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]


def test_the_version_stands_in_one_place():
    listed = subprocess.run(["git", "grep", "-lF", VERSION, "--", "core", "aws/deploy", "tui", "main.c",
                             "README.md", "Makefile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert listed.stdout.split() == ["Makefile"]


# ---- the gate ------------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path):
    """A clone whose newest version is dated, as for a release."""
    tree = tmp_path / "tree"
    subprocess.run(["git", "clone", "-q", ROOT, tree], check=True)
    for name in ("core/dist/release.sh", "core/dist/dist.mk", "Makefile"):
        (tree / name).write_text((ROOT / name).read_text())
    changes = tree / ".github/CHANGES.md"
    changes.write_text(re.sub(r"^## .*$", f"## {VERSION}, 2026-12-01", changes.read_text(), count=1,
                              flags=re.MULTILINE))  # fmt: skip
    git(tree, "config", "user.name", "Kim")
    git(tree, "config", "user.email", "kim@example.com")
    git(tree, "add", "-A")
    git(tree, "commit", "-qm", "Date the version")
    return tree


def git(tree, *arguments):
    return subprocess.run(["git", *arguments], cwd=tree, check=True, capture_output=True, text=True).stdout


def release(tree, step):
    return subprocess.run(["sh", "core/dist/release.sh", step, VERSION], cwd=tree, capture_output=True,
                          text=True, check=False)


def test_a_release_that_is_not_ready_is_refused(tree):
    assert release(tree, "ready").returncode == 0
    (tree / "main.c").write_text("int main(void);\n")
    assert "not committed" in release(tree, "ready").stderr
    git(tree, "checkout", "-q", "main.c")
    git(tree, "tag", f"v{VERSION}")
    assert f"a tag v{VERSION} already" in release(tree, "ready").stderr
    git(tree, "tag", "-d", f"v{VERSION}")
    changes = tree / ".github/CHANGES.md"
    changes.write_text(changes.read_text().replace(", 2026-12-01", ", not released yet", 1))
    git(tree, "commit", "-qam", "Not yet")
    refused = subprocess.run(["make", "release"], cwd=tree, capture_output=True, text=True, check=False)
    assert refused.returncode != 0 and "CHANGES.md begins with" in refused.stderr
    assert not (tree / "build").exists()


def test_only_what_was_checked_gets_the_tag(tree):
    assert "was not checked" in release(tree, "tag").stderr
    (tree / "build/dist").mkdir(parents=True)
    (tree / "build/dist/extpool.tar.gz").write_text("sources")
    done = release(tree, "sum")
    assert done.returncode == 0 and "extpool.tar.gz" in (tree / "build/dist/SHA256SUMS").read_text()
    git(tree, "commit", "-q", "--allow-empty", "-m", "One more")
    assert "was not checked" in release(tree, "tag").stderr
    git(tree, "reset", "-q", "--hard", "HEAD^")
    assert release(tree, "tag").returncode == 0
    assert git(tree, "tag").split() == [f"v{VERSION}"]


# ---- the recording -------------------------------------------------------------------------------


def test_the_recording_plays_to_the_screen_that_was_recorded(tmp_path):
    spec = importlib.util.spec_from_file_location("record", ROOT / "core/doc/record.py")
    recorder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recorder)
    cast = tmp_path / "extpool.cast"
    last = recorder.main(program(), cast)

    header, *events = [json.loads(line) for line in cast.read_text(encoding="utf-8").splitlines()]
    assert (header["version"], header["width"], header["height"]) == (2, 80, 24)
    assert all(kind == "o" and isinstance(data, str) for _, kind, data in events)
    times = [at for at, _, _ in events]
    assert times == sorted(times) and len(events) >= 8

    screen = Emulator(header["width"], header["height"])
    shown = []
    for _, _, data in events:
        screen.feed(data.encode("utf-8"))
        shown.append(screen.text())
    assert [line.rstrip() for line in screen.lines()] == last
    # What a viewer should have seen on the way.
    for text in ("1 Agents", "Reassign", "Enter applies it", "applied", "HISTORY"):
        assert any(text in each for each in shown), text
