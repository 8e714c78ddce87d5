"""The vectors of a workspace in this process. They are up to date at every question, whichever process has changed
them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from apps.knowledge.index import cache
from apps.knowledge.index.embeddings import QUERY_PARAMETERS, Vector, chunked, load_vectors
from apps.knowledge.index.live_passages import live_versions
from apps.knowledge.index.scope import Scope, Snapshot
from apps.knowledge.index.stores.matrix import Matrix, matrix_of, read_matrix
from apps.knowledge.models import Passage, Sentence
from apps.models.inference.engine import get_encoder

NOTHING = matrix_of([])


@dataclass(frozen=True)
class Vectors:
    """The vectors of one workspace and one encoder."""

    versions: frozenset[int] = frozenset()
    passages: Matrix = NOTHING
    sentences: Matrix = NOTHING

    @cached_property
    def live_passages(self) -> frozenset[int]:
        return frozenset(self.passages.ids.tolist())

    def size(self) -> int:
        """In bytes."""
        return self.passages.size + self.sentences.size


_loading = threading.Lock()  # two threads should not read the same vectors at the same time


def vectors_of(snapshot: Snapshot) -> Vectors:
    """Runs no query if nothing has changed; otherwise reads only the vectors of new document versions."""
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
    def read(hashes: Sequence[str]) -> dict[str, Vector]:
        return load_vectors(scope.workspace_id, scope.encoder_digest, hashes)

    return read_matrix(list(rows), read, get_encoder(scope.encoder).dimensions)
