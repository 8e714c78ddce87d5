"""Finds passages that contain given stems, with the inverted index of the database (migration 0002_text_index)."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from apps.knowledge.index.live_passages import live_passages
from apps.knowledge.index.scope import Scope
from apps.knowledge.models import Passage

_MATCHING = {
    # The collection is a column of the index, so passages of other tenants are skipped inside the index.
    "sqlite": "SELECT rowid FROM knowledge_passage_terms WHERE knowledge_passage_terms MATCH %s",
    "postgresql": """SELECT id FROM knowledge_passage WHERE collection_id = ANY(%s)
        AND array_to_tsvector(string_to_array(term_text, ' ')) @@ %s::tsquery""",
}

# In one row: SQLite's driver lets other threads run at each row, and takes longer for each.
_TOGETHER = {
    "sqlite": f"SELECT json_group_array(rowid) FROM ({_MATCHING['sqlite']})",  # noqa: S608
    "postgresql": f"SELECT array_agg(id) FROM ({_MATCHING['postgresql']}) found",  # noqa: S608
}


def matching_passages(scope: Scope, terms: Collection[str]) -> set[int]:
    """Passages of the scope's collections, live or not, without a check of the workspace, because reading each passage
    took three times as long. The caller must filter the result.
    """
    if not terms or not scope.collection_ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_TOGETHER[connection.vendor], _parameters(scope, terms))
        [found] = cursor.fetchone()
    return set(json.loads(found) if isinstance(found, str) else found or ())


def live_matching_passages(scope: Scope, terms: Collection[str]) -> QuerySet[Passage]:
    """The same for live passages only, as a query."""
    query = _MATCHING[connection.vendor]
    matching = RawSQL(query, _parameters(scope, terms))  # noqa: S611
    return live_passages(scope).filter(pk__in=matching)


def rebuild_text_index() -> None:
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
