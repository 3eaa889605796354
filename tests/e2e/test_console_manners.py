"""What a terminal and a person who sits at it may expect: sizes, signals, ends, names from outside,
secrets, terminals that cannot show a console.
"""

import contextlib
import re
import signal
import sqlite3
import subprocess
import unicodedata

import pytest

from support import faults
from support.console import CONFIG, EARLIER, NOW, Centre
from support.program import program
from support.term import Terminal

# ---- sizes ---------------------------------------------------------------------------------------

VIEWS = {
    "panes": [], "filter": ["/"], "details": ["Enter"], "help": ["?"], "command": [":"],
    "history": ["h"], "doctor": ["!"], "activity": ["4"], "plan": ["s"], "assign": ["2", "G", "a"],
    "reassign": ["Down", "Down", "r"], "pin": ["Down", "Down", "p"], "import": ["I"],
    "theme": ["t"],
}  # fmt: skip
STORM = [(1, 1), (300, 100), (29, 4), (30, 5), (2, 60), (250, 1), (80, 2), (81, 25), (40, 10),
         (131, 36), (1, 100), (66, 9)]  # fmt: skip


def opened(term, view):
    """The view, as it stays: a plan that opens by itself names Enter a little later."""
    for key in VIEWS[view]:
        term.press(key).quiet()
    if view == "plan":
        term.wait_for("Enter applies it").quiet()


def still(term):
    """The screen without the age of the data."""
    return [term.lines[0].partition("  ")[0], *term.lines[1:]]


def rested(term):
    """Once the history has come, and with it the deed that gave the row its number."""
    return term.wait_for(re.compile(r"by +sync \(")).quiet()


@pytest.mark.parametrize("view", VIEWS)
def test_a_storm_of_sizes_in_every_view(centre, view):
    with centre.console() as term:
        rested(term)
        opened(term, view)
        before = still(term)
        for size in STORM:  # faster than anybody can draw
            term.resize(*size)
        term.resize(80, 24).quiet()
        assert still(term) == before and not term.emulator.unknown
        for size in STORM:  # and each one drawn
            term.resize(*size).quiet()
            assert term.status is None, size
        term.resize(80, 24).quiet()
        assert still(term) == before
        term.signal(signal.SIGTERM)
        term.wait_exit()
        term.check_whole()


# ---- signals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number, status", [
    (signal.SIGTERM, None), (signal.SIGHUP, None), (signal.SIGINT, None),
    (signal.SIGSEGV, -signal.SIGSEGV), (signal.SIGABRT, -signal.SIGABRT),
    (signal.SIGBUS, -signal.SIGBUS), (signal.SIGFPE, -signal.SIGFPE),
    (signal.SIGILL, -signal.SIGILL), (signal.SIGQUIT, None),
])  # fmt: skip
def test_a_signal_leaves_the_terminal_whole(centre, number, status):
    with centre.console() as term:
        term.press("m").quiet().press("/").quiet()  # the mouse and the cursor are on
        term.signal(number)
        ended = term.wait_exit()
        assert ended == status if status is not None else ended >= -signal.SIGTERM
        term.check_whole()


def test_hanging_up_ends_it(centre):
    with centre.console() as term:
        term.press("s").wait_for("PLAN")
        term.hang_up()
        term.wait_exit()
    assert centre.run("--doctor").status == 0


def test_stop_and_continue_from_outside_draw_the_screen_again(centre):
    with centre.console() as term:
        before = still(rested(term))
        term.signal(signal.SIGSTOP)
        term.wait_for(lambda t: t.stopped)
        term._emulator.feed(b"\x1b[2J\x1b[?2004l\x1b[?1049lwhat a shell writes\r\n")
        term.signal(signal.SIGCONT)
        term.wait_for("Agents 14").quiet()
        assert still(term) == before and term.emulator.has_mode(2004)
        term.press("Down").quiet().press("q")
        assert term.wait_exit() == 0
        assert not term.emulator.left_over()


