"""Every action of the console by its keys, on SQLite and on DynamoDB: what the keys did stands in
the store, seen by another process.
"""

import re
import signal

import pytest

from support.console import CONFIG, EARLIER, NOW


def at(term, text):
    """Puts the cursor on the only row that matches."""
    return term.press("/").type(text).press("Enter").wait_for(f"/{text}").quiet()


def done(term, text):
    """Waits for the message that ends every action."""
    return term.wait_for(text).wait_for("STATE").quiet()


@pytest.fixture
def desk(place):
    """(the place, the console on it)."""
    with place.console() as term:
        term.wait_for("read: 12 agents").quiet()
        yield place, term
        term.signal(signal.SIGTERM)  # wherever it is now
        term.wait_exit()
        term.check_whole()


def test_sync_gives_takes_back_and_publishes(desk):
    place, term = desk
    term.press("s").wait_for("Enter applies it")
    assert place.holder("2001") == "b.smith"  # nothing is written before it is confirmed
    term.press("Enter")
    done(term, "exported 12 rows")
    held = place.held()
    assert set(held.values()) == {
        "a.smithers", "d.rao", "e.rao", "j.smith", "k.smidt", "k.tanaka", "l.garcia", "n.okafor",
        "p.osmith", "t.smirnova", "v.desk", "z.novak",
    }  # fmt: skip
    assert place.states()["2001"] == place.states()["2007"] == "cooling"
    assert "k.smidt" in place.exported()


def test_assign_the_lowest_free(desk):
    place, term = desk
    at(term, "k.smidt")
    term.press("a").wait_for("Assign to k.smidt").wait_for("Enter applies this now")
    assert place.extension("k.smidt") is None  # nothing is written before Enter
    term.press("Enter")
    done(term, "assign: 1 applied")
    assert place.extension("k.smidt") == "2012"


def test_assign_one_that_is_typed(desk):
    place, term = desk
    at(term, "k.smidt")
    term.press("a").type("2033").wait_for("2033 k.smidt").press("Enter")
    done(term, "assign: 1 applied")
    assert place.extension("k.smidt") == "2033"


def test_assign_one_that_is_chosen_from_the_list(desk):
    place, term = desk
    at(term, "k.smidt")
    term.press("a").type("203").press("Down").wait_for(">2031").press("Enter")
    term.wait_for("number: 2031").wait_for("Enter applies this now").press("Enter")
    done(term, "assign: 1 applied")
    assert place.extension("k.smidt") == "2031"


def test_assign_all_that_are_marked(desk):
    place, term = desk
    at(term, "state:new")
    term.press("*", "a").wait_for("+ assign 2").press("Enter")
    done(term, "assign: 2 applied")
    assert [place.extension("k.smidt"), place.extension("z.novak")] == ["2012", "2014"]


def test_assign_an_extension_to_an_agent(desk):
    place, term = desk
    term.press("2")
    at(term, "2030")
    term.press("a").wait_for("Assign 2030  to whom").type("nov").wait_for("2030 z.novak")
    term.press("Enter")
    done(term, "assign: 1 applied")
    assert place.holder("2030") == "z.novak"


def test_reassign_in_six_keystrokes(desk):
    place, term = desk
    at(term, "d.rao")
    for key in ["r", *"2035", "Enter"]:
        term.press(key).quiet()
    done(term, "reassign: 1 applied")
    assert place.extension("d.rao") == "2035"
    assert place.states()["2002"] == "cooling"


def test_reassign_to_the_lowest_free(desk):
    place, term = desk
    at(term, "d.rao")
    term.press("r").wait_for("Reassign d.rao").wait_for("2002>2012 d.rao").press("Enter")
    done(term, "reassign: 1 applied")
    assert place.extension("d.rao") == "2012"


