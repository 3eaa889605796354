"""What others changed: the marks of rows, the list of changes, the activity."""

import re

import pytest

from support.console import CONFIG
from support.golden import golden

QUICK = CONFIG.replace("refresh = 0", "refresh = 1")


@pytest.fixture
def watched(centre):
    """A console that reads again each second."""
    centre.configure(QUICK)
    with centre.console() as term:
        yield centre, term.wait_for("Agents 14").quiet()


def sign(term, row):
    """The third column of the gutter of the row that has this text; "" if it is not shown."""
    rows = [line for line in term.lines[4:20] if row in line[:46]]
    return rows[0][3] if rows else ""


def test_a_change_of_another_is_marked_and_told(watched):
    centre, term = watched
    assert centre.run("--reassign", "e.rao=2055").status == 0
    term.wait_for(re.compile(r"reassign: 2003>2055 e\.rao; \] goes there"))
    term.wait_for(lambda t: sign(t, "e.rao") == "c")
    term.wait_for("Agents 14 c1").wait_for("c1  ")


def test_a_mark_goes_when_the_cursor_rested_on_it(watched):
    centre, term = watched
    assert centre.run("--reassign", "e.rao=2055").status == 0
    term.wait_for(lambda t: sign(t, "e.rao") == "c")
    term.press("]").wait_for(lambda t: re.search(r"> . ?e\.rao", t.text))
    term.wait_for(lambda t: sign(t, "e.rao") == " ").wait_for(lambda t: "c1" not in t.text)


def test_sort_and_filter_keep_the_marks(watched):
    centre, term = watched
    assert centre.run("--reassign", "e.rao=2055").status == 0
    term.wait_for("Agents 14 c1").press("G").press("o").wait_for(lambda t: sign(t, "e.rao") == "c")
    term.press("/").type("smith").press("Enter").wait_for("c1 (1 hidden)")
    term.press("Esc").wait_for(lambda t: sign(t, "e.rao") == "c")
    term.press("/").type("changed:*").press("Enter").wait_for("Agents 1 of 14")


def test_the_list_of_changes_and_what_was_seen_of_it(watched):
    centre, term = watched
    assert centre.run("--reassign", "e.rao=2055").status == 0
    assert centre.run("--pin", "d.rao=leaflet").status == 0
    term.wait_for("Agents 14 c2").press("4").wait_for("CHANGES 2")
    term.wait_for("2003>2055").wait_for("~ e.rao").wait_for("p d.rao")
    term.press("Down").wait_for("e.rao had 2003").wait_for("h history, z plans back")
    golden("changes-80x24", term)
    golden("changes-200x50", term.resize(200, 50))
    golden("changes-40x10", term.resize(40, 10))
    term.resize(80, 24).wait_for("e.rao had 2003").press("Esc")
    term.wait_for(lambda t: "c2" not in t.text)
    assert centre.run("--unpin", "d.rao").status == 0
    term.wait_for("Agents 14 c1").press("4").wait_for("CHANGES 1").wait_for("--- seen before")


def test_undo_takes_back_the_change_under_the_cursor(watched):
    centre, term = watched
    assert centre.run("--reassign", "e.rao=2055").status == 0
    assert centre.run("--pin", "d.rao=leaflet").status == 0
    term.wait_for("Agents 14 c2").press("4").wait_for("CHANGES 2").press("Down")
    term.wait_for("e.rao had 2003").press("z").wait_for("PLAN undo").wait_for("2055>2003")


def test_a_change_leads_to_its_row(watched):
    centre, term = watched
    assert centre.run("--reassign", "t.smirnova=2055").status == 0
    term.wait_for("Agents 14 c1").press("4").wait_for("2010>2055")
    term.press("h").wait_for("Details > ext").wait_for("login    t.smirnova")


def test_a_large_action_is_one_line(watched):
    centre, term = watched
    assert centre.run("--sync").status == 0
    term.wait_for(re.compile(r"sync: \+2 -2; \] goes there"))
    term.press("4").wait_for("sync +2 -2").wait_for("4 rows, first")


def test_seen_marks_everything(watched):
    centre, term = watched
    assert centre.run("--reassign", "e.rao=2055").status == 0
    term.wait_for("Agents 14 c1").press("4").wait_for("1 not seen yet: ] next, [ before, :seen")
    term.press(":").type("seen").press("Enter").wait_for(lambda t: "c1" not in t.text)
    term.press("Esc").quiet().press("q")
    assert term.wait_exit() == 0
    with centre.console() as again:  # also at the next start
        again.wait_for("Agents 14").quiet()
        assert " c1" not in again.text


def test_what_i_do_here_is_no_news(watched):
    centre, term = watched
    term.press("/").type("e.rao").press("Enter").wait_for("Agents 1 of 14")
    term.press("p").wait_for("note:").type("leaflet")
    term.wait_for("note: leaflet").wait_for("p pin  2003 e.rao").quiet().press("Enter")
    term.wait_for(re.compile(r"e\.rao .* 2003 PIN")).quiet(1500)
    assert " c1" not in term.text


def test_without_a_change_there_is_nowhere_to_go(watched):
    _, term = watched
    term.press("]").wait_for("nobody else changed anything")


def test_one_console_sees_what_the_other_does(place):
    place.configure(QUICK)
    with place.console() as one, place.console() as two:
        two.wait_for("Agents 14").quiet()
        one.wait_for("Agents 14").quiet().press("/").type("d.rao").press("Enter")
        one.wait_for("Agents 1 of 14").press("p").wait_for("note:").type("leaflet")
        one.wait_for("note: leaflet").wait_for("p pin  2002 d.rao").quiet().press("Enter")
        one.wait_for(re.compile(r"d\.rao .* 200\d PIN"))
        two.wait_for(lambda t: sign(t, "d.rao") == "c")
        two.wait_for(re.compile(r"\S+ pin: 200\d d\.rao; \] goes there"))
        two.press("4").wait_for("CHANGES 1").wait_for("p d.rao")
        assert " c1" not in one.text  # its own deed is no news


def test_what_others_did_since_the_last_console_is_listed(centre):
    with centre.console() as term:
        term.wait_for("Agents 14").quiet().press("q")
        assert term.wait_exit() == 0
    assert centre.run("--reassign", "e.rao=2055").status == 0
    with centre.console() as term:
        term.wait_for("Agents 14 c1").wait_for("reassign: 2003>2055 e.rao")
        term.press("4").wait_for("CHANGES 1").press("Esc").quiet().press("q")
        assert term.wait_exit() == 0
    with centre.console() as term:
        term.wait_for("Agents 14").quiet()
        assert " c1" not in term.text


def test_a_row_of_the_basket_that_another_changed(watched):
    centre, term = watched
    term.press("b", "/").type("e.rao").press("Enter").wait_for("Agents 1 of 14")
    term.press("r").type("2050").wait_for("number: 2050").press("Esc")
    term.press("x").wait_for("Release e.rao").press("Enter").wait_for("basket 1")
    term.wait_for("basket: release e.rao 2003; 1 row, nothing is written")
    assert centre.run("--reassign", "e.rao=2055").status == 0
    term.wait_for("changed a row of yours").wait_for(lambda t: sign(t, "e.rao") == "!")
    term.wait_for("basket 1 c  c1").press("Space")
    term.wait_for("1 marked, 1 in the basket: a r x p act on the marked, U forgets them, b reviews")
    term.press("U", "4").wait_for("row of yours").press(":").type("seen").press("Enter")
    term.wait_for(lambda t: "c1" not in t.text).press("Esc").quiet()
    assert sign(term, "e.rao") == "!"  # as long as the basket asks about it
