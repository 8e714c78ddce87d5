"""Passages that hold any of some stems, by the database's own inverted index (migration 0002_text_index)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from apps.knowledge.index.live_passages import live_passages
from apps.knowledge.index.scope import Scope
from apps.knowledge.models import Passage

_MATCHING = {
    # The collection is a column of the index: other tenants' passages are passed over inside of it.
    "sqlite": "SELECT rowid FROM knowledge_passage_terms WHERE knowledge_passage_terms MATCH %s",
    "postgresql": """SELECT id FROM knowledge_passage WHERE collection_id = ANY(%s)
        AND array_to_tsvector(string_to_array(term_text, ' ')) @@ %s::tsquery""",
}


def matching_passages(scope: Scope, terms: Collection[str]) -> set[int]:
    """In the scope's collections, live or not, whichever workspace owns them: to look at each passage took three times
    as long. The caller keeps those that it may show.
    """
    if not terms or not scope.collection_ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_MATCHING[connection.vendor], _parameters(scope, terms))
        return {row[0] for row in cursor.fetchall()}


def live_matching_passages(scope: Scope, terms: Collection[str]) -> QuerySet[Passage]:
    """The same of those that may be shown, as a query."""
    query = _MATCHING[connection.vendor]
    holding = RawSQL(query, _parameters(scope, terms))  # noqa: S611
    return live_passages(scope).filter(pk__in=holding)


def rebuild_text_index() -> None:
    """SQLite's index is a table of its own and can be made again; PostgreSQL keeps its index itself."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO knowledge_passage_terms(knowledge_passage_terms) VALUES ('rebuild')")
        else:
            cursor.execute("REINDEX INDEX knowledge_passage_terms")


def _parameters(scope: Scope, terms: Collection[str]) -> list[Any]:
    if connection.vendor == "sqlite":
        return [_sqlite_match(scope, terms)]
    return [list(scope.collection_ids), _postgres_match(terms)]


def _sqlite_match(scope: Scope, terms: Collection[str]) -> str:
    words = " OR ".join(_quoted(term, '"') for term in sorted(terms))
    collections = " OR ".join(f'"{pk}"' for pk in scope.collection_ids)
    return f"term_text : ({words}) AND collection_id : ({collections})"


def _postgres_match(terms: Collection[str]) -> str:
    return " | ".join(_quoted(term.replace("\\", "\\\\"), "'") for term in sorted(terms))


def _quoted(term: str, quote: str) -> str:
    return quote + term.replace(quote, quote * 2) + quote
