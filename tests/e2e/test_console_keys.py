"""What keys, pastes and clicks do, and above all what they do not do."""

import base64
import random
import re
import string

import pytest

from support.console import CONFIG, NOW


def contents(centre):
    """Everything that stands in the store, as another process sees it."""
    return centre.json("--list", "extensions"), centre.history()


def files(centre):
    """Every file of the place with its bytes; the store's side files come and go with a reader."""
    return {
        path.name: path.read_bytes() for path in centre.folder.iterdir()
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }  # fmt: skip


OFF_IN_READ_ONLY = ["s", "z", "Z", "e", "E", "I"]  # edits can be gathered, for a plan file
ALL_KEYS = [
    *string.ascii_letters, *string.digits, *"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "Space", "Enter",
    "Tab", "S-Tab", "Backspace", "Insert", "Delete", "Up", "Down", "Left", "Right", "Home", "End",
    "PgUp", "PgDn", *(f"F{n}" for n in range(1, 13)), *(f"C-{c}" for c in "abdefghijklnoprstuvwxy"),
    "M-x", "M-Enter", "é", "田",
]  # fmt: skip


# ---- read-only -----------------------------------------------------------------------------------


def test_a_read_only_session_says_why_a_key_is_off(centre):
    with centre.console("--read-only") as term:
        assert "READ-ONLY" in term.lines[0]
        for key in OFF_IN_READ_ONLY:
            term.press("Down").wait_gone(": read-only").press(key).wait_for(": read-only")
        term.press("Down").wait_gone(": read-only")
        term.press(":").type("export").press("Enter").wait_for(": read-only")
        term.press("?").wait_for("HELP").press("PgDn").wait_for("read-only]")


@pytest.mark.parametrize("seed", range(3))
def test_no_key_writes_in_a_read_only_session(centre, seed):
    before = files(centre)
    chance = random.Random(seed)
    # W writes a plan file: that is what a read-only session is for
    keys = [key for key in ALL_KEYS if key not in ("q", "F10", "W")] * 3
    chance.shuffle(keys)
    with centre.console("--read-only") as term:
        for at, key in enumerate(keys):
            term.press(key)
            if at % 20 == 0:
                term.quiet()
        term.quiet()
        assert term.status is None and not term.emulator.unknown
    assert files(centre) == before


# ---- keys that must not do anything --------------------------------------------------------------


@pytest.mark.parametrize("key", ["d", "D", "Delete", "Backspace", "Insert", "M-x", "C-s", "C-q"])
def test_what_people_press_by_mistake_does_nothing(centre, key):
    before = contents(centre)
    with centre.console() as term:
        term.wait_for("Agents 14").wait_for("by    sync (").quiet()  # the history has come
        panes = term.lines[2:20]
        term.press("Down", key).quiet()
        assert term.lines[3].startswith("│") and "PLAN" not in term.text
        term.press("Up").wait_for(lambda t: t.lines[2:20] == panes)
    assert contents(centre) == before


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_written_without_enter(centre, seed):
    before = contents(centre)
    chance = random.Random(100 + seed)
    # e publishes at once, as its name says; C-j and C-m are Enter
    keys = [key for key in ALL_KEYS
            if key not in ("q", "F10", "Enter", "M-Enter", "C-j", "C-m", "e")] * 3  # fmt: skip
    chance.shuffle(keys)
    with centre.console() as term:
        for at, key in enumerate(keys):
            term.press(key)
            if at % 20 == 0:
                term.quiet()
        term.quiet()
        assert term.status is None and not term.emulator.unknown
    assert contents(centre) == before


def test_a_key_without_a_meaning_says_so(centre):
    with centre.console() as term:
        term.press("K").wait_for("K does nothing here")
        term.press("F9").wait_for("F9 does nothing here")


# ---- dialogs -------------------------------------------------------------------------------------

