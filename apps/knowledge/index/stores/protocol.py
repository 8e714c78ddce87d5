"""The knowledge store port. Stores only nominate candidates; `apps.knowledge.search.scoring` ranks them all alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

import numpy as np
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from apps.common.errors import AppError, Code
from apps.knowledge.index.scope import Snapshot

Vector = NDArray[np.float32]


class StoreUnavailable(AppError):
    """The store's server is away or too slow: worth another try."""

    def __init__(self) -> None:
        super().__init__(Code.UNAVAILABLE, _("The knowledge store does not answer. Try again in a minute."))


class KnowledgeStore(Protocol):
    """Sees live passages of the scope only: the permission is part of each query."""

    def nearest_passages(self, snapshot: Snapshot, vector: Vector, k: int) -> list[int]:
        """At least the k passages of highest cosine (ids, any order; fewer when the scope holds fewer)."""

    def nearest_sentences(self, snapshot: Snapshot, vector: Vector, k: int) -> dict[int, int]:
        """{sentence: its passage} of at least the k sentences of highest cosine; fewer when the scope holds fewer."""

    def matching_passages(self, snapshot: Snapshot, terms: Collection[str]) -> set[int]:
        """All passages that hold any of the stems: a set, because each engine's own text ranking differs."""

    def neighbours(self, snapshot: Snapshot, passage_ids: Sequence[int]) -> set[int]:
        """Passages just before and after, and first passages of documents linked from these."""

    def project(self, version_id: int) -> None:
        """Bring the store to the database's state for one document version: present if published, else absent."""

    def rebuild(self) -> int:
        """Drop and build again from the database; returns the number of passages."""