def test_release_of_one_is_one_enter(desk):
    place, term = desk
    at(term, "d.rao")
    term.press("x").wait_for("Enter releases now").wait_for("a sync gives one again")
    assert place.holder("2002") == "d.rao"
    term.press("Enter")
    done(term, "release: 1 applied")
    assert place.states()["2002"] == "cooling"


def test_more_than_five_people_are_counted_by_who_asks(desk):
    place, term = desk
    before = place.held()
    term.press("/").type("state:ok !state:pinned").press("Enter").quiet()
    term.press("*", "x").wait_for("Enter asks for the count (9): the number of releases")
    term.press("Enter").wait_for("type  9  and Enter")
    term.type("8").press("Enter").wait_for('not applied: "8" is not the number of releases')
    assert place.held() == before
    term.press("Esc").wait_gone("type  9  and Enter").wait_for("PLAN release")
    term.type("9").wait_for("count: 9").press("Enter")  # a digit opens the question too
    done(term, "release: 9 applied")
    assert len(place.held()) == len(before) - 9


def test_release_all_that_are_marked(desk):
    place, term = desk
    at(term, "rao")
    term.press("*", "x").wait_for("- release 2").press("Enter")
    done(term, "release: 2 applied")
    assert not {"d.rao", "e.rao"} & set(place.held().values())


def test_a_row_can_be_left_out(desk):
    place, term = desk
    at(term, "rao")
    term.press("*", "x").wait_for("- release 2")
    term.press("Space").wait_for("- release 1").press("Enter")
    done(term, "release: 1 applied")
    assert [place.holder("2002"), place.holder("2003")] == ["d.rao", None]


def test_swap_two_that_are_marked(desk):
    place, term = desk
    at(term, "rao")
    term.press("*", "w").wait_for("PLAN swap").press("Enter")
    done(term, "swap: ")
    assert [place.extension("d.rao"), place.extension("e.rao")] == ["2003", "2002"]


def test_pin_with_a_note_and_unpin(desk):
    place, term = desk
    at(term, "d.rao")
    term.press("p").wait_for("Pin d.rao").type("switchboard").wait_for("note: switchboard")
    term.press("Enter")
    done(term, "pin: 1 applied")
    assert place.json("--lookup", "d.rao")["pinned"] == "switchboard"
    term.press("p").wait_for("Unpin d.rao").press("Enter")
    done(term, "unpin: 1 applied")
    assert place.json("--lookup", "d.rao")["pinned"] is None


def test_reserve_with_a_note_and_put_back(desk):
    place, term = desk
    term.press("2")
    at(term, "2030")
    term.press("R").wait_for("Reserve 2030").type("fax").wait_for("note: fax").press("Enter")
    done(term, "reserve: 1 applied")
    assert place.json("--lookup", "2030")["note"] == "fax"
    term.press("R").wait_for("Put back 2030").press("Enter")
    done(term, "unreserve: 1 applied")
    assert place.states()["2030"] == "free"


def test_undo_the_last_action(desk):
    place, term = desk
    at(term, "d.rao")
    term.press("r").wait_for("Enter applies this now").press("Enter")
    done(term, "reassign: 1 applied")
    term.press("z").wait_for("PLAN undo").wait_for("Enter applies it").press("Enter")
    done(term, "undo: 1 applied")
    assert place.extension("d.rao") == "2002"


def test_undo_one_of_the_history(desk):
    place, term = desk
    term.press("h").wait_for("r 2040").quiet()
    term.press(*["Down"] * 3).wait_for(re.compile(r">.* reserve +r 2040"))
    term.press("z").wait_for("PLAN undo").wait_for("Enter applies it").press("Enter").wait_for("undo: 1 applied").quiet()
    assert place.states()["2040"] == "free"


def test_export_now(desk):
    place, term = desk
    term.press("e").wait_for("exported 12 rows").quiet()
    rows = place.exported().splitlines()
    assert rows[0].endswith("user,extension") and len(rows) == 13


