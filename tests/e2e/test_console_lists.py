"""The lists of the everyday screen: their columns, their order, and the ways to one row."""

import re


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
