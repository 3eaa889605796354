"""The terminal that the console's tests look through: what it shows can be believed."""

import signal
import sys

import pytest

from support import golden as golden_module
from support.emulator import Emulator
from support.golden import attributes, golden, masked, picture
from support.term import Terminal, key_bytes

CURSES = """
import curses, signal, sys
def main(screen):
    curses.use_default_colors()
    curses.init_pair(1, curses.COLOR_RED, -1)
    curses.curs_set(1)
    sys.stdout.write("\\x1b[?2004h")
    sys.stdout.flush()
    key = b""
    while key != b"q":
        screen.erase()
        height, width = screen.getmaxyx()
        screen.addstr(0, 0, f"{width}x{height}"[:width - 1])
        if height > 4:
            screen.addstr(1, 0, "bold", curses.A_BOLD)
            screen.addstr(1, 6, "dim", curses.A_DIM)
            screen.addstr(1, 12, "red", curses.color_pair(1) | curses.A_REVERSE)
            screen.addstr(2, 0, "\\u7530\\u4e2d e\\u0301 end")
            screen.addstr(3, 0, repr(key))
            screen.move(4, 5)
        screen.refresh()
        key = curses.keyname(screen.getch())
    sys.stdout.write("\\x1b[?2004l")
    sys.stdout.flush()
curses.wrapper(main)
"""


@pytest.fixture
def small():
    with Terminal([sys.executable, "-c", CURSES]) as term:
        # asleep in read: ncurses misses a SIGWINCH that comes just before
        yield term.wait_for("80x24").quiet()


def screen_of(data, size=(20, 3)):
    emulator = Emulator(*size)
    emulator.feed(data)
    return emulator


# ---- a program -----------------------------------------------------------------------------------


def test_what_a_curses_program_shows_is_seen(small):
    small.quiet()
    assert small.lines[:4] == ["80x24", "bold  dim   red", "田中 e\u0301 end", "b''"]
    assert small.cursor == (5, 4) and small.emulator.cursor_shown
    assert small.cell(0, 1).bold and not small.cell(0, 0).bold
    assert small.cell(6, 1).dim and not small.cell(0, 1).dim
    assert small.cell(12, 1).fg == "red" and small.cell(12, 1).reverse
    assert small.cell(0, 2).data == "田" and small.cell(1, 2).data == ""
    assert small.find("end") == (7, 2)
    assert not small.emulator.unknown
    assert attributes(small).splitlines()[1].startswith("bbbb..ddd...rrr.")


def test_keys_arrive_as_a_terminal_sends_them(small):
    for name, shown in [("Up", "KEY_UP"), ("F5", "KEY_F(5)"), ("PgDn", "KEY_NPAGE"),
                        ("C-d", "^D"), ("Home", "KEY_HOME"), ("S-Tab", "KEY_BTAB"), ("x", "'x'")]:
        small.press(name).wait_for(shown)
    with pytest.raises(ValueError):
        key_bytes("Hyper-x")


def test_a_paste_comes_in_brackets_where_they_were_asked_for(small):
    before = small.mark()
    small.paste("a").quiet()
    assert b"kP" in small.since(before) or small.emulator.has_mode(2004)
    with Terminal(["cat"]) as plain:
        plain.paste("a\n").wait_for("a\na")


def test_a_resize_reaches_the_program(small):
    small.resize(100, 30).wait_for("100x30").quiet()
    assert len(small.lines) == 30
    small.resize(3, 2).quiet().resize(40, 10).wait_for("40x10")


def test_the_end_is_seen_and_the_terminal_is_whole(small):
    small.press("q")
    assert small.wait_exit() == 0
    small.check_whole()


def test_a_signal_is_the_status(small):
    small.signal(signal.SIGKILL)
    assert small.wait_exit() == -signal.SIGKILL
    with pytest.raises(AssertionError, match="alternate screen.*bracketed paste.*local modes"):
        small.check_whole()


def test_hanging_up_ends_a_program(small):
    small.hang_up()
    assert small.wait_exit() == -signal.SIGHUP


def test_a_screen_that_never_comes_fails_with_the_screen(small):
    with pytest.raises(AssertionError, match=r"(?s)never came: 'absent'.*\|80x24 "):
        small.wait_for("absent", timeout_s=0.2)
    small.wait_gone("absent")


def test_the_end_of_the_program_ends_the_wait():
    with Terminal(["sh", "-c", "echo all; exit 3"]) as term:
        with pytest.raises(AssertionError, match=r"(?s)ended before.*exit 3.*\|all "):
            term.wait_for("absent")
        assert term.status == 3


def test_what_a_program_leaves_behind_is_named():
    leave = r"stty -echo; printf '\033[?1049h\033[?25l\033[?1006h\033[1mx'"
    with Terminal(["sh", "-c", leave]) as term:
        assert term.wait_exit() == 0
        with pytest.raises(AssertionError) as failure:
            term.check_whole()
    for what in ("alternate screen", "cursor is hidden", "mouse", "attributes", "local modes",
                 "showed before is gone"):
        assert what in str(failure.value)


def test_bytes_are_counted_from_a_mark():
    with Terminal(["cat"]) as term:
        term.type("one\n").wait_for("one\none")
        mark = term.mark()
        term.quiet()
        assert term.since(mark) == b""
        term.type("two\n").wait_for("two\ntwo")
        assert term.since(mark) == b"two\r\ntwo\r\n"


