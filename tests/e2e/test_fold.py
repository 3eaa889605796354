"""The tables by which logins that look alike are found, against those of Python."""

import subprocess
import unicodedata

import pytest

from support.program import built

CASE, FORM, UNSEEN, ZEROS = 1, 2, 4, 8
TABLES = "14.0.0"  # of Unicode, in core/base/fold_table.c


def folded(texts, flags):
    given = "".join(f"{flags} {text.encode().hex()}\n" for text in texts)
    out = subprocess.run([built("tools/fold")], input=given, capture_output=True, text=True, check=True).stdout
    return [bytes.fromhex(line).decode() for line in out.splitlines()]


def characters():
    """All that the tables know: what Unicode has said of a character it never takes back."""
    known = unicodedata if unicodedata.unidata_version == TABLES else unicodedata.ucd_3_2_0
    for code in range(1, 0x110000):
        char = chr(code)
        compatibility = 0xF900 <= code <= 0xFAFF or 0x2F800 <= code <= 0x2FA1F
        if known.category(char) not in ("Cn", "Cs") and not compatibility:
            yield char


def narrow(text):
    return "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in text)


def test_case_is_pythons():
    every = list(characters())
    assert len(every) > 90_000
    assert folded(every, CASE) == [char.casefold() for char in every]


def test_form_is_pythons():
    every = list(characters())
    apart = [unicodedata.normalize("NFD", narrow(char)) for char in every]
    # the marks of a letter stand in an order of our own
    assert [sorted(text) for text in folded(every, FORM)] == [sorted(text) for text in apart]


def test_composed_and_apart_are_one_in_either_case():
    letters = [char for char in characters() if unicodedata.category(char) in ("Lu", "Ll", "Lt")]
    key = folded(letters, CASE | FORM)
    for other in ("NFC", "NFD"):
        assert folded([unicodedata.normalize(other, char) for char in letters], CASE | FORM) == key
    assert folded([char.upper().lower() for char in "ÄÉØŐŞЖΩѪԱ"], CASE | FORM) == folded("äéøőşжωѫա", CASE | FORM)


@pytest.mark.parametrize("text, flags, expected", [
    ("Straße", CASE, "strasse"),
    ("ÉLODIE", CASE, "élodie"),
    ("e\u0323\u0301", FORM, "e\u0301\u0323"),
    ("e\u0301\u0323", FORM, "e\u0301\u0323"),
    ("한", FORM, "\u1112\u1161\u11ab"),
    ("ａｌｉｃｅ＠ｅｘ", FORM, "alice@ex"),
    ("al\u200bi\u00adce\u2060\ufeff", UNSEEN, "alice"),
    ("al\u200bice", CASE, "al\u200bice"),
    ("0042", ZEROS, "42"), ("000", ZEROS, "0"), ("1001.0", ZEROS, "1001"), ("007.0", ZEROS, "7"),
    ("042b", ZEROS, "042b"), ("0.5", ZEROS, "0.5"), ("10", ZEROS, "10"), ("0042", CASE, "0042"),
])
def test_examples(text, flags, expected):
    assert folded([text], flags) == [expected]
