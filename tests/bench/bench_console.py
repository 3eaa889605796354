"""The console on a terminal of 80x24, next to tig, htop and ncdu in the same run.

Times are from the first byte of the key (or the start of the process) to the last byte that the
program writes in answer, as the other end of the terminal sees it.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

from measure import PLAIN, PROGRAM, ROOT, Report, must, write_agents

from support.term import Terminal, key_bytes

QUIET_MS = 80  # shorter than the console's spinner, longer than any gap within an answer
REST_MS = 1000  # after which nothing that a key began is still under way
STARTS = 7
IDLE_S = 3
ROWS = 15  # of a list at 80x24


class Subject:
    """A program to look at: how it is started, and when it has shown what there is."""

    def __init__(self, key, name, command, environment=None, cwd=None):
        self.key, self.name, self.command = key, name, command
        self.environment, self.cwd = environment, cwd

    def start(self, size=(80, 24)):
        return Terminal(self.command, size, environment=self.environment, cwd=self.cwd)


# ---- what there is to show -----------------------------------------------------------------------


def local(folder, count):
    """extpool on an embedded store where so many agents hold so many extensions."""
    home = folder / f"extpool-{count}"
    home.mkdir()
    write_agents(home / "agents.csv", count)
    width = 4 if count <= 10000 else 6
    (home / "config").write_text(
        "[defaults]\ndirectory = file:agents.csv\nstore = sqlite:pool.db\n"
        f"export = file:export.csv\n[policy]\nwidth = {width}\n"
        f"ranges = {0:0{width}}-{count - 1:0{width}}\nblocked =\n"
    )
    environment = {"HOME": str(home)}
    command = [PROGRAM, "--config", "config"]
    must([*command, "--sync", "--quiet"], PLAIN | environment, home)
    return Subject(str(count), f"{count:,} agents", command, environment, home)


@contextlib.contextmanager
def silent_amazon(folder):
    """extpool on an Amazon that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
        environment = {
            "HOME": str(folder), "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_EC2_METADATA_DISABLED": "true",
        }  # fmt: skip
        yield Subject(
            "silent", "a silent Amazon",
            [PROGRAM, "--directory", "connect:12345678-1234-1234-1234-123456789012",
             "--store", "dynamodb:extensions", "--endpoint-url", f"http://127.0.0.1:{port}"],
            environment)  # fmt: skip


def tig(folder, count):
    repository = folder / "repository"
    subprocess.run(["git", "init", "-q", "-b", "main", repository], check=True)
    commits = "".join(
        f"commit refs/heads/main\ncommitter Jane Smith <jane@example.com> {1700000000 + i} +0000\n"
        f"data <<END\nGive agent.{i:06} an extension\nEND\n" for i in range(count)
    )
    subprocess.run(["git", "-C", repository, "fast-import", "--quiet"], input=commits, text=True,
                   check=True)
    return Subject("tig", f"tig, {count:,} commits", ["tig"], {"HOME": str(folder)}, repository)


def ncdu(folder, count):
    entries = [{"name": f"agent.{i:06}", "asize": i, "dsize": 4096} for i in range(count)]
    listing = [1, 0, {"progname": "ncdu", "progver": "1", "timestamp": 0},
               [{"name": "/pool"}, *entries]]
    path = folder / "ncdu.json"
    path.write_text(json.dumps(listing))
    return Subject("ncdu", f"ncdu, {count:,} files", ["ncdu", "-f", str(path)], {"HOME": str(folder)})


def htop(folder):
    # every 10 s at the most, so that its own refresh is not counted as an answer
    return Subject("htop", "htop", ["htop", "-d", "100"], {"HOME": str(folder)})


# ---- readings ------------------------------------------------------------------------------------


def answer(term, data):
    """(milliseconds to the last byte, bytes) of what the program does with these bytes."""
    mark = term.mark()
    start = time.monotonic()
    term.send(data)
    term.quiet(QUIET_MS)
    written = len(term.since(mark))
    return ((term.wrote_at - start) * 1000 if written else 0.0), written


def settled(subject, size=(80, 24)):
    term = subject.start(size)
    while not term.output:
        term.quiet(1)
    term.quiet(500, timeout_s=60)
    return term


def sixty(term, key):
    """(ms, bytes) of each of sixty presses, the first on the last row that is visible."""
    term.press("Home")
    term.quiet(QUIET_MS)
    for _ in range(ROWS - 1):
        term.send(key)
    term.quiet(QUIET_MS)
    return [answer(term, key) for _ in range(60)]


def pages(term):
    """Bytes of each of six pages down."""
    down = key_bytes("PgDn", term.emulator.has_mode(1))
    return [answer(term, down)[1] for _ in range(6)]


def first_frame(subject, word=b""):
    """Median milliseconds to a frame with the word, before a store has answered."""
    readings = []
    for _ in range(STARTS):
        with subject.start() as term:
            while not term.output or word not in term.output:
                term.quiet(1)
            readings.append((term.wrote_at - term.started_at) * 1000)
            term.quiet(QUIET_MS)
    return statistics.median(readings)


