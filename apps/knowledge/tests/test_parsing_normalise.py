"""The stored form of text."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.knowledge.parsing.normalise import normalise

ANY_TEXT = st.text(st.characters(exclude_categories=[]))  # surrogates and control characters too


@given(ANY_TEXT)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(ANY_TEXT)
def test_stored_text_is_fit_for_every_store(text: str) -> None:
    stored = normalise(text)
    assert unicodedata.is_normalized("NFC", stored)
    assert json.loads(json.dumps(stored).encode()) == stored
    assert stored.encode("utf-8").decode("utf-8") == stored
    assert not any(
        unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\n" for character in stored
    )


@given(ANY_TEXT, ANY_TEXT)
def test_pieces_joined_at_a_line_end_stay_normal(first: str, second: str) -> None:
    joined = normalise(first) + "\n" + normalise(second)
    assert normalise(joined) == joined


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("e\u0301", "é"),
        ("nul\x00 bell\x07", "nul bell"),
        ("\ufeffstart", "start"),
        ("pair \ud83d\ude00 lone \ud83d", "pair 😀 lone "),
        ("tab\tstays", "tab\tstays"),
        ("“smart” – it’s", "“smart” – it’s"),
    ],
)
def test_examples(raw: str, stored: str) -> None:
    assert normalise(raw) == stored
