"""Edits that are gathered in a basket, kept, planned anew and applied once."""

import json
import re
import signal
import stat

import pytest

from support import moving_time
from support.console import CONFIG
from support.golden import golden


def state_of(place):
    """Where this console remembers things; a path of its own for each test."""
    return {"XDG_STATE_HOME": str(place.folder / "state")}


def open_console(place, *arguments, **options):
    term = place.start(*arguments, environment=state_of(place), **options)
    term.wait_for("read: 12 agents").quiet()
    return term


def kept(place):
    return sorted((place.folder / "state").glob("extpool/*/basket*.json"))


STRIPS = {"x": "Release ", "r": "Reassign ", "p": "Pin ", "a": "Assign to "}


def edit(term, login, key, typed=""):
    """One edit of this agent, in the strip; it goes into the basket."""
    term.press("/").type(login).press("Enter").wait_for(f"/{login}").quiet()
    term.press(key).wait_for(STRIPS[key] + login).quiet()
    if typed:
        term.type(typed)
    term.wait_for("Add to basket").quiet().press("Enter").wait_for(re.compile("added, not written|Enter again   Esc"))
    if "Enter again   Esc" in term.text:  # a refresh planned it anew at that moment
        term.press("Enter").wait_for("added, not written")
    term.quiet()
    return term.press("Esc").wait_gone(f"/{login}").quiet()


def gather(term):
    """A release, a move, a pin and a newcomer: four rows, nothing is written."""
    term.press("b").wait_for("basket 0").quiet()
    edit(term, "b.smith", "x")
    edit(term, "d.rao", "r", "2030")
    edit(term, "e.rao", "p", "leaflet")
    edit(term, "k.smidt", "a")
    return term.wait_for("basket 4").quiet()


def test_edits_are_gathered_and_applied_once(place):
    with open_console(place) as term:
        before = place.held()
        actions = len(place.history())
        gather(term)
        assert place.held() == before
        term.press("b").wait_for("BASKET 4").quiet()
        text = term.text
        assert "+ assign 1   - release 1   ~ reassign 1   p pin 1" in text
        assert re.search(r"\[x\] - release   2001 +b\.smith +left; cools until", text)
        assert re.search(r"\[x\] ~ reassign  2002>2030  d\.rao +you asked, ", text)
        assert re.search(r"\[x\] p pin       2003 +e\.rao +note: leaflet", text)
        assert re.search(r"\[x\] \+ assign    2012 +k\.smidt +lowest free", text)
        assert "Enter applies the 4 ticked rows   Esc keeps all of it" in text
        term.press("T").wait_for("Ticket").type("CHG-4711").press("Enter")
        term.wait_for("ticket: CHG-4711").press("Enter").wait_for("basket: 4 applied").quiet()
        assert "basket 4" not in term.lines[0]
        held = place.held()
        assert (held.get("2001"), held["2030"], held["2012"]) == (None, "d.rao", "k.smidt")
        newest, *earlier = place.history()
        assert len(earlier) == actions  # one action
        assert newest["action"] == "basket" and newest["ticket"] == "CHG-4711"
        assert len(newest["changes"]) == 4


def test_rows_go_in_and_out(centre):
    with open_console(centre) as term:
        actions = len(centre.history())
        gather(term).press("b").wait_for("BASKET 4").quiet()
        term.press("Space").wait_for("Enter applies the 3 ticked rows").wait_for("out 1")
        term.press("*").wait_for("Enter applies the 4 ticked rows")
        term.press("U").wait_for("No row is ticked").press("Enter")
        term.wait_for("apply: no row is ticked; Space takes one in, * all").press("*").wait_for("applies the 4").quiet()
        term.press("g", "-").wait_for("BASKET 3").wait_for("z brings it back")
        term.press("z").wait_for("BASKET 4").press("z").wait_for("BASKET 3").quiet()  # the newest
        assert "lowest free" not in term.text
        term.press("Z").wait_for("BASKET 4").wait_for("lowest free")
        term.press("Esc").wait_gone("BASKET").wait_for("basket 4").quiet()
        term.press("z").wait_for("basket 3").press("z").wait_for("basket 2")
        term.press("z", "z").wait_for("basket 0").press("b").wait_gone("basket 0")
        assert len(centre.history()) == actions  # nothing was written
        term.press("Down").wait_for("b Basket")


