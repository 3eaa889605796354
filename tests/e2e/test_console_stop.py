"""The end of the console in the middle of a write: by a signal, by a closed terminal, by Leave. What
was written is whole, the exit status says the signal, and the terminal's own screen says what
became of the plan.
"""

import re
import signal
import time

import pytest

from support import faults
from support.console import CONFIG, NOW

WRITES = "dynamodb.TransactWriteItems"
AT_MOST_S = 6.0  # five, and a moment for a busy machine


def many(place, n):
    """So many newcomers, and numbers for them."""
    place.configure(CONFIG.replace("2000-2059", "2000-2999"))
    place.staff(NOW + [(f"new.{i:03}", "New", f"One{i:03}") for i in range(n)])


@pytest.fixture
def writing(cloud_centre):
    """A console that writes a plan whose requests are held at the gate after the first."""
    place = cloud_centre
    many(place, 900)
    assert place.run("--init").status == 0
    assert place.run("--export").status == 0
    before = len(place.held())
    published = place.exported()
    hold = faults.hold()
    with place.console() as term:
        term.wait_for("read: 912 agents").press("s").wait_for("Enter applies it")
        place.cloud.gate.inject(hold, on=WRITES, after=2)
        term.press("Enter")
        hold.wait()
        yield place, term, hold
        hold.release()
        place.cloud.gate.clear_faults()
    place.cloud.gate.wait_idle()  # what was sent is still carried out
    assert place.run("--doctor").status == 0
    assert len(place.held()) > before
    assert place.exported() == published


def the_end(term, number):
    begun = time.monotonic()
    status = term.wait_exit()
    assert time.monotonic() - begun < AT_MOST_S
    assert status == 128 + number if number else status == 3
    term.check_whole()
    return term.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_in_the_middle_of_a_write_says_what_was_done(writing, number):
    _, term, hold = writing
    term.signal(number)
    term.wait_for("the shell before")  # the screen is given back at once
    hold.release()
    said = the_end(term, number)
    found = re.search(r"sync stopped[^:]*: (\d+) changes were applied, (\d+) were not", said)
    assert found and int(found[1]) > 0 and int(found[2]) > 0
    assert "the list was not" in said and number.name in said


def test_a_service_that_hangs_does_not_keep_the_console(writing):
    _, term, _ = writing
    term.signal(signal.SIGTERM)
    said = the_end(term, signal.SIGTERM)
    assert "sync stopped" in said or "changes were applied" in said
    assert "the list was not written" in said.replace("\n", " ").replace("  ", " ")


def test_a_second_signal_ends_it_at_once(writing):
    _, term, _ = writing
    term.signal(signal.SIGTERM)
    term.wait_for("the shell before")
    begun = time.monotonic()
    term.signal(signal.SIGTERM)
    status = term.wait_exit()
    assert time.monotonic() - begun < 1.0 and status == 128 + signal.SIGTERM
    assert "stopped at once" in term.text
    term.check_whole()


def test_a_terminal_that_is_closed_in_the_middle_of_a_write(writing):
    _, term, hold = writing
    begun = time.monotonic()
    term.hang_up()
    hold.release()
    status = term.wait_exit()
    assert status == 128 + signal.SIGHUP and time.monotonic() - begun < AT_MOST_S


def test_ctrl_c_twice_ends_within_a_second_and_shows_what_is_there(writing):
    place, term, hold = writing
    term.press("C-c").wait_for("stopping (C-c stops now)")
    begun = time.monotonic()
    term.press("C-c").wait_for("Enter plans those again")
    assert time.monotonic() - begun < 1.5  # a second, and a moment for a busy machine
    assert "in doubt" in term.text
    hold.release()
    place.cloud.gate.clear_faults()
    place.cloud.gate.wait_idle()
    term.press("Esc").wait_for("Agents").press("C-r").wait_for("read: 912 agents")
    term.press("q")
    assert term.wait_exit() == 0


def test_leaving_in_the_middle_of_a_write_says_what_was_done(writing):
    _, term, hold = writing
    term.press("q").wait_for("Leave?").press("Down", "Enter").wait_for("the shell before")
    hold.release()
    said = the_end(term, 0)
    assert "changes were applied" in said and "the list was not" in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_while_nothing_is_written_says_nothing(centre, number):
    with centre.console() as term:
        term.wait_for("read: 12 agents").press("s").wait_for("PLAN sync")
        term.signal(number)
        said = the_end(term, number)
        assert "extpool" not in said


def test_a_signal_while_reading_hangs_ends_it(cloud_centre):
    cloud_centre.cloud.gate.inject(faults.hang(), on="connect")
    with cloud_centre.start() as term:
        term.wait_for("C-c stops")
        term.signal(signal.SIGTERM)
        assert "applied" not in the_end(term, signal.SIGTERM)
        cloud_centre.cloud.gate.clear_faults()


def test_a_terminal_that_takes_nothing_does_not_keep_it(centre):
    with centre.console() as term:
        # nothing reads what it writes: it stops in the middle of a picture
        begun = time.monotonic()
        for _ in range(400):
            term.signal(signal.SIGWINCH)
            time.sleep(0.002)
        term.signal(signal.SIGTERM)
        pid_gone = lambda: term.state() in ("", "Z")  # noqa: E731
        while not pid_gone() and time.monotonic() - begun < AT_MOST_S + 2:
            time.sleep(0.05)
        assert pid_gone()
        assert term.wait_exit() == 128 + signal.SIGTERM
