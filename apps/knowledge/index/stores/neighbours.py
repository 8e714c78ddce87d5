"""Finds the neighbours of passages in the database: before, after, and the targets of their hyperlinks. They are cached
until the workspace's live passages change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

from django.db import connection

from apps.knowledge.index import cache
from apps.knowledge.index.scope import Snapshot
from apps.knowledge.models import VersionState

# One statement instead of the ORM's three, because every question runs it. The target of a hyperlink is looked up here,
# so that links to documents that are loaded later work.
_NEIGHBOURS = """
WITH start AS (
    SELECT p.id, p.version_id, p.collection_id, p.position, p.start, p."end" FROM knowledge_passage p
    JOIN knowledge_documentversion v ON v.id = p.version_id AND v.state = %s
    JOIN knowledge_document d ON d.id = v.document_id AND d.deleted_at IS NULL
    WHERE p.workspace_id = %s AND p.collection_id IN ({collections}) AND p.id IN ({passages})
)
SELECT start.id, near.id FROM start
JOIN knowledge_passage near
    ON near.version_id = start.version_id AND near.position IN (start.position - 1, start.position + 1)
UNION
SELECT start.id, first.id FROM start
JOIN knowledge_documentlink link
    ON link.version_id = start.version_id AND link.start >= start.start AND link.start < start."end"
JOIN knowledge_document d
    ON d.collection_id = start.collection_id AND d.path = link.target_path AND d.deleted_at IS NULL
JOIN knowledge_documentversion v ON v.document_id = d.id AND v.state = %s
JOIN knowledge_passage first ON first.version_id = v.id AND first.position = 0
"""


def neighbours(snapshot: Snapshot, passage_ids: Sequence[int]) -> set[int]:
    keys: dict[Hashable, int] = {
        ("neighbours", snapshot.collections, snapshot.store_version, pk): pk for pk in passage_ids
    }
    found = {keys[key]: near for key, near in cache.get_many(keys).items()}
    missing = [pk for pk in passage_ids if pk not in found]
    if missing and snapshot.collection_ids:
        read = _read(snapshot, missing)
        cache.put_many({key: read[pk] for key, pk in keys.items() if pk not in found}, _size)
        found |= read
    return {pk for near in found.values() for pk in near}


def _read(snapshot: Snapshot, passage_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    query = _NEIGHBOURS.format(collections=_marks(snapshot.collection_ids), passages=_marks(passage_ids))
    published = VersionState.PUBLISHED.value
    near: defaultdict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            query, [published, snapshot.workspace_id, *snapshot.collection_ids, *passage_ids, published]
        )
        for start, pk in cursor.fetchall():
            near[start].append(pk)
    return {pk: tuple(near[pk]) for pk in passage_ids}


def _size(near: Sequence[int]) -> int:
    """Approximate size in bytes, with the key."""
    return 400 + 32 * len(near)


def _marks(values: Sequence[int]) -> str:
    return ", ".join(["%s"] * len(values))