@pytest.mark.parametrize("keys, title", [("h", "HISTORY"), ("!", "DOCTOR"), ("4", "CHANGES")])
def test_the_basket_opens_from_other_lists(centre, keys, title):
    with open_console(centre) as term:
        term.press(keys).wait_for(title).quiet()
        term.press("b").wait_for("basket 0").press("b").wait_gone("basket 0")  # on, and off again
        term.press("b").wait_for("basket 0").quiet()
        if keys != "4":
            term.press("Esc").wait_gone(title).quiet()
        else:
            term.press("1").quiet()
        edit(term, "d.rao", "r", "2030")
        term.press(keys).wait_for(title).quiet().press("b").wait_for("BASKET 1").quiet()
        term.press("Esc").wait_for(title).quiet()


def test_one_wish_an_agent(centre):
    with open_console(centre) as term:
        term.press("b").wait_for("basket 0").quiet()
        edit(term, "d.rao", "r", "2030")
        edit(term, "d.rao", "r", "2031").wait_for("the earlier wish is replaced")
        term.press("b").wait_for("BASKET 1").wait_for("2002>2031").quiet()
        assert "2030" not in term.text


def test_a_row_that_does_not_fit_never_stops_the_rest(place):
    with open_console(place) as term:
        term.press("b").wait_for("basket 0").quiet()
        term.press("/").type("smith").press("Enter").wait_for("/smith").quiet()
        term.press("*", "x").wait_for("BASKET").quiet()
        assert re.search(r"\[ \] - release   2000 +a\.smithers +out: pinned to 2000", term.text)
        term.press("G", "Space").wait_for("this row cannot be applied: a.smithers is pinned").quiet()
        term.press("Enter").wait_for("applied").quiet()
        held = place.held()
        assert "2000" in held and not {"2001", "2004", "2009"} & set(held)
        term.press("b").wait_for("BASKET 1").wait_for("No row is ticked")  # it is still there


def test_the_basket_asks_for_a_count_above_five(centre):
    with open_console(centre) as term:
        term.press("b").wait_for("basket 0").quiet()
        term.press("/").type("!state:pinned !state:new").press("Enter").quiet()
        term.press("*", "x").wait_for("Enter asks for the count (11)").quiet()
        term.press("Enter").wait_for("type  11  and Enter").paste("11").wait_for("not pasted")
        term.type("12").press("Enter").wait_for('"12" is not')
        term.press("Esc").wait_gone("type  11").press("U").wait_for("No row is ticked")
        term.press("Space", "Space").wait_for("Enter applies the 2 ticked rows")
        assert len(centre.held()) == 12


def test_another_console_changes_a_row(place):
    """Who, when, and what; it is not applied until somebody decides."""
    with open_console(place) as term:
        gather(term)
        assert place.run("--reassign", "d.rao=2035").status == 0
        assert place.run("--release", "b.smith").status == 0
        term.press("C-r").wait_for("changed a row of yours: d.rao 2002>2035").wait_for("basket 3 c")
        term.press("b").wait_for("BASKET 3").quiet()
        assert re.search(r"\[!\] ~ reassign  2002>2030  d\.rao +\S+ made it 2035 at \S+: Enter asks",
                         term.text)
        term.press("Enter").wait_for("basket: 2 applied").quiet()  # the cursor is on another row
        assert place.extension("d.rao") == "2035" and place.extension("k.smidt") == "2012"
        term.wait_for("BASKET 1").press("Enter").wait_for("What becomes of your row?").quiet()
        term.press("Down", "Enter").wait_for("2035>2030").press("Enter").wait_for("1 applied").quiet()
        assert place.extension("d.rao") == "2030"


