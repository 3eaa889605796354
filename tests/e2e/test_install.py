"""What `make install` puts where, and that it works there."""

import os
import re
import shutil
import subprocess

import pytest

from support.program import ROOT, Desk, make

FILES = {
    "bin/extpool": 0o755,
    "share/man/man1/extpool.1": 0o644,
    "share/man/man5/extpool.conf.5": 0o644,
    "share/bash-completion/completions/extpool": 0o644,
    "share/fish/vendor_completions.d/extpool.fish": 0o644,
    "share/zsh/site-functions/_extpool": 0o644,
    "lib/systemd/system/extpool.service": 0o644,
    "lib/systemd/system/extpool.timer": 0o644,
    "lib/systemd/system/extpool-failed@.service": 0o644,
}


def put(target, stage, prefix):
    return make(target, f"DESTDIR={stage}", f"PREFIX={prefix}")


def files_below(folder):
    return {str(path.relative_to(folder)): path.stat().st_mode & 0o777
            for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    stage = tmp_path_factory.mktemp("stage")
    put("install", stage, "/opt/extpool")
    return stage


def test_everything_is_there_and_goes_again(tmp_path):
    put("install", tmp_path, "/usr")
    installed = files_below(tmp_path / "usr")
    themes = {name for name in installed if name.startswith("share/extpool/themes/")}
    assert themes == {f"share/extpool/themes/{path.name}" for path in (ROOT / "themes").glob("*.theme")}
    assert {name: mode for name, mode in installed.items() if name not in themes} == FILES
    put("uninstall", tmp_path, "/usr")
    assert files_below(tmp_path) == {}
    put("uninstall", tmp_path, "/usr")  # safe to repeat


def test_the_program_runs_from_there(stage, tmp_path):
    desk = Desk(tmp_path)
    desk.people("alice")
    installed = stage / "opt/extpool/bin/extpool"
    done = subprocess.run([installed, *desk.places(), "--sync"], env=desk.environment,
                          capture_output=True, text=True, check=True)
    assert "assign 1" in done.stdout


def test_the_unit_starts_what_was_installed(stage):
    unit = (stage / "opt/extpool/lib/systemd/system/extpool.service").read_text()
    assert "ExecStart=/opt/extpool/bin/extpool --sync\n" in unit
    assert "@PREFIX@" not in unit


def test_the_unit_finds_configuration_state_and_profiles(stage, tmp_path):
    """What the comments of the unit promise, with the program and the unit's own variables."""
    unit = (stage / "opt/extpool/lib/systemd/system/extpool.service").read_text()
    variables = dict(pair.split("=") for line in re.findall("^Environment=(.*)$", unit, re.MULTILINE)
                     for pair in line.split())  # fmt: skip
    assert "StateDirectory=extpool\n" in unit and "ConfigurationDirectory=extpool\n" in unit
    assert variables["HOME"] == variables["XDG_DATA_HOME"] + "/extpool" == "/var/lib/extpool"
    assert variables["XDG_CONFIG_HOME"] == "/etc"
    etc, state = tmp_path / "etc/extpool", tmp_path / "var/lib/extpool"
    etc.mkdir(parents=True)
    state.mkdir(parents=True)
    (etc / "agents.csv").write_text("user\nalice\n")
    (etc / "config").write_text("[defaults]\ndirectory = file:agents.csv\n")
    environment = {name: str(tmp_path) + value for name, value in variables.items()}
    done = subprocess.run([stage / "opt/extpool/bin/extpool", "--sync"], env=environment,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
    assert (state / "extpool.db").exists()
    assert (state / "agent_extensions.csv").read_text().startswith("user,extension")


def test_every_exit_code_but_0_is_a_failure_that_is_told(stage):
    units = stage / "opt/extpool/lib/systemd/system"
    service = (units / "extpool.service").read_text().splitlines()
    assert not [line for line in service if line.startswith("SuccessExitStatus")]
    assert "OnFailure=extpool-failed@%n.service" in service
    # What the other unit does is a line for the journal.
    told = (units / "extpool-failed@.service").read_text()
    command = re.search("^ExecStart=/bin/sh -c '(.*)'$", told, re.MULTILINE)[1]
    done = subprocess.run(["/bin/sh", "-c", command.replace("%i", "extpool.service")], env={},
                          capture_output=True, text=True, check=True)
    assert done.stdout == "extpool.service failed: systemctl status extpool.service\n"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_the_unit_is_shut_off_from_the_machine(stage, tmp_path):
    text = (stage / "opt/extpool/lib/systemd/system/extpool.service").read_text()
    (tmp_path / "extpool.service").write_text(text.replace("/opt/extpool", f"{stage}/opt/extpool"))
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=19", "--no-pager",
         tmp_path / "extpool.service"], capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done
    level = float(re.search("Overall exposure level.*: ([0-9.]+)", done.stdout)[1])
    assert level < 2.0, done.stdout


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_understands_the_units(stage, tmp_path):
    names = ["extpool.service", "extpool.timer", "extpool-failed@.service"]
    for name in names:
        text = (stage / "opt/extpool/lib/systemd/system" / name).read_text()
        (tmp_path / name).write_text(text.replace("/opt/extpool", f"{stage}/opt/extpool"))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *(tmp_path / name for name in names)],
                          capture_output=True, text=True, check=False)
    about_us = [line for line in done.stderr.splitlines() if "extpool" in line]
    assert about_us == [], done.stderr