DIALOGS = {
    # what opens it: what Enter alone leads to
    ("2", "G", "a"): "type to whom",
    ("Down", "Down", "w"): "type with whom",
    ("Down", "Down", "r", "2003"): "taken: w, t or f",
    ("I",): "type the path of a CSV file",
    ("E",): "exported 12 rows",
    ("t",): "theme default",
}
# what Enter would write, and Esc does not
WRITING = [
    ("/", "smidt", "Enter", "a"), ("Down", "Down", "r"), ("Down", "Down", "r", "2035"),
    ("Down", "Down", "p"), ("2", "G", "R"), ("Down", "Down", "x"), ("Down", "Down", "w", "tanaka"),
    ("Down", "Down", "r", "2003", "w"), ("s",),
]  # fmt: skip


def open_dialog(term, steps):
    for step in steps:
        if len(step) > 1 and (step.islower() or step.isdigit()):
            term.type(step)
        else:
            term.press(step)
        term.quiet()


@pytest.mark.parametrize("steps", DIALOGS, ids=lambda steps: "-".join(steps))
def test_the_default_of_a_dialog(centre, steps):
    before = contents(centre)
    with centre.console() as term:
        open_dialog(term, steps)
        term.press("Enter").wait_for(DIALOGS[steps]).quiet()
    assert contents(centre) == before  # at the most it led to a plan


@pytest.mark.parametrize("steps", [*DIALOGS, *WRITING], ids=lambda steps: "-".join(steps))
def test_a_dialog_is_left_without_a_trace(centre, steps):
    before = contents(centre)
    with centre.console() as term:
        open_dialog(term, steps)
        term.press("Esc").wait_for("Extensions").quiet()
        term.press("Esc", "Esc").quiet()
        assert "┌─ 1 Agents 14 ─" in term.text and "PLAN" not in term.text
        assert term.status is None
    assert contents(centre) == before


def test_quitting_asks_nothing_while_only_reading_is_under_way(cloud_centre):
    from support import faults

    with cloud_centre.console() as term:
        term.wait_for("read: 12 agents")
        rule = cloud_centre.cloud.gate.inject(faults.hold(), on="dynamodb")
        term.press("C-r").wait_for("C-c stops").press("q")
        assert term.wait_exit() == 0
        rule.remove()
        term.check_whole()


def test_quitting_while_reading_asks_about_the_basket_alone(cloud_centre):
    from support import faults

    with cloud_centre.console() as term:
        term.wait_for("read: 12 agents").press("b", "Down", "x").wait_for("Enter adds").press("Enter")
        term.wait_for("added, not written")
        rule = cloud_centre.cloud.gate.inject(faults.hold(), on="dynamodb")
        term.press("C-r").wait_for("C-c stops").press("q").wait_for("Basket of 1 row")
        term.press("Enter")
        assert term.wait_exit() == 0
        rule.remove()


def test_a_key_that_waits_for_other_work_is_answered(cloud_centre):
    from support import faults

    with cloud_centre.console() as term:
        term.wait_for("read: 12 agents")
        rule = cloud_centre.cloud.gate.inject(faults.hold(), on="dynamodb")
        term.press("C-r").wait_for("C-c stops").press("x").wait_for("release: other work is under way")
        term.press("Down").wait_gone("release: other").wait_for("C-c stops")
        rule.remove()
        term.wait_gone("C-c stops").press("q")
        assert term.wait_exit() == 0


def test_no_undo_begins_while_something_is_written_though_one_waits(cloud_centre):
    from support import faults

    with cloud_centre.console() as term:
        term.wait_for("read: 12 agents").press("z").wait_for("PLAN undo").press("Esc")
        term.wait_for("the plan waits")
        rule = cloud_centre.cloud.gate.inject(faults.hold(), on="s3.PutObject")
        term.press("e").wait_for("C-c stops").press("h").wait_for("HISTORY").wait_for(">")
        term.press("z").wait_for("undo: other work is under way").press("Esc").wait_gone("HISTORY")
        term.press("q").wait_for("export is under way").press("Esc").wait_gone("Leave?")
        rule.remove()
        term.wait_gone("C-c stops").press("q")
        assert term.wait_exit() == 0