def idle(term):
    """(bytes, wake-ups of the screen's thread) in IDLE_S seconds without a key."""
    term.quiet(REST_MS)
    mark, woken = term.mark(), wake_ups(term.pid)
    deadline = time.monotonic() + IDLE_S
    while time.monotonic() < deadline:
        term.quiet(500)
    return len(term.since(mark)), wake_ups(term.pid) - woken


def wake_ups(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status, re.M)[1])


def memory_mb(pid):
    """Its own at this moment: neither shared libraries nor files."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^RssAnon:\s+(\d+)", status, re.M)[1]) / 1024


def filter_keys(term, text):
    """[(ms, bytes)] of each key typed into the filter."""
    term.press("/")
    term.quiet(QUIET_MS)
    return [answer(term, char.encode()) for char in text]


# ---- rows ----------------------------------------------------------------------------------------


def starting(subjects, silent, others):
    report = Report("The console at 80x24: the first frame, before a store has answered")
    for subject in [silent, *subjects]:
        report.row(f"console.frame.{subject.key}", subject.name, first_frame(subject, b"extpool"), "ms", 20)
    for other in others:
        report.row(f"console.frame.{other.key}", f"beside it: {other.name}", first_frame(other), "ms")


def keys(report, subject, size, page, name):
    """Bytes until the first screen is complete, of a key, of a page. The demo shows who is on a call,
    and that changes by itself."""
    steady = subject.key != "demo"
    key = f"{subject.key}.{size[0]}"
    with settled(subject, size) as term:
        report.row(f"console.complete.{key}", f"{name}: until complete", len(term.output), "bytes", 4500,
                   steady=steady)
        pressed = sixty(term, b"j")
        turned = pages(term)
    ms, written = zip(*pressed)
    report.row(f"console.j.{key}", "  j, sixty times, on average", statistics.mean(written), "bytes", 250,
                   steady=steady)
    report.row(f"console.j.ms.{key}", "  j, median", statistics.median(ms), "ms", 2)
    report.row(f"console.page.{key}", "  a page", statistics.mean(turned), "bytes", page,
                   steady=steady)


def strips(report, subject):
    """Bytes of the strip over the everyday screen: opened, and closed again."""
    with settled(subject) as term:
        for key, name in (("x", "release"), ("r", "reassign"), ("p", "pin")):
            opened, closed = (answer(term, data)[1] for data in (key.encode(), b"\x1b"))
            report.row(f"console.strip.{key}", f"the strip of {name}, opened and closed", opened + closed,
                       "bytes")


def resting(subject, memory):
    report = Report(f"The console at rest, {subject.name}")
    with settled(subject) as term:
        written, woken = idle(term)
        report.row(f"console.idle.{subject.key}", f"{IDLE_S} s without a key", written, "bytes", 0)
        report.row(f"console.woken.{subject.key}", "  wake-ups of the screen's thread", woken, "times", 0)
        report.row(f"console.memory.{subject.key}", "  memory of its own", memory_mb(term.pid), "MB", memory)


def filtering(subject):
    report = Report(f"A key in the filter at the terminal, {subject.name}: to the last byte of the answer")
    with settled(subject) as term:
        for text in ("agent.05", "~ag99", "!agent.0", "state:new", "05 or ext:2-3"):
            ms, _ = zip(*filter_keys(term, text))
            report.row(f"console.filter.{text.replace(' ', '_')}", f"{text}, median of its keys",
                       statistics.median(ms), "ms", 16)
            term.press("Esc", "Esc")
            term.quiet(QUIET_MS)


def beside(others):
    report = Report("Beside it: a row down, and a screen at rest")
    for other in others:
        with settled(other) as term:
            down = key_bytes("Down", term.emulator.has_mode(1))
            ms, written = zip(*(answer(term, down) for _ in range(20)))
            report.row(f"beside.ms.{other.key}", other.name, statistics.median(ms), "ms")
            report.row(f"beside.bytes.{other.key}", "  a row down", statistics.median(written), "of bytes")


def main():
    absent = [name for name in ("tig", "htop", "ncdu", "git") if not shutil.which(name)]
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        silent = stack.enter_context(silent_amazon(folder))
        everyday, small, large = (local(folder, count) for count in (2500, 10000, 100000))
        demo = Subject("demo", "--demo", [PROGRAM, "--demo"], {"HOME": str(folder), "TMPDIR": str(folder)}, folder)
        others = [make() for tool, make in (("tig", lambda: tig(folder, 10000)),
                                            ("htop", lambda: htop(folder)),
                                            ("ncdu", lambda: ncdu(folder, 10000)))
                  if tool not in absent and "git" not in absent]
        starting([small, large], silent, others)
        report = Report("What the console writes")
        keys(report, everyday, (80, 24), 600, "80x24, linked details beside the list")
        keys(report, everyday, (60, 24), 500, "60x24, the list alone")
        keys(report, demo, (80, 24), 600, "--demo, 80x24")
        strips(report, demo)
        resting(small, 12)
        resting(large, 55)
        filtering(large)
        if others:
            beside(others)
        if absent:
            print(f"  not installed, not compared with: {', '.join(absent)} (tests/setup.sh bench)")


if __name__ == "__main__":
    main()