def shown_page(page):
    """The page as a reader sees it, in one line; roff has nothing to say about it."""
    done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", page], capture_output=True,
                          text=True, check=True, env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
    assert done.stderr == ""
    return re.sub(r"\s+", " ", re.sub(r"(.\x08|\x1b\[[0-9;]*m)", "", done.stdout))


@pytest.mark.skipif(not shutil.which("man"), reason="no man here")
def test_the_manual_page_says_it_all_without_a_warning(stage):
    shown = shown_page(stage / "opt/extpool/share/man/man1/extpool.1")
    for word in ("EXIT STATUS", "--max-release N|N%", "--undo [ACTION-ID]", "kms_key = KEY",
                 "AWS_CONNECT_INSTANCEID", "130", "~/.config/extpool/config", "extpool.conf(5)"):
        assert word in shown, word


@pytest.mark.skipif(not shutil.which("man"), reason="no man here")
def test_the_page_of_the_configuration_has_every_key_style_and_command(stage):
    shown = shown_page(stage / "opt/extpool/share/man/man5/extpool.conf.5")
    options = (ROOT / "core/settings/options.h").read_text(encoding="utf-8")
    keys = set(re.findall(r"X\(OPT_\w+,\s*(?:0|'.'),\s*(?:NULL|\"[^\"]*\"),\s*\"(\w+)\"", options)) - {"theme"}
    styles = re.findall(r'X\(STYLE_\w+, "([^"]+)"', (ROOT / "tui/terminal/style.h").read_text(encoding="utf-8"))
    commands = re.findall(r'X\(CMD_\w+, "([^"]+)"', (ROOT / "tui/widget/command.h").read_text(encoding="utf-8"))
    assert len(keys) > 25 and len(styles) > 30 and len(commands) > 60
    assert [key for key in keys if f" {key} = " not in shown] == []
    assert [name for name in styles + commands if f" {name} " not in shown] == []


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash here")
def test_the_completion_is_a_script(stage):
    script = stage / "opt/extpool/share/bash-completion/completions/extpool"
    done = subprocess.run(["bash", "-c", f". '{script}'; complete -p extpool"], capture_output=True,
                          text=True, check=True)
    assert "_extpool" in done.stdout


# ---- a tree of its own ---------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path):
    """A copy of the sources in which nothing is built."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard", "core", "aws", "tui", "themes", "main.c", "Makefile", "tests/*.sh",
         "tests/rooms.txt"], cwd=ROOT, capture_output=True, text=True, check=True)  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_missing_libraries_are_named_before_anything_is_compiled(tree):
    done = make("-C", tree, environment={"PKG_CONFIG_LIBDIR": "/nowhere"}, check=False)
    assert done.returncode != 0
    assert "extpool cannot be built yet" in done.stderr and done.stderr.count("\n") == 2
    for package in ("libncurses-dev", "libcurl4-openssl-dev", "libssl-dev", "libjansson-dev",
                    "libsqlite3-dev"):  # fmt: skip
        assert package in done.stderr
    assert "gcc" not in done.stderr
    assert not list(tree.rglob("*.o"))


def test_install_runs_nothing_that_was_built_for_another_machine(tree, stage):
    foreign = tree / "build/release/extpool"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("no program of this machine")
    make("-C", tree, "-o", "build/release/extpool", "install", f"DESTDIR={tree}", "PREFIX=/usr")
    assert (tree / "usr/bin/extpool").read_text() == "no program of this machine"
    for name in (name for name in FILES if name.startswith("share/")):
        assert (tree / "usr" / name).read_text() == (stage / "opt/extpool" / name).read_text()
