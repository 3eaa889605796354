"""Two consoles on one store, whose edits collide in every state that an edit can be in.

Lee is in the middle of something; Kim does something else, in her own console, to a row of it. Then
Lee goes on. Each time: what Kim did stands, and Lee is told of it; what Lee's keys wrote stood on his
screen; and the store is whole.
"""

import contextlib
import re
import sqlite3

import pytest

from support import faults
from support.console import CONFIG, EARLIER
from support.invariants import State, assert_holds, numbers, read_dynamodb

KIM, LEE = {"SUDO_USER": "kim"}, {"SUDO_USER": "lee"}
APPLIES = "Enter applies this now"
POOL = numbers(4, 2000, 2059)


def state_of(place):
    """All that the store holds, as the invariants want it."""
    if hasattr(place, "cloud"):
        return read_dynamodb(place.cloud.past_gate("dynamodb", "resource").Table(place.cloud.table))
    states = place.states()
    return State(assigned=[(ext, agent) for ext, agent in place.held().items()],
                 free=[ext for ext, state in states.items() if state in ("free", "cooling", "blocked")],
                 reserved=[ext for ext, state in states.items() if state == "reserved"])


class Two:
    """Kim's console and Lee's, and the store below them."""

    def __init__(self, place, kim, lee):
        self.place, self.kim, self.lee = place, kim, lee
        self.before = place.held()

    def do(self, line, said):
        """Kim does something by her console's command line, and Enter."""
        self.kim.press(":").type(line).press("Enter").wait_for(re.compile("Enter (applies|releases)"))
        self.kim.press("Enter").wait_for(said).quiet()

    def move(self, login, ext):
        self.do(f"reassign {login}={ext}", "reassign: 1 applied")

    def lees(self):
        """What Lee has written: {(kind, number, agent)}. A sync also adopts whom another instance
        knew, which is nobody's number."""
        return {(row["change"], row["extension"], row["agent"])
                for action in self.place.history() if action["user"].startswith("lee@")
                for row in action["changes"] if row["change"] != "adopt"}


@pytest.fixture
def two(place):
    with place.console(environment=KIM) as kim, place.console(environment=LEE) as lee:
        for term in (kim, lee):
            term.wait_for("read: 12 agents").quiet()
        yield Two(place, kim, lee)
    assert_holds(state_of(place), POOL)
    assert place.run("--doctor").status == 0


def at(term, text):
    return term.press("/").type(text).press("Enter").wait_for(f"/{text}").quiet()


def conflict(term, *words):
    """The result: not applied, and what is there instead."""
    term.wait_for("Enter plans those again")
    for word in words:
        term.wait_for(word)
    return term.quiet()


# ---- in the strip ------------------------------------------------------------------------------------


def test_while_a_number_is_typed(two):
    at(two.lee, "d.rao").press("r").type("203").wait_for(">2030")
    two.move("e.rao", "2030")
    two.lee.quiet().press("Enter").wait_for("number: 2030").wait_for(APPLIES).quiet().press("Enter")
    conflict(two.lee, "2030 is assigned to e.rao since", "kim")
    assert two.place.extension("d.rao") == "2002" and two.place.holder("2030") == "e.rao"
    assert not two.lees()


def test_while_a_plan_is_shown_in_the_strip(two):
    at(two.lee, "d.rao").press("r").type("2035").wait_for(APPLIES)
    two.move("d.rao", "2036")
    two.lee.press("Enter")
    conflict(two.lee, "d.rao holds 2036 now", "kim")
    assert two.place.extension("d.rao") == "2036" and not two.lees()
    two.lee.press("Enter").wait_for("2036>2035").press("Enter").wait_for("reassign: 1 applied").quiet()
    assert two.place.extension("d.rao") == "2035"


def test_when_the_other_did_the_same(two):
    at(two.lee, "d.rao").press("r").type("2035").wait_for(APPLIES)
    two.move("d.rao", "2035")
    two.lee.press("Enter").wait_for(re.compile("reassign: 0 applied, 1 done by kim.* meanwhile"))
    assert two.place.extension("d.rao") == "2035" and not two.lees()


@pytest.mark.parametrize("key", ["w", "t"])
@pytest.mark.parametrize("does, said, now", [
    ("release e.rao", "release: 1 applied", None),
    ("reassign e.rao=2051", "reassign: 1 applied", "2051"),
    ("pin e.rao=lift", "pin: 1 applied", "2003"),
])  # fmt: skip
def test_while_a_number_that_is_held_is_taken(two, key, does, said, now):
    at(two.lee, "d.rao").press("r").type("2003").wait_for("taken: e.rao")
    two.lee.press(key).wait_for(APPLIES).quiet()
    two.do(does, said)
    two.lee.press("Enter")
    conflict(two.lee, "e.rao")
    assert two.place.extension("d.rao") == "2002" and two.place.extension("e.rao") == now
    assert not two.lees()


