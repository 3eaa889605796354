"""What a program does, counted by valgrind's callgrind: instructions are the same on a busy machine.

    counted = callgrind.count([extpool, "--version"])
    counted.instructions    from main() on; what the loader does before is not counted. Or of `function`
                            alone, with all that it calls
    counted.libraries       {"libc.so.6", "extpool"}: whose code ran meanwhile
"""

from __future__ import annotations

import pathlib
import re
import subprocess
import tempfile
from dataclasses import dataclass


@dataclass
class Counted:
    instructions: int
    libraries: set[str]
    status: int
    said: str  # on standard error, valgrind's own words too


def count(command, environment=None, cwd=None, function="main") -> Counted:
    with tempfile.TemporaryDirectory() as folder:
        listing = pathlib.Path(folder) / "callgrind.out"
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={listing}",
             f"--toggle-collect={function}", *map(str, command)],
            env=environment, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if not listing.exists():
            return Counted(0, set(), done.returncode, done.stderr)
        text = listing.read_text(errors="replace")
    instructions = int(re.search(r"^(?:summary|totals): (\d+)", text, re.M)[1])
    objects = re.findall(r"^c?ob=\(\d+\) (/.*)", text, re.M)
    return Counted(instructions, {pathlib.Path(path).name for path in objects}, done.returncode, done.stderr)