def test_export_elsewhere(desk):
    place, term = desk
    term.press("E").wait_for("Export").press("C-u").type("file:elsewhere.csv").press("Enter")
    term.wait_for("exported 12 rows").quiet()
    assert "d.rao,2002" in (place.folder / "elsewhere.csv").read_text()


def test_import_a_csv(desk):
    place, term = desk
    (place.folder / "wishes.csv").write_text(
        "user,extension,action,note\nk.smidt,2030,assign,\n,2031,reserve,lift\n"
    )
    term.press("I").wait_for("Import").type("wishes.csv").press("Enter")
    term.wait_for("PLAN import").wait_for("Enter applies it").press("Enter")
    done(term, "import: 2 applied")
    assert place.holder("2030") == "k.smidt" and place.states()["2031"] == "reserved"


WISHES = (
    "note,user,extension,action\n"
    "head,k.smidt,2030,\n"  # the one that can be done
    ",nobody,2031,\n"
    "\"say \"\"hi\"\", twice\",z.novak,2002,assign\n"  # held by d.rao
    ",x,1,\n"
    ",z.novak\n"
)


def test_an_import_plans_what_can_be_done_and_lists_the_rest(desk):
    place, term = desk
    (place.folder / "wishes.csv").write_text(WISHES)
    term.press("I").wait_for("Import").type("wishes.csv").press("Enter")
    term.wait_for("wishes.csv: 4 of 5 rows are left out")
    for line in (3, 4, 5, 6):
        term.wait_for(f"line {line}: ")
    term.wait_for("line 6: 2 fields, but the header has 4").quiet().press("W").wait_for("Write the rows").press("Enter")
    term.wait_for("4 rows are written to wishes-left-out.csv")
    term.press("W").wait_for("Write the rows").press("Enter").wait_for("the rows are not written")
    term.press("Enter").wait_for("PLAN import").wait_for("k.smidt").wait_for("Enter applies it").press("Enter")
    done(term, "import: 1 applied")
    assert place.holder("2030") == "k.smidt" and place.holder("2002") == "d.rao"
    left_out = (place.folder / "wishes-left-out.csv").read_text()
    assert left_out.startswith("user,extension,action,note,problem\n")
    # Mended, the same file is imported: what was wrong with it is not looked at.
    mended = left_out.replace("2002,assign", "2032,assign")
    mended = "\n".join(line for line in mended.splitlines() if line.startswith(("user", "z.novak,2032")))
    (place.folder / "wishes-left-out.csv").write_text(mended + "\n")
    term.press("I").wait_for("Import").press("C-u").type("wishes-left-out.csv").press("Enter")
    term.wait_for("PLAN import").wait_for("Enter applies it").press("Enter")
    done(term, "import: 1 applied")
    assert place.holder("2032") == "z.novak"


def test_an_import_of_which_nothing_can_be_done_has_no_plan(desk):
    place, term = desk
    before = place.states()
    (place.folder / "wishes.csv").write_text("user,extension\nnobody,2031\nx,1\n")
    term.press("I").wait_for("Import").type("wishes.csv").press("Enter")
    term.wait_for("2 of 2 rows are left out").wait_for("No row can be done").quiet()
    assert "Plan of the others" not in term.text
    term.press("Enter").wait_for("there is no plan").press("Esc").wait_for("STATE").quiet()
    assert place.states() == before


def test_leaving_the_list_of_rows_drops_the_plan(desk):
    place, term = desk
    before = place.states()
    (place.folder / "wishes.csv").write_text(WISHES)
    term.press("I").wait_for("Import").type("wishes.csv").press("Enter").wait_for("left out")
    term.press("Esc").wait_for("STATE").quiet()
    assert place.states() == before


def test_the_doctor_finds_nothing_in_a_sound_store(desk):
    place, term = desk
    term.press("!").wait_for(re.compile("checked.*0 problems")).press("Esc").wait_for("STATE")


WIDER = CONFIG.replace("2000-2059", "2000-2069")  # ten numbers that the store does not have


