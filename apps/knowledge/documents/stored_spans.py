"""Words of document versions by their offsets, as the database holds them now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from apps.knowledge.models import VersionState
from apps.knowledge.search.results import Scope

# One statement for all spans, and not the ORM's one a version: it runs in every question. The database cuts the words
# out: a version's text may be 20 million characters long.
_STORED = """
WITH span (place, version_id, first, length) AS (VALUES {spans})
SELECT version.id, SUBSTR(version.text, span.first, span.length), version.original_sha256, version.text_sha256
FROM span
JOIN knowledge_documentversion version ON version.id = span.version_id
    AND version.workspace_id = %s AND version.state IN (%s, %s)
JOIN knowledge_document document ON document.id = version.document_id
    AND document.deleted_at IS NULL AND document.collection_id IN ({collections})
ORDER BY span.place
"""


class StoredSpan(NamedTuple):
    version_id: int
    text: str
    original_sha256: str
    text_sha256: str


def stored_spans(scope: Scope, spans: Sequence[tuple[int, int, int]]) -> list[StoredSpan]:
    """What stands at each (version, start, end), in order; those are missing whose version may not be shown."""
    if not spans:
        return []
    query = _STORED.format(
        spans=", ".join(["(%s, %s, %s, %s)"] * len(spans)),
        collections=", ".join(["%s"] * len(scope.collection_ids)),
    )
    wanted = [
        value
        for place, (version_id, start, end) in enumerate(spans)
        for value in (place, version_id, start + 1, end - start)
    ]
    shown = (VersionState.PUBLISHED.value, VersionState.RETIRED.value)
    with connection.cursor() as cursor:
        cursor.execute(query, [*wanted, scope.workspace_id, *shown, *scope.collection_ids])
        return [StoredSpan(*row) for row in cursor.fetchall()]
