"""Passages that hold any of some stems, by the database's own inverted index (migration 0002_text_index)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from apps.knowledge.models import VersionState
from apps.knowledge.results import Scope

# One statement, and not the ORM's: it runs in every question, and building it took as long as running it.
_LIVE_AND_HOLDING = """
SELECT knowledge_passage.id FROM knowledge_passage
JOIN knowledge_documentversion v ON v.id = knowledge_passage.version_id AND v.state = %s
JOIN knowledge_document d ON d.id = v.document_id AND d.deleted_at IS NULL
WHERE knowledge_passage.workspace_id = %s AND knowledge_passage.collection_id IN ({collections}) AND {holds}
"""
_HOLDS = {
    # The collection is a column of the index: other tenants' passages are passed over inside of it.
    # Not as a join: SQLite would run it once for each passage of the collection.
    "sqlite": """knowledge_passage.id IN
        (SELECT rowid FROM knowledge_passage_terms WHERE knowledge_passage_terms MATCH %s)""",
    # Not as a subquery: before its statistics are fresh, PostgreSQL would run it once for each live passage.
    "postgresql": "array_to_tsvector(string_to_array(knowledge_passage.term_text, ' ')) @@ %s::tsquery",
}


def passages_holding(scope: Scope, terms: Collection[str]) -> set[int]:
    if not terms or not scope.collection_ids:
        return set()
    match = _sqlite_match(scope, terms) if connection.vendor == "sqlite" else _postgres_match(terms)
    marks = ", ".join(["%s"] * len(scope.collection_ids))
    query = _LIVE_AND_HOLDING.format(collections=marks, holds=_HOLDS[connection.vendor])
    with connection.cursor() as cursor:
        cursor.execute(
            query, [VersionState.PUBLISHED.value, scope.workspace_id, *scope.collection_ids, match]
        )
        return {row[0] for row in cursor.fetchall()}


def rebuild_text_index() -> None:
    """SQLite's index is a table of its own and can be made again; PostgreSQL keeps its index itself."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO knowledge_passage_terms(knowledge_passage_terms) VALUES ('rebuild')")
        else:
            cursor.execute("REINDEX INDEX knowledge_passage_terms")


def _sqlite_match(scope: Scope, terms: Collection[str]) -> str:
    words = " OR ".join(_quoted(term, '"') for term in sorted(terms))
    collections = " OR ".join(f'"{pk}"' for pk in scope.collection_ids)
    return f"term_text : ({words}) AND collection_id : ({collections})"


def _postgres_match(terms: Collection[str]) -> str:
    return " | ".join(_quoted(term.replace("\\", "\\\\"), "'") for term in sorted(terms))


def _quoted(term: str, quote: str) -> str:
    return quote + term.replace(quote, quote * 2) + quote