def test_a_question_about_writing_says_when_the_writing_has_ended(cloud_centre):
    from support import faults

    with cloud_centre.console() as term:
        term.wait_for("read: 12 agents")
        rule = cloud_centre.cloud.gate.inject(faults.hold(), on="s3.PutObject")
        term.press("e").wait_for("C-c stops").press("q").wait_for("export is under way")
        term.press("Esc").wait_gone("Leave?").press("q").wait_for("stop the work and leave")
        rule.remove()
        term.wait_for("The writing has ended meanwhile").wait_gone("stop the work")
        term.press("Enter").wait_gone("Leave?").press("q")  # the default is to stay
        assert term.wait_exit() == 0
        term.check_whole()


def test_ctrl_c_stops_the_work_and_not_the_console(cloud_centre):
    from support import faults

    with cloud_centre.console() as term:
        term.wait_for("read: 12 agents")
        cloud_centre.cloud.gate.inject(faults.hold(), on="connect")
        term.press("s").wait_for("C-c stops").press("C-c", "C-c")
        term.wait_for(re.compile("cancelled|stopped")).wait_gone("C-c stops").quiet()
        assert "PLAN" not in term.text and term.status is None
        term.press("C-c").quiet()
        assert term.status is None


# ---- paste ---------------------------------------------------------------------------------------


def test_a_paste_outside_a_field_is_dropped(centre):
    before = contents(centre)
    with centre.console() as term:
        assert term.emulator.has_mode(2004)
        term.paste("x1\nq\nsx\r:release d.rao\n").wait_for("a paste works only in")
        term.press("3").wait_for("DETAILS").paste("q").wait_for("a paste works only in")
        assert term.status is None
    assert contents(centre) == before


def test_a_paste_in_a_field_is_one_line_of_text(centre):
    with centre.console() as term:
        term.press("/").paste("d.rao").wait_for("Agents 1 of 14")
        term.press("C-u").paste("a\x1b[31m\x9b\x07b").wait_for("/a[31mb")
        term.press("C-u").paste("rao\nq\n").wait_for("/rao").quiet()
        assert term.status is None and not term.emulator.unknown and not term.emulator.bells
        term.press("C-u").quiet().paste("y" * 5000).quiet()
        assert term.status is None


def test_a_paste_that_never_ends_does_not_hang_the_console(centre):
    with centre.console() as term:
        term.send(b"\x1b[200~" + b"x" * 300_000)
        term.send(b"\x1b[201~")
        term.quiet().press("Down").quiet().press("q")
        assert term.wait_exit() == 0


# ---- finding -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text, logins", [
    ("rao", ["d.rao", "e.rao"]),
    ("smith,", ["j.smith", "p.osmith"]),
    ("~psm", ["p.osmith"]),
    ("ext:200", ["a.smithers", "b.smith", "d.rao", "e.rao", "j.smith", "k.tanaka", "l.garcia",
                 "m.leaver", "n.okafor", "p.osmith"]),
    ("state:new", ["k.smidt", "z.novak"]),
    ("state:stale", ["b.smith", "m.leaver"]),
    ("state:pinned", ["a.smithers"]),
    ("!state:ok state:new", ["k.smidt", "z.novak"]),
    ("rao !esha", ["d.rao"]),
    ("田中", ["k.tanaka"]),
    ("GARCÍA", ["l.garcia"]),
    ("nobody at all", []),
])  # fmt: skip
def test_the_filter_shows_what_matches(centre, text, logins):
    with centre.console(size=(80, 40)) as term:
        term.press("/").type(text).quiet()
        shown = [re.match(r"│[> ][* ].{2}(\S+)", line) for line in term.lines]
        found = [match.group(1) for match in shown if match and "LOGIN" not in match.group(1)]
        if not logins:
            assert "nothing matches" in term.text
        else:
            assert sorted(found) == sorted(logins)
            assert f"Agents {len(logins)} of 14" in term.text
        term.press("Esc").wait_for("Agents 14")


