"""What two sequences have in common, in order. Pure.

What occurs once in each anchors the rest, which takes n log n; only the gaps between are compared item by item, and
only while the effort lasts: no text, however it is made, holds the comparison up.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

GAP = 1_000_000  # steps that one gap may take
Pair = tuple[int, int]


@dataclass
class Effort:
    """Steps that are left for a whole comparison; beyond them a gap counts as replaced."""

    left: int = 5_000_000

    def spend(self, steps: int) -> bool:
        if steps > min(GAP, self.left):
            return False
        self.left -= steps
        return True


def matched(old: Sequence[str], new: Sequence[str], effort: Effort) -> list[Pair]:
    """Places of equal items; both numbers rise from pair to pair."""
    return list(_trimmed(old, new, lambda a, b: _by_anchors(a, b, effort)))


def _trimmed(
    old: Sequence[str],
    new: Sequence[str],
    inner: Callable[[Sequence[str], Sequence[str]], Iterator[Pair]],
) -> Iterator[Pair]:
    """The beginning and the end that are alike, and what `inner` finds between."""
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    i, j = len(old) - tail, len(new) - tail
    yield from ((n, n) for n in range(head))
    yield from ((head + a, head + b) for a, b in inner(old[head:i], new[head:j]))
    yield from ((i + n, j + n) for n in range(tail))


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(old), len(new)))


def _by_anchors(old: Sequence[str], new: Sequence[str], effort: Effort) -> Iterator[Pair]:
    once_old, once_new = _once(old), _once(new)
    anchors = _rising([(n, once_new[item]) for item, n in once_old.items() if item in once_new])
    for (a, b), (i, j) in pairwise([(-1, -1), *anchors, (len(old), len(new))]):
        gap = _trimmed(old[a + 1 : i], new[b + 1 : j], lambda x, y: _small(x, y, effort))
        yield from ((a + 1 + x, b + 1 + y) for x, y in gap)
        if i < len(old):
            yield i, j


def _once(items: Sequence[str]) -> dict[str, int]:
    counts = Counter(items)
    return {item: n for n, item in enumerate(items) if counts[item] == 1}


def _rising(pairs: Sequence[Pair]) -> list[Pair]:
    """As many of the pairs, whose first numbers rise, as have rising second ones too."""
    ends: list[int] = []  # the lowest second number that ends a run of each length
    last: list[int] = []  # the pair that it is of
    before: list[int] = []
    for n, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        last[length : length + 1] = [n]
    found, n = [], last[-1] if last else -1
    while n >= 0:
        found.append(pairs[n])
        n = before[n]
    return found[::-1]


def _small(old: Sequence[str], new: Sequence[str], effort: Effort) -> Iterator[Pair]:
    """SequenceMatcher's worst case is the product of both lengths for each of its blocks."""
    if not old or not new or not effort.spend(len(old) * len(new) * min(len(old), len(new))):
        return
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        yield from ((block.a + n, block.b + n) for n in range(block.size))
