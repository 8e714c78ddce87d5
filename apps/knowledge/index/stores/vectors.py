"""The workspace's vectors in this process, current with the database at every query, whichever process wrote."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from apps.knowledge.index.embeddings import QUERY_PARAMETERS, chunked, load_vectors
from apps.knowledge.index.live_passages import live_versions, store_version
from apps.knowledge.index.stores.matrix import Matrix, matrix_of
from apps.knowledge.models import Passage, Sentence
from apps.knowledge.search.results import Scope

NOTHING = matrix_of([])


@dataclass(frozen=True)
class Vectors:
    """Those of one workspace under one encoder, as of a store version."""

    store_version: int = -1
    versions: frozenset[int] = frozenset()
    passages: Matrix = NOTHING
    sentences: Matrix = NOTHING

    @cached_property
    def live_passages(self) -> frozenset[int]:
        return frozenset(self.passages.ids.tolist())


# Never dropped: an installation whose workspaces together outgrow its memory belongs on Neo4j.
_cached: dict[tuple[int, str], Vectors] = {}
_lock = threading.Lock()


def vectors_of(scope: Scope) -> Vectors:
    """One small query when nothing has changed; otherwise only vectors of new document versions are loaded."""
    key = (scope.workspace_id, scope.encoder_digest)
    current = store_version(scope.workspace_id)
    cached = _cached.get(key)
    if cached is not None and cached.store_version == current:
        return cached
    with _lock:
        # Read again inside: another thread may have refreshed. A change after this line shows at the next query.
        current = store_version(scope.workspace_id)
        cached = _cached.get(key, Vectors())
        if cached.store_version != current:
            cached = _cached[key] = _refreshed(cached, scope, current)
        return cached


def clear_vectors() -> None:
    """For a rebuild, and for tests, whose databases repeat ids and versions."""
    with _lock:
        _cached.clear()


def _refreshed(cached: Vectors, scope: Scope, current: int) -> Vectors:
    live = frozenset(live_versions(scope.workspace_id, scope.encoder_digest).values_list("pk", flat=True))
    gone, added = cached.versions - live, sorted(live - cached.versions)
    passages, sentences = [NOTHING], [NOTHING]
    for chunk in chunked(added, QUERY_PARAMETERS):
        of = Passage.objects.filter(version__in=chunk)
        passages.append(_loaded(scope, of.values_list("pk", "version_id", "collection_id", "text_hash")))
        within = Sentence.objects.filter(passage__version__in=chunk)
        columns = ("pk", "passage__version_id", "passage__collection_id", "text_hash")
        sentences.append(_loaded(scope, within.values_list(*columns)))
    return Vectors(
        current, live, cached.passages.replaced(gone, *passages), cached.sentences.replaced(gone, *sentences)
    )


def _loaded(scope: Scope, rows: Iterable[tuple[int, int, int, str]]) -> Matrix:
    found = list(rows)
    vectors = load_vectors(scope.workspace_id, scope.encoder_digest, sorted({row[3] for row in found}))
    return matrix_of([(*row[:3], vectors[row[3]]) for row in found if row[3] in vectors])
