"""Computes figures with their uncertainty. Deterministic, because resampling has a fixed seed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 2000
SEED = 20261123


@dataclass(frozen=True)
class Estimate:
    """A mean over n questions with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    n: int


def estimate(values: Sequence[float]) -> Estimate | None:
    """None without values."""
    if not values:
        return None
    sample = np.asarray(values, np.float64)
    rows = np.random.default_rng(SEED).integers(0, len(sample), (RESAMPLES, len(sample)))
    low, high = np.quantile(sample[rows].mean(axis=1), (0.025, 0.975))
    return _rounded(sample.mean(), low, high, len(sample))


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Estimate | None:
    """The ratio of two means over the same questions, resampled together; None if the second is never above zero."""
    pair = np.asarray([ours, theirs], np.float64)
    if pair.size == 0 or pair[1].sum() == 0:
        return None
    rows = np.random.default_rng(SEED).integers(0, pair.shape[1], (RESAMPLES, pair.shape[1]))
    sums = pair[:, rows].sum(axis=2)
    spread = sums[0][sums[1] > 0] / sums[1][sums[1] > 0]
    low, high = np.quantile(spread, (0.025, 0.975))
    value = pair[0].sum() / pair[1].sum()
    return _rounded(value, low, high, pair.shape[1])


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """The probability that a positive scores above a negative, where a tie counts half; None unless there are both."""
    if not positive or not negative:
        return None
    above = np.asarray(positive)[:, None] - np.asarray(negative)[None, :]
    return round(float((above > 0).mean() + (above == 0).mean() / 2), 4)


def let_through(positive: Sequence[float], negative: Sequence[float], kept: float = 0.95) -> float | None:
    """The share of negatives at or above the highest threshold that keeps this share of the positives; None unless
    there are both.
    """
    if not positive or not negative:
        return None
    most_lost = math.floor((1 - kept) * len(positive) + 1e-9)
    threshold = sorted(positive)[most_lost]
    return round(float((np.asarray(negative) >= threshold).mean()), 4)


def calibration_error(chances: Sequence[float], happened: Sequence[bool], bins: int = 10) -> float | None:
    """The expected calibration error: the mean distance, over equally wide bins weighted by their size, between the
    mean chance and the share that happened. None without values.
    """
    if not chances:
        return None
    stated, came = np.asarray(chances, np.float64), np.asarray(happened, np.float64)
    place = np.minimum((stated * bins).astype(int), bins - 1)
    gaps = [abs(float((stated - came)[place == each].sum())) for each in range(bins)]
    return round(sum(gaps) / len(stated), 4)


def resampled(statistic: Callable[..., float | None], *groups: Sequence[float]) -> Estimate | None:
    """A statistic of groups of values with its 95 % bootstrap interval, each group resampled by itself; None where the
    statistic is.
    """
    value = statistic(*groups)
    if value is None:
        return None
    chance = np.random.default_rng(SEED)
    samples = [
        statistic(*(chance.choice(np.asarray(group), len(group)).tolist() for group in groups))
        for _ in range(RESAMPLES)
    ]
    low, high = np.quantile(np.asarray(samples, np.float64), (0.025, 0.975))
    return _rounded(value, low, high, sum(map(len, groups)))


def _rounded(value: float, low: float, high: float, n: int) -> Estimate:
    return Estimate(round(float(value), 4), round(float(low), 4), round(float(high), 4), n)
