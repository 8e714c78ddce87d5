"""The knowledge store on a Neo4j server."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence

from apps.knowledge.config import retrieval_config
from apps.knowledge.index.live_passages import LIVE_PASSAGE, LIVE_VERSION
from apps.knowledge.index.scope import Scope, Snapshot
from apps.knowledge.index.stores.neo4j import nearest
from apps.knowledge.index.stores.neo4j.client import Client
from apps.knowledge.index.stores.neo4j.projection import CHUNK, project_version
from apps.knowledge.index.stores.neo4j.schema import drop_everything, migrate
from apps.knowledge.index.stores.protocol import Vector, Vectors
from apps.knowledge.models import DocumentVersion, Passage, Sentence

_MATCHING = """
CALL db.index.fulltext.queryNodes('passage_terms', $words) YIELD node AS p
WHERE p.workspace_id = $workspace_id AND p.collection_id IN $collections
RETURN p.id AS id
"""
_NEIGHBOURS = """
MATCH (p:Passage) WHERE p.workspace_id = $workspace_id AND p.id IN $ids AND p.collection_id IN $collections
CALL {
    WITH p MATCH (p)-[:NEXT]-(q:Passage) RETURN q
    UNION
    WITH p MATCH (p)-[:LINKS_TO]->(d:Document)-[:HAS_SECTION]->(s:Section)-[:HAS_PASSAGE]->(q:Passage {position: 0})
    WHERE s.version_id = d.version_id RETURN q
}
WITH q WHERE q.collection_id IN $collections
RETURN DISTINCT q.id AS id
"""


class Neo4jStore:
    """Every method raises StoreUnavailable if the server does not answer in time."""

    def __init__(self, client: Client, exact_vectors: int) -> None:
        self._client = client
        self._exact_vectors = exact_vectors
        self._migrated = False
        self._lock = threading.Lock()

    @classmethod
    def from_settings(cls) -> Neo4jStore:
        return cls(Client.from_settings(), retrieval_config().exact_vectors)

    def nearest_passages(self, snapshot: Snapshot, vectors: Vectors, k: int) -> list[list[int]]:
        return [self._nearest("Passage", snapshot, vector, k) for vector in vectors]

    def nearest_sentences(self, snapshot: Snapshot, vectors: Vectors, k: int) -> list[dict[int, int]]:
        found = [self._nearest("Sentence", snapshot, vector, k) for vector in vectors]
        return [dict(Sentence.objects.filter(pk__in=ids).values_list("pk", "passage_id")) for ids in found]

    def matching_passages(self, snapshot: Snapshot, terms: Collection[str]) -> set[int]:
        if not terms:
            return set()
        words = " OR ".join(_quoted(term) for term in sorted(terms))
        places = " OR ".join(_quoted(str(pk)) for pk in snapshot.collection_ids)
        query = f"collection:({places}) AND term_text:({words})"
        return {record["id"] for record in self._ready().read(_MATCHING, words=query, **_of(snapshot))}

    def neighbours(self, snapshot: Snapshot, passage_ids: Sequence[int]) -> set[int]:
        records = self._ready().read(_NEIGHBOURS, ids=list(passage_ids), **_of(snapshot))
        return {record["id"] for record in records}

    def project(self, version_id: int) -> None:
        version = DocumentVersion.objects.select_related("document__collection").filter(pk=version_id).first()
        if version is not None:
            project_version(self._ready(), version)

    def rebuild(self) -> int:
        """While it runs, searches do not find everything."""
        with self._lock:
            drop_everything(self._client, CHUNK)
            self._migrated = False
        versions = DocumentVersion.objects.filter(**LIVE_VERSION).select_related("document__collection")
        for version in versions.order_by("pk").iterator(chunk_size=50):
            project_version(self._ready(), version)
        return Passage.objects.filter(**LIVE_PASSAGE).count()

    def _nearest(self, label: str, scope: Scope, vector: Vector, k: int) -> list[int]:
        return nearest.nearest(self._ready(), label, scope, vector, k, self._exact_vectors)

    def _ready(self) -> Client:
        with self._lock:
            if not self._migrated:
                migrate(self._client)
                self._migrated = True
        return self._client


def _of(scope: Scope) -> dict[str, object]:
    return {"workspace_id": scope.workspace_id, "collections": list(scope.collection_ids)}


def _quoted(term: str) -> str:
    """The term quoted for Lucene's query parser, whatever characters it contains."""
    escaped = term.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
