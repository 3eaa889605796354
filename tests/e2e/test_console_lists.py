"""The lists of the everyday screen: their columns, their order, and the ways to one row."""

import re

from support.program import program
from support.term import Terminal


def heading(term):
    return term.lines[3]


def test_columns_go_sideways(centre):
    with centre.console() as term:
        assert "NAME" in heading(term) and "PROFILE" not in heading(term)
        term.press(">").wait_for("SINCE")
        assert "NAME" not in heading(term) and "LOGIN" in heading(term)
        term.press(">", ">", ">", ">", ">", ">").wait_for("this is the last column").quiet()
        assert "PROFILE" in heading(term) and "LOGIN" in heading(term)
        term.press(*["<"] * 7).wait_for("this is the first column").quiet()
        assert "NAME" in heading(term)


def test_columns_are_chosen_and_ordered(centre):
    with centre.console() as term:
        term.press("C").wait_for("Columns").press("Down", "Space").wait_for("hidden").press("Enter")
        term.wait_gone("hidden").quiet()
        assert "NAME" not in heading(term)
        term.press("C").wait_for("Columns").press("Down", "<", "Enter").wait_gone("hidden").quiet()
        assert re.match(r"│ +EXT +LOGIN", heading(term)), heading(term)
        before = heading(term)
        term.press("C").wait_for("Columns").press("Space", "Space", "Down", "Space").quiet()
        term.press("Esc").wait_gone("hidden").quiet()
        assert heading(term) == before  # Esc takes it back


def test_a_click_on_a_heading_sorts_and_a_second_one_reverses(centre):
    with centre.console() as term:
        term.press("m").wait_for(lambda t: t.emulator.has_mode(1006)).quiet()
        x = heading(term).index("EXT")
        term.click(x, 3).wait_for(lambda t: re.search("EXT▼.*LOGIN2|LOGIN2.*EXT▼", heading(t)))
        term.click(x, 3).wait_for(lambda t: "EXT▲" in heading(t))


def row_of(term, text):
    return next(line for line in term.lines if re.search(text, line))


def test_a_number_is_jumped_to_while_it_is_typed(centre):
    with centre.console() as term:
        term.press("#").type("2006").wait_for(re.compile(r">  2006"))
        assert "│" in row_of(term, "l.garcia")
        term.press("Tab").quiet()  # the keys are keys again, and the agents went to the holder
        assert re.search(r">   l\.garcia", term.text)
        term.press("#").type("205").wait_for(re.compile(r">  2050")).press("Enter").quiet()
        term.press("y").wait_for("copied 2050")


def test_a_jump_is_taken_back(centre):
    with centre.console() as term:
        term.press("Down").quiet()
        before = [line[:46] for line in term.lines[2:20]]
        term.press("#").type("2").quiet().type("01").quiet().press("Esc").quiet()
        assert [line[:46] for line in term.lines[2:20]] == before
        term.press("#").type("9").wait_for("no number begins with 9").press("Esc").quiet()
        assert [line[:46] for line in term.lines[2:20]] == before
        term.press(":").type("jump 2004").press("Enter").wait_for(re.compile(r">  2004"))


def test_the_menu_of_a_row_says_what_is_off_and_why(centre):
    with centre.console() as term:
        term.press("Down", "Down", "Enter").wait_for("What should be done").quiet()
        assert "off: already holds 2002" in row_of(term, " assign ")
        assert "off: for numbers only" in row_of(term, " reserve ")
        term.press("Down", "Enter").wait_for("assign: already holds 2002")
        term.press("Up", "Enter").wait_for("DETAILS").press("Esc").wait_gone("DETAILS")
        term.press("Enter").wait_for("What should be done").press("Enter").wait_for("DETAILS")
        term.press("Esc").quiet().press("2", "Enter").wait_for("What should be done").quiet()
        for _ in range(20):
            if re.search(r"> copy ", term.text):
                break
            term.press("Down").quiet()
        term.press("Enter").wait_for("copied 2002")