def test_cursor_and_marks_stay_on_their_records(centre):
    with centre.console() as term:
        term.press("Down", "Down", "Space").quiet()  # marks d.rao, goes on to e.rao
        for keys in (["o", "o"], ["O"], ["C-r"], ["/", "r", "a", "o", "Enter"], ["Esc"]):
            term.press(*keys).quiet()
            assert re.search(r"\*  d\.rao", term.text) and re.search(r">.{3}e\.rao", term.text), term.text
        centre.staff([("0.first", "New", "One"), *NOW])
        term.press("F5").wait_for("Agents 15").quiet()
        assert re.search(r"\*  d\.rao", term.text) and re.search(r">.{3}e\.rao", term.text)


def test_a_range_is_marked(centre):
    with centre.console() as term:
        term.press("Down", "v", "Down", "Down", "v").wait_for("3 marked")
        term.press("U").wait_gone("marked")
        term.press("*").wait_for("14 marked")


# ---- the command line, help, keys of one's own ---------------------------------------------------


def test_every_command_can_be_completed_and_has_help(centre):
    with centre.console(size=(80, 50)) as term:
        term.press("?").wait_for("HELP").quiet()
        text, page = "", None
        while page != term.text:
            page = term.text
            text += page
            term.press("PgDn").quiet()
        for name in ("sync", "assign", "reassign", "release", "swap", "pin", "reserve", "undo",
                     "export", "export-to", "import", "history", "doctor", "copy", "context"):
            assert re.search(rf"^ \S.*[ :]{name} ", text, re.MULTILINE), name
        term.press("Esc").quiet()
        term.press(":").type("doc").press("Tab").wait_for(":doctor").press("Enter")
        term.wait_for("DOCTOR").press("Esc").quiet()
        term.press(":").press("Up").wait_for(":doctor").press("Esc")
        term.press(":").type("syncc").press("Enter").wait_for("did you mean sync?")


def test_a_key_of_ones_own(centre):
    centre.configure(CONFIG + "[keys]\nsync = F9\nrelease =\n")
    with centre.console() as term:
        assert "F9 Sync" in term.text and "x Release" not in term.text
        term.press("Down", "x").wait_for("x does nothing here")
        term.press("F9").wait_for("PLAN sync")


@pytest.mark.parametrize("keys, words", [
    ("sync = F9\nexport = F9\n", ["F9", "sync", "export"]),
    ("sync = Hyper-x\n", ["Hyper-x"]),
    ("snyc = F9\n", ["snyc"]),
])
def test_keys_that_cannot_be_are_named_at_the_start(centre, keys, words):
    centre.configure(CONFIG + "[keys]\n" + keys)
    with centre.start() as term:
        assert term.wait_exit() == 64
        assert all(word in term.text for word in words), term.text
        assert "config" in term.text
        term.check_whole()


# ---- mouse and clipboard -------------------------------------------------------------------------


def test_the_mouse_is_off_until_it_is_wanted(centre):
    with centre.console() as term:
        assert not term.emulator.has_mode(1006) and not term.emulator.has_mode(1000)
        term.press("m").wait_for(lambda t: t.emulator.has_mode(1006))
        term.click(10, 7).wait_for(re.compile(r">.{3}e\.rao"))
        term.click(50, 6).wait_for(re.compile(r">  2002"))
        term.press("m").wait_for(lambda t: not t.emulator.has_mode(1006))
        term.press("m").wait_for(lambda t: t.emulator.has_mode(1006)).press("q")
        assert term.wait_exit() == 0
        term.check_whole()


def test_a_click_takes_a_message_away(centre):
    with centre.console() as term:
        term.press("m").wait_for("mouse on")
        term.click(10, 7).wait_for(re.compile(r">.{3}e\.rao")).wait_gone("mouse on")


def clipboard(strings):
    return [base64.b64decode(text.split(";")[2]).decode() for kind, text in strings
            if kind == "OSC" and text.startswith("52;c;")]  # fmt: skip