def test_two_consoles_whose_edits_collide(centre):
    """Both gather, both apply: the second one sees what the first one did, and writes the rest."""
    with open_console(centre) as one, open_console(centre) as two:
        gather(one)
        gather(two)
        edit(two, "j.smith", "r", "2031")
        one.press("b").wait_for("BASKET 4").press("Enter").wait_for("basket: 4 applied").quiet()
        two.press("b").wait_for("BASKET 5").quiet().press("Enter")
        two.wait_for(re.compile(r"basket: 1 applied, 4 .*meanwhile")).quiet()
        assert "basket" not in two.lines[0]  # all of it is so
        held = centre.held()
        assert held["2030"] == "d.rao" and held["2031"] == "j.smith" and held["2012"] == "k.smidt"
        assert not kept(centre)


@pytest.mark.parametrize("way", ["quit", "hang-up", "killed"])
def test_the_basket_is_kept(centre, way):
    with open_console(centre) as term:
        gather(term)
        if way == "quit":
            term.press("q").wait_for("Basket of 4 rows").wait_for("> Keep it").press("Enter")
        elif way == "hang-up":
            term.hang_up()
        else:
            term.wait_for(lambda t: kept(centre) and "k.smidt" in kept(centre)[0].read_text())
            term.signal(signal.SIGKILL)
        term.wait_exit()
    [path] = kept(centre)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["extpool"] == "plan"
    assert centre.run("--reassign", "d.rao=2035").status == 0
    with open_console(centre) as term:
        term.wait_for(re.compile(r"basket of \d+s ago: 4 rows, 1 no longer fits: b shows it")).quiet()
        term.press("b").wait_for("BASKET 4").wait_for("[!] ~ reassign  2002>2030").quiet()
        term.press("Esc").wait_gone("BASKET").press("q").wait_for("Basket of 4 rows")
        term.paste("x").quiet().press("Down").wait_for("> Throw away").press("Enter")
        term.wait_exit()
    assert not kept(centre)


def test_each_console_keeps_its_own(centre):
    with open_console(centre) as one, open_console(centre) as two:
        one.press("b").quiet()
        two.press("b").quiet()
        edit(one, "d.rao", "x")
        edit(two, "e.rao", "x")
        for term in (one, two):
            term.press("q").wait_for("Keep it").press("Enter").wait_exit()
    assert len(kept(centre)) == 2
    with open_console(centre) as term:  # what nobody has is taken over
        term.press("b").wait_for("BASKET 2").quiet()
        assert "d.rao" in term.text and "e.rao" in term.text


@pytest.mark.parametrize("damage", ["cut", "folder", "emptied"])
def test_what_cannot_be_kept_or_read_stops_nothing(centre, damage):
    state = centre.folder / "state"
    if damage == "folder":
        state.write_text("in the way")
    else:
        with open_console(centre) as term:
            gather(term).press("q").wait_for("Keep it").press("Enter").wait_exit()
        [path] = kept(centre)
        text = path.read_text()
        path.write_text(text[:-40] if damage == "cut" else "{}")
    with open_console(centre) as term:
        said = "what was remembered" if damage == "folder" else "the kept basket cannot be read"
        term.press(":").type("activity").press("Enter").wait_for(said).press("Esc").quiet()
        gather(term)
        term.press("b").wait_for("BASKET 4").press("Enter").wait_for("basket: 4 applied")
    if damage != "folder":  # what could not be read is still there
        assert path.with_name("basket.json.aside-1").stat().st_size > 0


def test_one_store_by_two_names(centre):
    with open_console(centre, "--store", "sqlite:pool.db") as term:
        gather(term).press("q").wait_for("Keep it").press("Enter").wait_exit()
    path = f"sqlite:{centre.folder}/pool.db"
    with open_console(centre, "--store", path) as term:
        term.wait_for("basket 4").press("b").wait_for("BASKET 4").quiet()
    [kept_path] = kept(centre)
    assert json.loads(kept_path.read_text())["store"] == path


def test_a_basket_of_another_store_is_set_aside(centre):
    """The store of a context is another one since the basket was kept."""
    context = "[defaults]\ncontext = one\n[context one]\nstore = sqlite:{}.db\n" + CONFIG
    (centre.folder / "config").write_text(context.format("pool"))
    with open_console(centre) as term:
        gather(term).press("q").wait_for("Keep it").press("Enter").wait_exit()
    [path] = kept(centre)
    before = path.read_text()
    (centre.folder / "config").write_text(context.format("other"))
    assert centre.run("--sync", "--no-export").status == 0
    with open_console(centre) as term:
        assert "basket" not in term.lines[0]
        term.press(":").type("activity").press("Enter")
        term.wait_for("the kept basket is of another store and stays out").press("Esc").quiet()
        term.press("b").wait_for("basket 0").quiet()
        edit(term, "e.rao", "p", "leaflet")
        term.wait_for(lambda t: kept(centre)).quiet()
    assert path.with_name("basket.json.aside-1").read_text() == before


