"""The strip: the edit of one row, question and plan at once, on SQLite and on DynamoDB.

Enter writes what was drawn before it was pressed, and nothing else; Esc writes nothing.
"""

import re

import pytest

from support.console import CONFIG

EARLY = "Enter came before this was shown"
APPLIES = "Enter applies this now"


def at(term, text):
    """Puts the cursor on the only row that matches."""
    return term.press("/").type(text).press("Enter").wait_for(f"/{text}").quiet()


@pytest.fixture
def desk(place):
    with place.console() as term:
        term.wait_for("read: 12 agents").quiet()
        yield place, term


# ---- a number that somebody holds -----------------------------------------------------------------


@pytest.mark.parametrize("key, holds", [
    ("w", {"d.rao": "2003", "e.rao": "2002"}),
    ("t", {"d.rao": "2003", "e.rao": "2012"}),
    ("f", {"d.rao": "2012", "e.rao": "2003"}),
])  # fmt: skip
def test_three_ways_to_a_number_that_is_held(desk, key, holds):
    place, term = desk
    before = place.held()
    at(term, "d.rao")
    term.press("r").type("2003").wait_for("taken: e.rao holds it since")
    term.press("Enter").wait_for("taken: w, t or f; Esc leaves all as it is").quiet()
    assert "plan:" not in term.text and place.held() == before
    term.press(key).wait_for(APPLIES).quiet().press("Enter").wait_for("reassign: ").wait_for("STATE").quiet()
    assert {login: place.extension(login) for login in holds} == holds


def test_a_newcomer_takes_a_number_over(desk):
    place, term = desk
    at(term, "k.smidt")
    term.press("a").type("2003").wait_for("no number to give in return").press("w").quiet()
    assert "plan:" not in term.text
    term.press("t").wait_for(APPLIES).quiet().press("Enter").wait_for("applied").wait_for("STATE").quiet()
    assert place.holder("2003") == "k.smidt" and place.extension("e.rao") == "2012"


def test_a_pinned_number_is_never_taken(desk):
    place, term = desk
    before = place.held()
    at(term, "d.rao")
    term.press("r").type("2000").wait_for("pinned to a.smithers: unpin first")
    term.press("w", "Enter", "t", "Enter").quiet()
    assert "plan:" not in term.text
    term.press("Esc").wait_for("STATE").quiet()
    assert place.held() == before


# ---- what was not shown is not written --------------------------------------------------------------


def test_keys_in_one_packet_write_nothing(desk):
    place, term = desk
    before = place.held()
    at(term, "d.rao")
    term.type("r2035\r").wait_for(EARLY).quiet()
    assert place.held() == before
    term.press("Enter").wait_for("reassign: 1 applied").quiet()
    assert place.extension("d.rao") == "2035"


def test_a_paste_with_line_ends_is_text(centre):
    before = centre.held()
    with centre.console() as term:
        at(term, "d.rao")
        term.press("r").wait_for("Reassign").paste("2035\n").wait_for("number: 2035").quiet()
        term.press("Esc").quiet().press("p").wait_for("Pin").paste("one\ntwo\n")
        term.wait_for("note: one two").quiet().press("Esc").wait_for("STATE").quiet()
    assert centre.held() == before and centre.json("--lookup", "d.rao")["pinned"] is None


def test_the_first_enter_fills_in_a_part_of_a_number(centre):
    with centre.console() as term:
        at(term, "d.rao")
        term.press("r").type("203").wait_for("10 free begin so; free first").wait_for(">2030")
        term.press("Enter").wait_for("number: 2030").wait_for(APPLIES)
        assert centre.extension("d.rao") == "2002"
        term.press("C-u").wait_for("number:  ").type("9").wait_for("no number begins so")
        term.press("Enter").quiet().press("Esc").wait_for("STATE").quiet()
    assert centre.extension("d.rao") == "2002"