def test_the_extensions_open_at_a_number_that_can_be_given(tmp_path):
    with Terminal([program(), "--demo"], environment={"HOME": str(tmp_path), "TMPDIR": str(tmp_path)}) as term:
        term.wait_for("read: 250 agents").quiet()
        assert "│   0010 assigned" in term.lines[4]  # the ten before it are blocked
        term.press("2", "g").wait_for(re.compile(r">  0000 blocked"))


def test_what_was_chosen_is_kept_and_not_in_the_configuration(centre):
    before = (centre.folder / "config").read_text()
    with centre.console() as term:
        term.press("C").wait_for("Columns").press("Down", "Space", "Enter").wait_gone("Space shows")
        term.press("o").wait_for("sorted by").press("O").quiet()
        term.press(":").type("theme mono").press("Enter").quiet().press("q")
        assert term.wait_exit() == 0
    with centre.console() as term:
        term.quiet()
        assert "NAME" not in heading(term) and "▲" in heading(term)
        assert {term.cell(x, y).fg for x in range(80) for y in range(24)} == {"default"}
        term.press("q")
    assert (centre.folder / "config").read_text() == before


def test_both_columns_of_the_order_are_kept(centre):
    with centre.console() as term:
        term.press("o", "o", "O").quiet()
        before = heading(term)
        assert "NAME2" in before and "EXT▲" in before
        term.press("q")
        assert term.wait_exit() == 0
    with centre.console() as term:
        term.quiet()
        assert heading(term) == before


def test_a_pin_and_a_blocked_number_are_said_beforehand(centre):
    with centre.console() as term:
        term.quiet().press("Enter").wait_for("What should be done").quiet()  # a.smithers, pinned
        assert "off: 2000 is pinned, unpin first" in row_of(term, " release ")
        assert "off: 2000 is pinned, unpin first" in row_of(term, " reassign ")
        term.press("Esc").quiet().press("Space", "Down", "Down", "Space").wait_for("2 marked:")
        assert "r x fit 1, p fits 2" in term.text or "p fits" in term.text
        term.press("U").quiet()


def test_a_blocked_number_is_given_to_nobody(tmp_path):
    with Terminal([program(), "--demo"], environment={"HOME": str(tmp_path), "TMPDIR": str(tmp_path)}) as term:
        term.wait_for("read: 250 agents").quiet()
        term.press("2", "g").wait_for(re.compile(r">  0000 blocked")).press("a")
        term.wait_for("assign: 0000 is blocked").press("Enter").wait_for("What should be done").quiet()
        assert "off: 0000 is blocked" in row_of(term, " assign ")


def test_a_letter_in_the_menu_is_its_entry(centre):
    with centre.console() as term:
        term.press("Down", "Down", "Enter").wait_for("What should be done").quiet()
        term.press("a").wait_for("assign: already holds 2002").press("b", "s").quiet()
        assert "What should be done" in term.text
        term.press("r").wait_for("number:").wait_gone("What should be done").press("Esc").quiet()


def test_the_smallest_screen_shows_the_entry_that_enter_takes(centre):
    with centre.console(size=(30, 5)) as term:
        term.quiet().press("Enter").wait_for("> details").press("Down").wait_for("> assign")


def test_a_name_that_says_no_more_than_the_login_is_left_out(centre):
    with centre.start("--demo", environment={"TMPDIR": str(centre.folder)}) as term:
        row = lambda login: next((line for line in term.lines if f" {login} " in line[:40]), "")
        term.wait_for("a.bennett").wait_for(lambda t: "Bennett" not in row("a.bennett")[:46])
        term.resize(200, 24).wait_for(lambda t: "Bennett, Alfie" in row("a.bennett")[:60])
        term.resize(80, 24).press("/").type("bennett").wait_for("1 Agents 2 of")
        assert "Bennett" in row("a.bennett")[:46]  # it may be what was found
