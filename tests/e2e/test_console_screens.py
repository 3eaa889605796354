"""Every view and every state of the console as text: at 80x24, made as large as 200x50 and as small
as 40x10 while it is shown, and in a terminal without colours, where attributes carry the meaning.

    EXTPOOL_GOLDEN=write make test-all   writes golden/*.txt anew; git shows what changed
"""

import pytest

from support.console import CONFIG, EARLIER, NOW
from support.golden import golden
from support.program import program
from support.term import Terminal

LEAVERS = [(f"leaver.{i:02}", "Lea", f"Ver{i:02}") for i in range(12)]


# ---- what the console is opened on ---------------------------------------------------------------


def everyday(centre):
    pass


def settled(centre):
    """Nothing is left for a sync to do."""
    assert centre.run("--sync", "--yes").status == 0


def many_leavers(centre):
    centre.staff(EARLIER + LEAVERS)
    assert centre.run("--sync", "--yes").status == 0
    centre.staff(NOW)


def exhausted(centre):
    """Twelve agents, ten numbers."""
    centre.store.unlink()
    centre.export.unlink()  # another pool: nobody dials by the old list
    centre.configure(CONFIG.replace("2000-2059", "2000-2009").replace("2013", ""))
    assert centre.run("--sync", "--no-export").status == 5


def low(centre):
    centre.configure(CONFIG.replace("[policy]\n", "[policy]\nlow_water = 60\n"))


def sites(centre):
    """Two groups and nobody else; of one few numbers are left."""
    centre.configure(CONFIG.replace("ranges = 2000-2059\n", "").replace("[console]", """\
[group leeds]
match = login:*smi*
ranges = 2000-2019
low_water = 15
[group london]
match = login:*
ranges = 2020-2059
[console]"""))  # fmt: skip


def not_made(centre):
    """As after a first sync that was stopped: most numbers of the ranges are not there yet."""
    exhausted(centre)
    centre.configure(CONFIG.replace("2000-2059", "2000-9499").replace("2013", ""))


def fresh(centre):
    centre.store.unlink()


def no_directory(centre):
    centre.configure(CONFIG.replace("directory = file:agents.csv\n", ""))


def lost_directory(centre):
    centre.agents.unlink()


def lost_store(centre):
    centre.store.write_text("this is no database, and it is long enough to be one" * 40)


def empty_directory(centre):
    centre.agents.write_text("user\n")


def read_only(centre):
    centre.configure(CONFIG.replace("[policy]", "read_only = yes\n[policy]"))


def contexts(centre):
    centre.configure(
        "[defaults]\ncontext = prod\n"
        + CONFIG.partition("\n")[2].replace("[policy]", "[context prod]\n[context test]\n[policy]")
    )


def wider_pool(centre):
    """Ten numbers more than the store has."""
    centre.configure(CONFIG.replace("2000-2059", "2000-2069"))


def csv_to_import(centre):
    (centre.folder / "wishes.csv").write_text(
        "user,extension,action\nk.smidt,2030,assign\nj.smith,,release\n"
    )
    (centre.folder / "wrong.csv").write_text("user,extension\nk.smidt,99\nnobody,2030\n")


# ---- what is pressed -----------------------------------------------------------------------------


def keys(*names):
    return lambda term: term.press(*names)


def typed(*steps):
    """Names of keys, and in one-element lists text to type, each once the program rests."""

    def press(term):
        for step in steps:
            if isinstance(step, list):
                term.type(step[0])
            else:
                term.press(step)
            term.quiet()

    return press


