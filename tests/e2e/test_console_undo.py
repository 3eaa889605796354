"""z and Z in the console: whose action they take back, on both stores."""

import signal

import pytest


KIM, LEE = {"SUDO_USER": "kim"}, {"SUDO_USER": "lee"}


@pytest.fixture
def open_console(place):
    """Opens a console of that person; all of them end with the test."""
    opened = []

    def console(who):
        term = place.console(environment=who)
        opened.append(term)
        return term.wait_for("read: 12 agents").quiet()

    yield console
    for term in opened:
        term.signal(signal.SIGTERM)
        term.wait_exit()
        term.check_whole()


def pin(place, who, agent):
    place.json("--pin", f"{agent}=x", environment=who)


def pinned(place):
    return {row["agent"] for row in place.json("--list", "extensions")
            if row["agent"] in ("d.rao", "e.rao", "j.smith") and row["note"] == "x"}


def take(term, key, plan):
    """Presses the key, applies its plan, and is back in the list."""
    term.press(key).wait_for(f"PLAN {plan}").wait_for("Enter").press("Enter")
    return term.wait_for(lambda t: "PLAN" not in t.text and "being applied" not in t.text).quiet()


def test_z_z_goes_back_two_and_Z_brings_back(place, open_console):
    for agent in ("d.rao", "e.rao", "j.smith"):
        pin(place, KIM, agent)
    term = open_console(KIM)
    take(term, "z", "undo")
    take(term, "z", "undo")
    assert pinned(place) == {"d.rao"}
    take(term, "Z", "redo")
    assert pinned(place) == {"d.rao", "e.rao"}
    take(term, "Z", "redo")
    assert pinned(place) == {"d.rao", "e.rao", "j.smith"}
    term.press("Z").wait_for("nothing to redo").quiet()
    newest = place.json("--history", "--limit", "1")[0]
    assert newest["action"] == "redo" and newest["via"] == "console" and newest["user"].startswith("kim@")


def test_the_plan_names_action_actor_and_age(place, open_console):
    pin(place, KIM, "d.rao")
    term = open_console(KIM)
    term.press("z").wait_for("PLAN undo").wait_for("takes back pin by kim@").wait_for("(command)")
    term.press("Esc").quiet()
    assert pinned(place) == {"d.rao"}


def test_two_consoles_of_one_person_are_one(place, open_console):
    first, second = open_console(KIM), open_console(KIM)
    pin(place, KIM, "d.rao")
    take(first, "z", "undo")
    take(second, "Z", "redo")
    assert pinned(place) == {"d.rao"}
    take(second, "z", "undo")
    assert pinned(place) == set()


def test_somebody_elses_is_left_alone_by_z(place, open_console):
    term = open_console({"SUDO_USER": "max"})
    pin(place, LEE, "d.rao")
    term.press("z").wait_for("nothing to undo").quiet()
    assert pinned(place) == {"d.rao"}


def test_somebody_elses_wants_its_count_typed_even_if_it_is_one(place, open_console):
    pin(place, LEE, "d.rao")
    term = open_console(KIM)
    term.press("h").wait_for("HISTORY").wait_for("lee@").quiet()
    term.press("z").wait_for("PLAN undo").wait_for("(1): how many changes of lee@")
    term.press("Enter").wait_for("count:")
    term.type("2").press("Enter").wait_for("type  1 ").quiet()
    assert pinned(place) == {"d.rao"}
    term.press("C-u").type("1").press("Enter").wait_for("undo: 1 applied").quiet()
    assert pinned(place) == set()


def test_ones_own_from_the_history_needs_enter_alone(place, open_console):
    pin(place, KIM, "d.rao")
    pin(place, KIM, "e.rao")
    term = open_console(KIM)
    term.press("h").wait_for("HISTORY").wait_for("kim@").quiet()
    term.press("Down").quiet()
    term.press("z").wait_for("PLAN undo").wait_for("Enter applies it").press("Enter").wait_for("undo: 1 applied").quiet()
    assert pinned(place) == {"e.rao"}


def test_a_plan_that_waits_does_not_outlive_the_next_deed(place, open_console):
    pin(place, KIM, "d.rao")
    term = open_console(KIM)
    term.press("z").wait_for("PLAN undo").press("Esc").wait_for("undo n1").quiet()
    term.press("/").type("j.smith").press("Enter").quiet()
    term.press("p").wait_for("note:").type("x").wait_for("Enter applies this now").quiet()
    term.press("Enter").wait_for("pin: 1 applied").wait_gone("undo n1").quiet()
    take(term, "z", "undo")
    assert pinned(place) == {"d.rao"}


def test_a_gathered_edit_comes_before_a_plan_that_waits(place, open_console):
    pin(place, KIM, "d.rao")
    term = open_console(KIM)
    term.press("z").wait_for("PLAN undo").press("Esc").quiet()
    term.press("/").type("j.smith").press("Enter").quiet()
    term.press("b", "p").wait_for("note:").type("x").wait_for("Enter adds it").quiet()
    term.press("Enter").wait_for("basket 1").press("z").wait_for("out of the basket").quiet()
    assert "PLAN undo" not in term.text and pinned(place) == {"d.rao"}