@pytest.fixture
def shell(centre):
    environment = {**centre.environment, "PS1": "shell> ", "INPUTRC": "/dev/null"}
    with Terminal(["bash", "--norc", "-i"], environment=environment, cwd=centre.folder) as term:
        term.type("bind 'set enable-bracketed-paste off'; stty -a > before; clear\n")
        term.wait_for("shell>").quiet()
        yield term


def the_terminal_is_the_shells(term):
    assert not [what for what in term.emulator.left_over() if "attributes" not in what]
    term.type("stty -a | diff - before && echo sa''me\n").wait_for("same").quiet()


@pytest.mark.parametrize("view", ["panes", "assign", "plan", "filter"])
def test_ctrl_z_and_fg(shell, view):
    rested(shell.type(f"{program()} --config config\n").wait_for("Agents 14"))
    (shell.watched,) = shell.children()
    opened(shell, view)
    before = still(shell)
    for _ in range(2):
        shell.press("C-z").wait_for("Stopped").wait_for(lambda t: t.state() == "T")
        the_terminal_is_the_shells(shell)
        shell.type("fg\n").wait_for("Extensions" if view != "plan" else "PLAN").quiet()
        assert still(shell) == before and shell.emulator.has_mode(2004)
    shell.press("Esc").quiet().press("q").wait_for(lambda t: not t.children())
    shell.watched = shell.pid
    shell.quiet()
    the_terminal_is_the_shells(shell)


def test_being_stopped_from_outside_and_fg(shell):
    rested(shell.type(f"{program()} --config config\n").wait_for("Agents 14"))
    (shell.watched,) = shell.children()
    before = still(shell)
    shell.signal(signal.SIGTSTP)
    shell.wait_for("Stopped")
    the_terminal_is_the_shells(shell)
    shell.resize(100, 30)  # while it cannot see it
    shell.type("fg\n").wait_for("Extensions").quiet()
    assert len(shell.lines[2].rstrip()) == 100
    shell.resize(80, 24).quiet()
    assert still(shell) == before


# ---- the end in the middle of the work -----------------------------------------------------------


def broken(place):
    """What the doctor finds, but for numbers that the pool has not got yet."""
    problems = place.run("--doctor", "--json").json["problems"]
    return [problem for problem in problems if problem["kind"] != "missing"]


def test_kill_in_the_middle_of_an_apply_on_dynamodb(cloud_centre):
    place = cloud_centre
    place.configure(CONFIG.replace("2000-2059", "2000-2999"))
    assert place.run("--init").status == 0
    people = [(f"new.{i:03}", "New", f"One{i:03}") for i in range(300)]
    place.staff(NOW + people)
    held = faults.hold()
    place.cloud.gate.inject(held, on="dynamodb.TransactWriteItems", after=1)
    with place.console() as term:
        term.wait_for("read: 312 agents").press("s").wait_for("Enter applies it")
        term.press("Enter")
        held.wait()
        term.signal(signal.SIGKILL)
        assert term.wait_exit() == -signal.SIGKILL
    place.cloud.gate.clear_faults()
    place.cloud.gate.wait_idle()  # what was sent is still carried out
    assert broken(place) == []
    assert place.run("--sync", "--no-export").status == 0
    assert len(place.held()) == 312


def test_kill_in_the_middle_of_an_apply_on_sqlite(centre):
    centre.configure(CONFIG.replace("2000-2059", "2000-9999").replace("2013", ""))
    centre.staff(NOW + [(f"new.{i:04}", "New", f"One{i}") for i in range(6000)])
    with centre.console() as term:
        term.wait_for("read: 6,012 agents").press("s").wait_for("Enter applies it")
        term.press("Enter").wait_for("is being applied")
        term.signal(signal.SIGKILL)
        assert term.wait_exit() == -signal.SIGKILL
    assert broken(centre) == []
    assert centre.run("--sync", "--no-export").status == 0
    assert len(centre.held()) == 6012