SCENES = {
    # name: (opened on, what is pressed, what then stands on the screen)
    "everyday": (everyday, keys(), "read: 12 agents"),
    "extensions": (everyday, keys("Tab", "Down", "Down"), "2002"),
    "marked": (everyday, keys("Space", "Space", "Down", "Space"), "3 marked"),
    "range": (everyday, keys("v", "Down", "Down"), "range"),
    "filtered": (everyday, typed("/", ["smi"], "Enter"), "/smi"),
    "filter-hint": (everyday, keys("/"), "~fuzzy"),
    "filter-nothing": (everyday, typed("/", ["zzz"]), "nothing matches"),
    "sorted": (everyday, typed("o", "o", "o", "O"), "STATE▲"),
    "details": (everyday, keys("3"), "DETAILS"),
    "details-side": (everyday, keys("Tab", "Tab"), "Details > ext"),
    "details-number": (everyday, keys("2", "G", "Tab"), "2059  free"),
    "changes-none": (everyday, keys("4"), "nobody changed"),
    "row-menu": (everyday, keys("Enter"), "What should be done"),
    "details-extension": (everyday, keys("2", "G", "Up", "3"), "2058"),
    "activity": (everyday, typed(":", ["activity"], "Enter"), "ACTIVITY"),
    "help": (everyday, keys("?"), "HELP"),
    "help-plan": (everyday, typed("s", "?"), "HELP"),
    "command": (everyday, typed(":", ["re"], "Tab"), "reassign"),
    "command-unknown": (everyday, typed(":", ["realease"], "Enter"), "did you mean"),
    "history": (everyday, keys("h"), "HISTORY"),
    "history-action": (everyday, typed("h", "Down", "Down", "Enter"), "reserve"),
    "plan-sync": (everyday, keys("s"), "PLAN sync"),
    "plan-left-out": (everyday, typed("s", "Space", "Space"), "[ ]"),
    "plan-wrong-count": (everyday, typed("/", ["state:ok !state:pinned"], "Enter", "*", "r", ["70"], "Enter"),
                         "not applied"),
    "plan-guard": (many_leavers, keys("s"), "REFUSED"),
    "plan-nothing": (settled, keys("s"), "othing to do"),
    "plan-assign": (everyday, typed("/", ["state:new"], "Enter", "*", "a"), "PLAN assign"),
    "assign": (everyday, typed("/", ["smidt"], "Enter", "a"), "Assign to k.smidt"),
    "assign-agent": (everyday, typed("2", "G", "a"), "to whom"),
    "assign-agent-typed": (everyday, typed("2", "G", "a", ["nov"]), "2059 z.novak"),
    "reassign": (everyday, keys("Down", "Down", "r"), "Reassign d.rao"),
    "reassign-typed": (everyday, typed("Down", "Down", "r", ["203"]), "2030"),
    "reassign-full": (everyday, typed("Down", "Down", "r", ["2030"]), "Enter applies this now"),
    "reassign-held": (everyday, typed("Down", "Down", "r", ["2004"]), "taken: w, t or f"),
    "reassign-swap": (everyday, typed("Down", "Down", "r", ["2004"], "w"), "2004>2002"),
    "reassign-pinned": (everyday, typed("Down", "Down", "r", ["2000"]), "unpin first"),
    "release": (everyday, keys("Down", "Down", "x"), "Enter releases now"),
    "release-stale": (everyday, keys("Down", "x"), "Enter releases now"),
    "swap": (everyday, typed("Down", "Down", "Space", "Space", "w"), "PLAN swap"),
    "swap-with": (everyday, typed("Down", "Down", "w", ["tan"]), "2005>2002"),
    "pin": (everyday, keys("Down", "Down", "p"), "Pin d.rao"),
    "unpin": (everyday, keys("p"), "Unpin a.smithers"),
    "reserve": (everyday, keys("2", "G", "R"), "Reserve 2059"),
    "import": (csv_to_import, keys("I"), "Import"),
    "import-plan": (csv_to_import, typed("I", ["wishes.csv"], "Enter"), "PLAN import"),
    "import-wrong": (csv_to_import, typed("I", ["wrong.csv"], "Enter"), "nobody"),
    "export-to": (everyday, keys("E"), "Export"),
    "exported": (everyday, keys("e"), "exported 12 rows"),
    "undo": (everyday, keys("z"), "PLAN undo"),
    "doctor": (everyday, keys("!"), "records checked"),
    "doctor-problems": (wider_pool, keys("!"), "1 can be repaired"),
    "doctor-repair": (wider_pool, typed("!", "f"), "PLAN repair"),
    "theme": (everyday, keys("t"), "solarized"),
    "contexts": (contexts, keys("c"), "test"),
    "paste": (everyday, lambda term: term.paste("xyz"), "a paste works only"),
    "key-off": (read_only, keys("s"), "read-only"),
    "read-only": (read_only, keys(), "READ-ONLY"),
    "not-made": (not_made, keys(), "not made yet"),
    "low": (low, keys(), "LOW"),
    "sites": (sites, keys(), "LOW"),
    "sites-filtered": (sites, typed("/", ["group:leeds"], "Enter"), "/group:leeds"),
    "sites-sync": (sites, keys("s"), "PLAN sync"),
    "exhausted": (exhausted, keys(), "EXHAUSTED"),
    "exhausted-plan": (exhausted, keys("s"), "the pool ran out"),
    "fresh": (fresh, keys(), "read: 12 agents"),
    "no-directory": (no_directory, keys(), "no directory"),
    "lost-directory": (lost_directory, keys(), "agents.csv"),
    "lost-store": (lost_store, keys(), "pool.db"),
    "empty-directory": (empty_directory, keys(), "no agents in it"),
}


