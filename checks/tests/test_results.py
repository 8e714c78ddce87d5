from __future__ import annotations

import json

import pytest

from checks.results import at_least, at_most, median, none_of, p95


def test_a_figure_at_its_limit_passes_and_one_beyond_fails() -> None:
    assert at_most("x", 0.5, 0.5, "s").passed
    assert not at_most("x", 0.51, 0.5, "s").passed
    assert at_least("x", 1, 1, "files").passed
    assert not at_least("x", 0, 1, "files").passed


def test_a_finding_fails_and_is_shown() -> None:
    result = none_of("A1.writes", ["HEAD /a/ wrote b"], "writes")
    assert not result.passed
    assert result.line() == "FAILED A1.writes: 1, limit 0 writes   (HEAD /a/ wrote b)"
    assert none_of("A1.writes", [], "writes").passed


def test_the_object_has_the_documented_keys() -> None:
    fields = json.loads(at_most("A3.x", 0.25, 0.5, "s", "of 30").json())
    assert fields == {"check": "A3.x", "figure": 0.25, "limit": "<= 0.5 s", "pass": True, "detail": "of 30"}


@pytest.mark.parametrize(("count", "place"), [(30, 29), (20, 19), (1, 1)])
def test_the_95th_percentile_is_that_of_the_nearest_rank(count: int, place: int) -> None:
    assert p95([float(n) for n in range(1, count + 1)]) == place


def test_no_values_have_percentile_nought() -> None:
    assert p95([]) == median([]) == 0
