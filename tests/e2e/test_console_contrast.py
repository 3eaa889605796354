"""Every text can be read in every theme: its contrast is at least 4.5:1 (WCAG 2, 1.4.3), on the
background that the theme is made for, and for those that leave the terminal's own colours on white and
on black. Once for every slot of every theme, and once as it stands on the screen."""

import configparser
import re

import pytest

from support.program import ROOT, program
from support.term import Terminal

LEAST = 4.5
THEMES = sorted(path.stem for path in (ROOT / "themes").glob("*.theme"))
# the backgrounds that a theme is made for, with the terminal's own text on them
OWN = {
    "dark": [("#1c1c1c", "#d0d0d0"), ("#000000", "#d0d0d0")],
    "light": [("#ffffff", "#000000")],
    "gruvbox": [("#282828", "#ebdbb2")],
    "solarized": [("#002b36", "#93a1a1")],
}
BOTH = [("#ffffff", "#000000"), ("#000000", "#ffffff")]
NO_TEXT = {"frame", "frame.focus", "dialog.frame", "gauge.used", "gauge.free"}  # lines and bars

NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
SIXTEEN = ["#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5",
           "#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff"]  # fmt: skip


def palette(number):
    """The colour of a number, as xterm has it."""
    if number < 16:
        return SIXTEEN[number]
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    level = lambda part: 0 if part == 0 else 55 + 40 * part
    number -= 16
    return f"#{level(number // 36):02x}{level(number // 6 % 6):02x}{level(number % 6):02x}"


def channels(colour):
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def luminance(colour):
    linear = [part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4
              for part in channels(colour)]  # fmt: skip
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def faint(text, ground):
    """Terminals draw dim text half way to the background."""
    return "#" + "".join(f"{(a + b) // 2:02x}" for a, b in zip(channels(text), channels(ground)))


# ---- slots ---------------------------------------------------------------------------------------


def slots(theme):
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str
    parser.read_string((ROOT / "themes" / f"{theme}.theme").read_text())
    own = dict(parser["theme"])
    inherited = slots(own.pop("inherit")) if "inherit" in own else {}
    return {**inherited, **own}


def colour_of(text, own):
    name = text.split("/")[0]
    if name == "default":
        return own
    if name.isdigit():
        return palette(int(name))
    bright = name.startswith("bright-")
    return SIXTEEN[NAMES.index(name.removeprefix("bright-")) + 8 * bright]


def drawn(slot, ground, text):
    """(text, background) as the terminal draws the slot."""
    words = slot.split()
    at = words.index("on") if "on" in words else None
    fore = colour_of(words[0], text)
    back = colour_of(words[at + 1], ground) if at else ground
    if "reverse" in words:
        fore, back = back, fore
    return (faint(fore, back) if "dim" in words else fore), back


@pytest.mark.parametrize("theme", THEMES)
def test_every_slot_of_a_theme_can_be_read(theme):
    poor = []
    for ground, text in OWN.get(theme, BOTH):
        for name, slot in slots(theme).items():
            if name not in NO_TEXT:
                value = contrast(*drawn(slot, ground, text))
                if value < LEAST:
                    poor.append(f"{name} = {slot}: {value:.2f} on {ground}")
    assert not poor, "\n".join(poor)


# ---- the screen ----------------------------------------------------------------------------------


def cell_colours(cell, ground, text):
    def rgb(colour, own):
        if colour == "default":
            return own
        if colour.startswith("colour"):
            return palette(int(colour[6:]))
        bright = colour.startswith("bright")
        name = re.sub("^bright-?", "", colour).replace("brown", "yellow")
        return SIXTEEN[NAMES.index(name) + 8 * bright]

    fore, back = rgb(cell.fg, text), rgb(cell.bg, ground)
    return (back, fore) if cell.reverse else (fore, back)


@pytest.mark.parametrize("theme", THEMES)
def test_a_screen_in_that_theme_can_be_read(tmp_path, theme):
    with Terminal([program(), "--demo"], environment={"HOME": str(tmp_path), "TMPDIR": str(tmp_path)}) as term:
        term.wait_for("read: 250 agents").quiet()
        term.press(":").type(f"theme {theme}").press("Enter").quiet()
        term.press("Space", "Down").quiet()
        for keys, shown in (((), "1 marked"), (("s",), "PLAN sync"), (("?",), "HELP")):
            term.press(*keys).wait_for(shown).quiet()
            for ground, text in OWN.get(theme, BOTH):
                for y, line in enumerate(term.lines):
                    for x, char in enumerate(line[:80]):
                        if char.isascii() and char.isalnum():
                            value = contrast(*cell_colours(term.cell(x, y), ground, text))
                            assert value >= LEAST, f"{value:.2f} at {x},{y} {line!r} on {ground}"