# ---- while it is written -----------------------------------------------------------------------------


@contextlib.contextmanager
def writing(two):
    """What Lee writes now is under way, and does not arrive as long as this lasts."""
    if hasattr(two.place, "cloud"):
        hold = faults.hold()
        rule = two.place.cloud.gate.inject(hold, on="dynamodb.TransactWriteItems", nth=1)
        two.lee.press("Enter")
        hold.wait()
        try:
            yield
        finally:
            rule.remove()
        return
    with contextlib.closing(sqlite3.connect(two.place.store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        two.lee.press("Enter").wait_for("being written")
        yield
        other.execute("ROLLBACK")


def test_while_it_is_written(two):
    """On DynamoDB Kim's comes first; SQLite lets either of them be first, and never both."""
    at(two.lee, "d.rao").press("r").type("2035").wait_for(APPLIES).quiet()
    at(two.kim, "e.rao").press("r").type("2035").wait_for(APPLIES).quiet()
    cloud = hasattr(two.place, "cloud")
    with writing(two):
        two.kim.press("Enter").wait_for("1 applied" if cloud else "being written")
        two.lee.press("Down", "x", "Enter").quiet()  # what is typed meanwhile does nothing
    done = re.compile("reassign: 1 applied|Enter plans those again")
    two.lee.wait_for(done).quiet()
    two.kim.wait_for(done).quiet()
    holder = two.place.holder("2035")
    winner, loser = (two.kim, two.lee) if holder == "e.rao" else (two.lee, two.kim)
    winner.wait_for("reassign: 1 applied")
    conflict(loser, f"2035 is assigned to {holder} since", "kim" if winner is two.kim else "lee")
    assert holder == "e.rao" or not cloud
    assert (two.place.extension("d.rao"), two.place.extension("e.rao")) in (("2035", "2003"), ("2002", "2035"))
    assert len(two.lees()) == (winner is two.lee)


# ---- in the basket ------------------------------------------------------------------------------------


def gather(term, login, key, typed=""):
    at(term, login).press(key).type(typed).wait_for("Add to basket").quiet()
    term.press("Enter").wait_for("added, not written").quiet().press("Esc").quiet()


def three_rows(two):
    two.lee.press("b").wait_for("basket 0").quiet()
    gather(two.lee, "d.rao", "r", "2030")
    gather(two.lee, "e.rao", "x")
    gather(two.lee, "k.smidt", "a")
    two.lee.wait_for("basket 3").quiet()


LEES_REST = {("release", "2003", "e.rao"), ("assign", "2012", "k.smidt")}


def test_while_rows_are_gathered(two):
    three_rows(two)
    two.move("d.rao", "2035")
    two.lee.press("C-r").wait_for(re.compile("kim.* changed a row of yours: d.rao 2002>2035"))
    two.lee.press("b").wait_for("BASKET 3").quiet()
    assert re.search(r"\[!\] ~ reassign  2002>2030  d\.rao +kim.* made it 2035 at", two.lee.text)
    apply_rest(two)


def apply_rest(two):
    """Enter on another row applies the others; Kim's row stays, and is Lee's to decide."""
    term = two.lee
    for key in ("g", "G"):  # the first row, or the last one if that is it
        if re.search(r">\[!\]", term.text):
            term.press(key).quiet()
    term.press("Enter").wait_for("basket: 2 applied").quiet()
    assert two.place.extension("d.rao") == "2035" and two.lees() == LEES_REST
    term.wait_for("BASKET 1").wait_for(re.compile(r"\[!\] ~ reassign .* d\.rao"))


def test_while_the_basket_is_open(two):
    three_rows(two)
    two.lee.press("b").wait_for("BASKET 3").wait_for("Enter applies the 3 ticked rows").quiet()
    two.move("d.rao", "2035")
    two.lee.press("C-r").wait_for("[!] ~ reassign  2002>2030").wait_for(re.compile("kim.* made it 2035")).quiet()
    apply_rest(two)


def test_while_the_basket_is_open_and_not_yet_read_again(two):
    """What the screen did not know is found by the store: the row stays, with what is there now."""
    three_rows(two)
    two.lee.press("b").wait_for("Enter applies the 3 ticked rows").quiet()
    two.move("d.rao", "2035")
    two.lee.press("Enter").wait_for("BASKET 1").wait_for("[!] ~ reassign  2002>2030")
    two.lee.wait_for(re.compile("kim.* made it 2035 at")).quiet()
    assert two.place.extension("d.rao") == "2035" and two.lees() == LEES_REST


def test_when_the_lowest_free_of_the_basket_is_given_away(two):
    three_rows(two)
    two.do("assign z.novak=2012", "assign: 1 applied")
    two.lee.press("C-r").wait_for("] goes there").quiet().press("b").wait_for("BASKET 3").quiet()
    assert re.search(r"\[x\] \+ assign    2014 +k\.smidt", two.lee.text), two.lee.text
    two.lee.press("Enter").wait_for("basket: 3 applied").quiet()
    assert two.place.extension("k.smidt") == "2014" and two.place.extension("z.novak") == "2012"


# ---- while a question is open ----------------------------------------------------------------------------


def test_while_the_count_is_asked(two):
    """What is not as it was planned is left alone, whatever was typed."""
    at(two.lee, "state:ok !state:pinned").press("*", "x").wait_for("Enter asks for the count (9)")
    two.lee.press("Enter").wait_for("type  9  and Enter").quiet()
    two.move("d.rao", "2035")
    two.do("release e.rao", "release: 1 applied")
    two.lee.press("C-r").quiet().wait_gone("C-c stops").type("9").wait_for("count: 9").press("Enter")
    conflict(two.lee, "7 applied", "d.rao holds 2035 now", "kim")
    assert two.place.extension("d.rao") == "2035" and two.place.extension("e.rao") is None
    assert len(two.lees()) == 7 and {kind for kind, *_ in two.lees()} == {"release"}


def test_while_the_name_is_asked(place):
    place.configure(CONFIG.replace("[defaults]", "[context prod]") + "[defaults]\ncontext = prod\n")
    gone = [(f"leaver.{i}", "Lea", "Ver") for i in range(10)]
    place.staff(EARLIER + gone)
    assert place.run("--sync").status == 0
    place.staff(EARLIER)
    with place.console(environment=LEE) as lee, place.console(environment=KIM) as kim:
        two = Two(place, kim, lee)
        for term in (lee, kim):
            term.wait_for("read: 12 agents").quiet()
        lee.press("s").wait_for("Enter asks for the name").press("Enter").wait_for("type  prod  and Enter")
        two.do("release leaver.3", "release: 1 applied")
        two.do(f"reserve {next(ext for ext, state in place.states().items() if state == 'free')}",
               "reserve: 1 applied")
        lee.type("prod").press("Enter").wait_for(re.compile(r"sync: \d+ applied, 1 done by kim\S* meanwhile"))
        lee.quiet()
        assert len(place.held()) == 12
        assert {agent for kind, _, agent in two.lees() if kind == "release"} == {
            login for login, *_ in gone if login != "leaver.3"}
    assert_holds(state_of(place), POOL)


# ---- plans of jobs ---------------------------------------------------------------------------------------


def test_while_the_plan_of_a_sync_is_open(two):
    two.lee.press("s").wait_for("Enter applies it").quiet()
    two.do("assign k.smidt=2033", "assign: 1 applied")
    two.do("release b.smith", "release: 1 applied")
    two.lee.press("Enter").wait_for(re.compile(r"sync: \d+ applied, 2 done by kim\S* meanwhile")).quiet()
    assert two.place.extension("k.smidt") == "2033" and two.place.extension("z.novak") == "2014"
    assert {agent for _, _, agent in two.lees()} == {"m.leaver", "z.novak"}


def test_while_a_plan_waits_as_a_badge(two):
    two.lee.type("sj").wait_for("sync +2 -2").quiet()
    two.do("assign k.smidt=2033", "assign: 1 applied")
    two.lee.press("C-r").wait_for("] goes there").quiet().press("s").wait_for("Enter applies it").press("Enter")
    two.lee.wait_for(re.compile(r"sync: \d+ applied, 1 done by kim\S* meanwhile")).quiet()
    assert two.place.extension("k.smidt") == "2033"
    assert {agent for _, _, agent in two.lees()} == {"b.smith", "m.leaver", "z.novak"}


def test_while_the_plan_of_an_undo_is_open(two):
    at(two.lee, "d.rao").press("r").type("2035").wait_for(APPLIES).quiet().press("Enter").wait_for("1 applied").quiet()
    two.lee.press("z").wait_for("PLAN undo").wait_for("Enter applies it").quiet()
    two.kim.press("C-r").wait_for("] goes there").quiet()
    two.move("d.rao", "2036")
    two.lee.press("Enter").wait_for(re.compile("d.rao.*2036")).quiet()
    assert two.place.extension("d.rao") == "2036"
    assert two.lees() == {("reassign", "2035", "d.rao")}


def test_while_a_result_is_shown(two):
    """What is planned again is planned on what is there then."""
    at(two.lee, "k.smidt").press("a").type("2033").wait_for(APPLIES)
    two.do("assign z.novak=2033", "assign: 1 applied")
    two.lee.press("Enter")
    conflict(two.lee, "2033 is assigned to z.novak since", "kim")
    two.do("assign k.smidt=2034", "assign: 1 applied")
    two.lee.press("Enter").wait_for("taken: z.novak").quiet()
    two.lee.press("f").wait_for(APPLIES).quiet().press("Enter")
    conflict(two.lee, "k.smidt holds 2034 now")
    assert two.place.extension("k.smidt") == "2034" and not two.lees()