def test_init_makes_the_numbers_that_are_missing(place):
    place.configure(WIDER)
    with place.console() as term:
        term.wait_for("read: 12 agents").press(":").type("init").press("Enter")
        term.wait_for("PLAN init").wait_for("Enter applies it").press("Enter")
        done(term, re.compile(r"init: \d+ applied"))
    assert place.states()["2069"] == "free" and len(place.states()) == 70


def test_repair_makes_the_numbers_that_are_missing(place):
    place.configure(WIDER)
    with place.console() as term:
        term.wait_for("read: 12 agents").press("!").wait_for("1 can be repaired").press("f")
        term.wait_for("PLAN repair").wait_for("Enter applies it").press("Enter")
        term.wait_for(re.compile(r"repair: \d+ applied")).quiet()
    assert place.states()["2069"] == "free" and place.run("--doctor").status == 0


def test_pin_and_unpin_all_that_are_marked(desk):
    place, term = desk
    at(term, "rao")
    term.press("*", "p").wait_for("Pin 2 extensions").type("lift").wait_for("note: lift").press("Enter")
    term.wait_for("PLAN pin").wait_for("Enter applies it").press("Enter")
    done(term, "pin: 2 applied")
    assert {place.json("--lookup", who)["pinned"] for who in ("d.rao", "e.rao")} == {"lift"}
    term.press("*", "p").wait_for("PLAN unpin").wait_for("Enter applies it").press("Enter")
    done(term, "unpin: 2 applied")
    assert {place.json("--lookup", who)["pinned"] for who in ("d.rao", "e.rao")} == {None}


def test_reserve_and_put_back_all_that_are_marked(desk):
    place, term = desk
    term.press("2")
    at(term, "ext:2030-2032")
    term.press("*", "R").wait_for("Reserve 3 extensions").type("fax").wait_for("note: fax").press("Enter")
    term.wait_for("PLAN reserve").wait_for("Enter applies it").press("Enter")
    done(term, "reserve: 3 applied")
    assert {place.states()[ext] for ext in ("2030", "2031", "2032")} == {"reserved"}
    term.press("*", "R").wait_for("PLAN unreserve").wait_for("Enter applies it").press("Enter")
    done(term, "unreserve: 3 applied")
    assert {place.states()[ext] for ext in ("2030", "2031", "2032")} == {"free"}


def test_reassign_all_that_are_marked(desk):
    place, term = desk
    at(term, "rao")
    term.press("*", "r").wait_for("~ reassign 2").wait_for("Enter applies it").press("Enter")
    done(term, "reassign: 2 applied")
    assert [place.extension("d.rao"), place.extension("e.rao")] == ["2012", "2014"]


def test_another_context_is_another_place(desk, tmp_path):
    place, term = desk
    term.press("c").wait_for("no contexts").quiet()


# ---- what a console alone can show ---------------------------------------------------------------


def test_the_doctor_repairs_what_the_old_program_left(cloud_centre):
    place = cloud_centre
    table = place.cloud.past_gate("dynamodb", "resource").Table(place.cloud.table)
    # it took 2030 back without sk_value: the index does not see it, and the number is lost
    table.put_item(Item={"pk": "2030", "sk": "nu"})
    assert "2030" not in place.states()
    with place.console() as term:
        term.wait_for("read: 12 agents").press("!").wait_for("1 can be repaired")
        term.press("f").wait_for("PLAN repair").wait_for("Enter applies it").press("Enter").wait_for("repair: 1 applied").quiet()
    assert place.states()["2030"] == "free"


def test_the_first_sync_fills_an_empty_store(empty):
    with empty.console() as term:
        term.wait_for("the store is empty").press("s").wait_for("PLAN sync").wait_for("Enter applies it").press("Enter")
        done(term, "exported 12 rows")
    assert len(empty.held()) == 12 and len(empty.states()) == 60


