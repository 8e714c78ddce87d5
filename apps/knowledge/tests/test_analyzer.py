from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.knowledge.index.analyzer import MAX_CHARS, count_stems, stems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Travelling travels TRAVELLED", ["travel", "travel", "travel"]),
        ("the company's policies", ["compani", "polici"]),
        ("the company’s policies", ["compani", "polici"]),
        ("What is it, and who are you?", []),
        ("I don’t know", ["know"]),
        ("401(k) and 25,000", ["401", "k", "25000"]),
        ("Café STRASSE straße", ["cafe", "strass", "strass"]),
        ("snake_case e-mail", ["snake", "case", "e", "mail", "email"]),
        ("", []),
    ],
)
def test_stems(text: str, expected: list[str]) -> None:
    assert stems(text) == expected


def test_counts_repeat() -> None:
    assert count_stems("Leave, leaves and more leave") == {"leav": 3, "more": 1}


def test_a_long_word_is_cut() -> None:
    assert [len(stem) for stem in stems("x" * 500)] == [MAX_CHARS]


@given(st.text())
def test_a_stem_is_one_token_for_every_index(text: str) -> None:
    for stem in stems(text):
        assert stem
        assert stem.isalnum()
        assert len(stem) <= MAX_CHARS


@given(st.text())
def test_stems_of_stored_stems_stay_apart(text: str) -> None:
    assert " ".join(stems(text)).split() == stems(text)


def test_threads_agree() -> None:
    words = [f"organisations{number} travelling{number}" for number in range(2000)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(stems, words))
    assert found == [stems(text) for text in words]
    assert found[7] == ["organisations7", "travelling7"]
