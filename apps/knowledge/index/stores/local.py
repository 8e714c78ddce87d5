"""The store that needs no other server: full text by SQLite or PostgreSQL, vectors by numpy in this process."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from apps.knowledge.index.cache import clear_cache
from apps.knowledge.index.live_passages import LIVE_PASSAGE
from apps.knowledge.index.scope import Snapshot
from apps.knowledge.index.stores import fulltext, neighbours
from apps.knowledge.index.stores.protocol import Vectors
from apps.knowledge.index.stores.vectors import vectors_of
from apps.knowledge.models import Passage


class LocalStore:
    def nearest_passages(self, snapshot: Snapshot, vectors: Vectors, k: int) -> list[list[int]]:
        return list(map(list, vectors_of(snapshot).passages.nearest(vectors, snapshot.collection_ids, k)))

    def nearest_sentences(self, snapshot: Snapshot, vectors: Vectors, k: int) -> list[dict[int, int]]:
        return vectors_of(snapshot).sentences.nearest(vectors, snapshot.collection_ids, k)

    def matching_passages(self, snapshot: Snapshot, terms: Collection[str]) -> set[int]:
        return fulltext.matching_passages(snapshot, terms) & vectors_of(snapshot).live_passages

    def neighbours(self, snapshot: Snapshot, passage_ids: Sequence[int]) -> set[int]:
        return neighbours.neighbours(snapshot, passage_ids)

    def project(self, version_id: int) -> None:
        """Nothing to do: the database itself is searched."""

    def rebuild(self) -> int:
        fulltext.rebuild_text_index()
        clear_cache()
        return Passage.objects.filter(**LIVE_PASSAGE).count()
