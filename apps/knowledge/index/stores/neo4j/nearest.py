"""Nearest vectors inside a scope. The index filters after its search, so a small scope is scanned instead."""

from __future__ import annotations

from collections.abc import Callable

from neo4j import Record

from apps.knowledge.index.scope import Scope
from apps.knowledge.index.stores.neo4j.client import Client
from apps.knowledge.index.stores.neo4j.schema import VectorIndex
from apps.knowledge.index.stores.protocol import Vector

# Similarities are (1 + cosine) / 2 in float32. Nearer than this, two may be in the wrong order.
NOISE = 1e-5
OVER_FETCH = (
    10  # the index is approximate: of ten times as many as asked for, the nearest are nearly sure to be right
)

_COUNT = """
MATCH (n:{label}) WHERE n.workspace_id = $workspace_id AND n.collection_id IN $collections RETURN count(n) AS count
"""
_SCAN = """
MATCH (n:{label}) WHERE n.workspace_id = $workspace_id AND n.collection_id IN $collections
WITH n.id AS id, vector.similarity.cosine(n.{key}, $vector) AS score WHERE score IS NOT NULL
RETURN id, score ORDER BY score DESC LIMIT $limit
"""
_SEARCH = """
CALL db.index.vector.queryNodes($index, $limit, $vector) YIELD node AS n, score
WHERE n.workspace_id = $workspace_id AND n.collection_id IN $collections
RETURN n.id AS id, score ORDER BY score DESC
"""


def nearest(
    client: Client, label: str, scope: Scope, vector: Vector, k: int, exact_vectors: int
) -> list[int]:
    """Ids of at least the k nearest. Up to `exact_vectors` in the scope, they are certain."""
    index = VectorIndex(label, scope.encoder_digest)
    place = {"workspace_id": scope.workspace_id, "collections": list(scope.collection_ids)}
    size = client.read(_COUNT.format(label=label), **place)[0]["count"]

    def scan(limit: int) -> list[Record]:
        query = _SCAN.format(label=label, key=index.key)
        return client.read(query, vector=vector.tolist(), limit=limit, **place)

    def search(limit: int) -> list[Record]:
        return client.read(_SEARCH, index=index.name, vector=vector.tolist(), limit=limit, **place)

    found = None if size <= exact_vectors else _widening(search, k, k * OVER_FETCH, size)
    # As many fetched as the scope holds, and others' vectors among them: the scan is the shorter way.
    found = found or _widening(scan, k, k * 2, size) or scan(size)
    return [record["id"] for record in found]


def _widening(find: Callable[[int], list[Record]], k: int, limit: int, size: int) -> list[Record] | None:
    """Twice as many each time, until the k-th is clearly nearer than the last; None when there are no more."""
    while limit < size:
        found = find(limit)
        if len(found) > k and found[k - 1]["score"] - found[-1]["score"] > NOISE:
            return found
        limit *= 2
    return None
