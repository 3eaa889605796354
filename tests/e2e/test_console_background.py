"""What ends in the background takes the keyboard from nobody: a plan that was made while somebody
typed waits as a badge, and what was typed ahead does nothing to what is shown afterwards.
"""

import re

import pytest

from support import faults
from support.moving_time import Clock

READY = "Enter applies it"


def held_sync(place, term, key="s"):
    """A sync whose reading of the directory is under way and stays so."""
    hold = faults.hold()
    place.cloud.gate.inject(hold, on="connect")
    term.press(key)
    hold.wait()
    return hold


# What somebody types while the directory is read, and what the next Enter is meant for.
TYPED = {
    "filter": (["/"], "rao", "/rao"),
    "command": ([":"], "rel", ":rel"),
    "help": (["?"], "", "HELP"),
    "theme": (["t"], "", "Theme"),
    "history": (["h"], "", "HISTORY"),
    "move": (["Down"], "", "Agents 14"),
}


@pytest.mark.parametrize("what", TYPED)
def test_a_sync_that_ends_while_somebody_types_waits_as_a_badge(cloud_centre, what):
    keys, text, sign = TYPED[what]
    before = cloud_centre.held()
    with cloud_centre.console() as term:
        term.wait_for("read: 12 agents")
        hold = held_sync(cloud_centre, term)
        term.press(*keys).type(text).wait_for(sign).quiet()
        hold.release()
        term.wait_for("sync +2 -2").wait_for(sign).quiet()
        assert "PLAN" not in term.text
        if what == "move":
            term.press("Down").wait_for("sync +2 -2 waits: s opens it")
        term.press("Esc", "Esc").wait_for("Agents").quiet()
        term.press("Enter").quiet()
        assert "PLAN" not in term.text
        term.press("Esc").quiet().press("s").wait_for("PLAN sync").wait_for(READY)
        assert "sync +2 -2  " not in term.text  # the badge is used up
        term.press("Enter").wait_for(re.compile(r"sync: \d+ applied"))
    assert before != cloud_centre.held()


def test_enter_that_was_meant_for_the_prompt_applies_nothing(cloud_centre):
    cloud_centre.staff([("p.osmith", "Pat", "O'Smith"), *[(f"new.{i}", "N", str(i)) for i in range(3)],
                        *[(login, "X", "Y") for login in cloud_centre.held().values()]])  # fmt: skip
    before = cloud_centre.held()
    with cloud_centre.console() as term:
        term.wait_for("read:")
        hold = held_sync(cloud_centre, term)
        term.press("/").type("rao").wait_for("/rao")
        hold.release()
        term.wait_for("sync +3").press("Enter").quiet().press("3").wait_for("DETAILS")
        term.press("Esc").quiet()
    assert cloud_centre.held() == before


def test_a_key_in_the_same_breath_counts(centre):
    before = centre.held()
    centre.staff([(login, "X", "Y") for login in [*before.values(), "new.one"]])
    with centre.console() as term:
        term.wait_for("read:").quiet().type("s\r\r\r").wait_for("sync +1").quiet()
        assert "PLAN" not in term.text
    assert centre.held() == before


def test_a_plan_nobody_typed_into_shows_itself(cloud_centre):
    with cloud_centre.console() as term:
        term.wait_for("read: 12 agents")
        hold = held_sync(cloud_centre, term)
        term.resize(90, 24).quiet()  # no key
        hold.release()
        term.wait_for("PLAN sync").wait_for(READY)


def test_undo_doctor_and_import_wait_too(cloud_centre):
    place = cloud_centre
    (place.folder / "good.csv").write_text("user,extension\nk.smidt,2030\n")
    (place.folder / "bad.csv").write_text("user,extension\nnobody.here,2030\n")
    steps = [
        (["z"], "", "undo", "PLAN undo", "z"),
        (["!"], "", "doctor", "DOCTOR", "!"),
        (["I"], "good.csv\r", "import +1", "PLAN import", "I"),
        (["I"], "bad.csv\r", "import: 1 out", "No row can be done", "I"),
    ]
    for keys, text, badge, shown, opens in steps:
        with place.console() as term:
            term.wait_for("read: 12 agents")
            hold = faults.hold()
            place.cloud.gate.inject(hold, on="dynamodb")
            term.press(*keys)
            if text:
                term.quiet().type(text)
            hold.wait()
            term.press("/").type("rao").wait_for("/rao")
            hold.release()
            place.cloud.gate.clear_faults()
            term.wait_for(badge).quiet()
            assert shown not in term.text
            term.press("Esc").quiet().press(opens).wait_for(shown)