def test_a_shell_stops_and_continues_a_job():
    shell = ["bash", "--norc", "-i"]
    with Terminal(shell, environment={"PS1": "shell> ", "INPUTRC": "/dev/null"}) as term:
        term.wait_for("shell>")
        term.type("cat\n").wait_for(lambda t: t.children())
        (job,) = term.children()
        term.wait_for(lambda t: t.state(job) == "S")
        term.press("C-z").wait_for("Stopped")
        assert term.state(job) == "T"
        term.type("fg\n").wait_for(lambda t: t.state(job) == "S")
        term.press("C-d").wait_for(lambda t: not t.children())


# ---- the emulator --------------------------------------------------------------------------------


def test_a_wide_character_loses_both_halves():
    assert screen_of("田中\x1b[1;2Hx".encode()).line(0).startswith(" x中")
    assert screen_of("田中\x1b[1;3Hx".encode()).line(0).startswith("田x ")


def test_a_wide_character_does_not_fit_into_the_last_cell():
    emulator = screen_of(b"\x1b[1;20H" + "田".encode())
    assert emulator.line(0).strip() == "" and emulator.line(1).startswith("田")


def test_characters_are_repeated_and_erased():
    emulator = screen_of(b"\x1b[44mx\x1b[4b\x1b[4m\x1b[2;1H\x1b[K")
    assert emulator.line(0).startswith("xxxxx ")
    assert emulator.cell(7, 1).bg == "blue" and not emulator.cell(7, 1).underscore


def test_sequences_in_pieces_are_whole():
    whole = b"\x1b[1mbold\x1b[m\x1b]52;c;YQ==\x07" + "é".encode()
    emulator = Emulator(20, 3)
    for at in range(len(whole)):
        emulator.feed(whole[at : at + 1])
    assert emulator.line(0).startswith("boldé") and emulator.cell(0, 0).bold
    assert emulator.strings == [("OSC", "52;c;YQ==")] and not emulator.unknown


def test_strings_are_kept_and_never_drawn():
    emulator = screen_of(b"a\x1bPtmux;\x1b\x1b]52;c;YQ==\x07\x1b\\b")
    assert emulator.line(0).startswith("ab ")
    assert emulator.strings == [("DCS", "tmux;\x1b\x1b]52;c;YQ==\x07")]


def test_what_no_program_should_send_is_named():
    assert screen_of(b"\x01").unknown == ["\x01"]
    assert screen_of("\x9b31m".encode()).unknown == ["\x9b"]
    assert screen_of(b"\x1b[5y").unknown == ["CSI 5y"]
    assert screen_of(b"\xff").unknown == ["\ufffd"]
    assert screen_of(b"\x1b[").left_over() == ["a sequence is unfinished"]


def test_the_alternate_screen_gives_back_what_was_there():
    emulator = screen_of(b"one\x1b[?1049h\x1b[2J\x1b[Htwo")
    assert emulator.line(0).startswith("two")
    emulator.feed(b"\x1b[?1049l")
    assert emulator.line(0).startswith("one") and emulator.cursor == (3, 0)


def test_a_terminal_answers_when_it_is_asked():
    said = []
    emulator = Emulator(20, 3, answer=said.append)
    emulator.feed(b"ab\x1b[6n")
    assert said == [b"\x1b[1;3R"]


# ---- golden screens ------------------------------------------------------------------------------


def test_a_golden_screen_is_written_and_compared(small, tmp_path, monkeypatch):
    monkeypatch.setattr(golden_module, "FOLDER", tmp_path)
    monkeypatch.setattr(golden_module, "PATIENCE_S", 0)
    monkeypatch.delenv("EXTPOOL_GOLDEN", raising=False)
    with pytest.raises(AssertionError, match="no small.txt"):
        golden("small", small)
    monkeypatch.setenv("EXTPOOL_GOLDEN", "write")
    golden("small", small)
    monkeypatch.delenv("EXTPOOL_GOLDEN")
    golden("small", small)
    small.press("x")
    small.wait_for("'x'")
    with pytest.raises(AssertionError, match=r"(?s)-b''.*\+b'x'"):
        golden("small", small)


def test_masks_leave_the_rest_in_its_place():
    for text, then in [
        ("12:04:11 plan", "##:##:## plan"),
        ("read 41 s ago", "read ## s ago"),
        ("  3m ago", "  #m ago"),
        ("cools until 29 Nov", "cools until <date>"),
        ("cools until 2 Jan 2027", "cools until <date>"),
        ("| 29 Nov 12:04  |", "| <date>        |"),
        ("| 2 Nov 12:04   |", "| <date>        |"),
        ("2026-11-29 12:00", "####-##-## ##:##"),
        ("1,420/s 12s left", "#,###/s ##s left"),
        (" extpool | sqlite:a | me@here   3s ago", " extpool | sqlite:a             #s ago"),
        (" extpool | sqlite:a             3s ago", " extpool | sqlite:a             #s ago"),
        ("sync by root@vm", "sync by operator@desk"),
        ("2041 assigned", "2041 assigned"),
    ]:
        assert masked(text) == then


def test_a_picture_has_no_spaces_at_the_ends(small):
    small.quiet()
    assert all(line == line.rstrip() for line in picture(small).splitlines())
