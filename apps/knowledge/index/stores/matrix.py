"""Unit vectors in memory, searched exactly. Never changed: a refresh makes the next one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.knowledge.index.stores.protocol import Vector

Ids = npt.NDArray[np.int64]

# Far above the noise of a float32 product of unit vectors, so that no true neighbour is cut off at the k-th place.
NOISE = np.float32(1e-5)


@dataclass(frozen=True)
class Matrix:
    """One row a text: its id, the passage that it is or belongs to, version, collection, vector (n, dimensions)."""

    ids: Ids
    passages: Ids
    versions: Ids
    collections: Ids
    vectors: npt.NDArray[np.float32]

    @property
    def size(self) -> int:
        """In bytes; ids take as much again as a set."""
        return int(self.vectors.nbytes + 4 * self.ids.nbytes + 64 * len(self.ids))

    def nearest(self, query: Vector, collections: Sequence[int], k: int) -> dict[int, int]:
        """{id: passage} of at least the k rows of highest product with `query` in these collections, in no order."""
        asked = [self.collections == collection for collection in collections]
        places = np.flatnonzero(np.logical_or.reduce(asked))
        if len(places) > k:
            products = (self.vectors @ query)[places]
            bar = np.partition(products, len(places) - k)[len(places) - k] - NOISE
            places = places[products >= bar]
        return dict(zip(self.ids[places].tolist(), self.passages[places].tolist(), strict=True))

    def replaced(self, gone: Collection[int], *new: Matrix) -> Matrix:
        """Without the versions `gone`, followed by the rows of `new`."""
        kept = ~np.isin(self.versions, list(gone))
        left = Matrix(
            self.ids[kept],
            self.passages[kept],
            self.versions[kept],
            self.collections[kept],
            self.vectors[kept],
        )
        return _joined(
            [part for part in (left, *new) if part.ids.size] or [left]
        )  # an empty one has no width


def _joined(parts: Sequence[Matrix]) -> Matrix:
    return Matrix(
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.passages for part in parts]),
        np.concatenate([part.versions for part in parts]),
        np.concatenate([part.collections for part in parts]),
        np.concatenate([part.vectors for part in parts]),
    )


def matrix_of(rows: Sequence[tuple[int, int, int, int, Vector]]) -> Matrix:
    """From rows of (id, passage, version, collection, vector)."""
    ids, passages, versions, collections = np.array([row[:4] for row in rows], np.int64).reshape(-1, 4).T
    vectors = np.stack([row[4] for row in rows]) if rows else np.empty((0, 0), np.float32)
    return Matrix(ids, passages, versions, collections, vectors.astype(np.float32, copy=False))