def test_a_screen_that_is_too_small_applies_nothing(centre):
    with centre.console() as term:
        at(term, "d.rao")
        term.press("r").type("2035").wait_for(APPLIES)
        term.resize(20, 3).quiet().press("Enter").quiet()
        assert centre.extension("d.rao") == "2002"
        term.resize(80, 24).wait_for("number: 2035").wait_for(EARLY).press("Enter")
        term.wait_for("reassign: 1 applied").quiet()
    assert centre.extension("d.rao") == "2035"


def test_hanging_up_with_a_strip_open_writes_nothing(centre):
    before = centre.held()
    with centre.console() as term:
        at(term, "d.rao")
        term.press("r").type("2035").wait_for(APPLIES).hang_up()
        term.wait_exit()
    assert centre.held() == before


def test_what_does_not_fit_in_one_line_is_shown_in_full_first(centre):
    with centre.console(size=(40, 10)) as term:
        at(term, "d.rao")
        term.press("r").type("2003").wait_for("taken").press("w").wait_for("Enter shows the full plan")
        term.press("Enter").wait_for("PLAN").wait_for("Enter applies it")
        assert centre.extension("d.rao") == "2002"
        term.press("Enter").wait_for("2 applied").quiet()
    assert centre.extension("d.rao") == "2003"


def test_a_context_may_want_the_plan_each_time(centre):
    centre.configure(CONFIG + "confirm = plan\n")
    with centre.console() as term:
        at(term, "d.rao")
        term.press("r").type("2035").wait_for("Enter shows the full plan").press("Enter")
        term.wait_for("PLAN reassign").wait_for("Enter applies it")
        assert centre.extension("d.rao") == "2002"
        term.press("Enter").wait_for("reassign: 1 applied").quiet()
    assert centre.extension("d.rao") == "2035"


# ---- where it lies ---------------------------------------------------------------------------------


@pytest.mark.parametrize("size, rows", [((80, 24), 9), ((80, 15), 4), ((40, 10), 4), ((200, 50), 9)])
def test_the_row_is_above_the_strip(centre, size, rows):
    with centre.console(size=size) as term:
        term.press("G").quiet().press("a").wait_for("Assign to z.novak").quiet()
        title = next(y for y, line in enumerate(term.lines) if "Assign to z.novak" in line)
        assert title == size[1] - rows - 1
        assert any(re.search(r">.* z\.novak", line) for line in term.lines[:title])
        for text in ("2", "0", "3", "3"):  # the same height, whatever is typed
            term.type(text).quiet()
            assert "Assign to z.novak" in term.lines[title]


@pytest.mark.parametrize("size", [(40, 7), (30, 5)])
def test_on_a_small_screen_the_title_names_the_row(centre, size):
    with centre.console(size=size) as term:
        at(term, "d.rao")
        term.press("r").type("2035").quiet()
        assert "Reassign d.rao" in term.lines[0] and "2035" in term.text
        term.press("Enter").wait_for("reassign: 1 applied").quiet()
    assert centre.extension("d.rao") == "2035"


# ---- by the command line of the console ---------------------------------------------------------------


@pytest.mark.parametrize("line, plan", [
    ("2035", "2002>2035 d.rao"), ("reassign 2035", "2002>2035 d.rao"), ("swap esha", "2003>2002"),
    ("reassign j.smith=2035", "2004>2035 j.smith"), ("release", "release  2002 d.rao"),
    ("release j.smith", "release  2004 j.smith"),
])  # fmt: skip
def test_a_command_opens_the_strip(centre, line, plan):
    before = centre.held()
    with centre.console() as term:
        at(term, "d.rao")
        term.press(":").type(line).press("Enter").wait_for(plan).quiet()
        assert "PLAN" not in term.text
        term.press("Esc").wait_for("STATE").quiet()
    assert centre.held() == before


def test_a_number_that_is_too_long_is_not_cut(centre):
    with centre.console() as term:
        at(term, "d.rao")
        term.press(":").type("20350").press("Enter").wait_for("20350 is too long").quiet()
        assert "Reassign" not in term.lines[-10]


