"""Sections of quoth.yaml whose values may differ from one encoder to another."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from apps.common.config import FittedSection, Section


class Line(Section):
    start: float
    slope: float


class Example(FittedSection):
    limit: int
    line: Line


VALUES: dict[str, Any] = {"limit": 3, "line": {"start": 1.0, "slope": 2.0}}


def test_an_encoder_that_is_not_named_has_the_values_of_the_section() -> None:
    section = Example.model_validate({**VALUES, "by_encoder": {"mine": {"limit": 4}}})
    assert section.of("another") is section


def test_an_encoder_has_its_own_values_and_the_others_of_the_section() -> None:
    section = Example.model_validate({**VALUES, "by_encoder": {"mine": {"line": {"slope": 5.0}}}})
    assert section.of("mine") == Example(limit=3, line=Line(start=1.0, slope=5.0))


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"line": {"slope": "steep"}}, r"by_encoder\.mine\.line\.slope: Input should be a valid number"),
        ({"limits": 4}, r"by_encoder\.mine\.limits: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_value_is_named_with_its_encoder(values: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        Example.model_validate({**VALUES, "by_encoder": {"mine": values}})
