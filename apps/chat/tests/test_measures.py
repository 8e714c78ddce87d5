"""The arithmetic of the benches."""

import pytest

from apps.chat.evaluation.measures import auroc, calibration_error, let_through, resampled


def test_what_is_let_through_is_counted_at_the_threshold_that_keeps_enough() -> None:
    covered = [
        number / 20 for number in range(1, 21)
    ]  # .05 to 1.00: one of twenty may be lost, so from .10 on
    assert let_through(covered, [0.04, 0.09, 0.10, 0.99]) == 0.5
    assert let_through(covered, [0.04, 0.09, 0.10, 0.99], kept=1.0) == 0.75


def test_with_few_covered_ones_all_of_them_are_kept() -> None:
    assert let_through([0.5, 0.9], [0.4, 0.5, 0.6]) == pytest.approx(2 / 3, abs=1e-4)


def test_nothing_is_let_through_without_questions() -> None:
    assert let_through([], [0.5]) is None
    assert let_through([0.5], []) is None


def test_chances_that_come_true_as_often_as_they_say_have_no_calibration_error() -> None:
    assert calibration_error([0.25] * 4, [True, False, False, False]) == 0.0
    assert calibration_error([1.0, 1.0], [True, True]) == 0.0


def test_the_calibration_error_weighs_bins_by_their_size() -> None:
    # Three in four are .9 and true (.1 apart), one is .2 and true (.8 apart).
    assert calibration_error([0.9, 0.9, 0.9, 0.2], [True] * 4) == pytest.approx(0.75 * 0.1 + 0.25 * 0.8)
    assert calibration_error([], []) is None


def test_groups_are_resampled_by_themselves_and_always_alike() -> None:
    covered, others = [0.2, 0.6, 0.7, 0.9], [0.1, 0.3, 0.5]
    found = resampled(auroc, covered, others)
    assert found is not None
    assert (found.value, found.n) == (auroc(covered, others), 7)
    assert found.low < found.value < found.high
    assert found == resampled(auroc, covered, others)


def test_groups_that_are_fully_apart_have_no_uncertainty() -> None:
    found = resampled(auroc, [0.8, 0.9], [0.1, 0.2])
    assert found is not None
    assert (found.low, found.high) == (1.0, 1.0)
    assert resampled(auroc, [], [0.1]) is None
