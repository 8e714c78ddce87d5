"""A workspace's vectors in this process, current with the database at every question, whichever process wrote."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from apps.knowledge.index import cache
from apps.knowledge.index.embeddings import QUERY_PARAMETERS, chunked, load_vectors
from apps.knowledge.index.live_passages import live_versions
from apps.knowledge.index.scope import Scope, Snapshot
from apps.knowledge.index.stores.matrix import Matrix, matrix_of
from apps.knowledge.models import Passage, Sentence

NOTHING = matrix_of([])


@dataclass(frozen=True)
class Vectors:
    """Those of one workspace under one encoder."""

    versions: frozenset[int] = frozenset()
    passages: Matrix = NOTHING
    sentences: Matrix = NOTHING

    @cached_property
    def live_passages(self) -> frozenset[int]:
        return frozenset(self.passages.ids.tolist())

    def size(self) -> int:
        """In bytes."""
        return self.passages.size + self.sentences.size


_loading = threading.Lock()  # two threads must not read the same vectors at once


def vectors_of(snapshot: Snapshot) -> Vectors:
    """No query when nothing has changed; otherwise only the vectors of new document versions are read."""
    key = ("vectors", snapshot.workspace_id, snapshot.encoder_digest)
    found = cache.get(key)
    if found is not None and found[1] >= snapshot.store_version:
        vectors: Vectors = found[0]
        return vectors
    with _loading:
        return cache.at_version(
            key, snapshot.store_version, lambda old: _refreshed(old or Vectors(), snapshot), Vectors.size
        )


def _refreshed(old: Vectors, scope: Scope) -> Vectors:
    live = frozenset(live_versions(scope.workspace_id, scope.encoder_digest).values_list("pk", flat=True))
    gone, added = old.versions - live, sorted(live - old.versions)
    passages, sentences = [NOTHING], [NOTHING]
    for chunk in chunked(added, QUERY_PARAMETERS):
        of = Passage.objects.filter(version__in=chunk)
        passages.append(
            _loaded(scope, of.values_list("pk", "pk", "version_id", "collection_id", "text_hash"))
        )
        within = Sentence.objects.filter(passage__version__in=chunk)
        columns = ("pk", "passage_id", "passage__version_id", "passage__collection_id", "text_hash")
        sentences.append(_loaded(scope, within.values_list(*columns)))
    return Vectors(live, old.passages.replaced(gone, *passages), old.sentences.replaced(gone, *sentences))


def _loaded(scope: Scope, rows: Iterable[tuple[int, int, int, int, str]]) -> Matrix:
    found = list(rows)
    vectors = load_vectors(scope.workspace_id, scope.encoder_digest, sorted({row[4] for row in found}))
    return matrix_of([(*row[:4], vectors[row[4]]) for row in found if row[4] in vectors])
