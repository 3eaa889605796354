"""The console inside tmux: what most people who work over SSH have between it and their terminal."""

import base64
import re
import shutil
import subprocess

import pytest

from support.program import program
from support.term import Terminal

pytestmark = pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")


class Tmux:
    """A tmux of its own, seen through a terminal of ours."""

    def __init__(self, centre):
        self.socket = str(centre.folder / "tmux")
        settings = centre.folder / "tmux.conf"
        settings.write_text(
            "set -g default-terminal tmux-256color\nset -g set-clipboard on\n"
            "set -g allow-passthrough on\nset -g status off\nset -s escape-time 0\n"
            "set -as terminal-features ',*:clipboard'\n"
        )
        environment = {**centre.environment, "PS1": "shell> "}
        self.term = Terminal(
            ["tmux", "-u", "-S", self.socket, "-f", str(settings), "new-session",
             "bash", "--norc", "-i"],
            environment=environment, cwd=centre.folder,
        )  # fmt: skip

    def __enter__(self):
        self.term.wait_for("shell>")
        return self.term

    def __exit__(self, *_):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], check=False)
        self.term.close()

    def ask(self, *command):
        return subprocess.run(["tmux", "-S", self.socket, *command], check=True,
                              capture_output=True, text=True).stdout  # fmt: skip


@pytest.fixture
def tmux(centre):
    made = Tmux(centre)
    with made as term:
        term.type(f"{program()} --config config\n").wait_for("read: 12 agents").quiet()
        yield made, term


def test_the_everyday_screen_is_the_same_inside_tmux(tmux, centre):
    _, term = tmux
    inside = term.lines[1:20]
    with centre.console() as plain:
        assert plain.lines[1:20] == inside


def test_work_inside_tmux(tmux, centre):
    _, term = tmux
    term.press("/").type("rao").press("Enter").wait_for("Agents 2 of 14")
    term.press("Down", "r").wait_for("Reassign e.rao").type("2035")
    term.wait_for("2003>2035 e.rao").press("Enter").wait_for("1 applied")
    assert centre.extension("e.rao") == "2035"
    term.press("F5").quiet().press("q").wait_for("shell>")
    term.wait_gone("Extensions")


def test_copies_reach_the_clipboard_of_the_terminal_outside(tmux):
    made, term = tmux
    term.press("Down", "Down", "y").wait_for("copied 2002").quiet()
    copied = [text.split(";")[2] for kind, text in term.emulator.strings
              if kind == "OSC" and text.startswith("52;")]  # fmt: skip
    assert copied and {base64.b64decode(text).decode() for text in copied} == {"2002"}
    assert made.ask("show-buffer") == "2002"  # and tmux's own


def test_panes_are_split_and_closed_while_it_runs(tmux):
    made, term = tmux
    made.ask("split-window", "-h", "-l", "30", "cat")
    term.wait_for(lambda t: re.match(r".{49}[│┐]", t.lines[2])).quiet()
    made.ask("kill-pane", "-t", "1")
    term.wait_for(lambda t: t.lines[2].endswith("┐") and len(t.lines[2]) == 80).quiet()
    made.ask("resize-window", "-x", "40", "-y", "10")
    made.ask("resize-window", "-A")
    term.wait_for(lambda t: len(t.lines[2]) == 80 and "Extensions 60" in t.text).quiet()


def test_suspended_and_continued_inside_tmux(tmux):
    _, term = tmux
    term.press("C-z").wait_for("Stopped").type("fg\n").wait_for("Extensions 60").quiet()
    term.press("q").wait_gone("Extensions 60").type("echo a''live\n").wait_for("alive")
