"""The filter while it is typed: what it shows, what is wrong with it, and what can be done from it."""

import re

import pytest

from support.console import CONFIG

ROW = re.compile(r"│(.)...(\S+)")


def logins(term):
    """The logins that the list shows."""
    shown = [ROW.match(line) for line in term.lines]
    return [match[2] for match in shown if match and not match[2].startswith("LOGIN")]


def current(term):
    return next((m[2] for m in map(ROW.match, term.lines) if m and m[1] == ">"), None)


def typed(term, text):
    return term.press("/").type(text).quiet()


# ---- what is wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize("text, says", [
    ("foo:x", "no field foo: ext login name state profile since by note live changed basket"),
    ("state:stal3", "state: has no 'stal3': new stale ok pinned. Shown: the last that held"),
    ("since:7y", "since: 7y is not a time: 7d, 2h, 2026-11-01. Shown: the last that held"),
    ("ext:2x", "ext: 2x is not a number: 20, 2000-2099. Shown: the last that held"),
    ("b c d e f g h i j k l m n o p q", "17 terms: 16 are the most. Shown: the last that held"),
])  # fmt: skip
def test_a_mistake_is_told_at_the_key_and_the_list_keeps_the_last_that_held(centre, text, says):
    with centre.console() as term:
        typed(term, "smi " + text[:-1])
        held = [line for line in term.lines if "Agents" in line]
        term.type(text[-1]).wait_for(says)
        assert [line for line in term.lines if "Agents" in line] == held
        term.press("Enter").quiet()
        assert says in term.text and term.lines[-1].startswith("/smi ")
        term.press("Esc").wait_for("Agents 14")


@pytest.mark.parametrize("text, says", [
    ("ext:20-", "ext: 20- needs its end"),
    ('"smith', 'a " is open'),
    ("note:", "note: needs a value, * or -"),
    ("since:7", "since: 7 is not a time"),
    ("smi or", "or needs a term behind it"),
])  # fmt: skip
def test_what_can_still_become_right_is_told_only_at_enter(centre, text, says):
    with centre.console() as term:
        typed(term, text).wait_for("match")
        assert says not in term.text
        term.press("Enter").wait_for(says)
        assert term.lines[-1].startswith("/" + text)
        term.press("C-u").type("rao").quiet().press("Enter").wait_for("Agents 2 of 14 /rao")


def test_filter_as_a_command_tells_its_mistake_too(centre):
    with centre.console() as term:
        term.press(":").type("filter state:nix").press("Enter").wait_for("state: has no 'nix'")
        term.press(":").type("filter state:new or rao").press("Enter").wait_for("Agents 4 of 14")


# ---- what is shown -------------------------------------------------------------------------------


def emphasised(term, y):
    """The text of the row that is bold and underlined."""
    cells = [term.cell(x, y) for x in range(46)]
    return "".join(cell.data for cell in cells if cell.bold and cell.underscore)


@pytest.mark.parametrize("theme", ["default", "mono"])
def test_what_was_found_is_bold_and_underlined(centre, theme):
    with centre.console(environment={"NO_COLOR": "1"} if theme == "mono" else None) as term:
        typed(term, "garc or state:st or ext:2001")
        found = {}
        for y, line in enumerate(term.lines):
            match = ROW.match(line)
            if match and y > 3:
                found[match[2]] = emphasised(term, y)
        assert found["l.garcia"] == "garcGarc", found
        assert found["m.leaver"] == "ST"
        assert any("2001" in text for text in found.values()), found
        term.press("Enter").quiet().press("Esc").wait_for("Agents 14").quiet()
        left = {y: emphasised(term, y) for y in range(4, 19) if emphasised(term, y)}
        assert not left, term.text


def test_the_list_moves_while_one_types(centre):
    with centre.console() as term:
        typed(term, "smi").press("Down", "Down").quiet()
        third = logins(term)[2]
        assert current(term) == third
        term.press("Up").quiet()
        assert current(term) == logins(term)[1]
        term.press("Enter").quiet()
        assert current(term) == logins(term)[1] and "/smi" in term.text


def test_esc_goes_back_to_the_filter_and_the_row_before(centre):
    with centre.console() as term:
        term.press("Down", "Down", "Down").quiet()
        row = current(term)
        typed(term, "state:new").press("Down").quiet()
        assert current(term) != row
        term.press("Esc").wait_for("Agents 14").quiet()
        assert current(term) == row


