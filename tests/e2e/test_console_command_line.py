"""The line behind `:` says what can be typed, as one types."""

import pytest


@pytest.mark.parametrize("typed, offered", [
    ("", "sync  assign  reassign  release"),
    ("re", "reassign  release  reserve  redo  renumber  reverse  reload  redraw"),
    ("sync", "read the directory and plan"),
    ("release ", "a.smithers  b.smith"),
    ("reassign d.rao=2030 k", "k.smidt  k.tanaka"),
    ("theme s", "solarized"),
    ("import ", "plan the rows of a CSV"),
    ("zzz", "no command begins like that"),
])  # fmt: skip
def test_what_may_follow_is_shown_without_asking(centre, typed, offered):
    with centre.console() as term:
        term.press(":").type(typed).wait_for(lambda t: offered in t.lines[-2])


def test_what_is_taken_back_is_offered_again(centre):
    with centre.console() as term:
        term.press(":").type("sy").wait_for("read the directory and plan")
        term.press("Backspace", "Backspace").wait_for("sync  assign  reassign").press("Backspace")
        term.wait_for("a Assign")
