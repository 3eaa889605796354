#!/usr/bin/python3
"""A function fits on a screen (60 lines) and takes at most five parameters: more belong in a struct.
What takes more all the same stands in functions.txt. Needs Universal Ctags.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINES, PARAMETERS = 60, 5

TABLE = "tests/functions.txt"


def functions():
    files = subprocess.run(["git", "ls-files", "core/*.c", "aws/*.c", "tui/*.c", "main.c"], cwd=ROOT,
                           capture_output=True, text=True, check=True).stdout.split()  # fmt: skip
    done = subprocess.run(
        ["ctags", "--output-format=json", "--languages=C", "--kinds-C=f", "--fields=+neS", "-f", "-",
         *[file for file in files if (ROOT / file).exists()]],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for line in done.stdout.splitlines():
        tag = json.loads(line)
        yield tag["path"], tag["name"], tag["line"], tag.get("end", tag["line"]), tag["signature"]


def parameters(signature):
    """Counts the commas outside of inner parentheses."""
    depth, commas = 0, 0
    for c in signature[1:-1]:
        depth += (c == "(") - (c == ")")
        commas += c == "," and depth == 0
    return 0 if signature in ("()", "(void)") else commas + 1


def main():
    lines = [line.split("#")[0].split() for line in (ROOT / TABLE).read_text().splitlines()]
    excepted = {tuple(words) for words in lines if words}
    problems, seen = [], set()
    for file, name, first, last, signature in functions():
        lines, n = last - first + 1, parameters(signature)
        if lines > LINES:
            problems.append(f"{file}:{first}: {name} has {lines} lines")
        if n <= PARAMETERS:
            continue
        seen.add((file, name))
        if (file, name) not in excepted:
            problems.append(f"{file}:{first}: {name} has {n} parameters")
    for file, name in sorted(excepted - seen):
        problems.append(f"{file}: {name} has no more than five parameters: take it out of {TABLE}")
    print("\n".join(problems) or "functions: ok")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
