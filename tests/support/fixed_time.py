"""The program at a time that the test chooses, so that no result depends on the day.

    Desk(folder, fixed_time.environment("2028-02-29T12:00:00Z"))

The program's clock shows that time when `environment` is called and runs on from there, for all
programs that get the same environment; so what is done later is later. Its timers are left alone. It
is libfaketime that answers for the clock (package libfaketime): the program has no switch for it.
"""

from __future__ import annotations

import datetime
import glob
import os
import subprocess
import sys
import time

#: What the screens and most tests are run at: no special day, and far from midnight.
USUAL = "2026-11-22T12:32:00Z"
#: What was done before a test begins was done so long ago. Not a whole number of ten
#: minutes, so that its age is the same after a second or two.
BEFORE_S = 640

#: The whole suite may itself be run under faketime: then the program inherits it.
INHERITED = {
    name: value
    for name, value in os.environ.items()
    if name.startswith("FAKETIME") or name in ("LD_PRELOAD", "NO_FAKE_STAT")
}


def _library() -> str:
    multiarch = getattr(sys.implementation, "_multiarch", "*")
    found = glob.glob(f"/usr/lib/{multiarch}/faketime/libfaketime.so.1")
    found += glob.glob("/usr/lib*/faketime/libfaketime.so.1")
    if not found:
        raise RuntimeError("libfaketime is not installed: sh tests/setup.sh test installs it")
    return found[0]


def seconds(moment: str) -> int:
    """Seconds since 1970 of a moment in RFC 3339."""
    return int(datetime.datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp())


def _machine_s() -> int:
    """The machine's clock, also where this process is shown another one."""
    if "LD_PRELOAD" not in INHERITED:
        return int(time.time())
    return int(subprocess.run(["date", "+%s"], env={"PATH": os.environ["PATH"]}, check=True,
                              capture_output=True, text=True).stdout)  # fmt: skip


def ahead_s(moment: str = USUAL, plus_s: int = 0) -> int:
    """How far a clock that now shows the moment is ahead of the clock of the tests."""
    return seconds(moment) + plus_s - int(time.time())


def environment(moment: str = USUAL, plus_s: int = 0) -> dict[str, str]:
    """What a program needs in its environment to run at that moment, or some seconds from it."""
    asan = os.environ.get("ASAN_OPTIONS")
    return {
        "LD_PRELOAD": _library(),
        "FAKETIME": f"{seconds(moment) + plus_s - _machine_s():+d}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
        # The sanitizer wants to be the first library, and works as the second.
        "ASAN_OPTIONS": (asan + ":" if asan else "") + "verify_asan_link_order=0",
    }
