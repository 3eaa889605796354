"""A terminal in memory, as strict as a test wants it: pyte's screen behind a parser of our own.

    emulator = Emulator(80, 24)
    emulator.feed(b"\\x1b[1mhello")
    emulator.lines()[0]            "hello" and spaces
    emulator.cell(0, 0).bold       True

What pyte 0.8 leaves out and programs of today send is here: the alternate screen, dim and blinking
text, REP, scrolling, strings (OSC, DCS) that may hold anything, wide characters that are half
overwritten. What no terminal description sends is not passed over in silence: it stands in
`unknown`, so that a test can say that a program sent nothing odd.
"""

from __future__ import annotations

import codecs
import functools
import re
from collections import namedtuple

import pyte
from pyte import charsets, graphics
from pyte.screens import Margins
from wcwidth import wcwidth

_width = functools.lru_cache(maxsize=8192)(wcwidth)

Cell = namedtuple("Cell", pyte.screens.Char._fields + ("dim", "blink"))
_BLANK = Cell(" ", "default", "default", False, False, False, False, False, False, False)


@functools.lru_cache(maxsize=65536)
def _drawn(attributes: Cell, char: str) -> Cell:
    return attributes._replace(data=char)


class _Screen(pyte.Screen):
    """The cells, the cursor, the modes."""

    @property
    def default_char(self):
        return _BLANK

    def __init__(self, columns: int, lines: int):
        self.behind = None  # the main screen, while the alternate one is shown
        self.had_alternate = False
        self.keypad = False
        self.last_drawn = " "
        super().__init__(columns, lines)

    def reset(self) -> None:
        super().reset()
        self.cursor.attrs = _BLANK

    # ---- text ------------------------------------------------------------------------------------

    def draw(self, data: str) -> None:
        charset = self.g1_charset if self.charset else self.g0_charset
        if charset is not charsets.LAT1_MAP:
            data = data.translate(charset)
        for char in data:
            width = 1 if " " <= char <= "~" else _width(char)
            if width <= 0:
                self._combine(char)
                continue
            if self.cursor.x + width > self.columns:
                if pyte.modes.DECAWM in self.mode:
                    self.carriage_return()
                    self.linefeed()
                else:
                    self.cursor.x = max(0, self.columns - width)
            if pyte.modes.IRM in self.mode:
                self.insert_characters(width)
            self._put(char, width)
            self.last_drawn = char

    def _put(self, char: str, width: int) -> None:
        line, x = self.buffer[self.cursor.y], self.cursor.x
        # a wide character loses both halves when one is overwritten
        if line[x].data == "" and x > 0:
            line[x - 1] = _drawn(line[x - 1], " ")
        after = x + width
        if after < self.columns and line[after].data == "":
            line[after] = _drawn(line[after], " ")
        line[x] = _drawn(self.cursor.attrs, char)
        if width == 2 and x + 1 < self.columns:
            line[x + 1] = _drawn(self.cursor.attrs, "")
        self.cursor.x = min(after, self.columns)

    def _combine(self, char: str) -> None:
        x = self.cursor.x - 1
        line = self.buffer[self.cursor.y]
        if x > 0 and line[x].data == "":
            x -= 1
        if x >= 0:
            line[x] = line[x]._replace(data=line[x].data + char)

    def repeat(self, count: int = 1) -> None:
        self.draw(self.last_drawn * (count or 1))

    # ---- attributes and modes --------------------------------------------------------------------

    def select_graphic_rendition(self, *attributes: int) -> None:
        changes = {}
        rest = list(reversed(attributes or (0,)))
        while rest:
            code = rest.pop()
            if code == 0:
                changes = dict(zip(Cell._fields, _BLANK))
            elif code in graphics.FG_ANSI:
                changes["fg"] = graphics.FG_ANSI[code]
            elif code in graphics.BG_ANSI:
                changes["bg"] = graphics.BG_ANSI[code]
            elif code in graphics.FG_AIXTERM:
                changes["fg"] = "bright" + graphics.FG_AIXTERM[code]
            elif code in graphics.BG_AIXTERM:
                changes["bg"] = "bright" + graphics.BG_AIXTERM[code]
            elif code in (2, 5):
                changes["dim" if code == 2 else "blink"] = True
            elif code == 22:
                changes.update(bold=False, dim=False)
            elif code == 25:
                changes["blink"] = False
            elif code in graphics.TEXT:
                text = graphics.TEXT[code]
                changes[text[1:]] = text[0] == "+"
            elif code in (38, 48) and len(rest) >= 2:
                key = "fg" if code == 38 else "bg"
                if rest.pop() == 5:
                    changes[key] = f"colour{rest.pop()}"
                elif len(rest) >= 3:
                    changes[key] = "#%02x%02x%02x" % (rest.pop(), rest.pop(), rest.pop())
        self.cursor.attrs = self.cursor.attrs._replace(**changes)

    def alternate(self, on: bool) -> None:
        if on == (self.behind is not None):
            return
        if on:
            self.had_alternate = True
            self.behind = (self.buffer.copy(), self.cursor.x, self.cursor.y)
            self.buffer.clear()
        else:
            buffer, self.cursor.x, self.cursor.y = self.behind
            self.buffer.clear()
            self.buffer.update(buffer)
            self.behind = None
        self.ensure_hbounds()
        self.ensure_vbounds()

    def set_margins(self, top: int | None = None, bottom: int | None = None) -> None:
        super().set_margins(top, bottom)
        if self.margins == Margins(0, self.lines - 1):
            self.margins = None  # the whole screen is what there is without any

    def resize(self, lines: int | None = None, columns: int | None = None) -> None:
        lines, columns = lines or self.lines, columns or self.columns
        for y in [y for y in self.buffer if y >= lines]:
            del self.buffer[y]
        for line in self.buffer.values():
            for x in [x for x in line if x >= columns]:
                del line[x]
        self.lines, self.columns = lines, columns
        self.margins = None
        self.ensure_hbounds()
        self.ensure_vbounds()

    # ---- erasing: the background of now, and nothing else of the attributes ----------------------

    def _blank(self, y: int, columns: range) -> None:
        line, blank = self.buffer[y], _BLANK._replace(bg=self.cursor.attrs.bg)
        for x in columns:
            line[x] = blank

    def erase_characters(self, count: int = 1) -> None:
        x = self.cursor.x
        self._blank(self.cursor.y, range(x, min(x + (count or 1), self.columns)))

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        x = min(self.cursor.x, self.columns - 1)
        whole = range(self.columns)
        self._blank(self.cursor.y, (whole[x:], whole[: x + 1], whole)[how])

    def erase_in_display(self, how: int = 0, private: bool = False) -> None:
        y, whole = self.cursor.y, range(self.lines)
        for other in (whole[y + 1 :], whole[:y], whole, ())[how]:
            self._blank(other, range(self.columns))
        if how < 2:
            self.erase_in_line(how)

    # ---- scrolling -------------------------------------------------------------------------------

    def _scroll(self, count: int, step) -> None:
        top, bottom = self.margins or Margins(0, self.lines - 1)
        x, y = self.cursor.x, self.cursor.y
        self.cursor.y = top if step == self.reverse_index else bottom
        for _ in range(min(count or 1, bottom - top + 1)):
            step()
        self.cursor.x, self.cursor.y = x, y

    def scroll_up(self, count: int = 1) -> None:
        self._scroll(count, self.index)

    def scroll_down(self, count: int = 1) -> None:
        self._scroll(count, self.reverse_index)

    def back_tab(self, count: int = 1) -> None:
        for _ in range(count or 1):
            self.cursor.x = max([stop for stop in self.tabstops | {0} if stop < self.cursor.x],
                                default=0)


