"""A clock that the test moves on while the program runs: hours pass, and nobody waits for them.

    clock = Clock(folder)
    process = start(env=clock.environment())
    clock.forward(15)

It is libfaketime that shows it, the wall clock and the monotonic clock alike. The program's timers run
as ever, so a wait that is under way ends when it would have ended; after it the program sees the time.
A clock that stands still moves by `forward` alone.
"""

from __future__ import annotations

import datetime
import os

from . import fixed_time


class Clock:
    def __init__(self, folder, stands_still=False):
        self._file = folder / "clock"
        self._ahead_s = 0
        self._from = fixed_time.seconds(fixed_time.USUAL) if stands_still else None
        self.forward(0)

    def environment(self) -> dict[str, str]:
        """What a program needs in its environment to go by this clock."""
        env = fixed_time.environment()
        del env["FAKETIME"], env["FAKETIME_DONT_FAKE_MONOTONIC"]
        return env | {"FAKETIME_TIMESTAMP_FILE": str(self._file), "FAKETIME_NO_CACHE": "1"}

    def forward(self, seconds: int) -> None:
        self._ahead_s += seconds
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{self._shows()}\n")
        os.replace(fresh, self._file)

    def _shows(self) -> str:
        if self._from is None:
            return f"+{self._ahead_s}"
        moment = datetime.datetime.fromtimestamp(self._from + self._ahead_s, datetime.timezone.utc)
        return f"{moment:%Y-%m-%d %H:%M:%S}"  # the program's zone is UTC