def open_scene(centre, name, **options):
    prepare, press, shown = SCENES[name]
    prepare(centre)
    term = centre.console(**options)
    press(term)
    return term.wait_for(shown)


@pytest.mark.parametrize("name", SCENES)
def test_screen(centre, name):
    with open_scene(centre, name) as term:
        golden(f"{name}-80x24", term)
        golden(f"{name}-200x50", term.resize(200, 50))
        golden(f"{name}-40x10", term.resize(40, 10))
        golden(f"{name}-80x24", term.resize(80, 24))  # nothing stays of the other sizes
        assert not term.emulator.unknown


@pytest.mark.parametrize("name", SCENES)
def test_screen_without_colours(centre, name):
    with open_scene(centre, name, environment={"NO_COLOR": "1"}) as term:
        golden(f"{name}-mono", term, with_attributes=True)
        colours = {(cell.fg, cell.bg) for y in range(24) for cell in
                   (term.cell(x, y) for x in range(80))}  # fmt: skip
        assert colours == {("default", "default")}


@pytest.mark.parametrize("size", [(80, 24), (200, 50), (40, 10)])
@pytest.mark.parametrize("kind", ["colour", "mono"])
def test_the_everyday_screen_in_colour_and_mono(centre, size, kind):
    colour = kind == "colour"
    with centre.console(size=size, environment={} if colour else {"NO_COLOR": "1"}) as term:
        term.press("Space", "Space").quiet()
        golden(f"everyday-{kind}-{size[0]}x{size[1]}", term, with_attributes=True,
               with_colours=colour)  # fmt: skip


def test_screen_of_a_conflict(centre):
    with centre.console() as term:
        typed("/", ["smidt"], "Enter", "a", ["2033"])(term)
        term.wait_for("plan: + assign  2033 k.smidt")
        assert centre.run("--assign", "z.novak=2033").status == 0
        term.press("Enter").wait_for("z.novak")
        for size in ((80, 24), (200, 50), (40, 10)):
            golden(f"conflict-{size[0]}x{size[1]}", term.resize(*size))


def test_screen_of_an_import_with_rows_that_are_left_out(centre):
    (centre.folder / "wishes.csv").write_text(
        "user,extension\nk.smidt,2030\nnobody,2031\nz.novak,2002\nx,1\nz.novak\n"
    )
    with centre.console() as term:
        typed("I", ["wishes.csv"], "Enter")(term)
        term.wait_for("4 of 5 rows are left out")
        for size in ((80, 24), (40, 10), (30, 5)):
            golden(f"left-out-{size[0]}x{size[1]}", term.resize(*size))


@pytest.mark.parametrize("size", [(80, 24), (200, 50), (40, 10), (30, 5), (29, 5), (30, 4), (1, 1)])
def test_it_opens_at_any_size(centre, size):
    with centre.console(size=size) as term:
        golden(f"opened-{size[0]}x{size[1]}", term)
        term.press("q")
        assert term.wait_exit() == 0


def test_ascii_where_the_locale_is_not_utf8(centre):
    with centre.console(environment={"LC_ALL": "C"}) as term:
        term.wait_for("locale C").quiet()
        golden("everyday-ascii", term)
        assert max(term.output) < 0x80


def test_ascii_where_the_user_wants_it(centre):
    centre.configure(CONFIG + "ascii = yes\n")
    with centre.console() as term:
        term.quiet()
        assert "+- 1 Agents 14" in term.text and "─" not in term.text
        assert "田中" in term.text  # names are data, not lines


@pytest.mark.parametrize("columns, gauge", [
    (40, " Pool  1 LOW   20%  free 44 "),  # the end may be cut off
    (80, "  pin 1   leeds LOW 7"),
    (160, "] 57 % free 7 LOW  | london 2020-2059 ["),
])  # fmt: skip
def test_a_group_that_is_low_is_named_where_there_is_room(centre, columns, gauge):
    sites(centre)
    with centre.console(size=(columns, 24)) as term:
        term.wait_for("LOW").quiet()
        assert gauge in term.lines[1]
