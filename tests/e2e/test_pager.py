"""What is taller than the terminal goes through a pager."""

import fcntl
import os
import pty
import struct
import subprocess
import termios

import pytest

from support.program import Desk, program

ROWS = 12


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.rules("[policy]\nwidth = 2\nranges = 10-59\nblocked =\n")
    desk.people("alice", "bob")
    desk.json("--sync")
    return desk


def shown(desk, *arguments, status=0, **environment):
    """The lines that a terminal of twelve rows gets."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, 80, 0, 0))
    asked = {**desk.environment, "TERM": "xterm", "NO_COLOR": "1", **environment}
    run = subprocess.Popen([program(), *map(str, desk.places()), *arguments], stdin=subprocess.DEVNULL, stdout=theirs,
                               stderr=subprocess.PIPE, env=asked, cwd=desk.folder)
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        seen += part
    assert run.wait() == status, (run.stderr.read(), seen)
    run.stderr.close()
    os.close(ours)
    return seen.decode().replace("\r\n", "\n").splitlines()


MARK = {"EXTPOOL_PAGER": "sed 's/^/| /'"}


def test_only_what_is_taller(desk):
    long, short = ["--list", "extensions"], ["--list", "agents"]
    plain = shown(desk, *long, "--no-pager", **MARK)
    assert len(plain) == 51 and not plain[0].startswith("|")
    assert shown(desk, *long, **MARK) == ["| " + line for line in plain]
    assert shown(desk, *short, **MARK) == shown(desk, *short, "--no-pager")
    assert desk.run(*long, environment=MARK).out.splitlines()[0] == plain[0]  # a pipe


@pytest.mark.parametrize("pager, there", [("", True), ("cat", True), ("no-such-pager", True), ("'open", True),
                                          ("head -n 1", False), ("true", False)])
def test_a_pager_that_is_none_or_leaves_early(desk, pager, there):
    seen = shown(desk, "--list", "extensions", EXTPOOL_PAGER=pager)
    assert (len(seen) == 51) == there
    seen = shown(desk, "--list", "extensions", EXTPOOL_PAGER="sh -c 'exit 3'")
    assert seen == []


def test_which_pager_and_its_flags(desk):
    assert shown(desk, "--list", "extensions", PAGER="sed -n 's/^59.*/last/p'") == ["last"]
    assert shown(desk, "--list", "extensions", PAGER="cat", EXTPOOL_PAGER="sed -n 's/^59.*/last/p'") == ["last"]
    told = shown(desk, "--list", "extensions", EXTPOOL_PAGER="env")
    assert "LESS=FRX" in told
    assert "LESS=S" in shown(desk, "--list", "extensions", EXTPOOL_PAGER="env", LESS="S")


def test_the_exit_code_stays(desk):
    shown(desk, "--lookup", "nobody", status=1, **MARK)
    shown(desk, "--list", "extensions", "--columns", "none", status=64, **MARK)
