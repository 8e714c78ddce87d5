"""Raised and lowered characters."""

from __future__ import annotations

import unicodedata

import pytest

from apps.knowledge.parsing.raised import lowered, raised


@pytest.mark.parametrize(
    ("text", "expected"),
    [("6", "⁶"), ("-12", "⁻¹²"), ("n+1", "ⁿ⁺¹"), ("th", "th"), ("2a", "^(2a)"), ("6.5", "^(6.5)"), ("", "")],
)
def test_raised(text: str, expected: str) -> None:
    assert raised(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("2", "₂"), ("max", "max"), ("i2", "_(i2)")])
def test_lowered(text: str, expected: str) -> None:
    assert lowered(text) == expected


def test_no_raised_digit_joins_a_number_in_the_stored_form() -> None:
    assert unicodedata.normalize("NFC", f"10{raised('0123456789')}") == "10⁰¹²³⁴⁵⁶⁷⁸⁹"
