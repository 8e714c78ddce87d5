"""The protocol of knowledge stores. Stores only return candidates, which `apps.knowledge.search.scoring` ranks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

import numpy as np
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from apps.common.errors import AppError, Code
from apps.knowledge.index.scope import Snapshot

Vector = NDArray[np.float32]
Vectors = NDArray[np.float32]  # (n, dimensions)


class StoreUnavailable(AppError):
    """The server of the store does not answer or is too slow. A retry may succeed."""

    def __init__(self) -> None:
        super().__init__(Code.UNAVAILABLE, _("The knowledge store does not answer. Try again in a minute."))


class KnowledgeStore(Protocol):
    """Finds only live passages in the scope: each query checks the permission."""

    def nearest_passages(self, snapshot: Snapshot, vectors: Vectors, k: int) -> list[list[int]]:
        """For each vector, ids of at least the k passages with the highest cosine, in any order; fewer if the scope
        has fewer.
        """

    def nearest_sentences(self, snapshot: Snapshot, vectors: Vectors, k: int) -> list[dict[int, int]]:
        """For each vector, {sentence: its passage} for at least the k sentences with the highest cosine; fewer if the
        scope has fewer.
        """

    def matching_passages(self, snapshot: Snapshot, terms: Collection[str]) -> set[int]:
        """All passages that contain any of the stems: a set, because each engine ranks text differently."""

    def neighbours(self, snapshot: Snapshot, passage_ids: Sequence[int]) -> set[int]:
        """The passages before and after these, and the first passages of documents that these link to."""

    def project(self, version_id: int) -> None:
        """Make the store match the database for one document version: present if it is published, else absent."""

    def rebuild(self) -> int:
        """Drop and build again from the database; returns the number of passages."""
