"""Lines that are slow and lines that lose bytes: keys in pieces, pastes without an end."""

import os
import time

import pytest

BAUD_300_S = 0.034  # that a byte takes at 300 baud


def drip(term, data):
    """Sends the bytes one by one, as a slow line does: their distance is what is tested."""
    for byte in data:
        os.write(term.master, bytes([byte]))
        time.sleep(BAUD_300_S)
    return term


@pytest.mark.parametrize("sequence", [b"\x1b[B", b"\x1bOB"])
def test_a_key_that_comes_in_pieces_is_still_a_key(centre, sequence):
    with centre.console() as term:
        drip(term, sequence)
        term.wait_for(lambda t: t.lines[4].startswith("│>"))
        assert "does nothing" not in term.text


def test_a_character_that_comes_in_pieces_is_still_one(centre):
    with centre.console() as term:
        term.press("/")
        drip(term, "GARCÍA".encode()).wait_for("/GARCÍA")


def test_a_paste_whose_end_is_lost_gives_the_keyboard_back(centre):
    with centre.console() as term:
        term.press("/").quiet().send(b"\x1b[200~rao")
        term.wait_for("the end of the paste never came").wait_for("/rao").wait_for("Agents 2 of 14")
        term.type(" !esha").wait_for("Agents 1 of 14")
        term.send(b"\x1b[201~")  # late
        term.press("Esc").wait_for("Agents 14").press("Down").quiet().press("q")
        assert term.wait_exit() == 0


def test_a_lost_end_where_no_text_is_asked_for(centre):
    with centre.console() as term:
        term.send(b"\x1b[200~x1\r")
        term.wait_for("the end of the paste never came").press("q")
        assert term.wait_exit() == 0


def test_a_paste_in_a_dialog_that_is_too_long_says_so(centre):
    with centre.console() as term:
        term.press("2", "G", "R").wait_for("Reserve").paste("y" * 5000)
        term.wait_for("the paste is too long").type("lift").wait_for("note: lift")


@pytest.mark.parametrize("key", ["/", ":"])
def test_a_paste_in_a_prompt_that_is_too_long_says_so(centre, key):
    with centre.console() as term:
        term.press(key).quiet().paste("y" * 5000).wait_for("the paste is too long").quiet()
        assert "yyy" not in term.text


def test_a_paste_of_more_than_anybody_means_says_so(centre):
    with centre.console() as term:
        term.press("/").quiet().paste("y" * 300_000).wait_for("the paste is longer than 256 KB")
        term.type("rao").wait_for("Agents 2 of 14")