def test_copying_an_extension_and_a_row(centre):
    with centre.console() as term:
        term.press("Down", "Down", "y").wait_for("copied 2002")
        term.press("Y").wait_for("copied").quiet()
        term.press("Space", "Space", "y").wait_for("copied 2 extensions")
        assert clipboard(term.emulator.strings) == ["2002", "2002\td.rao\tRao, Divya\tassigned",
                                                    "2002\n2003"]  # fmt: skip


def test_copying_inside_tmux_and_screen(centre):
    with centre.console(environment={"TMUX": "/tmp/tmux-0/default,1,0"}, term="tmux-256color") as term:
        term.press("y").wait_for("copied 2000")
        wrapped = [text for kind, text in term.emulator.strings if kind == "DCS"]
        assert wrapped == ["tmux;\x1b\x1b]52;c;MjAwMA==\x07"]
    with centre.console(term="screen-256color") as term:
        term.press("y").wait_for("copied 2000")
        wrapped = [text for kind, text in term.emulator.strings if kind == "DCS"]
        assert wrapped == ["\x1b]52;c;MjAwMA==\x07"]


# ---- themes --------------------------------------------------------------------------------------


def colours(term):
    screen = term.emulator.screen
    return {colour for y in range(screen.lines) for x in range(screen.columns)
            for colour in (term.cell(x, y).fg, term.cell(x, y).bg)}  # fmt: skip


def test_a_theme_is_shown_while_one_chooses_and_esc_takes_it_back(centre):
    with centre.console() as term:
        before = [[term.cell(x, y) for x in range(46)] for y in range(1, 20)]
        term.press("t").wait_for("solarized")
        seen = set()
        for _ in range(7):
            seen.add(frozenset(colours(term)))
            term.press("Down").quiet()
        assert len(seen) >= 5
        term.press("Esc").wait_gone("solarized").quiet()
        assert [[term.cell(x, y) for x in range(46)] for y in range(1, 20)] == before
        term.press("t").wait_for("mono").press("Home", "End").quiet()
        term.press("Esc").quiet().press(":").type("theme mono").press("Enter").quiet()
        assert colours(term) == {"default"}


@pytest.mark.parametrize("term_name, most", [
    ("xterm-256color", 256), ("xterm-16color", 16), ("xterm", 8), ("linux", 8), ("vt100", 0),
    ("xterm-mono", 0), ("screen-256color", 256), ("tmux-256color", 256),
])  # fmt: skip
def test_every_theme_on_terminals_of_all_kinds(centre, term_name, most):
    with centre.console(term=term_name) as term:
        text = [line[:46] for line in term.lines[3:20]]
        term.press("t").wait_for("solarized")
        for _ in range(7):
            numbers = {int(colour[6:]) for colour in colours(term) if colour.startswith("colour")}
            assert max(numbers, default=0) < max(most, 1)
            if most < 256:
                assert not numbers
            if most == 0:
                assert colours(term) == {"default"}
            if most <= 8:
                assert not any(colour.startswith("bright") for colour in colours(term))
            term.press("Down").quiet()
        term.press("Esc").wait_gone("solarized").quiet()
        assert [line[:46] for line in term.lines[3:20]] == text and not term.emulator.unknown
        term.press("q")
        assert term.wait_exit() == 0
        term.check_whole()


def test_a_theme_of_ones_own(centre):
    folder = centre.folder / "themes"
    folder.mkdir()
    (folder / "mine.theme").write_text("[theme]\ncursor = red reverse\n")
    centre.configure(CONFIG + "[theme]\nname = mine\n")
    with centre.console() as term:
        x, y = term.find("a.smithers")
        assert term.cell(x, y).fg == "red" and term.cell(x, y).reverse


def test_a_theme_that_is_none_is_named_at_the_start(centre):
    centre.configure(CONFIG + "[theme]\nname = nonesuch\n")
    with centre.start() as term:
        assert term.wait_exit() == 64
        assert "nonesuch" in term.text
        term.check_whole()