def test_cancelling_an_apply_keeps_what_is_written_and_nothing_half(cloud_centre):
    place = cloud_centre
    place.configure(CONFIG.replace("2000-2059", "2000-2999"))
    assert place.run("--init").status == 0
    place.staff(NOW + [(f"new.{i:03}", "New", f"One{i:03}") for i in range(900)])
    held = faults.hold()
    place.cloud.gate.inject(held, on="dynamodb.TransactWriteItems", after=1)
    with place.console() as term:
        term.wait_for("read: 912 agents").press("s").wait_for("Enter applies it")
        term.press("Enter").wait_for("is being applied")
        held.wait()
        term.press("C-c").quiet()
        place.cloud.gate.clear_faults()
        term.wait_gone("is being applied").quiet()
        assert 12 < len(place.held()) < 912
        assert broken(place) == []
        assert term.status is None


# ---- names from outside --------------------------------------------------------------------------

HOSTILE = [
    ("esc", "Red\x1b]0;owned\x07", "Alert"),
    ("osc", "Clip\x1b]52;c;b3duZWQ=\x07", "Board"),
    ("c1", "C\x85One", "\x90DCS\x9c"),
    ("bidi\u202eevil", "R\u2067L", "O\u2069"),
    ("zero\u200bwidth", "Z\ufeffW", "J\u200d\u200c"),
    ("tab", "New\nLine", "Carriage\rReturn"),
    ("delete", "N\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307", "Zal\x7fgo"),
    ("x" * 128, "Long" * 60, "Name" * 60),
    ("漢字" * 20, "全角", "文字"),
    ("emoji\U0001f468\u200d\U0001f469\u200d\U0001f467", "Fam", "ily"),
    ("tag\U000e0041\U000e0042", "Private\ue000", "\ufff9Anno\ufffb"),
    ("%s%n%d", "%1$s", "${HOME}`id`"),
    ("'; DROP TABLE slot; --", "Bobby", "Tables"),
]
# no directory may bring these, but a store can have them from before
HOSTILE_HOLDERS = ["esc\x1b[31;5m", "osc\x1b]52;c;b3duZWQ=\x07", "c1\x9b31m", "tab\there", "del\x7fete",
                   "zero\u200bwidth\u2060"]


def assert_harmless(term):
    assert term.emulator.unknown == [] and term.emulator.strings == []
    assert term.emulator.bells == 0 and term.emulator.screen.title == ""
    drawn = "".join(term.lines)
    for char in drawn:
        assert unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp"), repr(char)
    for what in (b"\x1b[31;5m", "\u202e".encode(), "\u200b".encode(), "\x9b".encode()):
        assert what not in term.output
    # the frames stand where they stand: nothing is wider or narrower than it seems
    width = term.emulator.screen.columns
    for y in range(2, 8):
        if term.cell(0, y).data == "│":
            assert term.cell(width - 1, y).data == "│", term.lines[y]


def write_hostile(centre):
    import json

    centre.agents.write_text("")  # a CSV cannot hold all of it; what aws connect prints can
    users = [{"Id": str(i), "Username": login,
              "IdentityInfo": {"FirstName": first, "LastName": last}}
             for i, (login, first, last) in enumerate(HOSTILE)]
    (centre.folder / "agents.json").write_text(json.dumps({"Users": users}), encoding="utf-8")
    centre.configure(CONFIG.replace("agents.csv", "agents.json"))
    with contextlib.closing(sqlite3.connect(centre.store)) as store, store:
        held = store.execute("SELECT extension FROM extension WHERE state = 'assigned'").fetchall()
        assert len(held) > len(HOSTILE_HOLDERS)
        for (extension,), login in zip(held, HOSTILE_HOLDERS):
            store.execute("UPDATE extension SET agent = ? WHERE extension = ?", (login, extension))


