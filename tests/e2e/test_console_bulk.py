"""What is marked at once, what a plan then says, and what is refused before anybody types on."""

import re

import pytest

from support.console import CONFIG, EARLIER


def at(term, text):
    return term.press("/").type(text).press("Enter").wait_for(f"/{text[:12]}").quiet()


@pytest.mark.parametrize("key, shown, plan, of, done, why", [
    ("a", "!zzz", r"\+ assign 2", 14, "assigned", "have an extension"),
    ("r", "!state:pinned !state:left", "~ reassign 9", 11, "reassigned", "have no extension"),
    ("x", "!state:pinned", "- release 11", 13, "released", "have no extension"),
])  # fmt: skip
def test_of_all_marked_those_that_qualify_are_planned(centre, key, shown, plan, of, done, why):
    with centre.console() as term:
        at(term, shown)
        term.press("*", key).wait_for(re.compile(plan))
        term.wait_for(f"of the {of} marked can be {done}; the others {why}")


def test_no_marked_row_qualifies(centre):
    with centre.console() as term:
        at(term, "state:new")
        term.press("*", "x").wait_for("none of the marked agents can be released: all of them have no extension")


def test_reserving_all_shown_takes_the_free_ones(centre):
    with centre.console() as term:
        term.press("2")
        at(term, "ext:201")
        term.press("*", "R").wait_for("Reserve 8 extensions").press("Enter")
        term.wait_for("reserve 8").quiet()
        assert "2013" not in term.text  # blocked


@pytest.mark.parametrize("ext, why", [
    ("2000", "2000 is assigned"), ("2001", "2001 is assigned"), ("2013", "2013 is blocked"),
])  # fmt: skip
def test_what_is_not_free_cannot_be_reserved_and_no_note_is_asked_for(centre, ext, why):
    with centre.console() as term:
        term.press("2")
        at(term, ext)
        term.press("R").wait_for(f"reserve: {why}").quiet()
        assert "note:" not in term.text


@pytest.mark.parametrize("ext, why", [
    ("2013", "2013 is blocked by the policy"), ("7000", "7000 is outside the ranges"),
    ("2040", "2040 is reserved: night desk"), ("2002", "taken: d.rao holds it"),
    ("99", "no number begins so"),
])  # fmt: skip
def test_a_number_that_cannot_be_had_is_refused_where_it_is_typed(centre, ext, why):
    with centre.console() as term:
        at(term, "k.smidt")
        term.press("a").wait_for("Assign to").type(ext).press("Enter").wait_for(why)
        term.press("C-u").type("2033").wait_for("Enter applies this now")


def test_the_message_of_a_plan_counts_what_is_in_it(centre):
    with centre.console() as term:
        at(term, "rao")
        term.press("*", "x").wait_for("PLAN release").press("Esc").quiet()
        line = next(line for line in term.lines if "plan ready" in line)
        assert "release 2" in line and "assign" not in line


def test_a_sync_that_finds_nothing_to_do_can_publish_the_list(centre):
    centre.staff(EARLIER)
    assert centre.run("--sync", "--yes", "--no-export").status == 0
    centre.export.unlink()
    with centre.console() as term:
        term.press("s").wait_for("Enter exports the list").press("Enter")
        term.wait_for("exported 12 rows")
    assert "d.rao,2002" in centre.exported()


def test_a_name_with_blanks_lifts_a_guard(centre):
    centre.configure(
        CONFIG.replace("[defaults]", "[context all of it]") + "[defaults]\ncontext = all of it\n"
    )
    centre.staff(EARLIER + [(f"leaver.{i}", "Lea", "Ver") for i in range(10)])
    assert centre.run("--sync").status == 0
    centre.staff(EARLIER)
    with centre.console() as term:
        term.press("s").wait_for("Enter asks for the name").press("Enter")
        term.wait_for("type  all of it  and Enter").type("all of it").press("Enter")
        term.wait_for("exported 12 rows")


def test_a_conflict_is_read_in_full(centre):
    with centre.console() as term:
        at(term, "k.smidt")
        term.press("a").type("2033").wait_for("Enter applies this now")
        assert centre.run("--assign", "z.novak=2033").status == 0
        term.press("Enter").wait_for("k.smidt: 2033 is assigned to z.novak since 20")


def test_more_than_five_moves_ask_for_their_count(centre):
    """A changed number counts like one that is taken."""
    with centre.console() as term:
        term.wait_for("read: 12 agents").press("Down", "Down", "Space", "Space", "Space")
        term.press("Down", "Space", "Space", "Down", "Space").wait_for("*6").press("r")
        term.wait_for("Enter asks for the count (6): how many people lose or change").quiet()
        term.press("Enter").wait_for("type  6  and Enter").type("6").press("Enter")
        term.wait_for("reassign: 6 applied")


def test_five_moves_ask_for_nothing(centre):
    with centre.console() as term:
        term.wait_for("read: 12 agents").press("Down", "Down", "Space", "Space", "Space")
        term.press("Down", "Space", "Space").wait_for("*5").press("r")
        term.wait_for("PLAN reassign").wait_for("Enter applies it").press("Enter")
        term.wait_for("reassign: 5 applied")
