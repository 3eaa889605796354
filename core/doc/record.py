#!/usr/bin/python3
"""Records the console as an asciicast, version 2 (https://docs.asciinema.org/manual/asciicast/v2/).

    record.py PROGRAM FILE.cast      `make cast`: build/dist/extpool.cast

It opens the demo, goes through the steps below as a person would, and writes what the program sent to
its terminal after each. The times in the recording are those of a reader, not of this machine. A step
begins when the screen shows what it waits for, so nothing depends on speed.
"""

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tests"))

from support import fixed_time  # noqa: E402
from support.term import Terminal  # noqa: E402

SIZE = (80, 24)
#: what the screen has to show, what is pressed after that, and for how long the reader looks at it
STEPS = [
    ("1 Agents", [], 2.5),
    ("1 Agents", ["Down"] * 3, 1.0),
    ("1 Agents", ["/", *"ben"], 1.5),
    ("ben", ["Enter"], 1.5),
    ("1 Agents", ["r"], 2.0),
    ("Reassign", ["Esc"], 1.0),
    ("1 Agents", ["Esc"], 1.0),
    ("1 Agents", ["s"], 3.0),
    ("Enter applies it", ["Enter"], 2.5),
    ("applied", ["h"], 3.0),
    ("HISTORY", ["Esc"], 3.0),
    ("1 Agents", ["q"], 2.0),
]


def record(program, folder):
    """The events of the recording, and the lines of the last screen."""
    events, at, seen = [], 0.5, 0
    environment = fixed_time.environment()
    environment.update(HOME=folder, TMPDIR=folder, COLORTERM="truecolor", SUDO_USER="kim")
    with Terminal([program, "--demo"], size=SIZE, environment=environment) as term:
        for shown, keys, pause in STEPS:
            mark = term.wait_for(shown).quiet().mark()
            events.append([round(at, 3), "o", term.since(seen)[: mark - seen].decode("utf-8")])
            lines, seen, at = term.lines, mark, at + pause
            term.press(*keys)
        term.wait_exit()
    return [event for event in events if event[2]], lines


def main(program, file):
    with tempfile.TemporaryDirectory() as folder:
        events, lines = record(Path(program).resolve(), folder)
    header = {"version": 2, "width": SIZE[0], "height": SIZE[1], "title": "extpool",
              "idle_time_limit": 3, "env": {"TERM": "xterm-256color", "SHELL": "/bin/sh"}}  # fmt: skip
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in [header, *events])
    Path(file).write_text(text, encoding="utf-8")
    return lines


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: record.py PROGRAM FILE.cast")
    main(*sys.argv[1:])
