"""Reads the text of document versions at given offsets, as it is stored now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, TextField
from django.db.models.expressions import Combinable
from django.db.models.sql.compiler import SQLCompiler

from apps.knowledge.index.scope import Scope
from apps.knowledge.models import VersionState

# One statement for all spans instead of the ORM's one for each version, because every question runs it. The database
# cuts the words out of the part that contains them. The whole text of a version, which may have 20 million characters,
# is read only for a span that crosses two parts.
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


class _SpanWords(Func):
    """SQL instead of a subquery of the ORM, which takes long to compose: every answer reads it."""

    output_field = TextField()
    template = """COALESCE(
        (SELECT SUBSTR(part.text, {start} - part.start + 1, {end} - {start}) FROM knowledge_documentpart part
         WHERE part.version_id = {version} AND part.start <= {start} AND part."end" >= {end} LIMIT 1),
        SUBSTR({text}, {start} + 1, {end} - {start})
    )"""

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, tuple[str | int, ...]]:
        version, text, start, end = (compiler.compile(each)[0] for each in self.source_expressions)
        return self.template.format(version=version, text=text, start=start, end=end), ()


def span_words(version: str = "version") -> Combinable:
    """An expression for the words of a row with `start`, `end` and that foreign key to a version."""
    return _SpanWords(version, f"{version}__text", "start", "end")


class StoredSpan(NamedTuple):
    version_id: int
    text: str
    original_sha256: str
    text_sha256: str


def stored_spans(scope: Scope, spans: Sequence[tuple[int, int, int]]) -> list[StoredSpan | None]:
    """What is stored at each (version, start, end); None if the version may not be shown."""
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
