"""Where calls go and when a reservation ends, edited in the console, on SQLite and on DynamoDB."""

import pytest

APPLIES = "Enter applies this now"


@pytest.fixture
def desk(place):
    with place.console() as term:
        term.wait_for("read: 12 agents").quiet()
        yield place, term


def at(term, text):
    """Puts the cursor on the only row that matches."""
    return term.press("/").type(text).press("Enter").wait_for(f"/{text}").quiet()


def applied(term, action):
    """Enter, and the row that was written."""
    term.wait_for(APPLIES).quiet().press("Enter").wait_for(f"{action}: 1 applied").wait_for("STATE").quiet()


def found(place, what):
    return place.json("--lookup", what)


def test_calls_to_a_number_go_to_an_agent_until_a_day(desk):
    place, term = desk
    term.press("2", "#").type("2030").quiet()
    term.press("T").wait_for("Calls to 2030").type("agent:d.rao")
    applied(term, "reserve")
    assert (found(place, "2030")["state"], found(place, "2030")["target"]) == ("reserved", "agent:d.rao")
    term.press("L").wait_for("End of the reservation of 2030").type("2099-01-31")
    applied(term, "reserve")
    assert found(place, "2030")["until"].startswith("2099-0") and found(place, "2030")["target"] == "agent:d.rao"
    term.press("T").wait_for("to: agent:d.rao").press("C-u")
    applied(term, "reserve")
    assert found(place, "2030")["target"] is None and found(place, "2030")["until"]


def test_the_fallback_of_an_agent(desk):
    place, term = desk
    at(term, "d.rao")
    term.press("T").wait_for("Fallback of d.rao").type("ext:2003")
    applied(term, "fallback")
    assert found(place, "d.rao")["fallback_target"] == "ext:2003"


def test_what_is_wrong_is_said_while_it_is_typed(desk):
    place, term = desk
    at(term, "d.rao")
    term.press("T").wait_for("Fallback of d.rao").type("agent:d.rao").wait_for("cannot be their own fallback")
    term.press("Enter").quiet().press("Esc").wait_for("STATE").quiet()
    term.press("L").wait_for("until: 2002 is assigned, not reserved")
    term.press("Esc", "Esc", "2", "#").type("2030").quiet()
    term.press("L").wait_for("until: 2030 is free, not reserved")
    assert found(place, "d.rao")["fallback_target"] is None and found(place, "2030")["state"] == "free"
