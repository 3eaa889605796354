"""A program on a terminal of its own, driven by keys and read from the screen.

    with Terminal(["htop"], size=(80, 24)) as term:
        term.wait_for("PID USER")
        term.press("Down", "Down", "F3")
        term.type("bash")
        term.wait_for(lambda t: t.cell(0, 9).reverse)
        term.resize(40, 10)
        term.press("q")
        assert term.wait_exit() == 0
        term.check_whole()

Nothing here sleeps: `wait_for` returns when the screen says so and fails, with the screen in the
message, when it never does; `quiet` returns when the program has read all keys, sleeps, and has
written nothing for a while.

What is written is kept in `output`; it goes through the emulator only when somebody looks, so that
a benchmark can take times without its cost.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import termios
import time
from pathlib import Path
from typing import Callable, Pattern, Union

from . import fixed_time
from .emulator import Cell, Emulator

WAIT_S = 20.0
QUIET_MS = 60

What = Union[str, Pattern, Callable[["Terminal"], object]]

# As xterm sends them; those with two forms change with the application mode of the cursor keys.
_CURSOR = {"Up": "A", "Down": "B", "Right": "C", "Left": "D", "Home": "H", "End": "F"}
_KEYS = {
    "Enter": "\r", "Esc": "\x1b", "Tab": "\t", "S-Tab": "\x1b[Z", "Space": " ",
    "Backspace": "\x7f", "Insert": "\x1b[2~", "Delete": "\x1b[3~", "PgUp": "\x1b[5~",
    "PgDn": "\x1b[6~", "F1": "\x1bOP", "F2": "\x1bOQ", "F3": "\x1bOR", "F4": "\x1bOS",
    "F5": "\x1b[15~", "F6": "\x1b[17~", "F7": "\x1b[18~", "F8": "\x1b[19~", "F9": "\x1b[20~",
    "F10": "\x1b[21~", "F11": "\x1b[23~", "F12": "\x1b[24~",
}  # fmt: skip


def key_bytes(name: str, application: bool = False) -> bytes:
    """What a terminal sends for a key: a character, a name, C-x or M-x."""
    if name in _CURSOR:
        return f"\x1b{'O' if application else '['}{_CURSOR[name]}".encode()
    if name in _KEYS:
        return _KEYS[name].encode()
    if name.startswith("C-") and len(name) == 3:
        return bytes([ord(name[2].upper()) & 0x1F])
    if name.startswith("M-") and len(name) > 2:
        return b"\x1b" + key_bytes(name[2:], application)
    if len(name) == 1:
        return name.encode()
    raise ValueError(f"no key is called {name!r}")


class Terminal:
    """One program on a pty. Give it back with `with`, or `close`."""

    def __init__(
        self,
        command: list[str],
        size: tuple[int, int] = (80, 24),
        term: str = "xterm-256color",
        environment: dict[str, str] | None = None,
        cwd: str | os.PathLike | None = None,
    ):
        self.output = bytearray()
        self.started_at = self.wrote_at = time.monotonic()
        self.status: int | None = None  # as subprocess has it: -15 is SIGTERM
        self.stopped = False
        self._fed = 0
        self._after_esc = False
        self.master, self._slave = os.openpty()
        self._size(*size)
        self._emulator = Emulator(*size, answer=self.send)
        self._emulator.feed(b"the shell before\r\n")
        self._before = termios.tcgetattr(self._slave)
        environment = {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            **fixed_time.INHERITED,
            **(environment or {}),
        }
        environment["TERM"] = term
        path = os.ttyname(self._slave)
        argv = [*(["env", "-C", str(cwd)] if cwd else []), *map(str, command)]
        self.started_at = time.monotonic()
        # The first terminal that the leader of a session opens becomes its controlling one.
        self.pid = os.posix_spawnp(
            argv[0],
            argv,
            environment,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, path, os.O_RDWR, 0),
                (os.POSIX_SPAWN_DUP2, 0, 1),
                (os.POSIX_SPAWN_DUP2, 0, 2),
            ],
            setsid=True,
            setsigmask=[],
            setsigdef=[signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGQUIT,
                       signal.SIGHUP, signal.SIGTSTP],
        )
        self.watched = self.pid  # whose sleep `quiet` looks at; a test of a shell sets it
        self._pidfd = os.pidfd_open(self.pid)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """Kills what still runs of the session's first group."""
        if self.status is None:
            for kill in (os.killpg, os.kill):
                try:
                    kill(self.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self._reap(0)
        for name in ("master", "_slave", "_pidfd"):
            descriptor = getattr(self, name)
            if descriptor >= 0:
                os.close(descriptor)
                setattr(self, name, -1)

    # ---- the program -----------------------------------------------------------------------------

    def signal(self, number: int) -> None:
        os.kill(self.watched, number)

    def hang_up(self) -> None:
        """What happens when the connection breaks: SIGHUP, then every read and write fails."""
        self._pump(0)
        os.close(self.master)
        os.close(self._slave)
        self.master = self._slave = -1

    def _reap(self, flags: int) -> None:
        pid, status = os.waitpid(self.pid, flags | os.WUNTRACED | os.WCONTINUED)
        if pid and (os.WIFSTOPPED(status) or os.WIFCONTINUED(status)):
            self.stopped = os.WIFSTOPPED(status)
        elif pid:
            self.status = os.waitstatus_to_exitcode(status)

    def wait_exit(self, timeout_s: float = WAIT_S) -> int:
        """The exit status; -15 for the end by SIGTERM."""
        deadline = time.monotonic() + timeout_s
        while self.status is None:
            if time.monotonic() > deadline:
                raise self._failure("the program does not end")
            self._pump(0.1)
            self._reap(os.WNOHANG)
        while self._pump(0):
            pass
        return self.status

    def children(self) -> list[int]:
        """Processes that the program has started."""
        text = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in text.split()]

    def state(self, pid: int | None = None) -> str:
        """R running, S sleeping, T stopped, Z ended, "" gone."""
        try:
            return Path(f"/proc/{pid or self.watched}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return ""

    # ---- keyboard --------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Bytes as they are; reads what the program writes meanwhile. What follows the key Esc
        waits until that was taken for the key and not for the begin of another.
        """
        if self._after_esc:
            self._after_esc = False
            self.quiet()
        self._after_esc = data == b"\x1b"
        while data:
            self._pump(0)
            _, writable, _ = select.select([], [self.master], [], 1)
            if writable:
                data = data[os.write(self.master, data[:1024]) :]

    def press(self, *names: str) -> "Terminal":
        """Keys by name."""
        for name in names:
            self.send(key_bytes(name, self.emulator.has_mode(1)))
        return self

    def type(self, text: str) -> "Terminal":
        self.send(text.encode())
        return self

    def paste(self, text: str) -> "Terminal":
        """As a terminal pastes: in brackets where the program asked for them, \\n sent as Enter."""
        data = text.replace("\n", "\r").encode()
        bracketed = self.emulator.has_mode(2004)
        self.send(b"\x1b[200~" + data + b"\x1b[201~" if bracketed else data)
        return self

    def click(self, x: int, y: int, button: int = 0) -> "Terminal":
        """A click, where the program asked for clicks (SGR form)."""
        if self.emulator.has_mode(1006):
            self.send(f"\x1b[<{button};{x + 1};{y + 1}M\x1b[<{button};{x + 1};{y + 1}m".encode())
        return self

    def _size(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def resize(self, columns: int, lines: int) -> "Terminal":
        """The terminal's new size; the kernel sends SIGWINCH."""
        self._pump(0)
        self.emulator.resize(columns, lines)
        self._size(columns, lines)
        return self

    # ---- output ----------------------------------------------------------------------------------

    def _pump(self, wait_s: float) -> bool:
        """Reads once, waiting so long at the most; whether anything came. An end ends the wait."""
        if self.master < 0:
            if self.status is None:
                select.select([self._pidfd], [], [], wait_s)
            return False
        watched = [self.master] + ([self._pidfd] if self.status is None else [])
        ready, _, _ = select.select(watched, [], [], wait_s)
        if self.master not in ready:
            return False
        data = os.read(self.master, 65536)
        self.wrote_at = time.monotonic()
        self.output += data
        return True

    def _input_taken(self) -> bool:
        waiting = fcntl.ioctl(self._slave, termios.FIONREAD, b"\0\0\0\0")
        return struct.unpack("i", waiting)[0] == 0

    def quiet(self, ms: int = QUIET_MS, timeout_s: float = WAIT_S) -> "Terminal":
        """Waits until all keys are read and nothing was written for so long."""
        deadline = time.monotonic() + timeout_s
        while True:
            if not self._pump(ms / 1000):
                self._reap_if_running()
                if self.status is not None or self.stopped or self.master < 0:
                    break
                if self._input_taken() and self.state() in ("S", "T"):
                    break
            if time.monotonic() > deadline:
                raise self._failure(f"the program does not rest for {ms} ms")
        self._feed()
        return self

    def _reap_if_running(self) -> None:
        if self.status is None:
            self._reap(os.WNOHANG)

    def wait_for(self, what: What, timeout_s: float = WAIT_S) -> "Terminal":
        """Waits until the screen holds the text, matches the pattern, or the function is content."""
        deadline = time.monotonic() + timeout_s
        while True:
            if self._holds(what):
                return self
            if self.status is not None and not self._pump(0):
                if self._holds(what):
                    return self
                raise self._failure(f"the program ended before this was there: {what!r}")
            if time.monotonic() > deadline:
                raise self._failure(f"this never came: {what!r}")
            self._pump(0.05)
            self._reap_if_running()

    def wait_gone(self, what: What, timeout_s: float = WAIT_S) -> "Terminal":
        return self.wait_for(_Not(what), timeout_s)

    def _holds(self, what: What) -> bool:
        if isinstance(what, _Not):
            return not self._holds(what.what)
        if isinstance(what, str):
            return what in self.text
        if isinstance(what, re.Pattern):
            return what.search(self.text) is not None
        return bool(what(self))

    def mark(self) -> int:
        """A place in the output, for `since`."""
        self._pump(0)
        return len(self.output)

    def since(self, mark: int) -> bytes:
        return bytes(self.output[mark:])

    # ---- screen ----------------------------------------------------------------------------------

    def _feed(self) -> None:
        if self._fed < len(self.output):
            data = bytes(self.output[self._fed :])
            self._fed = len(self.output)
            self._emulator.feed(data)

    @property
    def emulator(self) -> Emulator:
        self._feed()
        return self._emulator

    @property
    def text(self) -> str:
        return self.emulator.text()

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.emulator.lines()]

    @property
    def cursor(self) -> tuple[int, int]:
        return self.emulator.cursor

    def cell(self, x: int, y: int) -> Cell:
        return self.emulator.cell(x, y)

    def find(self, text: str) -> tuple[int, int]:
        """The cell where the text begins, from the top; fails where it is not shown."""
        for y, line in enumerate(self.emulator.lines()):
            if text in line:
                # a wide character is one in the line and two on the screen
                before, x = len(line[: line.index(text)]), 0
                while before > 0 or self.cell(x, y).data == "":
                    before -= len(self.cell(x, y).data)
                    x += 1
                return x, y
        raise self._failure(f"this is not shown: {text!r}")

    def check_whole(self) -> None:
        """Fails where the program did not give the terminal back as it was."""
        problems = self.emulator.left_over()
        names = ("input modes", "output modes", "control modes", "local modes", "input speed",
                 "output speed", "special characters")
        for name, before, after in zip(names, self._before, termios.tcgetattr(self._slave)):
            if before != after:
                problems.append(f"{name} were {before} and are {after}")
        had_alternate = self.emulator.screen.had_alternate  # some terminals have none
        if had_alternate and "the shell before" not in self.text:
            problems.append("what the terminal showed before is gone")
        if problems:
            raise self._failure("the terminal was not given back: " + "; ".join(problems))

    def _failure(self, why: str) -> AssertionError:
        emulator = self.emulator
        width = emulator.screen.columns
        state = f"exit {self.status}" if self.status is not None else f"state {self.state()}"
        picture = "\n".join(f"|{line}|" for line in emulator.lines())
        return AssertionError(
            f"{why}\n({state}, cursor at {self.cursor}, {len(self.output)} bytes written)\n"
            f"+{'-' * width}+\n{picture}\n+{'-' * width}+"
        )


class _Not:
    """Turns a condition round, and still prints as what it is."""

    def __init__(self, what: What):
        self.what = what

    def __repr__(self) -> str:
        return f"no {self.what!r}"