def test_a_plan_file_from_a_read_only_session(place):
    with open_console(place, "--read-only") as term:
        gather(term).press("b").wait_for("nothing can be applied. W writes a plan file").quiet()
        assert "Apply" not in term.lines[-1] and "W Plan file" in term.lines[-1]
        term.press("Enter").wait_for("read-only; W writes a plan file").quiet()
        term.press("W").wait_for("Where to?").type("plan.json").press("Enter")
        term.wait_for(re.compile(r"plan file: 4 rows, digest \w{4}-\w{4}; nothing was applied: plan\.json")).quiet()
        term.press("W").wait_for("Where to?").type("plan.json").press("Enter").wait_for("exists")
    path = place.folder / "plan.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    held = place.held()
    assert place.run("--release", "e.rao", "--plan-out", "other.json").status == 0
    plans = [json.loads((place.folder / name).read_text()) for name in ("plan.json", "other.json")]
    assert plans[0]["maker"] == plans[1]["maker"] and plans[0]["store"] == plans[1]["store"]
    done = place.run("--apply", "plan.json", "--yes")
    assert done.status == 0, done
    assert place.held() != held and place.extension("d.rao") == "2030"


def test_gathered_rows_are_signed_in_the_lists(centre):
    with open_console(centre) as term:
        gather(term)
        for login, sign in (("b.smith", "-"), ("d.rao", "~"), ("e.rao", "p"), ("k.smidt", "+")):
            assert re.search(rf"{re.escape(sign)} ?{login}", term.text), term.text
        term.press("/").type("basket:*").press("Enter").wait_for("4 of 14").quiet()




def test_each_context_has_its_basket(centre):
    places = "directory = file:agents.csv\nstore = sqlite:{}.db\nexport = none\n"
    (centre.folder / "config").write_text(
        "[defaults]\ncontext = one\n"
        + "".join(f"[context {name}]\n" + places.format(store)
                  for name, store in (("one", "pool"), ("two", "other")))
        + "[policy]\nranges = 2000-2059\nblocked = 2013\n[console]\nrefresh = 0\n"
    )
    with open_console(centre) as term:
        gather(term)
        term.press(":").type("context two").press("Enter").wait_for("read: 12 agents").quiet()
        assert "basket" not in term.lines[0]
        term.press(":").type("context one").press("Enter").wait_for("basket 4").quiet()
        term.press("b").wait_for("BASKET 4").press("Enter").wait_for("basket: 4 applied").quiet()
    assert not kept(centre)


def test_after_ten_minutes_it_is_said_again_that_nothing_is_written(centre, tmp_path):
    centre.configure(CONFIG.replace("refresh = 0", "refresh = 1s"))
    time = moving_time.Clock(tmp_path)
    for fixed in ("FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC"):
        del centre.environment[fixed]
    with centre.start(environment=state_of(centre) | time.environment()) as term:
        term.wait_for("read: 12 agents").quiet()
        gather(term)
        time.forward(500)
        term.press("Down", "Up").quiet()
        assert "not written yet" not in term.text
        time.forward(120)
        term.wait_for("4 gathered rows are not written yet: b shows the basket").quiet()


@pytest.mark.parametrize("columns, lines", [(80, 24), (40, 10), (30, 5)])
def test_the_basket_at_every_size(centre, columns, lines):
    with open_console(centre) as term:
        gather(term)
        assert centre.run("--reassign", "d.rao=2035").status == 0
        term.press("C-r").wait_for("changed a row of yours").quiet()
        edit(term, "j.smith", "r", "2033")
        term.resize(columns, lines).quiet()
        term.press("b").wait_for("BASKET").quiet()
        golden(f"basket-{columns}x{lines}", term)
