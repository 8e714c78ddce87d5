"""Full-text indexes of SQLite keep deleted words until their parts are merged, and so do files that it writes to first.

PostgreSQL does the same by itself, when it vacuums.
"""

from __future__ import annotations

from django.db import connection

PAGES_AT_ONCE = 64  # merged in one transaction, which takes a few hundredths of a second
_indexes: list[str] = []


def declare_text_index(table: str) -> None:
    """A virtual table of FTS5."""
    _indexes.append(table)


def forget_deleted_words() -> None:
    """Call it after rows were erased. It may run twice, and be interrupted."""
    if connection.vendor != "sqlite":
        return
    for table in _indexes:
        _merge(table)
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _merge(table: str) -> None:
    """Into one part, step by step: a negative number begins, and a step that changes nothing is the last."""
    pages, changes = -PAGES_AT_ONCE, 2
    while changes > 1:
        before = connection.connection.total_changes
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('merge', %s)", [pages])  # noqa: S608
        pages, changes = PAGES_AT_ONCE, connection.connection.total_changes - before
