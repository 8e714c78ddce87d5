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
    """One row a text: its id, its version and collection, its vector (n, dimensions)."""

    ids: Ids
    versions: Ids
    collections: Ids
    vectors: npt.NDArray[np.float32]

    def nearest(self, query: Vector, collections: Sequence[int], k: int) -> list[int]:
        """Ids of at least the k rows of highest product with `query` in these collections, in no order."""
        places = np.flatnonzero(np.isin(self.collections, collections))
        if len(places) > k:
            products = (self.vectors @ query)[places]
            bar = np.partition(products, len(places) - k)[len(places) - k] - NOISE
            places = places[products >= bar]
        return [int(pk) for pk in self.ids[places]]

    def replaced(self, gone: Collection[int], *new: Matrix) -> Matrix:
        """Without the versions `gone`, and with the rows of `new` behind."""
        kept = ~np.isin(self.versions, list(gone))
        left = Matrix(self.ids[kept], self.versions[kept], self.collections[kept], self.vectors[kept])
        parts = [part for part in (left, *new) if part.ids.size] or [left]  # an empty one has no width
        return Matrix(
            np.concatenate([part.ids for part in parts]),
            np.concatenate([part.versions for part in parts]),
            np.concatenate([part.collections for part in parts]),
            np.concatenate([part.vectors for part in parts]),
        )


def matrix_of(rows: Sequence[tuple[int, int, int, Vector]]) -> Matrix:
    """From rows of (id, version, collection, vector)."""
    ids, versions, collections = (np.array([row[n] for row in rows], np.int64) for n in range(3))
    vectors = np.stack([row[3] for row in rows]) if rows else np.empty((0, 0), np.float32)
    return Matrix(ids, versions, collections, vectors.astype(np.float32, copy=False))
