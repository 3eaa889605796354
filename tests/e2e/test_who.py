"""Whose an action is: the person and the face, in the record of everything that was written."""

import getpass
import os
import pty
import re
import shlex
import socket
import subprocess

import pytest

from support.program import Desk, program


@pytest.fixture
def desk(tmp_path):
    """Two agents, who hold 10 and 11."""
    desk = Desk(tmp_path)
    desk.rules("[policy]\nwidth = 2\nranges = 10-19\nblocked =\n")
    desk.people("alice", "bob")
    desk.json("--sync")
    return desk


def newest(desk):
    return desk.json("--history", "--limit", "1")[0]


def command_of(desk, *arguments):
    return [program(), *desk.places(), *arguments]


def run_alone(desk, command, environment=None):
    """Runs it without a controlling terminal, as cron and systemd do."""
    subprocess.run(command, env={**desk.environment, **(environment or {})}, cwd=desk.folder,
                   start_new_session=True, stdin=subprocess.DEVNULL, capture_output=True, check=True)


def run_at_terminal(desk, command, environment=None):
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(desk.folder)
        os.execve(command[0], command, {**desk.environment, **(environment or {})})
    while True:
        try:
            if not os.read(terminal, 4096):
                break
        except OSError:  # the other end is closed
            break
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert status == 0


ME = f"{getpass.getuser()}@{socket.gethostname()}"


@pytest.mark.parametrize("environment, user", [
    ({}, ME),
    ({"SUDO_USER": "kim"}, f"kim@{socket.gethostname()}"),
    ({"DOAS_USER": "kim"}, f"kim@{socket.gethostname()}"),
    ({"SUDO_USER": "kim", "SSH_CONNECTION": "192.0.2.7 5000 10.0.0.1 22"}, f"kim@{socket.gethostname()}"),
    ({"SUDO_USER": "kim\n\x1b[31m"}, ME),
])  # fmt: skip
def test_the_user_is_the_person_at_the_host(desk, environment, user):
    desk.json("--pin", "alice", environment=environment)
    assert newest(desk)["user"] == user
    assert user in desk.run("--history", "--limit", "1").out


def test_where_one_comes_from_is_made_harmless(desk):
    desk.json("--pin", "alice", environment={"SSH_CONNECTION": "\x1b]0;x\x07\u202e 1 2 3"})
    actor = newest(desk)["actor"]
    assert "\x1b" not in actor and "\u202e" not in actor and "^[" in actor


def test_a_person_at_a_terminal_gives_a_command(desk):
    run_at_terminal(desk, command_of(desk, "--pin", "alice"))
    assert newest(desk)["via"] == "command"
    # A window of a desktop has systemd's variable, too.
    run_at_terminal(desk, command_of(desk, "--pin", "bob"), {"INVOCATION_ID": "0" * 32})
    assert newest(desk)["changes"][0]["agent"] == "bob" and newest(desk)["via"] == "command"


def test_without_a_terminal_it_is_a_command_unless_a_timer_is_behind_it(desk):
    run_alone(desk, command_of(desk, "--pin", "alice"))  # ssh host extpool --pin alice
    assert newest(desk)["via"] == "command"


def test_a_unit_of_systemd_is_a_timer(desk):
    run_alone(desk, command_of(desk, "--pin", "alice"), {"INVOCATION_ID": "0" * 32})
    assert newest(desk)["via"] == "timer" and newest(desk)["user"] == ME


@pytest.mark.parametrize("daemon", ["cron", "crond", "anacron", "atd"])
def test_what_cron_starts_is_a_timer(desk, daemon):
    (desk.folder / daemon).symlink_to("/bin/sh")
    job = shlex.join(command_of(desk, "--pin", "alice"))
    # Two shells between them, as cron has them; the one called `cron` waits for its child.
    run_alone(desk, [str(desk.folder / daemon), "-c", f"sh -c {shlex.quote(job + '; true')}; true"])
    assert newest(desk)["via"] == "timer"


def test_text_shows_the_face(desk):
    desk.json("--pin", "alice")
    assert re.search(r"ACTION +USER +VIA ", desk.run("--history").out)
    assert re.search(r" pin +\S+@\S+ +command ", desk.run("--history", "--limit", "1").out)
