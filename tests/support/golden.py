"""Screens as text files: tests/e2e/golden/NAME.txt is what the screen looked like.

    golden("everyday-80x24", term)

compares, and fails with the difference. EXTPOOL_GOLDEN=write in the environment writes the files
instead: read the difference in git before it is committed. What no two runs have in common is
masked by the rules below, each of which keeps the width.
"""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path

from .term import Terminal

FOLDER = Path(__file__).resolve().parent.parent / "e2e" / "golden"


def _dots(match: re.Match) -> str:
    return re.sub(r"\d", "#", match.group())


# (what, how it is masked). In this order.
MASKS = [
    (re.compile(r"\b\d\d:\d\d:\d\d(?:\.\d+)?\b"), _dots),  # a time of day
    (re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d)?"), _dots),  # a date, a minute
    (re.compile(r"\b\d\d? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b(?: \d{4})?"),
     lambda match: "#" * len(match.group())),
    (re.compile(r"\b\d+ ?(?:ms|s|m|min|h|d)(?= (?:ago|left)\b)"), _dots),  # an age, a rest
    (re.compile(r"\b\d+ ms\b"), _dots),
    (re.compile(r"\b[\d,]+/s\b"), _dots),  # a rate
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
     lambda match: re.sub("[0-9a-f]", "#", match.group())),
    (re.compile(r"/tmp/[^\s,;|]*"), lambda match: "/" + "_" * (len(match.group()) - 1)),
]  # fmt: skip


def masked(text: str) -> str:
    for pattern, replacement in MASKS:
        text = pattern.sub(replacement, text)
    return text


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


def picture(term: Terminal, with_attributes: bool = False) -> str:
    text = masked("\n".join(term.lines)) + "\n"
    if with_attributes:
        text += "\n" + attributes(term) + "\n"
    return text


def golden(name: str, term: Terminal, with_attributes: bool = False) -> None:
    """Compares what is shown, once the program rests, with the file of that name."""
    term.quiet()
    path = FOLDER / f"{name}.txt"
    now = picture(term, with_attributes)
    if os.environ.get("EXTPOOL_GOLDEN") == "write":
        FOLDER.mkdir(exist_ok=True)
        path.write_text(now, encoding="utf-8")
        return
    if not path.exists():
        raise AssertionError(f"there is no {path.name} to compare with; it would be:\n{now}")
    then = path.read_text(encoding="utf-8")
    if then != now:
        difference = difflib.unified_diff(
            then.splitlines(), now.splitlines(), f"golden/{path.name}", "the screen now", lineterm=""
        )
        raise AssertionError("the screen changed\n" + "\n".join(difference))
