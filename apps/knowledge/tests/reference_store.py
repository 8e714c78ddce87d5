"""A store that reads every passage: slow but obviously correct. Other stores are compared with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.knowledge.index.embeddings import Vector, load_vectors
from apps.knowledge.index.live_passages import live_passages
from apps.knowledge.index.scope import Snapshot
from apps.knowledge.index.stores.protocol import Vectors
from apps.knowledge.models import DocumentLink, Passage, Sentence


@dataclass(frozen=True)
class Seen:
    """All live passages in a scope; vectors (n, dimensions) as doubles."""

    passages: list[Passage]
    sentences: list[Sentence]
    passage_vectors: npt.NDArray[np.float64]
    sentence_vectors: npt.NDArray[np.float64]


class ReferenceStore:
    def __init__(self) -> None:
        self._seen: dict[Snapshot, Seen] = {}

    def nearest_passages(self, snapshot: Snapshot, vectors: Vectors, k: int) -> list[list[int]]:
        seen = self._all(snapshot)
        ids = [row.pk for row in seen.passages]
        return [_nearest(ids, seen.passage_vectors, vector, k) for vector in vectors]

    def nearest_sentences(self, snapshot: Snapshot, vectors: Vectors, k: int) -> list[dict[int, int]]:
        seen = self._all(snapshot)
        passages = {row.pk: row.passage_id for row in seen.sentences}
        found = (_nearest(list(passages), seen.sentence_vectors, vector, k) for vector in vectors)
        return [{pk: passages[pk] for pk in ids} for ids in found]

    def matching_passages(self, snapshot: Snapshot, terms: Collection[str]) -> set[int]:
        return {row.pk for row in self._all(snapshot).passages if any(term in row.terms for term in terms)}

    def neighbours(self, snapshot: Snapshot, passage_ids: Sequence[int]) -> set[int]:
        rows = self._all(snapshot).passages
        found = set()
        for start in (row for row in rows if row.pk in passage_ids):
            links = DocumentLink.objects.filter(
                version=start.version_id, start__range=(start.start, start.end - 1)
            )
            paths = set(links.values_list("target_path", flat=True))
            found |= {row.pk for row in rows if _beside(start, row) or _behind(start, row, paths)}
        return found

    def project(self, version_id: int) -> None:
        """Nothing is stored."""

    def rebuild(self) -> int:
        return Passage.objects.count()

    def _all(self, snapshot: Snapshot) -> Seen:
        if snapshot not in self._seen:
            passages = list(live_passages(snapshot).select_related("version__document").order_by("pk"))
            sentences = list(Sentence.objects.filter(passage__in=live_passages(snapshot)).order_by("pk"))
            vectors = [_stacked(snapshot, [row.text_hash for row in rows]) for rows in (passages, sentences)]
            self._seen[snapshot] = Seen(passages, sentences, *vectors)
        return self._seen[snapshot]


def _stacked(snapshot: Snapshot, hashes: Sequence[str]) -> npt.NDArray[np.float64]:
    vectors = load_vectors(snapshot.workspace_id, snapshot.encoder_digest, hashes)
    return np.array([vectors[key] for key in hashes], np.float64)


def _nearest(ids: Sequence[int], vectors: npt.NDArray[np.float64], query: Vector, k: int) -> list[int]:
    if not ids:
        return []
    # More than asked for, as the protocol allows: results must not depend on it.
    return [ids[place] for place in np.argsort(-(vectors @ query))[: k + 7]]


def _beside(start: Passage, row: Passage) -> bool:
    return row.version_id == start.version_id and abs(row.position - start.position) == 1


def _behind(start: Passage, row: Passage, paths: set[str]) -> bool:
    same = row.collection_id == start.collection_id
    return same and row.position == 0 and row.version.document.path in paths
