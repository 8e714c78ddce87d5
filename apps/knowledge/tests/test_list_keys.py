from __future__ import annotations

import pytest

from apps.knowledge.index.list_keys import SORTED_CHARS, folded, search_text, sort_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u00dcBERSICHT", "\u00fcbersicht"),
        ("\u00dcbersicht", "U\u0308bersicht"),
        ("caf\u00e9", "CAFE"),
        ("Stra\u00dfe", "STRASSE"),
        ("two  words", "Two\twords"),
    ],
)
def test_spellings_of_a_name_are_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("\u304b", "\u304c"), ("\u0915", "\u0915\u093e"), ("a", "b")])
def test_other_letters_stay_apart(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_names_sort_as_a_person_expects() -> None:
    titles = ["chapter 2", "Chapter 10", "\u00c4pfel", "apples", "Zebra", "Chapter 2b"]
    expected = ["\u00c4pfel", "apples", "chapter 2", "Chapter 2b", "Chapter 10", "Zebra"]
    assert sorted(titles, key=lambda title: sort_key(title, "x.md")) == expected


def test_the_path_decides_between_equal_titles_and_stands_for_a_missing_one() -> None:
    assert sort_key("Index", "a/index.md") < sort_key("Index", "b/index.md")
    assert sort_key("", "b.md") > sort_key("a", "z.md")


def test_keys_fit_an_index() -> None:
    long = "\U0001f600" * 1000 + "1" * 1000
    assert len(sort_key(long, long)) <= 2 * SORTED_CHARS + 1
    assert search_text("Leave", "guide/Leave.md") == "leave\nguide/leave.md"
