"""BM25's document frequencies over live passages.

A version's terms are added when it is published and taken away when it no longer is. A long document has more terms
than one short transaction can count, so each version records how many of its terms, in alphabetical order, are counted
(`terms_counted`): the work can stop anywhere and go on later, in any process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from apps.common.db import transition
from apps.knowledge.models import DocumentVersion, TermStatistic

TERMS_AT_ONCE = 1_000  # in one transaction: a few hundredths of a second

_FREQUENCIES = {
    "sqlite": """SELECT t.key, COUNT(*) FROM knowledge_passage p, json_each(p.terms) t
        WHERE p.version_id = %s GROUP BY t.key""",
    "postgresql": """SELECT t.key, COUNT(*) FROM knowledge_passage p, jsonb_object_keys(p.terms) t(key)
        WHERE p.version_id = %s GROUP BY t.key""",
}
_ADD = """INSERT INTO knowledge_termstatistic (workspace_id, collection_id, term, passages) VALUES {rows}
    ON CONFLICT (collection_id, term) DO UPDATE SET passages = knowledge_termstatistic.passages + excluded.passages"""
_SUBTRACT = """WITH gone (term, passages) AS (VALUES {rows})
    UPDATE knowledge_termstatistic SET passages = knowledge_termstatistic.passages - gone.passages
    FROM gone WHERE knowledge_termstatistic.collection_id = %s AND knowledge_termstatistic.term = gone.term"""

Value = str | int
Frequency = tuple[str, int]


class CountingLost(Exception):
    """Another process has counted this version meanwhile."""


@dataclass(frozen=True)
class VersionTerms:
    """A version's stems in alphabetical order, each with the number of its passages that hold it."""

    version_id: int
    workspace_id: int
    collection_id: int
    terms: tuple[Frequency, ...]


def version_terms(version: DocumentVersion) -> VersionTerms:
    """Counted by the database, outside of any transaction. The version comes with its document."""
    with connection.cursor() as cursor:
        cursor.execute(_FREQUENCIES[connection.vendor], [version.pk])
        rows = sorted((str(term), int(count)) for term, count in cursor.fetchall())
    document = version.document
    return VersionTerms(version.pk, version.workspace_id, document.collection_id, tuple(rows))


def count_terms(counted: VersionTerms, *, until: int) -> None:
    """Add or take away terms, in short transactions, until `until` of them are counted. Raises CountingLost."""
    done = _terms_counted(counted.version_id)
    while done != until:
        step = max(-TERMS_AT_ONCE, min(TERMS_AT_ONCE, until - done))
        with transaction.atomic():
            move_count(counted, done, done + step)
        done += step


def move_count(counted: VersionTerms, done: int, target: int) -> None:
    """Count from `done` to `target` terms at once. Call it inside a transaction. Raises CountingLost."""
    row = DocumentVersion.objects.filter(pk=counted.version_id, terms_counted=done)
    if not transition(row, terms_counted=target):
        raise CountingLost
    if target > done:
        _add(counted, counted.terms[done:target])
    elif target < done:
        _subtract(counted, counted.terms[target:done])


def finish_count(counted: VersionTerms, target: int) -> None:
    """The last step to `target`. Call it inside a transaction. Raises CountingLost."""
    move_count(counted, _terms_counted(counted.version_id), target)


def _terms_counted(version_id: int) -> int:
    rows = DocumentVersion.objects.filter(pk=version_id).values_list("terms_counted", flat=True)
    found = rows.first()
    if found is None:
        raise CountingLost
    return found


def _add(counted: VersionTerms, terms: Sequence[Frequency]) -> None:
    place = (counted.workspace_id, counted.collection_id)
    _execute(_ADD, "(%s, %s, %s, %s)", [(*place, term, count) for term, count in terms])


def _subtract(counted: VersionTerms, terms: Sequence[Frequency]) -> None:
    _execute(_SUBTRACT, "(%s, %s)", terms, counted.collection_id)
    rows = TermStatistic.objects.filter(collection=counted.collection_id, passages=0)
    rows.filter(term__gte=terms[0][0], term__lte=terms[-1][0]).delete()


def _execute(statement: str, marks: str, rows: Sequence[tuple[Value, ...]], *more: Value) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        values = [value for row in rows for value in row]
        cursor.execute(statement.format(rows=", ".join([marks] * len(rows))), [*values, *more])
