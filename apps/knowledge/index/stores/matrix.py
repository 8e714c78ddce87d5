"""Unit vectors in memory with exact search. A matrix is never changed: a refresh creates a new one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.knowledge.index.stores.protocol import Vector, Vectors

Ids = npt.NDArray[np.int64]

# Far above the rounding error of a float32 product of unit vectors, so that none of the true k nearest is cut off.
NOISE = np.float32(1e-5)
ROWS_AT_ONCE = 900
PRODUCTS_AT_ONCE = 1_000_000  # four megabytes


@dataclass(frozen=True)
class Matrix:
    """One row for each text: its id, its passage (itself for a passage), version, collection, vector (n,
    dimensions).
    """

    ids: Ids
    passages: Ids
    versions: Ids
    collections: Ids
    vectors: npt.NDArray[np.float32]

    @property
    def size(self) -> int:
        """In bytes, including a set of the ids."""
        return int(self.vectors.nbytes + 4 * self.ids.nbytes + 64 * len(self.ids))

    def nearest(self, queries: Vectors, collections: Sequence[int], k: int) -> list[dict[int, int]]:
        """For each query, {id: passage} of at least the k rows with the highest product with it in these collections,
        unordered.
        """
        asked = [self.collections == collection for collection in collections]
        places = np.flatnonzero(np.logical_or.reduce(asked))
        if len(places) <= k:
            return [self._found(places) for _ in queries]
        return [
            self._found(places[products >= np.partition(products, -k)[-k] - NOISE])
            for products in self._products(queries, places)
        ]

    def _products(self, queries: Vectors, places: Ids) -> Iterator[npt.NDArray[np.float32]]:
        """For each query, those of the rows at these places. The vectors are read once for several queries."""
        together = max(1, PRODUCTS_AT_ONCE // len(self.ids))
        for start in range(0, len(queries), together):
            some = self.vectors @ queries[start : start + together].T
            yield from (products[places] for products in np.ascontiguousarray(some.T))

    def _found(self, places: Ids) -> dict[int, int]:
        return dict(zip(self.ids[places].tolist(), self.passages[places].tolist(), strict=True))

    def replaced(self, gone: Collection[int], *new: Matrix) -> Matrix:
        """Without the versions `gone`, followed by the rows of `new`."""
        kept = ~np.isin(self.versions, list(gone))
        left = self if kept.all() else self._rows(kept)
        parts = [part for part in (left, *new) if part.ids.size]  # an empty matrix has no dimensions
        return _joined(parts) if len(parts) > 1 else (parts or [left])[0]

    def _rows(self, places: npt.NDArray[np.generic] | slice) -> Matrix:
        return Matrix(
            self.ids[places],
            self.passages[places],
            self.versions[places],
            self.collections[places],
            self.vectors[places],
        )


def _joined(parts: Sequence[Matrix]) -> Matrix:
    return Matrix(
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.passages for part in parts]),
        np.concatenate([part.versions for part in parts]),
        np.concatenate([part.collections for part in parts]),
        np.concatenate([part.vectors for part in parts]),
    )


def read_matrix(
    rows: Sequence[tuple[int, int, int, int, str]],
    read: Callable[[Sequence[str]], Mapping[str, Vector]],
    dimensions: int,
) -> Matrix:
    """From rows of (id, passage, version, collection, text hash). `read` returns the vectors of a few hashes at a time,
    so that all of them are in memory only once. Rows without a vector are left out.
    """
    numbers = np.array([row[:4] for row in rows], np.int64).reshape(-1, 4)
    vectors = np.empty((len(rows), dimensions), np.float32)
    has_vector = np.zeros(len(rows), bool)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        keys = [row[4] for row in rows[start : start + ROWS_AT_ONCE]]
        found = read(sorted(set(keys)))
        for place, key in enumerate(keys, start):
            if key in found:
                vectors[place], has_vector[place] = found[key], True
    ids, passages, versions, collections = numbers.T
    whole = Matrix(ids, passages, versions, collections, vectors)
    return whole if has_vector.all() else whole._rows(has_vector)


def matrix_of(rows: Sequence[tuple[int, int, int, int, Vector]]) -> Matrix:
    """From rows of (id, passage, version, collection, vector)."""
    ids, passages, versions, collections = np.array([row[:4] for row in rows], np.int64).reshape(-1, 4).T
    vectors = np.stack([row[4] for row in rows]) if rows else np.empty((0, 0), np.float32)
    return Matrix(ids, passages, versions, collections, vectors.astype(np.float32, copy=False))
