"""The stems that the live passages of some collections use, to find the one that a mistyped word may stand for."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from django.db.models import Sum

from apps.common.config import config
from apps.knowledge.index.live_passages import store_version
from apps.knowledge.models import CollectionStatistic, TermStatistic
from apps.knowledge.search.results import Scope

SCOPES = 64  # whose vocabularies are kept


@dataclass(frozen=True)
class Known:
    term: str
    passages: int


@dataclass(frozen=True)
class Vocabulary:
    """`passages` and `terms` are BM25's totals; `letters` has a bit for each letter of a term (hashed to 64), `lengths`
    its length.
    """

    store_version: int
    passages: int
    terms: int
    known: tuple[Known, ...]
    letters: npt.NDArray[np.uint64]
    lengths: npt.NDArray[np.int64]

    @cached_property
    def frequencies(self) -> Mapping[str, int]:
        """{stem: live passages that hold it}"""
        return {row.term: row.passages for row in self.known}

    def nearest(self, term: str) -> Known | None:
        """The stem fewest slips away (a letter too much, too few, wrong, or two swapped); of equals the commonest."""
        rules = config().retrieval
        slips = 2 if len(term) >= rules.correct_two_edits_from else 1
        if len(term) < rules.correct_from or any(char.isdigit() for char in term):
            return None
        unlike = np.bitwise_count(self.letters ^ np.uint64(_letters(term)))
        near = np.flatnonzero((np.abs(self.lengths - len(term)) <= slips) & (unlike <= 2 * slips))
        found = [
            (distance, -self.known[n].passages, self.known[n].term, n)
            for n in near
            if (distance := edit_distance(term, self.known[n].term)) <= slips
        ]
        return self.known[min(found)[3]] if found else None


_cached: OrderedDict[tuple[int, ...], Vocabulary] = OrderedDict()
_lock = threading.Lock()


def vocabulary_of(scope: Scope) -> Vocabulary:
    """Of the scope's collections, as of now."""
    current = store_version(scope.workspace_id)
    with _lock:
        cached = _cached.get(scope.collection_ids)
        if cached is None or cached.store_version != current:
            cached = _cached[scope.collection_ids] = _load(scope, current)
            while len(_cached) > SCOPES:
                _cached.popitem(last=False)
        return cached


def cached_vocabulary(scope: Scope) -> Vocabulary | None:
    """If it is in memory and still true: while files arrive it would be read for every question."""
    with _lock:
        cached = _cached.get(scope.collection_ids)
    return (
        cached if cached is not None and cached.store_version == store_version(scope.workspace_id) else None
    )


def totals_of(scope: Scope) -> tuple[int, int]:
    """(live passages, sum of their lengths)"""
    totals = CollectionStatistic.objects.filter(collection__in=scope.collection_ids).aggregate(
        all_passages=Sum("passages"), all_terms=Sum("terms")
    )
    return totals["all_passages"] or 0, totals["all_terms"] or 0


def clear_vocabularies() -> None:
    with _lock:
        _cached.clear()


def edit_distance(first: str, second: str) -> int:
    """Optimal string alignment distance: Levenshtein's with swaps of neighbours."""
    before: list[int] = []
    above = list(range(len(second) + 1))
    for i, char in enumerate(first, 1):
        row = [i]
        for j, other in enumerate(second, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (char != other))
            if i > 1 and j > 1 and char == second[j - 2] and other == first[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]


def _load(scope: Scope, current: int) -> Vocabulary:
    rows = TermStatistic.objects.filter(collection__in=scope.collection_ids).values_list("term")
    known = tuple(Known(term, count) for term, count in rows.annotate(Sum("passages")).order_by("term"))
    letters = np.array([_letters(row.term) for row in known], np.uint64)
    return Vocabulary(
        current, *totals_of(scope), known, letters, np.array([len(row.term) for row in known], np.int64)
    )


def _letters(term: str) -> int:
    bits = 0
    for char in term:
        bits |= 1 << (ord(char) % 64)
    return bits
