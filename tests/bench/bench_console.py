"""The console on a terminal of 80x24, next to tig, htop and ncdu in the same run.

Times are from the first byte of the key (or the start of the process) to the last byte that the
program writes in answer, as the other end of the terminal sees it.
"""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from measure import table  # noqa: E402
from support import tasks  # noqa: E402
from support.console import CONFIG, Centre  # noqa: E402
from support.term import Terminal, key_bytes  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("EXTPOOL") or str(ROOT / "build" / "release" / "extpool")

QUIET_MS = 80  # shorter than the console's spinner, longer than any gap within an answer
STARTS = 9
MOVES = 15
IDLE_S = 5
ROWS = 15  # of a list at 80x24


class Subject:
    """A program to look at: how it is started, and when it has shown what there is."""

    def __init__(self, name, command, environment=None, cwd=None):
        self.name, self.command, self.environment, self.cwd = name, command, environment, cwd

    def start(self):
        return Terminal(self.command, (80, 24), environment=self.environment, cwd=self.cwd)


# ---- what there is to show -----------------------------------------------------------------------


def write_agents(path, count):
    with open(path, "w", encoding="ascii") as out:
        out.write("first name,last name,user login,routing profile name\n")
        for i in range(count):
            out.write(f"First{i},Last{i},agent.{i:06},Basic Routing Profile\n")


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
    subprocess.run([*command, "--sync", "--quiet"], cwd=home, check=True,
                   env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **environment},
                   stdout=subprocess.DEVNULL)
    return Subject(f"extpool {count:,}", command, environment, home)


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
            "extpool, Amazon silent",
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
    return Subject(f"tig, {count:,} commits", ["tig"], {"HOME": str(folder)}, repository)


def ncdu(folder, count):
    entries = [{"name": f"agent.{i:06}", "asize": i, "dsize": 4096} for i in range(count)]
    listing = [1, 0, {"progname": "ncdu", "progver": "1", "timestamp": 0},
               [{"name": "/pool"}, *entries]]
    path = folder / "ncdu.json"
    path.write_text(json.dumps(listing))
    return Subject(f"ncdu, {count:,} files", ["ncdu", "-f", str(path)], {"HOME": str(folder)})


def htop(folder):
    # every 10 s at the most, so that its own refresh is not counted as an answer
    return Subject("htop", ["htop", "-d", "100"], {"HOME": str(folder)})


# ---- readings ------------------------------------------------------------------------------------


def answer(term, data):
    """(milliseconds to the last byte, bytes) of what the program does with these bytes."""
    mark = term.mark()
    start = time.monotonic()
    term.send(data)
    term.quiet(QUIET_MS)
    written = len(term.since(mark))
    return ((term.wrote_at - start) * 1000 if written else 0.0), written


def first_paint(subject):
    """Median (ms, bytes) from the start of the process to the end of the first picture."""
    readings = []
    for _ in range(STARTS):
        with subject.start() as term:
            while not term.output:
                term.quiet(1)
            term.quiet(QUIET_MS)
            readings.append(((term.wrote_at - term.started_at) * 1000, len(term.output)))
    return [statistics.median(values) for values in zip(*readings)]


def settled(subject):
    term = subject.start()
    while not term.output:
        term.quiet(1)
    term.quiet(500, timeout_s=60)
    return term


def moves(term):
    """(median ms, median bytes, most bytes) of one row down within the page, then of scrolling."""
    down = key_bytes("Down", term.emulator.has_mode(1))
    answer(term, down)
    within = [answer(term, down) for _ in range(5)]
    for _ in range(25):
        term.send(down)
    term.quiet(QUIET_MS)
    beyond = [answer(term, down) for _ in range(MOVES)]
    return within, beyond


def sixty(term):
    """Bytes of each of sixty presses of j, the first on the last row that is visible."""
    term.press("Home")
    term.quiet(QUIET_MS)
    for _ in range(ROWS - 1):
        answer(term, b"j")
    return [answer(term, b"j")[1] for _ in range(60)]


def pages(term):
    """Bytes of each of six pages down."""
    down = key_bytes("PgDn", term.emulator.has_mode(1))
    return [answer(term, down)[1] for _ in range(6)]


def first_frame(subject):
    """Median milliseconds to the header of the first frame, before a store has answered."""
    readings = []
    for _ in range(STARTS):
        with subject.start() as term:
            while b"extpool" not in term.output:
                term.quiet(1)
            readings.append((term.wrote_at - term.started_at) * 1000)
            term.quiet(QUIET_MS)
    return statistics.median(readings)


def everyday(subjects):
    rows = []
    for subject in subjects:
        frame_ms = first_frame(subject)
        with settled(subject) as term:
            written = len(term.output)
            keys, turned = sixty(term), pages(term)
            rows.append([subject.name, f"{frame_ms:.1f}", f"{written:,}",
                         f"{statistics.mean(keys):.0f}", f"{max(keys)}",
                         f"{statistics.mean(turned):.0f}", f"{max(turned)}"])
    return rows


def switches(pid, threads):
    """Voluntary context switches of the first thread, or of all."""
    total = 0
    for tid in os.listdir(f"/proc/{pid}/task") if threads else [str(pid)]:
        status = pathlib.Path(f"/proc/{pid}/task/{tid}/status").read_text()
        total += int(status.partition("voluntary_ctxt_switches:")[2].split()[0])
    return total


def idle(term):
    """(bytes, wake-ups of the first thread, of all) in IDLE_S seconds without a key."""
    mark, first, every = term.mark(), switches(term.pid, False), switches(term.pid, True)
    deadline = time.monotonic() + IDLE_S
    while time.monotonic() < deadline:
        term.quiet(500)
    return (len(term.since(mark)), switches(term.pid, False) - first,
            switches(term.pid, True) - every)


