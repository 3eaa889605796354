"""The pool as it was at a moment of the past, in the console."""

from datetime import datetime, timedelta


def test_the_pool_as_it_was(centre):
    ext = centre.extension("e.rao")
    centre.json("--release", "e.rao")
    begun = datetime.fromisoformat(centre.history()[0]["at"])
    before = (begun - timedelta(milliseconds=1)).isoformat(timespec="milliseconds")
    with centre.console(size=(100, 40)) as term:
        term.press(":").type(f"at {before}").press("Enter").wait_for("AS OF THEN").quiet()
        assert f"{ext}  assigned  e.rao" in term.text and "free and never used" in term.text
        term.press("Esc").wait_for("Agents 14").quiet()
        term.press(":").type("at 1s").press("Enter").wait_for("AS OF THEN").quiet()
        term.press("Esc").wait_for("Agents 14").quiet()
        term.press(":").type("at").press("Enter").wait_for("The pool as it was")
        term.type("someday").press("Enter").wait_for("is not a date and not a duration")
        term.press("C-u").type("2d").press("Enter").wait_for("AS OF THEN").quiet()
        assert "e.rao" not in term.text  # nobody had a number then
        term.press("Esc").wait_for("Agents 14")
        term.press(":").type("at someday").press("Enter").wait_for("is not a date and not a duration")
