"""Words of document versions by their offsets, as the database holds them now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Substr

from apps.knowledge.index.scope import Scope
from apps.knowledge.models import DocumentPart, VersionState

# One statement for all spans, and not the ORM's one a version: it runs in every question. The database cuts the words
# out of the part that holds them; a version's whole text, which may have 20 million characters, is only read for a
# span that crosses two parts.
_STORED = """
WITH span (place, version_id, first, length) AS (VALUES {spans})
SELECT span.place, version.id, COALESCE(
    (SELECT SUBSTR(part.text, span.first - part.start, span.length) FROM knowledge_documentpart part
     WHERE part.version_id = version.id AND part.start < span.first AND part."end" >= span.first - 1 + span.length),
    SUBSTR(version.text, span.first, span.length)
), version.original_sha256, version.text_sha256
FROM span
JOIN knowledge_documentversion version ON version.id = span.version_id
    AND version.workspace_id = %s AND version.state IN (%s, %s)
JOIN knowledge_document document ON document.id = version.document_id
    AND document.deleted_at IS NULL AND document.collection_id IN ({collections})
"""


def span_words(version: str = "version") -> Coalesce:
    """The words of a row with `start`, `end` and that foreign key to a version, as the database cuts them out."""
    holding = DocumentPart.objects.filter(
        version=OuterRef(version), start__lte=OuterRef("start"), end__gte=OuterRef("end")
    )
    length = OuterRef("end") - OuterRef("start")
    in_part = holding.annotate(words=Substr("text", OuterRef("start") - F("start") + 1, length))
    whole = Substr(f"{version}__text", F("start") + 1, F("end") - F("start"))
    return Coalesce(Subquery(in_part.values("words")[:1]), whole)


class StoredSpan(NamedTuple):
    version_id: int
    text: str
    original_sha256: str
    text_sha256: str


def stored_spans(scope: Scope, spans: Sequence[tuple[int, int, int]]) -> list[StoredSpan | None]:
    """What is stored at each (version, start, end); None where the version may not be shown."""
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
        found = {place: StoredSpan(*row) for place, *row in cursor.fetchall()}
    return [found.get(place) for place in range(len(spans))]
