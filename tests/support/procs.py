"""Child processes that never outlive the tests.

A server of a test is killed when its context ends, when the interpreter exits, and by the kernel
(PR_SET_PDEATHSIG) when the interpreter is itself killed. Each has a process group of its own, so
that whatever it started goes with it.

The kernel ties PR_SET_PDEATHSIG to the *thread* that started the child: start servers from the
main thread.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

_alive: set["Server"] = set()


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One child process that listens on a loopback port."""

    def __init__(
        self,
        argv: list[str],
        port: int,
        log: Path,
        env: dict[str, str] | None = None,
        cwd: str | None = None,
    ):
        setpriv = shutil.which("setpriv")
        leash = [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
        self.argv, self.port, self.log = argv, port, log
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                leash + argv,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=env,
                cwd=cwd,
            )
        _alive.add(self)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_until_it_listens(self, timeout_s: float = 30.0) -> None:
        """Returns when a connection is taken; raises, in the server's own words, if it never is."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.01)
        self.stop()
        raise RuntimeError(
            f"{self.argv[0]} does not listen on port {self.port}:\n"
            + self.log.read_text(errors="replace")[-4000:]
        )

    def stop(self) -> None:
        _alive.discard(self)
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            self.process.kill()
        self.process.wait()


@atexit.register
def _stop_all() -> None:
    for server in list(_alive):
        server.stop()


_SIGNALS = re.compile(r"^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)$", re.MULTILINE)


def _threads_at_rest(pid: int, number: int) -> bool:
    """Whether no thread has the signal still pending and all of them sleep."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        status = (task / "status").read_text()
        if any(int(mask, 16) >> (number - 1) & 1 for mask in _SIGNALS.findall(status)):
            return False
        if not re.search(r"^State:\s*[SD]", status, re.MULTILINE):
            return False
    return True


def deliver(process: subprocess.Popen, number: int, timeout_s: float = 60) -> None:
    """Sends a signal and returns when it was acted on: the handler has run and the process waits
    again, or it has ended. For a process that has nothing to do but to wait.
    """
    process.send_signal(number)
    deadline = time.monotonic() + timeout_s
    while process.poll() is None:
        try:
            if _threads_at_rest(process.pid, number):
                return
        except (FileNotFoundError, ProcessLookupError):  # it, or a thread of it, has just ended
            pass
        if time.monotonic() > deadline:
            raise AssertionError(f"signal {number} was not acted on within {timeout_s:g} s")
        time.sleep(0.001)