@pytest.mark.parametrize("size", [(80, 24), (200, 50), (40, 10)])
def test_hostile_names_are_never_shown_raw(centre, size):
    write_hostile(centre)
    with centre.console(size=size) as term:
        term.wait_for("gents 25").quiet()
        assert_harmless(term)
        for keys in (["Down"] * 14, ["Enter"], ["Esc"], ["G"], ["s"], ["Down"] * 14, ["Esc"], ["4"],
                     ["Esc"], ["a"], ["Esc"], ["p"], ["Esc"], ["/", "e"], ["Esc"]):  # fmt: skip
            term.press(*keys).quiet()
            assert_harmless(term)


def test_hostile_names_on_amazon_are_never_shown_raw(cloud_centre):
    # Connect takes 100 characters
    cloud_centre.staff([(login[:100], first[:100], last[:100]) for login, first, last in HOSTILE])
    with cloud_centre.console() as term:
        term.wait_for("Agents 25").press("s").wait_for("PLAN").quiet()
        assert_harmless(term)


def test_a_hostile_name_is_copied_as_text(centre):
    write_hostile(centre)
    with centre.console() as term:
        term.wait_for("gents 25").press("/").type("bidi").press("Enter").quiet().press("Y").quiet()
        assert "\u202e".encode() not in term.output and term.emulator.unknown == []


# ---- secrets -------------------------------------------------------------------------------------