# ---- parser --------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""(?P<text>[^\x00-\x1f\x7f-\x9f]+)
    |(?P<control>[\x00-\x1a\x1c-\x1f\x7f-\x9f])
    |\x1b\[(?P<prefix>[<=>?]?)(?P<numbers>[0-9;:]*)(?P<between>[\ -/]*)(?P<final>[@-~])
    |\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)
    |\x1b(?P<kind>[PX^_])(?P<string>(?:[^\x1b]|\x1b[^\\])*)\x1b\\
    |\x1b(?P<sets>[()*+])(?P<set>.)
    |\x1b(?P<escape>[^\[\]PX^_()*+])
    """,
    re.VERBOSE | re.DOTALL,
)
_UNFINISHED_MAX = 256 * 1024

_CSI = {
    "@": "insert_characters", "A": "cursor_up", "B": "cursor_down", "C": "cursor_forward",
    "D": "cursor_back", "E": "cursor_down1", "F": "cursor_up1", "G": "cursor_to_column",
    "H": "cursor_position", "J": "erase_in_display", "K": "erase_in_line", "L": "insert_lines",
    "M": "delete_lines", "P": "delete_characters", "S": "scroll_up", "T": "scroll_down",
    "X": "erase_characters", "Z": "back_tab", "`": "cursor_to_column", "a": "cursor_forward",
    "b": "repeat", "d": "cursor_to_line", "e": "cursor_down", "f": "cursor_position",
    "g": "clear_tab_stop", "m": "select_graphic_rendition", "r": "set_margins",
}
_ESCAPE = {"D": "index", "E": "linefeed", "M": "reverse_index", "7": "save_cursor",
           "8": "restore_cursor", "H": "set_tab_stop", "c": "reset"}
_CONTROL = {"\b": "backspace", "\t": "tab", "\n": "linefeed", "\v": "linefeed", "\f": "linefeed",
            "\r": "carriage_return", "\x0e": "shift_out", "\x0f": "shift_in"}
# Sequences without an effect on what is seen: window titles kept (t), keyboard protocols.
_SILENT = set("tuqpnch")
_BUTTONS = (9, 1000, 1002, 1003)


class Emulator:
    """Takes what a program writes; shows what a person would see."""

    def __init__(self, columns: int, lines: int, answer=lambda data: None):
        self.screen = _Screen(columns, lines)
        self.answer = answer  # is given the bytes that a terminal sends by itself
        self.unknown: list[str] = []
        self.strings: list[tuple[str, str]] = []  # ("OSC", "52;c;...") or ("DCS", ...)
        self.bells = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, data: bytes) -> None:
        text = self._rest + self._decoder.decode(data)
        at = 0
        while at < len(text):
            token = _TOKEN.match(text, at)
            if not token:
                break
            at = token.end()
            self._take(token)
        self._rest = text[at:]
        if len(self._rest) > _UNFINISHED_MAX:
            self.unknown.append(self._rest)
            self._rest = ""

    def _take(self, token: re.Match) -> None:
        part = token.groupdict()
        if part["text"] is not None:
            if "�" in part["text"]:
                self.unknown.append(part["text"])
            self.screen.draw(part["text"])
        elif part["control"] is not None:
            self._control(part["control"])
        elif part["final"] is not None:
            self._csi(part)
        elif part["osc"] is not None:
            self.strings.append(("OSC", part["osc"]))
        elif part["kind"] is not None:
            names = {"P": "DCS", "X": "SOS", "^": "PM", "_": "APC"}
            self.strings.append((names[part["kind"]], part["string"]))
        elif part["sets"] is not None:
            self.screen.define_charset(part["set"], part["sets"])
        elif part["escape"] in _ESCAPE:
            getattr(self.screen, _ESCAPE[part["escape"]])()
        elif part["escape"] in "=>":
            self.screen.keypad = part["escape"] == "="
        else:
            self.unknown.append(token.group())

    def _control(self, char: str) -> None:
        if char == "\a":
            self.bells += 1
        elif char in _CONTROL:
            getattr(self.screen, _CONTROL[char])()
        elif char != "\0":  # padding, on the terminals that want it
            self.unknown.append(char)

    def _csi(self, part: dict[str, str]) -> None:
        final, prefix = part["final"], part["prefix"]
        numbers = [int(number or 0) for number in re.split("[;:]", part["numbers"])]
        if final in "hl" and prefix in ("", "?") and not part["between"]:
            self._mode(numbers, final == "h", prefix == "?")
        elif final == "c" and prefix in ("", ">"):
            self.answer(b"\x1b[?62;22c" if not prefix else b"\x1b[>1;10;0c")
        elif final == "n" and numbers == [6]:
            cursor = self.screen.cursor
            self.answer(b"\x1b[%d;%dR" % (cursor.y + 1, cursor.x + 1))
        elif prefix or part["between"]:
            if final not in _SILENT and prefix != ">":
                self.unknown.append(f"CSI {prefix}{part['numbers']}{part['between']}{final}")
        elif final in _CSI:
            if part["numbers"] == "" and final in "rmJKg":
                getattr(self.screen, _CSI[final])()
            else:
                getattr(self.screen, _CSI[final])(*numbers)
        elif final not in _SILENT:
            self.unknown.append(f"CSI {part['numbers']}{final}")

    def _mode(self, numbers: list[int], on: bool, private: bool) -> None:
        for number in numbers:
            if private and number in (47, 1047, 1049):
                self.screen.alternate(on)
            change = self.screen.set_mode if on else self.screen.reset_mode
            change(number, private=private)

    def resize(self, columns: int, lines: int) -> None:
        self.screen.resize(lines, columns)

    # ---- what is seen ----------------------------------------------------------------------------

    def line(self, y: int) -> str:
        """One line as text; a wide character takes one place here and two on the screen."""
        row = self.screen.buffer[y]
        return "".join(row[x].data for x in range(self.screen.columns))

    def lines(self) -> list[str]:
        return [self.line(y) for y in range(self.screen.lines)]

    def text(self) -> str:
        """The screen without the spaces at the ends of its lines."""
        return "\n".join(line.rstrip() for line in self.lines()).rstrip("\n")

    def cell(self, x: int, y: int) -> Cell:
        return self.screen.buffer[y][x]

    @property
    def cursor(self) -> tuple[int, int]:
        return self.screen.cursor.x, self.screen.cursor.y

    @property
    def cursor_shown(self) -> bool:
        return not self.screen.cursor.hidden

    def has_mode(self, number: int) -> bool:
        """Whether a private mode (DECSET) is on."""
        return number << 5 in self.screen.mode

    def left_over(self) -> list[str]:
        """What a program should have put back and did not."""
        screen = self.screen
        found = {
            "the alternate screen is shown": screen.behind is not None,
            "the cursor is hidden": screen.cursor.hidden,
            "bracketed paste is on": self.has_mode(2004),
            "the mouse is on": any(map(self.has_mode, _BUTTONS)) or self.has_mode(1006),
            "focus reports are on": self.has_mode(1004),
            "cursor keys are in application mode": self.has_mode(1),
            "the keypad is in application mode": screen.keypad,
            "lines do not wrap": pyte.modes.DECAWM not in screen.mode,
            "inserting": pyte.modes.IRM in screen.mode,
            "attributes are set": screen.cursor.attrs._replace(data=" ") != _BLANK,
            "margins are set": screen.margins is not None,
            "another character set is on": screen.charset != 0
            or screen.g0_charset is not charsets.LAT1_MAP,
            "a sequence is unfinished": self._rest != "",
        }
        return [what for what, is_so in found.items() if is_so]