def test_nothing_is_chosen_for_somebody_who_typed_nothing(centre):
    before = centre.held()
    with centre.console() as term:
        at(term, "d.rao")
        term.press("w").wait_for("with whom").press("Enter").quiet()
        assert "plan:" not in term.text
        term.type("tan").wait_for("2005>2002 k.tanaka").press("Enter").wait_for("2 applied").quiet()
        assert centre.extension("d.rao") == before_of(before, "k.tanaka")


def before_of(held, login):
    return {agent: ext for ext, agent in held.items()}[login]


# ---- while edits are gathered -----------------------------------------------------------------------


def test_a_gathered_edit_is_not_written(desk):
    place, term = desk
    before = place.held()
    at(term, "d.rao")
    term.press("b").wait_for("basket 0").press("r").type("2035").wait_for("2002>2035").quiet()
    term.press("Enter").wait_for("added, not written: basket 1").quiet()
    assert place.held() == before
    term.press("r").wait_for("number: 2035").type("2").wait_for(re.compile("number: 2 "))  # selected
    term.press("Esc").quiet().press("r").wait_for("number: 2035").press("Left").type("9").quiet()
    assert "number: 2035" in term.text  # an arrow edits, and it is full
    term.press("C-u").type("2036").wait_for("2002>2036").quiet().press("Enter")
    term.wait_for("replaced").wait_for("basket 1").quiet()
    assert place.held() == before
    term.press("b").wait_for("BASKET 1").wait_for("2002>2036").press("Enter")
    term.wait_for("1 applied").quiet()
    assert place.extension("d.rao") == "2036"


def test_a_part_of_a_number_is_filled_in_before_it_is_gathered(centre):
    with centre.console() as term:
        at(term, "d.rao")
        term.press("b").wait_for("basket 0").press("r").type("203").wait_for("Enter again adds it")
        term.press("Enter").wait_for("number: 2030").wait_for("basket 0").press("Enter")
        term.wait_for("added, not written: basket 1")
        term.press("Up").quiet().press("x").wait_for("1 row is in the basket").press("Esc").quiet()
        assert "basket 1" in term.lines[0]
    assert centre.extension("d.rao") == "2002"


# ---- the mouse -----------------------------------------------------------------------------------------


def click_on(term, hint):
    """A click on a key of the strip's footer."""
    term.click(term.lines[-1].index(hint), len(term.lines) - 1)
    return term


def test_clicks_on_the_footer_act(centre):
    before = centre.held()
    with centre.console() as term:
        term.press("m").wait_for(lambda t: t.emulator.has_mode(1006)).quiet()
        at(term, "d.rao")
        term.press("r").wait_for("Reassign d.rao").quiet()
        click_on(term, "Esc Back").wait_gone("Reassign d.rao").quiet()
        term.press("r").type("2003").wait_for("taken: e.rao").quiet()
        click_on(term, "w Swap").wait_for("2003>2002").quiet()
        term.click(79, 23).quiet()  # beside the keys
        assert centre.held() == before
        click_on(term, "Enter Apply").wait_for("2 applied").quiet()
    assert (centre.extension("d.rao"), centre.extension("e.rao")) == ("2003", "2002")


def test_a_click_chooses_and_fills_in(centre):
    with centre.console() as term:
        term.press("m").wait_for(lambda t: t.emulator.has_mode(1006)).quiet()
        at(term, "d.rao")
        term.press("r").type("203").wait_for(">2030").quiet()
        click_on(term, "Up Down Choose").wait_for(">2031").quiet()
        click_on(term, "Enter Fill in").wait_for("number: 2031").wait_for(APPLIES)
    assert centre.extension("d.rao") == "2002"


def test_a_small_screen_says_what_enter_and_esc_do(centre):
    with centre.console(size=(40, 10)) as term:
        term.wait_for("Agents 14").quiet().press("Down", "Down", "r").wait_for("number:").type("200")
        term.wait_for(re.compile(r"Enter fills in 20\d\d   Esc leaves"))
