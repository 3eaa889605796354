"""The footer names the keys that work at this moment, and a click on one of them is that key."""

import re

import pytest

from support import faults
from support.console import CONFIG


def footer(term):
    return term.lines[-1].rstrip()


def test_it_names_the_keys_of_a_row(centre):
    with centre.console() as term:
        term.quiet()
        assert footer(term).startswith(" ? ")
        for hint in ("a Assign", "r Reassign", "x Release", "s Sync", "e Export", "/ Filter",
                     ": Cmd", "q Quit"):
            assert hint in footer(term), hint


def test_without_a_row_it_names_no_edit(centre):
    with centre.console() as term:
        term.press("/").type("zzz").press("Enter").wait_for("nothing matches").quiet()
        assert "Assign" not in footer(term) and "Release" not in footer(term)
        assert "s Sync" in footer(term)


def test_with_marks_it_says_how_many_the_edits_act_on(centre):
    with centre.console() as term:
        term.press("Down", "Down", "Space", "Space").wait_for("*2").quiet()
        assert "a r x w p act on 2" in footer(term)  # w swaps two
        term.press("Space").wait_for("*3").quiet()
        assert "a r x p act on 3" in footer(term)
        term.press("U").wait_gone("*3").quiet()
        assert "x Release" in footer(term)


def test_a_read_only_session_names_nothing_that_writes_at_once(centre):
    with centre.console("--read-only") as term:
        term.quiet()
        assert "s Sync" not in footer(term) and "e Export" not in footer(term)
        assert "/ Filter" in footer(term)


def test_in_a_read_only_session_no_sentence_names_a_key_that_is_off(centre):
    with centre.console() as term:
        term.wait_for("2 to take back: s plans it")
        term.press("h").wait_for("Enter shows it in full, z plans to undo it, Esc goes back")
    centre.configure(CONFIG.replace("2000-2059", "2000-2060"))  # one number is missing
    with centre.console("--read-only") as term:
        term.wait_for("2 to take back").quiet()
        assert "plans it" not in term.text
        term.press("h").wait_for("Enter shows it in full, Esc goes back").press("Esc")
        term.press("!").wait_for("1 can be repaired").quiet()
        assert "plans the repair" not in term.text
    with centre.console("--read-only", "--directory", "file:none.csv", "--store", "sqlite:none.db") as term:
        term.quiet()
        assert " fills it" not in term.text


def test_while_work_runs_the_stop_comes_first(cloud_centre):
    with cloud_centre.console() as term:
        term.wait_for("read: 12 agents").quiet()
        assert "C-c" not in footer(term)
        rule = cloud_centre.cloud.gate.inject(faults.hold(), on="dynamodb")
        term.press("C-r").wait_for(lambda t: footer(t).startswith(" C-c Stop"))
        assert "s Sync" not in footer(term)
        rule.remove()
        term.wait_for(lambda t: "C-c" not in footer(t))


def test_in_a_narrow_terminal_the_keys_stay_and_the_words_go(centre):
    with centre.console(size=(40, 10)) as term:
        term.quiet()
        assert re.fullmatch(r" \? a r x .*/ Filter : q", footer(term))


@pytest.mark.parametrize("hint, shown", [("/ Filter", "fuzzy"), ("s Sync", "PLAN sync"), ("? ", "HELP")])
def test_a_click_on_a_key_is_that_key(centre, hint, shown):
    with centre.console() as term:
        term.press("m").wait_for(lambda t: t.emulator.has_mode(1006)).quiet()
        term.click(footer(term).index(hint), 23).wait_for(shown)


def test_a_click_beside_the_keys_does_nothing(centre):
    with centre.console() as term:
        term.press("m").wait_for(lambda t: t.emulator.has_mode(1006)).quiet()
        before = [line[:46] for line in term.lines[2:20]]
        term.click(79, 23).quiet()
        term.press("s").wait_for("PLAN sync").press("?").wait_for("HELP").quiet()
        term.press("Esc").wait_for("PLAN sync").press("Esc").wait_for("Extensions").quiet()
        assert [line[:46] for line in term.lines[2:20]] == before


def test_below_a_dialog_it_names_no_key_of_the_lists(centre):
    with centre.console() as term:
        term.press("Down", "Enter").wait_for("What should be done").quiet()
        assert footer(term) == ""
        term.press("Esc").wait_gone("What should be done").quiet()
        assert "q Quit" in footer(term)


def test_the_doctor_names_the_repair_only_if_there_is_one(centre):
    with centre.console() as term:
        term.quiet().press("!").wait_for("DOCTOR").wait_for("0 problems").quiet()
        assert "Repair" not in footer(term)


def test_the_history_names_enter(centre):
    with centre.console() as term:
        term.quiet().press("h").wait_for("HISTORY").quiet()
        assert "Enter Open" in footer(term)