def test_earlier_filters_come_with_c_p(centre):
    with centre.console() as term:
        typed(term, "rao").press("Enter").quiet().press("Esc")
        typed(term, "smi").press("Enter").quiet().press("Esc")
        term.press("/").press("C-p", "C-p").wait_for("Agents 2 of 14 /rao")
        term.press("C-n").wait_for("/smi")


# ---- what is done from it ------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["M-x", "Esc and x in one packet"])
def test_an_action_from_the_prompt_is_for_the_row_found(centre, how):
    holder = centre.extension("e.rao")
    with centre.console() as term:
        term.press("Space").quiet()  # another one is marked: it is about the row found all the same
        typed(term, "e.rao")
        if how == "M-x":
            term.press("M-x")
        else:
            term.send(b"\x1bx")
        term.wait_for("elease")
        term.quiet()
        assert holder in term.text and "e.rao" in term.text
        assert not term.lines[-1].startswith("/")
        term.press("Esc").quiet().wait_for("Agents 14")
        assert current(term) == "e.rao" and "*1" in term.text
    assert centre.extension("e.rao") == holder


def test_without_a_match_nothing_can_be_done(centre):
    with centre.console() as term:
        typed(term, "zzz").wait_for("nothing matches").press("M-r").wait_for("no row to act on")
        assert term.lines[-1].startswith("/zzz")


# ---- in every view -------------------------------------------------------------------------------


def actions(term):
    """The second word of each row of the history."""
    return [line[15:24].strip() for line in term.lines[1:-2] if line[15:24].strip()]


def test_the_history_is_searched_by_its_own_fields(centre):
    ext = centre.extension("e.rao")
    with centre.console() as term:
        term.press("h").wait_for("sync")
        every = actions(term)
        assert len(every) > 2
        typed(term, "action:pin").press("Enter").wait_for("HISTORY 1 of")
        assert actions(term) == ["pin"]
        term.press("Esc").wait_gone("/action").quiet()
        assert actions(term) == every  # the view is still open
        typed(term, "ext:" + ext).quiet()
        assert "sync" in actions(term) and "pin" not in actions(term)
        term.press("C-u").type("e.rao actor:@ since:7d").quiet()
        assert "sync" in actions(term)
        term.press("C-u").type("state:x").wait_for("no field state: ext login since note action actor")
        term.press("Esc").wait_gone("/state").quiet()
        term.press("o").wait_for("sorted by action").quiet()
        assert actions(term) == sorted(every)
        term.press("O").quiet()
        assert actions(term) == sorted(every, reverse=True)
        term.press("Esc").wait_for("Agents 14")


def test_a_number_is_found_in_the_history_too(centre):
    ext = centre.extension("a.smithers")
    with centre.console() as term:
        term.press("h").wait_for("sync").press("#").type(ext).quiet()
        assert set(actions(term)) >= {"pin", "sync"} and len(actions(term)) < 6
        term.press("Esc").quiet().press("Esc").wait_for("Agents 14")


def test_an_undo_from_a_filtered_history_is_for_the_row_shown(centre):
    with centre.console() as term:
        term.press("h").wait_for("sync")
        typed(term, "action:pin").press("Enter").wait_for("HISTORY 1 of").press("z")
        term.wait_for("undo").quiet()
        assert "a.smithers" in term.text


def test_the_doctor_is_searched_by_kind(centre):
    centre.configure(CONFIG.replace("2000-2059", "2000-2069"))
    with centre.console() as term:
        term.press("!").wait_for("can be repaired").quiet()
        kind = next(line.split()[1] for line in term.lines if line.startswith(">fix"))
        typed(term, "kind:" + kind[:4]).press("Enter").wait_for("DOCTOR 1 of 1")
        typed(term, "x").wait_for("nothing matches").press("Esc").quiet()
        term.press("Esc").wait_gone("/kind").quiet()
        assert kind in term.text
        term.press("o").wait_for("sorted by kind").press("Esc").wait_for("Agents 14")


# ---- saved ---------------------------------------------------------------------------------------


