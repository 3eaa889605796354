"""How many bytes a key costs until everything that it brings has come, and how many the begin."""

import re

import pytest
from support.program import program
from support.term import Terminal

KEY, PAGE, PAGE_ALONE, BEGIN = 250, 600, 500, 4500
ROWS = 15  # of a list at 80x24
LIVE = re.compile(r" (avl|ring|call|acw|off|miss|err|oth|chat|task|email) *│")


def complete(term):
    """The list has its cursor, the details are about that row, and all is known of the rows."""
    rows = term.lines[4 : 4 + ROWS]
    current = [row[5:].split()[0].rstrip("~") for row in rows if row.startswith("│>")]
    details = [row.rpartition("││")[2] for row in term.lines[13:20]]
    known = "LIVE" not in term.lines[3] or all(LIVE.search(row) or "STALE" in row for row in rows)
    made = any(re.match(r" by +\S", row) for row in details)
    return known and made and len(current) == 1 and current[0] in details[0]


def rest(term):
    return term.quiet().wait_for(complete).quiet(300)


def costs(term, key, times):
    mark = term.mark()
    for _ in range(times):
        rest(term.press(key))
    return len(term.since(mark)) / times


@pytest.fixture
def large(empty):
    empty.configure((empty.folder / "config").read_text().replace("2000-2059", "0000-2499")
                    .replace("blocked = 2013", "blocked ="))  # fmt: skip
    empty.staff([(f"agent.{i:06}", f"First{i}", f"Last{i}") for i in range(2500)])
    assert empty.run("--sync").status == 0
    return empty


@pytest.fixture(params=["demo", "sqlite"])
def opened(request, large):
    command = ["--demo"] if request.param == "demo" else large.places()
    with Terminal([program(), *command], environment=large.environment, cwd=large.folder) as term:
        yield term.wait_for(lambda t: t.output)


def test_the_first_screen(opened):
    rest(opened)
    assert len(opened.output) <= BEGIN


def test_sixty_rows_from_the_last_visible_one(opened):
    rest(opened)
    for _ in range(ROWS - 1):
        opened.press("j")
    rest(opened)
    assert costs(opened, "j", 60) <= KEY


def test_pages_with_the_details_beside_them(opened):
    rest(opened)
    assert costs(opened, "PgDn", 6) <= PAGE


def test_pages_alone(large):
    with Terminal([program(), *large.places()], size=(60, 24), environment=large.environment,
                  cwd=large.folder) as term:
        term.wait_for("agent.000000").quiet(300)
        mark = term.mark()
        for page in range(1, 7):
            term.press("PgDn").wait_for(f"agent.{page * ROWS:06}").quiet(300)
        assert len(term.since(mark)) / 6 <= PAGE_ALONE