def memory_mb(pid):
    """(resident now, at its peak, of its own: neither shared library nor file)."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    read = lambda name: int(status.partition(name + ":")[2].split()[0]) / 1024
    return read("VmRSS"), read("VmHWM"), read("RssAnon")


def filter_keys(term, text):
    """[(ms, bytes)] of each key typed into the filter."""
    term.press("/")
    term.quiet(QUIET_MS)
    return [answer(term, char.encode()) for char in text]


def task_of(folder, number, task):
    """[name, keys, most, bytes] of an everyday task, in a contact centre of its own."""
    home = folder / f"task-{number}"
    home.mkdir()
    centre = Centre(home)
    centre.configure(CONFIG.replace("2000-2059", "0010-9999").replace("blocked = 2013", "blocked ="))
    tasks.prepare(centre, task.leavers)
    for line in task.before:
        centre.run(*line, environment={"SUDO_USER": "kim"})
    with centre.console(environment={"SUDO_USER": "kim"}) as term:
        term.wait_for("agents, ").quiet()
        for line in task.meanwhile:
            centre.run(*line, environment={"SUDO_USER": "lee"})
            term.press("C-r").wait_for("] goes there").quiet()
        return [task.name, str(len(task.keys)), str(task.most), f"{tasks.press(term, task):,}"]


def on_a_call(subject):
    """The last of the tasks, on a directory that knows who is on a call."""
    name, most, begin = tasks.ON_A_CALL
    pressed = tasks.keys(begin + "0011")
    with settled(subject) as term:
        mark = term.mark()
        for key in pressed:
            term.press(key).quiet()
        term.wait_for("live  ").quiet(500)
        return [name, str(len(pressed)), str(most), f"{len(term.since(mark)):,}"]


# ---- tables --------------------------------------------------------------------------------------


def per_key(readings):
    ms, written = zip(*readings)
    return [f"{statistics.median(ms):.2f}", f"{max(ms):.2f}",
            f"{statistics.median(written):.0f}", f"{max(written)}"]


def compare(subjects):
    starts, keys, rests, sizes = [], [], [], []
    for subject in subjects:
        ms, written = first_paint(subject)
        starts.append([subject.name, f"{ms:.1f}", f"{written:,.0f}"])
        with settled(subject) as term:
            within, beyond = moves(term)
            keys.append([subject.name, *per_key(within), *per_key(beyond)])
            rests.append([subject.name, *map(str, idle(term))])
            sizes.append([subject.name, *(f"{mb:.1f}" for mb in memory_mb(term.pid))])
    return starts, keys, rests, sizes


def filters(subject):
    rows = []
    with settled(subject) as term:
        for text in ("agent.05", "~ag99", "!agent.0", "state:new", "05 or ext:2-3"):
            readings = filter_keys(term, text)
            rows.append([text, *per_key(readings)])
            term.press("Esc", "Esc")
            term.quiet(QUIET_MS)
    return rows


def main():
    absent = [name for name in ("tig", "htop", "ncdu", "git") if not shutil.which(name)]
    if absent:
        print(f"not installed, not compared with: {', '.join(absent)} (tests/setup.sh bench)")
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        silent = stack.enter_context(silent_amazon(folder))
        small, large = local(folder, 10000), local(folder, 100000)
        others = [make() for tool, make in (("tig", lambda: tig(folder, 10000)),
                                            ("htop", lambda: htop(folder)),
                                            ("ncdu", lambda: ncdu(folder, 10000)))
                  if tool not in absent and "git" not in absent]
        starts, keys, rests, sizes = compare([small, large, *others])
        ms, written = first_paint(silent)
        starts.insert(0, [silent.name, f"{ms:.1f}", f"{written:,.0f}"])
        table(f"Console at 80x24: first picture, median of {STARTS} starts",
              ["", "ms", "bytes"], starts)
        print("  wanted: before any network answer under 30 ms and at most 4,500 bytes\n")
        demo = Subject("extpool --demo", [PROGRAM, "--demo"], {"HOME": str(folder)}, folder)
        table("The everyday screen, linked details beside it",
              ["", "first frame ms", "bytes until complete", "j, 60 times", "most", "page", "most"],
              everyday([local(folder, 2500), demo]))
        print("  wanted: a frame in 20 ms, 4,500 bytes; 250 a key on average, 600 a page\n")
        rows = [task_of(folder, number, task) for number, task in enumerate(tasks.TASKS)]
        rows.append(on_a_call(demo))
        table("The everyday tasks", ["", "keys", "of the design", "bytes"], rows)
        late = [name for name, pressed, most, _ in rows if int(pressed) > int(most)]
        print(f"  wanted: no more keys than the design; too many for: {', '.join(late) or 'none'}\n")
        table("A row down: within the page, and where the page scrolls",
              ["", "ms", "worst", "bytes", "most", "scroll ms", "worst", "bytes", "most"], keys)
        print("  wanted: at most 250 bytes, under 2 ms\n")
        table("A key in the filter, 100,000 agents", ["typed", "ms", "worst", "bytes", "most"],
              filters(large))
        print("  wanted: under 16 ms to the last byte\n")
        table(f"{IDLE_S} s without a key",
              ["", "bytes", "wake-ups of the screen's thread", "of all threads"], rests)
        print("  wanted: 0 bytes, 0 wake-ups\n")
        table("Memory, MB", ["", "resident", "peak", "of its own"], sizes)
        print("  wanted: under 16 with 10,000 agents and extensions, under 90 with 100,000")


if __name__ == "__main__":
    main()
