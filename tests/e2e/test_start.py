"""What extpool does before it has anything to do: little, and nothing with curl, OpenSSL or a terminal."""

import os

import pytest

from support import callgrind
from support.program import program

OWN_WORK = 500_000  # instructions from main() on
NEEDED = {"extpool", "libc.so.6"}  # and the loader, which finds functions of libc

pytestmark = pytest.mark.skipif("release" not in os.path.realpath(program()), reason="instructions of the plain build")


@pytest.mark.parametrize("arguments", [["--version"], ["version"], ["--help"], ["help"], ["--help", "console"],
                                       ["--completion", "bash"], ["--completion", "zsh"], ["--completion", "fish"]], ids=" ".join)
def test_a_command_that_needs_nothing_starts_nothing(arguments):
    counted = callgrind.count([program(), *arguments], {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
    assert counted.status == 0, counted.said
    assert counted.instructions <= OWN_WORK
    others = {name for name in counted.libraries if not name.startswith("ld-linux")} - NEEDED
    assert not others
