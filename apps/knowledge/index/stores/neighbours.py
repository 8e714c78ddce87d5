"""The graph around passages, from the database: before, after, and where their hyperlinks lead."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from apps.knowledge.index.scope import Scope
from apps.knowledge.models import VersionState

# One statement, and not the ORM's three: it runs in every question. Where a hyperlink leads is decided at reading,
# so that it reaches documents loaded later.
_NEIGHBOURS = """
WITH start AS (
    SELECT p.version_id, p.collection_id, p.position, p.start, p."end" FROM knowledge_passage p
    JOIN knowledge_documentversion v ON v.id = p.version_id AND v.state = %s
    JOIN knowledge_document d ON d.id = v.document_id AND d.deleted_at IS NULL
    WHERE p.workspace_id = %s AND p.collection_id IN ({collections}) AND p.id IN ({passages})
)
SELECT near.id FROM start
JOIN knowledge_passage near
    ON near.version_id = start.version_id AND near.position IN (start.position - 1, start.position + 1)
UNION
SELECT first.id FROM start
JOIN knowledge_documentlink link
    ON link.version_id = start.version_id AND link.start >= start.start AND link.start < start."end"
JOIN knowledge_document d
    ON d.collection_id = start.collection_id AND d.path = link.target_path AND d.deleted_at IS NULL
JOIN knowledge_documentversion v ON v.document_id = d.id AND v.state = %s
JOIN knowledge_passage first ON first.version_id = v.id AND first.position = 0
"""


def neighbours(scope: Scope, passage_ids: Sequence[int]) -> set[int]:
    if not passage_ids or not scope.collection_ids:
        return set()
    query = _NEIGHBOURS.format(collections=_marks(scope.collection_ids), passages=_marks(passage_ids))
    published = VersionState.PUBLISHED.value
    with connection.cursor() as cursor:
        cursor.execute(query, [published, scope.workspace_id, *scope.collection_ids, *passage_ids, published])
        return {row[0] for row in cursor.fetchall()}


def _marks(values: Sequence[int]) -> str:
    return ", ".join(["%s"] * len(values))
