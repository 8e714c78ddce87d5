"""Numbers of list items in letters and in Roman form."""

import pytest

from apps.knowledge.parsing.list_labels import letters, roman


@pytest.mark.parametrize(
    ("number", "written"), [(1, "a"), (26, "z"), (27, "aa"), (702, "zz"), (703, "aaa"), (0, "0"), (-3, "-3")]
)
def test_letters(number: int, written: str) -> None:
    assert letters(number) == written


@pytest.mark.parametrize(
    ("number", "written"),
    [(4, "iv"), (9, "ix"), (1994, "mcmxciv"), (3999, "mmmcmxcix"), (4000, "4000"), (0, "0")],
)
def test_roman(number: int, written: str) -> None:
    assert roman(number) == written
