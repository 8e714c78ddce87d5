"""Passages that hold any of some stems, by the database's own inverted index (migration 0002_text_index)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection
from django.db.models.expressions import RawSQL

from apps.knowledge.results import Scope
from apps.knowledge.store.live import live_passages

_HOLDING = {
    # The collection is a column of the index: other tenants' passages are passed over inside of it.
    "sqlite": "SELECT rowid FROM knowledge_passage_terms WHERE knowledge_passage_terms MATCH %s",
    "postgresql": """SELECT id FROM knowledge_passage
        WHERE array_to_tsvector(string_to_array(term_text, ' ')) @@ %s::tsquery""",
}


def passages_holding(scope: Scope, terms: Collection[str]) -> set[int]:
    if not terms:
        return set()
    match = _sqlite_match(scope, terms) if connection.vendor == "sqlite" else _postgres_match(terms)
    holding = RawSQL(_HOLDING[connection.vendor], [match])  # noqa: S611 - the text is ours, the words a parameter
    return set(live_passages(scope).filter(pk__in=holding).values_list("pk", flat=True))


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