def test_a_newer_result_takes_the_place_of_one_that_waits(cloud_centre):
    with cloud_centre.console() as term:
        term.wait_for("read: 12 agents")
        hold = held_sync(cloud_centre, term)
        term.press("Down")
        hold.release()
        cloud_centre.cloud.gate.clear_faults()
        term.wait_for("sync +2 -2 waits")
        term.press("s").wait_for("PLAN sync").press("Esc").wait_for("the plan waits, s opens it")
        term.quiet()
        assert "sync +2 -2 waits" in term.text  # it went back behind its badge
        term.press("s").wait_for("PLAN sync").quiet()
        assert "waits" not in term.text
        cloud_centre.staff([("solo", "So", "Lo")])
        hold = held_sync(cloud_centre, term, key="C-r")  # in the plan: plan it anew
        term.press("Down")
        hold.release()
        cloud_centre.cloud.gate.clear_faults()
        term.wait_for(re.compile(r"sync \+1 -11 waits"))


def test_what_is_typed_while_a_plan_is_written_does_nothing_afterwards(cloud_centre):
    place = cloud_centre
    with place.console() as term:
        term.wait_for("read: 12 agents").press("s").wait_for(READY)
        hold = faults.hold()
        place.cloud.gate.inject(hold, on="dynamodb.TransactWriteItems")
        term.press("Enter")
        hold.wait()
        term.type("Gxjp").press("Enter").press("Enter").type("q")
        hold.release()
        place.cloud.gate.clear_faults()
        term.press("Esc").wait_for(re.compile(r"sync: \d+ applied")).quiet()  # q asked before it leaves
        assert "PLAN" not in term.text and "Pin" not in term.text and term.status is None
    assert len(place.held()) == 12


# ---- a plan that opened by itself --------------------------------------------------------------------


OPENS = {
    "sync": (["s"], "PLAN sync"), "undo": (["z"], "PLAN undo"),
    "import": (["I", *"wishes.csv", "Enter"], "PLAN import"),
}  # fmt: skip


@pytest.mark.parametrize("what", OPENS)
def test_enter_at_the_moment_when_a_plan_opens_writes_nothing(centre, tmp_path, what):
    """What is pressed within a third of a second was meant for what stood there before."""
    clock = Clock(tmp_path, stands_still=True)
    keys, shown = OPENS[what]
    (centre.folder / "wishes.csv").write_text("user,extension\nk.smidt,2033\n")
    before, actions = centre.states(), len(centre.history())
    with centre.start(environment=clock.environment()) as term:
        term.wait_for("read: 12 agents").quiet()
        for key in keys:
            term.press(key).quiet()
        term.wait_for(shown).quiet()
        assert not re.search("Enter|applies", term.text)
        term.press("Enter").wait_for("Enter came before this was shown").quiet()
        assert (centre.states(), len(centre.history())) == (before, actions)
        clock.forward(1)
        term.wait_for(READY).press("Enter").wait_for(re.compile(rf"{what}: \d+ applied"))
    assert len(centre.history()) == actions + 1


def test_a_plan_opened_by_its_badge_takes_enter_at_once(centre, tmp_path):
    """Somebody asked for it: Enter that follows is meant for it."""
    clock = Clock(tmp_path, stands_still=True)
    with centre.start(environment=clock.environment()) as term:
        term.wait_for("read: 12 agents").quiet().type("sj").wait_for("sync +2 -2").quiet()
        term.press("s").wait_for(READY).press("Enter").wait_for(re.compile(r"sync: \d+ applied"))
