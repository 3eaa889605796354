#!/usr/bin/python3
"""Holds the code against rooms.txt: which room uses which, by its includes and by the linker's symbols.

    check_rooms.py BUILD      BUILD is the folder with the objects, build/release
"""

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = "tests/rooms.txt"


def read_table():
    """{wing: rooms in their order}, the exceptions: {(file, room that it uses all the same)}, and the
    wings whose files never use each other in a ring."""
    wings, exceptions, straight = {}, set(), set()
    for line in (ROOT / TABLE).read_text().splitlines():
        words = line.split("#")[0].split()
        if words and words[0] == "except":
            exceptions.add((words[1], words[2]))
        elif words and words[0] == "no-circles":
            straight.update(words[1:])
        elif words:
            wings[words[0]] = words[1:] + [""]  # "" stands above the rooms: aws/ports.c
    return wings, exceptions, straight


WINGS, EXCEPTIONS, NO_CIRCLES = read_table()
BELOW = {"core": [], "aws": ["core"], "tui": ["core"]}

# One library, one owner: the headers, and the files that may include them.
OWNERS = [
    (r"(ncurses|curses|term|panel)[./a-z]*h", r"tui/terminal/[a-z_]+\.[ch]"),
    (r"curl/.*", r"aws/http/[a-z_]+\.[ch]"),
    (r"openssl/.*", r"aws/(http|sign)/[a-z_]+\.[ch]"),
    (r"sqlite3.*", r"core/embedded/[a-z_]+\.[ch]"),
    (r"jansson.*", r"(core|aws)/[a-z0-9_/]+\.[ch]"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def room_of(path):
    """("core", "plan") of core/plan/sync.c; None of what is in no wing."""
    parts = Path(path).parts
    if parts[0] not in WINGS or len(parts) > 3:
        return None
    return parts[0], parts[1] if len(parts) == 3 else ""


def sources():
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *WINGS],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return sorted(f for f in done.stdout.split() if f.endswith((".c", ".h")) and (ROOT / f).exists())


def may_use(room, other):
    wing, name = room
    if other[0] != wing:
        return other[0] in BELOW[wing]
    return WINGS[wing].index(other[1]) <= WINGS[wing].index(name)


def uses_by_include(files):
    for file in files:
        for own, _ in INCLUDE.findall((ROOT / file).read_text()):
            if own and room_of(own):
                yield file, own


def uses_by_symbol(files, build):
    """(file, file that defines what it needs), as the linker sees it."""
    objects = [build / (file[:-1] + "o") for file in files if file.endswith(".c")]
    missing = [str(o) for o in objects if not o.exists()]
    if missing:
        raise SystemExit(f"not built: {missing[0]}")
    done = subprocess.run(["nm", "-A", "-g", *objects], capture_output=True, text=True, check=True)
    defined, needed = {}, defaultdict(set)
    for line in done.stdout.splitlines():
        where, _, rest = line.partition(":")
        file = str(Path(where).relative_to(build).with_suffix(".c"))
        *_, kind, symbol = rest.split()
        if kind == "U":
            needed[symbol].add(file)
        else:
            defined[symbol] = file
    for symbol, users in needed.items():
        for user in users:
            if symbol in defined:
                yield user, defined[symbol]


def circles(uses):
    """Files that use each other in a ring, each ring once: [["a.c", "b.c"], ...]."""
    graph = defaultdict(set)
    for user, used in uses:
        graph[user].add(used)
    number, lowest, path, rings = {}, {}, [], []

    def visit(file):
        number[file] = lowest[file] = len(number)
        path.append(file)
        for used in graph.get(file, ()):
            if used not in number:
                visit(used)
            if used in path:
                lowest[file] = min(lowest[file], lowest[used])
        if lowest[file] == number[file]:
            ring = path[path.index(file) :]
            del path[path.index(file) :]
            if len(ring) > 1:
                rings.append(sorted(ring))

    for file in list(graph):
        if file not in number:
            visit(file)
    return rings


def main(build):
    files = sources()
    problems = []
    files = [file for file in files if not file.startswith("core/dist/")]  # programs of the build: like main.c, they may know all rooms
    for file in files:
        room = room_of(file)
        if room is None or room[1] not in WINGS[room[0]]:
            problems.append(f"{file} is in no room that {TABLE} has")
    files = [file for file in files if room_of(file) and room_of(file)[1] in WINGS[room_of(file)[0]]]
    broken = {
        (user, used): "/".join(room_of(used))
        for uses in (uses_by_include(files), uses_by_symbol(files, build))
        for user, used in uses
        if not may_use(room_of(user), room_of(used))
    }
    for uses in (uses_by_include(files), uses_by_symbol(files, build)):
        inside = ((a, b) for a, b in uses if a != b and {room_of(a)[0], room_of(b)[0]} <= NO_CIRCLES)
        for ring in circles(inside):
            problems.append(f"these use each other in a ring: {' '.join(ring)}")
    excepted = {(user, room) for (user, _), room in broken.items()}
    for (user, used), room in sorted(broken.items()):
        if (user, room) not in EXCEPTIONS:
            problems.append(f"{user} may not use {used}: its room stands before {room}")
    for user, room in sorted(EXCEPTIONS - excepted):
        problems.append(f"{user} no longer uses {room}: take the exception out of {TABLE}")
    for file in files:
        for _, header in INCLUDE.findall((ROOT / file).read_text()):
            for headers, owners in OWNERS:
                if re.fullmatch(headers, header) and not re.fullmatch(owners, file):
                    problems.append(f"{file} may not include <{header}>: only {owners} may")
    print("\n".join(problems) or f"rooms: ok, {len(EXCEPTIONS)} exceptions")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