def test_filters_are_kept_under_a_key(centre):
    with centre.console() as term:
        term.press("'").wait_for("1 state:new  2 state:stale  3 changed:*  4 basket:*  5 state:pin")
        term.press("2").wait_for("Agents 2 of 14 /state:stale")
        term.press("'", "1").wait_for("Agents 2 of 14 /state:new")
        term.press("'", "'").wait_for("/state:stale")
        term.press("'", "'").wait_for("/state:new")
        typed(term, " or rao").press("Enter").wait_for("Agents 4 of 14").press('"', "x")
        term.wait_for("kept as x: state:new or rao")
        term.press("Esc").wait_for("Agents 14").press("'", "x").wait_for("Agents 4 of 14")
        term.press("Esc").wait_for("Agents 14").press("'", "q").wait_for("nothing is kept as q")
        typed(term, "smi").press('M-"').wait_for("keep as:").press("Y").wait_for("kept as Y: smi")
        assert "/smi" in term.text
        term.press("'", "?").wait_for("under a digit or a letter")
        term.press("h").wait_for("HISTORY").press("'", "1").wait_for("no field state")


# ---- texts ---------------------------------------------------------------------------------------


def test_a_text_is_searched_by_its_lines(centre):
    with centre.console() as term:
        term.press("?").wait_for("HELP")
        typed(term, ":jump").wait_for("#           :jump").press("Esc").quiet()
        typed(term, "reassign").wait_for("HELP")
        lines = [line for line in term.lines[1:-2] if line.strip()]
        assert lines and all("reassign" in line.lower() for line in lines), lines
        term.press("Enter").wait_for("/reassign").press("n").quiet()
        assert "HELP" in term.text
        term.press("Esc").wait_gone("/reassign").quiet()
        assert ":reassign" in term.text and ":release" in term.text  # among its neighbours
        typed(term, "foo:").wait_for("no field foo: a text has none; quote it").press("Esc").quiet()
        typed(term, "zzz").wait_for("nothing matches").press("Esc").quiet()
        term.press("o").wait_for("sorted by alphabet").press("Esc").wait_for("Agents 14")


# ---- a plan --------------------------------------------------------------------------------------

PLAN_ROW = re.compile(r"(.)(\[.\]) . (\w+) +(\S+) +(\S+)")


def rows(term):
    """[(in or out, what, who)] of the plan on the screen."""
    found = [PLAN_ROW.match(line) for line in term.lines]
    return [(match[2], match[3], match[5]) for match in found if match]


def test_a_plan_is_searched_and_trimmed_by_its_filter(centre):
    with centre.console() as term:
        term.press("s").wait_for("Enter applies it").quiet()
        every = rows(term)
        assert {what for _, what, _ in every} == {"assign", "release"}
        typed(term, "action:rel").press("Enter").wait_for(" of ").quiet()
        assert rows(term) == [row for row in every if row[1] == "release"]
        term.press("U").quiet()  # leaves out what is shown
        assert all(box == "[ ]" for box, _, _ in rows(term))
        term.press("Enter").wait_for("the filter hides")
        term.press("Esc").wait_gone("/action").quiet()
        assert rows(term) == [("[x]" if what == "assign" else "[ ]", what, who)
                              for _, what, who in every]
        typed(term, "state:out").press("Enter").quiet()
        assert {what for _, what, _ in rows(term)} == {"release"}
        term.press("Esc").wait_gone("/state").press("o", "o", "o").wait_for("sorted by agent").quiet()
        assert [who for *_, who in rows(term)] == sorted(who for *_, who in every)
        typed(term, "foo:").wait_for("no field foo: ext login state note action").press("Esc").quiet()
        term.press("Esc").wait_for("Agents 14")
    assert centre.extension("m.leaver") and not centre.extension("k.smidt")


def test_space_in_a_filtered_plan_is_for_the_row_under_the_cursor(centre):
    with centre.console() as term:
        term.press("s").wait_for("PLAN sync").quiet()
        who = [row for row in rows(term) if row[1] == "release"][-1][2]
        typed(term, who).press("Enter").quiet().press("Space").quiet()
        term.press("Esc").wait_gone("/" + who).quiet()
        assert [row[2] for row in rows(term) if row[0] == "[ ]"] == [who]


def test_saved_filters_are_there_the_next_time(centre):
    with centre.console() as term:
        typed(term, "rao or state:new").press("Enter").wait_for("4 of 14").press('"', "r").quiet()
        typed(term, "").press("C-u").press("Enter").wait_for("Agents 14").press('"', "2").quiet()
        term.press("q")
        assert term.wait_exit() == 0
    with centre.console() as term:
        term.press("'").wait_for("1 state:new  3 changed:*").press("r").wait_for("4 of 14 /rao or")
