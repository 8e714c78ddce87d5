"""The stems that the live passages of some collections use, to find the one that a mistyped word may stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from django.db.models import Sum
from rapidfuzz import process
from rapidfuzz.distance import OSA

from apps.knowledge.config import retrieval_config
from apps.knowledge.index import cache
from apps.knowledge.index.scope import Scope, Snapshot
from apps.knowledge.models import CollectionStatistic, TermStatistic

ROW_BYTES = 250  # of a term with its count, in the vocabulary and in `frequencies`


@dataclass(frozen=True)
class Known:
    term: str
    passages: int


@dataclass(frozen=True)
class Vocabulary:
    """`passages` and `terms` are BM25's totals; `letters` has a bit for each letter of a term (hashed to 64), `lengths`
    its length.
    """

    passages: int
    terms: int
    known: tuple[Known, ...]
    letters: npt.NDArray[np.uint64]
    lengths: npt.NDArray[np.int64]

    @cached_property
    def frequencies(self) -> Mapping[str, int]:
        """{stem: live passages that hold it}"""
        return {row.term: row.passages for row in self.known}

    @property
    def size(self) -> int:
        """In bytes, roughly."""
        return ROW_BYTES * len(self.known)

    def nearest(self, term: str) -> Known | None:
        """The stem fewest edits away (a letter too much, too few, wrong, or two swapped); of equals the commonest."""
        rules = retrieval_config()
        edits = 2 if len(term) >= rules.correct_two_edits_from else 1
        if len(term) < rules.correct_from or any(char.isdigit() for char in term):
            return None
        unlike = np.bitwise_count(self.letters ^ np.uint64(letters_of(term)))
        near = np.flatnonzero((np.abs(self.lengths - len(term)) <= edits) & (unlike <= 2 * edits)).tolist()
        found = process.extract_iter(
            term, {n: self.known[n].term for n in near}, scorer=OSA.distance, score_cutoff=edits
        )
        ranked = [(distance, -self.known[n].passages, known, n) for known, distance, n in found]
        return self.known[min(ranked)[3]] if ranked else None


def vocabulary_of(snapshot: Snapshot) -> Vocabulary:
    return cache.at_version(
        _key(snapshot), snapshot.store_version, lambda _: _load(snapshot), lambda found: found.size
    )


def cached_vocabulary(snapshot: Snapshot) -> Vocabulary | None:
    """If it is in memory and current: while files arrive it would be read again for every question."""
    found = cache.get(_key(snapshot))
    return found[0] if found is not None and found[1] >= snapshot.store_version else None


def _key(snapshot: Snapshot) -> tuple[str, tuple[int, ...]]:
    return "vocabulary", snapshot.collection_ids


def totals_of(scope: Scope) -> tuple[int, int]:
    """(live passages, sum of their lengths)"""
    totals = CollectionStatistic.objects.filter(collection__in=scope.collection_ids).aggregate(
        all_passages=Sum("passages"), all_terms=Sum("terms")
    )
    return totals["all_passages"] or 0, totals["all_terms"] or 0


def _load(scope: Scope) -> Vocabulary:
    rows = TermStatistic.objects.filter(collection__in=scope.collection_ids).values_list("term")
    known = tuple(Known(term, count) for term, count in rows.annotate(Sum("passages")).order_by("term"))
    letters = np.array([letters_of(row.term) for row in known], np.uint64)
    lengths = np.array([len(row.term) for row in known], np.int64)
    return Vocabulary(*totals_of(scope), known, letters, lengths)


def letters_of(term: str) -> int:
    """A bit for each letter, hashed to 64: terms that differ in many bits are many edits apart."""
    bits = 0
    for char in term:
        bits |= 1 << (ord(char) % 64)
    return bits
