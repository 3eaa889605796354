"""Screens as text files: tests/e2e/golden/NAME.txt is what the screen looked like.

    golden("everyday-80x24", term)

compares, and fails with the difference. EXTPOOL_GOLDEN=write in the environment writes the files
instead: read the difference in git before it is committed. What no two runs have in common is
masked by the rules below, which leave everything else where it is.
"""

from __future__ import annotations

import difflib
import os
import re
import string
import time
from pathlib import Path

from .term import QUIET_MS, Terminal

PATIENCE_S = 10.0
SETTLED_MS = 500  # what follows the cursor has been read by then
FOLDER = Path(__file__).resolve().parent.parent / "e2e" / "golden"


def _dots(match: re.Match) -> str:
    return re.sub(r"\d", "#", match.group())


def _named(name: str):
    """Puts a name in the place of what differs in length, and takes the difference out of the
    blanks behind it, so that what stands further right stays where it is."""

    def replace(match: re.Match) -> str:
        whole = match.group()
        return name if match.end() == len(match.string) else name.ljust(len(whole))

    return replace


def _blank(match: re.Match) -> str:
    return " " * len(match.group())


_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_ACTOR = r"[\w.+-]+@[\w.-]+"

# (what, how it is masked), line by line, in this order.
MASKS = [
    (re.compile(r"\b\d{8}T\d{9}Z-\w{6}\b"), _named("<action-id>")),
    (re.compile(r"\b\d\d:\d\d:\d\d(?:\.\d+)?\b"), _dots),
    (re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d?(?::\d*)?)?"), _dots),
    (re.compile(rf"\b\d\d? {_MONTH}\b(?: (?:\d\d:\d\d|\d{{4}}))? *"), _named("<date>")),
    (re.compile(r"\b\d\d:\d\d\b"), _dots),
    (re.compile(r"\b\d+ ?(?:ms|s|m|min|h|d)(?= (?:ago|left)\b)"), _dots),
    (re.compile(r"(?<=^ BASKET)(.*  )\d+[smhd](?= ?$)"), lambda match: match.group(1) + "#s"),
    (re.compile(r"\b\d+ ms\b"), _dots),
    (re.compile(r"\b[\d,]+/s\b"), _dots),
    # who runs the tests: the header has it where there is room
    (re.compile(rf"(?<=.) \| {_ACTOR}(?=  |$)"), _blank),
    (re.compile(rf"\b{_ACTOR} *"), _named("operator@desk")),
    # the machine that the tests run on
    (re.compile(r"(?<=#  )you on [\w.-]+(?= [\w-]+:)"), "you on desk"),
    (re.compile(r"\byou on [\w.-]+[~…>]? *(?=\S)"), _named("you on desk")),
    (re.compile(r"/tmp/[^\s,;|]*"), _named("/tmp/...")),
]


def masked(text: str) -> str:
    """The text without what no two runs have in common."""
    lines = []
    for line in text.splitlines():
        for pattern, replacement in MASKS:
            line = pattern.sub(replacement, line)
        lines.append(line.rstrip())
    return "\n".join(lines)


_LETTERS = (("reverse", "r"), ("bold", "b"), ("underscore", "u"), ("dim", "d"),
            ("italics", "i"), ("blink", "k"))


def attributes(term: Terminal) -> str:
    """A letter for each cell: how it is drawn. Capital where two attributes meet, . where none."""
    rows = []
    for y in range(term.emulator.screen.lines):
        row = ""
        for x in range(term.emulator.screen.columns):
            cell = term.cell(x, y)
            letters = [letter for name, letter in _LETTERS if getattr(cell, name)]
            row += "." if not letters else letters[0].upper() if len(letters) > 1 else letters[0]
        rows.append(row)
    return "\n".join(rows)


def colours(term: Terminal) -> str:
    """A letter for each cell: its colours, with a legend below. . where they are the terminal's own."""
    screen = term.emulator.screen
    cells = [[(term.cell(x, y).fg, term.cell(x, y).bg) for x in range(screen.columns)]
             for y in range(screen.lines)]  # fmt: skip
    used = sorted({pair for row in cells for pair in row} - {("default", "default")})
    letters = dict(zip(used, string.ascii_letters))
    rows = ["".join(letters.get(pair, ".") for pair in row) for row in cells]
    return "\n".join([*rows, *(f"{letter} = {fg} on {bg}" for (fg, bg), letter in letters.items())])


def picture(term: Terminal, with_attributes: bool = False, with_colours: bool = False) -> str:
    text = masked("\n".join(term.lines)) + "\n"
    if with_attributes:
        text += "\n" + attributes(term) + "\n"
    if with_colours:
        text += "\n" + colours(term) + "\n"
    return text


def golden(name: str, term: Terminal, with_attributes: bool = False,
           with_colours: bool = False) -> None:  # fmt: skip
    """Compares what is shown, once the program rests, with the file of that name. On a slow machine
    it may rest before it is done: what differs gets time to become equal."""
    writes = os.environ.get("EXTPOOL_GOLDEN") == "write"
    term.quiet(SETTLED_MS if writes else QUIET_MS)
    path = FOLDER / f"{name}.txt"
    now = picture(term, with_attributes, with_colours)
    if writes:
        FOLDER.mkdir(exist_ok=True)
        path.write_text(now, encoding="utf-8")
        return
    if not path.exists():
        raise AssertionError(f"there is no {path.name} to compare with; it would be:\n{now}")
    then = path.read_text(encoding="utf-8")
    deadline = time.monotonic() + PATIENCE_S
    while then != now and time.monotonic() < deadline and term.status is None:
        now = picture(term.quiet(), with_attributes, with_colours)
    if then != now:
        difference = difflib.unified_diff(
            then.splitlines(), now.splitlines(), f"golden/{path.name}", "the screen now", lineterm=""
        )
        raise AssertionError("the screen changed\n" + "\n".join(difference))