def test_no_secret_is_written(cloud_centre):
    env = cloud_centre.environment
    secrets = [env[name].encode() for name in
               ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN") if env.get(name)]  # fmt: skip
    assert len(secrets) == 2
    log = cloud_centre.folder / "log"
    with cloud_centre.console("--log", "log", "--log-level", "debug") as term:
        term.wait_for("read: 12 agents")
        for keys in ("Enter", "Esc", "?", "G", "Esc", "h", "Enter", "Esc", "Esc", "!", "Esc", "s",
                     "Esc", "4", "Esc", "c", "Esc"):  # fmt: skip
            term.press(keys).quiet()
        cloud_centre.cloud.gate.inject(faults.error("AccessDeniedException"), on="connect")
        term.press("C-r").wait_for("ERROR").quiet()
        written = bytes(term.output) + log.read_bytes()
    for secret in secrets:
        assert secret not in written
        assert secret[:12] not in written and secret[-12:] not in written


# ---- terminals that cannot show it ---------------------------------------------------------------


@pytest.mark.parametrize("name", ["dumb", "nonesuch", "", "unknown", "../xterm"])
def test_a_terminal_that_cannot_show_it_gets_a_sentence(centre, name):
    with centre.start(term=name) as term:
        assert term.wait_exit() == 64
        assert "--sync" in term.text and "terminal" in term.text
        assert "TERM=xterm-256color extpool" in term.text  # the way out
        assert not term.emulator.unknown and not term.emulator.strings
        term.check_whole()


# Of terminals that came later than the terminfo of many a server; the last has an entry here in
# which a colour is its red, green and blue.
@pytest.mark.parametrize("name", ["xterm-kitty", "xterm-ghostty", "alacritty-nonesuch", "wezterm",
                                  "foot", "tmux-nonesuch", "nonesuch-256color", "tmux-direct"])
def test_a_terminal_that_is_not_known_here_is_taken_for_an_older_one(centre, name):
    with centre.start(term=name) as term:
        term.wait_for("Agents 14").press("Down").wait_for(lambda t: t.lines[4].startswith("│>"))
        assert not term.emulator.unknown
        term.press(":").type("activity").press("Enter").wait_for("ACTIVITY")
        assert (f"TERM={name} is not known on this machine" in term.text) == (name != "tmux-direct")
        term.press("q").wait_for("Extensions").press("q")
        assert term.wait_exit() == 0
        term.check_whole()


@pytest.mark.parametrize("brought", [
    {"LC_ALL": "", "LC_CTYPE": "UTF-8"}, {"LC_ALL": "xx_YY.UTF-8"},
    {"LC_ALL": "", "LANG": "xx_YY.utf8"},
], ids=lambda brought: " ".join(brought.values()).strip())  # fmt: skip
def test_utf8_is_kept_where_the_locale_is_not_here(centre, brought):
    with centre.console(environment=brought) as term:
        term.wait_for("田中").wait_for("┌─ 1 Agents 14")


@pytest.mark.parametrize("brought, says", [
    ({"LC_ALL": ""}, "no locale is set"), ({"LC_ALL": "C"}, "locale C (LC_ALL)"),
    ({"LC_ALL": "", "LANG": "xx_YY"}, "locale xx_YY (LANG) is not on this machine"),
], ids=["none", "C", "missing"])  # fmt: skip
def test_why_names_are_shown_with_question_marks(centre, brought, says):
    with centre.console(environment=brought, size=(120, 30)) as term:
        term.wait_for("Garc?a").wait_for(says).wait_for("letters beyond ASCII show as ?")


@pytest.mark.parametrize("lost", ["stdin", "stdout"])
def test_without_a_terminal_there_is_a_sentence(centre, lost):
    done = subprocess.run(
        [program(), *centre.places()], capture_output=True, text=True, stdin=subprocess.DEVNULL,
        cwd=centre.folder, env={**centre.environment, "TERM": "xterm"}, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 64 and done.stdout == ""
    assert "terminal" in done.stderr and "--sync" in done.stderr


# ---- drawing -------------------------------------------------------------------------------------


def test_nothing_is_written_while_nothing_happens(centre):
    with centre.console() as term:
        rested(term)
        mark = term.mark()
        term.press("Up").quiet()  # there is none above
        assert term.since(mark) == b""
        term.quiet(ms=500)
        assert term.since(mark) == b""


def test_only_what_changes_is_written_and_ctrl_l_writes_all(centre):
    with centre.console() as term:
        rested(term).press("Down").quiet()
        mark = term.mark()
        term.press("Down").quiet()
        assert len(term.since(mark)) <= 250
        before = still(rested(term))
        term._emulator.feed(b"\x1b[H\x1b[2Jnoise on the line")
        mark = term.mark()
        term.press("C-l").quiet()
        assert still(term) == before and len(term.since(mark)) > 1000


def test_the_first_picture_is_small(centre):
    with centre.console() as term:
        assert len(term.output) <= 4500


# ---- demo and the first start --------------------------------------------------------------------


def test_the_demo_lives_and_leaves_nothing_behind(tmp_path):
    desk = Centre(tmp_path)
    desk.configure("")
    (tmp_path / "tmp").mkdir()
    environment = {**desk.environment, "TMPDIR": str(tmp_path / "tmp")}
    with Terminal([program(), "--demo"], environment=environment, cwd=tmp_path) as term:
        term.wait_for("demo").wait_for(re.compile(r"read: \d")).quiet()
        for state in ("NEW", "STALE", "PIN"):
            term.press("/").type(f"state:{dict(PIN='pinned').get(state, state.lower())}")
            term.press("Enter").wait_for(state).press("Esc").quiet()
        term.press("2").quiet()
        for state in ("cooling", "reserved", "blocked", "free"):
            term.press("/").type(f"state:{state}").press("Enter").wait_for(f" {state}")
            term.press("Esc").quiet()
        term.press("s").wait_for("PLAN sync").press("Esc").wait_for("Agents").press("q")
        assert term.wait_exit() == 0
        term.check_whole()
    assert not list((tmp_path / "tmp").iterdir())
    assert not [path for path in (tmp_path / "home").rglob("*") if path.is_file()]


def numbers_on(term):
    """The numbers in the list of agents, and how many rows have none."""
    rows = [line[:46] for line in term.lines[4:19]]
    people = [row for row in rows if re.search(r"[a-z]", row)]
    return [int(n) for n in re.findall(r" (\d{4}) ", "\n".join(people))], sum("----" in row for row in people)


def test_the_demo_has_three_sites(tmp_path):
    with Terminal([program(), "--demo"], environment={"HOME": str(tmp_path), "TMPDIR": str(tmp_path)}) as term:
        term.wait_for("read: 250 agents").wait_for(re.compile(r"Leeds LOW \d+")).quiet()
        term.press("s").wait_for("the group Leeds is low: ").wait_for("Enter applies it").press("Enter")
        term.wait_for(re.compile(r"sync: \d+ applied")).quiet()
        for site, first, last in (("leeds", 4000, 4059), ("london", 0, 3999), ("berlin", 6000, 7999)):
            term.press("/").type(f"group:{site}").press("Enter").wait_for(f"/group:{site}").quiet()
            numbers, without = numbers_on(term)
            assert len(numbers) > 10 and without == 0
            assert all(first <= number <= last for number in numbers), (site, numbers)
            term.press("Esc").quiet()
        term.resize(200, 50).wait_for(re.compile(r"Leeds 4000-4059 \[#+\.*\] \d+ % free \d+ LOW  \| Berlin"))


# ---- states of Amazon ----------------------------------------------------------------------------


def test_rows_appear_page_by_page(cloud_centre):
    place = cloud_centre
    place.cloud.instance.paging.most = 100
    place.staff(EARLIER + [(f"z.{i:04}", "Z", f"Person{i}") for i in range(1000)])
    place.cloud.gate.inject(faults.hold(), on="connect.SearchUsers", after=2)
    with place.start() as term:
        # some of them are there before the last page is
        term.wait_for(re.compile(r"Agents [1-9]\d\d .*PARTIAL|PARTIAL.*Agents [1-9]\d\d ", re.DOTALL))
        term.wait_for(re.compile("page [2-9]")).wait_for("C-c stops")
        place.cloud.gate.clear_faults()
        term.wait_for("read: 1,012 agents").wait_gone("PARTIAL")


def test_what_is_partial_releases_nobody(cloud_centre):
    place = cloud_centre
    place.cloud.instance.paging.most = 5
    with place.console() as term:
        term.wait_for("read: 12 agents")
        place.cloud.gate.inject(faults.status(500), on="connect", after=1)
        term.press("s").wait_for("ERROR").quiet()
        assert "PLAN" not in term.text and "STALE" in term.text
    assert len(place.held()) == 12


def test_offline_is_said_and_the_way_back(cloud_centre):
    place = cloud_centre
    with place.console() as term:
        term.wait_for("read: 12 agents")
        rule = place.cloud.gate.inject(faults.reset_before())
        term.press("C-r").wait_for("OFFLINE", timeout_s=60).quiet()
        assert "a.smithers" in term.text  # what was read stays on the screen
        rule.remove()
        term.press("C-r").wait_for("reading works again").wait_gone("OFFLINE")


def test_expired_credentials_are_said_and_the_screen_stays(lenient_cloud, tmp_path):
    from support.console import CloudCentre, set_up

    place = CloudCentre(tmp_path, lenient_cloud)
    lenient_cloud.create_table()
    set_up(place)
    with place.console() as term:
        term.wait_for("read: 12 agents")
        lenient_cloud.gate.keyring.revoke(lenient_cloud.operator)
        term.press("C-r").wait_for("LOGIN?").quiet()
        assert "a.smithers" in term.text
        term.press("s").wait_gone("C-c stops").quiet()
        assert "PLAN" not in term.text


def test_throttling_is_shown(cloud_centre):
    place = cloud_centre
    with place.console() as term:
        term.wait_for("read: 12 agents")
        place.cloud.gate.inject(faults.error("ThrottlingException"), on="connect", first=6)
        term.press("C-r").wait_for("throttled").wait_gone("C-c stops", timeout_s=60)
        term.quiet()
        assert "ERROR" not in term.lines[0]
