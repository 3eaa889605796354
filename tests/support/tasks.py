"""The everyday tasks of an operator: their keys, the most that they may take, and what they do.

Each runs in a contact centre that `people` and `prepare` make: the agents of `HOLDERS` have numbers,
`NEWCOMERS` have none, those of `leavers` are gone from the directory. The end-to-end tests hold the
keys and the effects, `make bench` prints the keys and the bytes; both go by this one table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable

from .term import Terminal

#: login, first name, last name, and what each holds
HOLDERS = [
    ("a.adeyemi", "Akosua", "Adeyemi", "0010"), ("a.banerjee", "Ananya", "Banerjee", "0011"),
    ("a.bennett", "Alfie", "Bennett", "0012"), ("a.berg", "Asa", "Berg", "0013"),
    ("a.bondar", "Andriy", "Bondar", "0014"), ("a.clarke", "Alice", "Clarke", "0016"),
    ("a.eze", "Adebayo", "Eze", "0019"), ("a.garcia", "Alba", "Garcia", "0021"),
    ("a.jones", "Aled", "Jones", "0023"), ("a.lind", "Astrid", "Lind", "0025"),
    ("a.moreau", "Alice", "Moreau", "0026"), ("a.nkosi", "Ama", "Nkosi", "0028"),
    ("m.rossi", "Marco", "Rossi", "0042"), ("t.vargas", "Tomas", "Vargas", "2041"),
]  # fmt: skip
NEWCOMERS = [("a.hakansson", "Anna", "Hakansson"), ("a.iyer", "Arjun", "Iyer")]
LEAVERS = [(f"l.gone{i:02}", "Leo", f"Gone{i}", f"{30 + i:04}") for i in range(12)]

#: All numbers of the tasks, and few others.
FEW = "0010-0059, 2040-2049, 7000-7009, 7650-7659, 8000-8009"
LOWEST = "0015"  # of those that nobody holds

ENTER = "Enter"


def keys(text: str) -> list[str]:
    """`/benn M-r 7654 Enter`: words of several letters that are no names of keys are typed."""
    named = re.compile(r"Enter|Esc|Tab|Space|M-.")
    return [key for word in text.split() for key in ([word] if named.fullmatch(word) else word)]


@dataclass
class Task:
    name: str
    #: the keys of the design: no more may be needed
    most: int
    pressed: str
    #: whether it is done, by the screen
    done: Callable[[Terminal], object]
    #: {login: number held afterwards, None for none}
    holds: dict[str, str | None]
    #: {agent or number: (member of --lookup, its value)}
    says: dict[str, tuple[str, str]] | None = None
    leavers: int = 4
    #: command lines of the person at the desk, before the console starts
    before: tuple[tuple[str, ...], ...] = ()
    #: command lines of somebody else, while it is open
    meanwhile: tuple[tuple[str, ...], ...] = ()
    ticket: str | None = None

    @property
    def keys(self) -> list[str]:
        return keys(self.pressed)


def applied(words: str) -> Callable[[Terminal], object]:
    """A message that the action was applied, and the plan is left."""
    said = re.compile(words)
    return lambda term: said.search(term.text) and "PLAN" not in term.text


def shown(*words: str) -> Callable[[Terminal], object]:
    return lambda term: all(re.search(word, term.text) for word in words)


LAST = (("--reassign", "a.lind=0050"), ("--pin", "a.nkosi=lift"))
GATHERED = "b /benn M-x Enter /berg M-r 7654 Enter /bond M-p desk Enter b"
ONE_TICKET = {"a.bennett": None, "a.berg": "7654", "a.bondar": "0014"}

TASKS = [
    Task("find a.bennett, reassign to 7654", 11, "/benn M-r 7654 Enter",
         applied("reassign: 1 applied"), {"a.bennett": "7654"}),
    Task("the same without Alt", 12, "/benn Enter r 7654 Enter",
         applied("reassign: 1 applied"), {"a.bennett": "7654"}),
    Task("release all leavers, four", 5, "'2 * x Enter",
         applied("release: 4 applied"), {login: None for login, *_ in LEAVERS[:4]}),
    Task("release all leavers, twelve", 7, "'2 * x 12 Enter",
         applied("release: 12 applied"), {login: None for login, *_ in LEAVERS}, leavers=12),
    Task("swap two who stand far apart", 10, "/eze M-w garc Enter",
         applied("swap: 2 applied"), {"a.eze": "0021", "a.garcia": "0019"}),
    Task("who changed 0042", 5, "#0042",
         shown(r"0042  assigned", r"by +import \("), {"m.rossi": "0042"}),
    Task("a newcomer gets 7000", 11, "/haka M-a 7000 Enter",
         applied("assign: 1 applied"), {"a.hakansson": "7000"}),
    Task("a newcomer gets the lowest", 7, "/haka M-a Enter",
         applied("assign: 1 applied"), {"a.hakansson": LOWEST}),
    Task("a.berg gets 0012, which is held", 12, "/berg M-r 0012 w Enter",
         applied("reassign: 2 applied"), {"a.berg": "0012", "a.bennett": "0013"}),
    Task("pin a.berg, with a note", 11, "/berg M-p head Enter",
         applied("pin: 1 applied"), {"a.berg": "0013"}, {"a.berg": ("pinned", "head")}),
    Task("reserve 8000, with a note", 11, "#8000 R hunt Enter",
         applied("reserve: 1 applied"), {}, {"8000": ("note", "hunt")}),
    Task("undo my last", 2, "z Enter", applied("undo: 1 applied"),
         {"a.lind": "0050"}, {"a.nkosi": ("pinned", None)}, before=LAST),
    Task("undo my last two", 4, "z Enter z Enter", applied(r"undo: 1 applied *\n.*ready: ~ reassign 1"),
         {"a.lind": "0025"}, {"a.nkosi": ("pinned", None)}, before=LAST),
    Task("release, reassign, pin, applied once", 32, f"{GATHERED} Enter",
         applied("basket: 3 applied"), ONE_TICKET, {"a.bondar": ("pinned", "desk")}),
    Task("the same for a ticket", 38, f"{GATHERED} T CHG7 Enter Enter",
         applied("basket: 3 applied"), ONE_TICKET, {"a.bondar": ("pinned", "desk")}, ticket="CHG7"),
    Task("what others did since I looked", 2, "4", shown("CHANGES 1", "p m.rossi"),
         {"m.rossi": "0042"}, meanwhile=(("--pin", "m.rossi=desk"),)),
]  # fmt: skip

#: On a directory that knows who is on a call: (name, most keys, keys without the number).
ON_A_CALL = ("is the holder of a number on a call", 5, "#")


def people(leavers: int, left: bool) -> list[tuple[str, str, str]]:
    """The directory: [(login, first name, last name)], before or after those left."""
    before = [row[:3] for row in HOLDERS + LEAVERS[:leavers]]
    return sorted(row[:3] for row in HOLDERS) + NEWCOMERS if left else before


def prepare(centre, leavers: int) -> None:
    """Gives each holder the number of the table; then the leavers leave and the newcomers come."""
    centre.staff(people(leavers, left=False))
    rows = [f"{row[0]},{row[3]}" for row in HOLDERS + LEAVERS[:leavers]]
    (centre.folder / "numbers.csv").write_text("\n".join(["user,extension", *rows]) + "\n")
    for arguments in (["--init"], ["--import", "numbers.csv"]):
        done = centre.run(*arguments, "--yes")
        assert done.status == 0, done
    centre.staff(people(leavers, left=True))


def press(term: Terminal, task: Task) -> int:
    """Presses the keys as a person does, who looks at each answer; gives the bytes of all of them."""
    mark = term.mark()
    for key in task.keys:
        if key == ENTER:
            term.wait_for(ENTER)  # the screen says what it does
        term.press(key).quiet().wait_gone("C-c stops").quiet()
    term.wait_for(task.done).quiet()
    return len(term.since(mark))
