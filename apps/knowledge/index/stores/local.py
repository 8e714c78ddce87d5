"""The store inside of the database and this process: full text by SQLite or PostgreSQL, vectors by numpy."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from apps.knowledge.index.live_passages import LIVE_PASSAGE
from apps.knowledge.index.stores import fulltext, neighbours
from apps.knowledge.index.stores.protocol import Vector
from apps.knowledge.index.stores.vectors import clear_vectors, vectors_of
from apps.knowledge.models import Passage
from apps.knowledge.search.results import Scope


class LocalStore:
    def nearest_passages(self, scope: Scope, vector: Vector, k: int) -> list[int]:
        return vectors_of(scope).passages.nearest(vector, scope.collection_ids, k)

    def nearest_sentences(self, scope: Scope, vector: Vector, k: int) -> list[int]:
        return vectors_of(scope).sentences.nearest(vector, scope.collection_ids, k)

    def matching_passages(self, scope: Scope, terms: Collection[str]) -> set[int]:
        return fulltext.matching_passages(scope, terms) & vectors_of(scope).live_passages

    def neighbours(self, scope: Scope, passage_ids: Sequence[int]) -> set[int]:
        return neighbours.neighbours(scope, passage_ids)

    def project(self, version_id: int) -> None:
        """Nothing to do: the database itself is searched."""

    def rebuild(self) -> int:
        fulltext.rebuild_text_index()
        clear_vectors()
        return Passage.objects.filter(**LIVE_PASSAGE).count()
