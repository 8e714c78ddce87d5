"""The port by looking at every passage: slow, and plainly right. What other stores are compared with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.knowledge.index.embeddings import Vector, load_vectors
from apps.knowledge.index.live_passages import live_passages, store_version
from apps.knowledge.models import DocumentLink, Passage, Sentence
from apps.knowledge.search.results import Scope


@dataclass(frozen=True)
class Seen:
    """Everything live in a scope; vectors (n, dimensions) as doubles."""

    passages: list[Passage]
    sentence_ids: list[int]
    passage_vectors: npt.NDArray[np.float64]
    sentence_vectors: npt.NDArray[np.float64]


class ReferenceStore:
    def __init__(self) -> None:
        self._seen: dict[tuple[Scope, int], Seen] = {}

    def nearest_passages(self, scope: Scope, vector: Vector, k: int) -> list[int]:
        seen = self._all(scope)
        return _nearest([row.pk for row in seen.passages], seen.passage_vectors, vector, k)

    def nearest_sentences(self, scope: Scope, vector: Vector, k: int) -> list[int]:
        seen = self._all(scope)
        return _nearest(seen.sentence_ids, seen.sentence_vectors, vector, k)

    def matching_passages(self, scope: Scope, terms: Collection[str]) -> set[int]:
        return {row.pk for row in self._all(scope).passages if any(term in row.terms for term in terms)}

    def neighbours(self, scope: Scope, passage_ids: Sequence[int]) -> set[int]:
        rows = self._all(scope).passages
        found = set()
        for start in (row for row in rows if row.pk in passage_ids):
            links = DocumentLink.objects.filter(
                version=start.version_id, start__range=(start.start, start.end - 1)
            )
            paths = set(links.values_list("target_path", flat=True))
            found |= {row.pk for row in rows if _beside(start, row) or _behind(start, row, paths)}
        return found

    def project(self, version_id: int) -> None:
        """Nothing is kept."""

    def rebuild(self) -> int:
        return Passage.objects.count()

    def _all(self, scope: Scope) -> Seen:
        key = (scope, store_version(scope.workspace_id))
        if key not in self._seen:
            passages = list(live_passages(scope).select_related("version__document").order_by("pk"))
            sentences = list(Sentence.objects.filter(passage__in=live_passages(scope)).order_by("pk"))
            vectors = [_stacked(scope, [row.text_hash for row in rows]) for rows in (passages, sentences)]
            self._seen[key] = Seen(passages, [row.pk for row in sentences], *vectors)
        return self._seen[key]


def _stacked(scope: Scope, hashes: Sequence[str]) -> npt.NDArray[np.float64]:
    vectors = load_vectors(scope.workspace_id, scope.encoder_digest, hashes)
    return np.array([vectors[key] for key in hashes], np.float64)


def _nearest(ids: Sequence[int], vectors: npt.NDArray[np.float64], query: Vector, k: int) -> list[int]:
    if not ids:
        return []
    # Some more than asked for, as the port allows: what is made of them must not depend on it.
    return [ids[place] for place in np.argsort(-(vectors @ query))[: k + 7]]


def _beside(start: Passage, row: Passage) -> bool:
    return row.version_id == start.version_id and abs(row.position - start.position) == 1


def _behind(start: Passage, row: Passage, paths: set[str]) -> bool:
    same = row.collection_id == start.collection_id
    return same and row.position == 0 and row.version.document.path in paths
