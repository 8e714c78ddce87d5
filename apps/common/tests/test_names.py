from __future__ import annotations

import unicodedata

import pytest

from apps.common.names import clean_name, without_unsafe

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("Staff handbook", "Staff handbook"),
        ("  Staff\n\thandbook\u2028\u2029 ", "Staff handbook"),
        ("annual\u202egpj.exe", "annualgpj.exe"),
        (f"a{BIDI}b", "ab"),
        ("a\u200b\u2060\ufeff\u00adb\x00\x1b\x9b", "ab"),
        ("\u202e\u2028", ""),
        ("Übergrößenträger 日本語 العربية עברית", "Übergrößenträger 日本語 العربية עברית"),
        ("👩\u200d👩\u200d👧 می\u200cخواهم", "👩\u200d👩\u200d👧 می\u200cخواهم"),  # joiner and non-joiner
    ],
)
def test_clean_name(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_no_control_and_no_line_break_is_left() -> None:
    everything = "".join(map(chr, range(0x3000)))
    left = {unicodedata.category(character) for character in without_unsafe(everything)}
    assert not left & {"Cc", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(character) for character in without_unsafe(everything)} & {
        "LRE", "LRO", "RLE", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
    }  # fmt: skip