def test_a_guard_is_lifted_by_the_name_of_the_context(centre):
    centre.configure(CONFIG.replace("[defaults]", "[context prod]") + "[defaults]\ncontext = prod\n")
    centre.staff(EARLIER + [(f"leaver.{i}", "Lea", "Ver") for i in range(10)])
    assert centre.run("--sync").status == 0
    centre.staff(EARLIER)
    with centre.console() as term:
        term.press("s").wait_for("Enter asks for the name that lifts the guard")
        term.press("Enter").wait_for("type  prod  and Enter")
        term.type("10").press("Enter").wait_for('not applied: "10" is not prod')
        term.paste("prod").wait_for("must be typed, not pasted").press("Enter").quiet()
        assert len(centre.held()) == 22
        term.type("prod").press("Enter")
        done(term, "exported 12 rows")
    assert len(centre.held()) == 12


def test_another_context_by_its_name(centre):
    (centre.folder / "other.csv").write_text("user\nonly.one\n")
    centre.configure(
        "[defaults]\ncontext = prod\n[context prod]\n" + CONFIG.partition("\n")[2]
        + "[context test]\ndirectory = file:other.csv\nstore = sqlite:other.db\n"
    )
    with centre.console() as term:
        term.wait_for("prod").press("c").wait_for("Which contact centre").press("Down", "Enter")
        term.wait_for("only.one").wait_for("| test |").press("c").press("Up", "Enter")
        term.wait_for("a.smithers").wait_for("| prod |")


@pytest.mark.parametrize("before", ["", "[context old]\nstore = sqlite:pool.db\n"])
def test_a_context_that_was_added_meanwhile_is_found(centre, before):
    (centre.folder / "other.csv").write_text("user\nonly.one\n")
    new = "[context new]\ndirectory = file:other.csv\nstore = sqlite:other.db\n"
    centre.configure(CONFIG + before)
    with centre.console() as term:
        term.wait_for("read: 12 agents")
        centre.configure(CONFIG + before + new)
        term.press(":").type("context ne").press("Tab").wait_for(":context new").press("Esc").quiet()
        term.press("c").wait_for("Which contact centre").wait_for("> new" if not before else "  new")
        term.press(*["Down"] * bool(before), "Enter").wait_for("only.one").wait_for("| new |")
        centre.configure(CONFIG + before + new + "[context broken\n")
        term.press("c").wait_for("config").wait_for("Which contact centre").wait_for("> new")


def test_a_conflict_shows_what_is_there_now_and_plans_again(place):
    with place.console() as term:
        term.wait_for("read: 12 agents")
        at(term, "k.smidt")
        term.press("a").type("2033").wait_for("Enter applies this now")
        assert place.run("--assign", "z.novak=2033").status == 0
        term.press("Enter").wait_for("z.novak").wait_for("1 not").quiet()
        assert place.holder("2033") == "z.novak" and place.extension("k.smidt") is None
        term.press("Enter").quiet()  # plans again, on what is there now
        assert place.holder("2033") == "z.novak"


def test_a_release_of_one_who_moved_is_a_conflict(place):
    with place.console() as term:
        term.wait_for("read: 12 agents")
        at(term, "d.rao")
        term.press("x").wait_for("Enter releases now")
        assert place.run("--reassign", "d.rao=2044").status == 0
        term.press("Enter").wait_for("1 not").wait_for("d.rao holds 2044 now")
        term.wait_for("release: 0 applied, 1 in conflict with ").quiet()
        assert place.extension("d.rao") == "2044"


def test_a_release_that_was_made_meanwhile_says_by_whom(place):
    with place.console() as term:
        term.wait_for("read: 12 agents")
        at(term, "d.rao")
        term.press("x").wait_for("Enter releases now")
        assert place.run("--release", "d.rao").status == 0
        term.press("Enter")
        done(term, re.compile(r"release: 0 applied, 1 done by \S+ meanwhile"))
        assert place.extension("d.rao") is None


