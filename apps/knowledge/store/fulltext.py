"""Passages that hold any of some stems, by the database's own inverted index (migration 0002_text_index)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from apps.knowledge.results import Scope
from apps.knowledge.store.live import live_passages

_HOLDS = {
    # The collection is a column of the index: other tenants' passages are passed over inside of it.
    "sqlite": """knowledge_passage.id IN
        (SELECT rowid FROM knowledge_passage_terms WHERE knowledge_passage_terms MATCH %s)""",
    # Not as a subquery: before its statistics are fresh, PostgreSQL would run it once for each live passage.
    "postgresql": "array_to_tsvector(string_to_array(knowledge_passage.term_text, ' ')) @@ %s::tsquery",
}


def passages_holding(scope: Scope, terms: Collection[str]) -> set[int]:
    if not terms:
        return set()
    match = _sqlite_match(scope, terms) if connection.vendor == "sqlite" else _postgres_match(terms)
    # The text is ours, the words are a parameter.
    holds = RawSQL(_HOLDS[connection.vendor], [match], output_field=BooleanField())  # noqa: S611
    return set(live_passages(scope).filter(holds).values_list("pk", flat=True))


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