def test_a_sync_that_was_overtaken_says_by_whom(place):
    with place.console() as term:
        term.wait_for("read: 12 agents")
        term.press("s").wait_for("Enter applies it")
        assert place.run("--sync").status == 0
        term.press("Enter")
        term.wait_gone("PLAN sync").wait_for(re.compile(r"\d+ done by \S+ meanwhile"))
        term.press(":").type("activity").press("Enter").wait_for("exported")
        term.wait_for(re.compile(r"sync: \d+ applied, \d+ done by \S+ meanwhile"))


def test_what_another_process_changes_appears_by_itself(centre):
    centre.configure(CONFIG.replace("refresh = 0", "refresh = 1s"))
    with centre.console() as term:
        term.press("Down", "Down", "Space").wait_for("1 marked")
        assert centre.run("--assign", "k.smidt=2033").status == 0
        term.wait_for(re.compile(r"k\.smidt .*2033")).quiet()
        assert "*1" in term.text and re.search(r"\* +d\.rao", term.text)
        assert re.search(r"> +e\.rao", term.text)  # where it was


def test_the_list_stands_still_while_a_dialog_is_open(centre):
    centre.configure(CONFIG.replace("refresh = 0", "refresh = 1s"))
    with centre.console() as term:
        term.press("2").quiet()
        term.press("G", "a").wait_for("Assign 2059")
        assert centre.run("--assign", "z.novak=2059").status == 0
        assert centre.run("--release", "d.rao").status == 0
        term.wait_for(re.compile("([3-9]|[1-9][0-9])s ago"))  # refreshed, for all but the list
        assert re.search(r"2059 free", term.text) and re.search(r"d\.rao .*2002 ", term.text)
        term.press("Esc").wait_for(re.compile(r"2059 assigned z\.novak"))


# ---- the store, and the list that is published ---------------------------------------------------------


def remove_store(desk):
    for path in desk.folder.glob("pool.db*"):
        path.unlink()


@pytest.mark.parametrize("key", ["e", "C-r", "s"])
def test_a_store_that_goes_away_is_an_error_everywhere(centre, key):
    """An unmounted disk, a cleaned folder: no empty pool, and no empty list over the good one."""
    with centre.console() as term:
        term.wait_for("read: 12 agents").quiet()
        before = centre.export.read_bytes()
        remove_store(centre)
        term.press(key).wait_for("pool.db is gone").quiet()
        assert not re.search("the store is empty|exported", term.text)
        term.press("e").wait_for("export: sqlite:pool.db is gone").quiet()
        term.press(":").type("init").press("Enter").quiet()
        assert not re.search("the store is empty|exported|PLAN", term.text)
        assert centre.export.read_bytes() == before and not centre.store.exists()


def test_the_publishing_guard_stands_in_the_console_too(centre):
    """Somebody else publishes there: people whom we know would get other numbers."""
    with centre.console() as term:
        term.wait_for("read: 12 agents").quiet()
        rows = "".join(f"{login},{2040 + i}\r\n" for i, (login, *_) in enumerate(EARLIER))
        centre.export.write_text("user,extension\r\n" + rows)
        before = centre.export.read_bytes()
        term.press("e").wait_for("the list is not published").quiet()
        assert centre.export.read_bytes() == before


def test_a_second_pool_is_not_made_by_the_console(empty):
    """A first start with a list of others at the destination: the plan is not applied."""
    rows = "".join(f"{login},{2040 + i}\r\n" for i, (login, *_) in enumerate(NOW))
    empty.export.write_text("user,extension\r\n" + rows)
    before = empty.export.read_bytes()
    with empty.console() as term:
        term.wait_for("the store is empty").press("s").wait_for("PLAN sync")
        term.wait_for("a new store is made").wait_for("Enter applies it")
        term.press("Enter").wait_for("the list is not published").quiet()
        assert not empty.store.exists() and empty.export.read_bytes() == before
