"""An outage of the database or of Redis: a sentence for whoever asked, and never a 500."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from django.db import OperationalError

from apps.common.outages import AWAY, BUSY, DISK_FULL, outage_of


def from_sqlite(error: sqlite3.Error) -> OperationalError:
    """As Django raises it."""
    try:
        try:
            raise error
        except sqlite3.Error as cause:
            raise OperationalError(str(cause)) from cause
    except OperationalError as wrapped:
        return wrapped


def test_a_locked_database_is_busy(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "db") as first, sqlite3.connect(tmp_path / "db", timeout=0) as second:
        first.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError) as locked:
            second.execute("BEGIN IMMEDIATE")
    assert outage_of(from_sqlite(locked.value)).message == BUSY  # type: ignore[union-attr]


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "db") as database:
        database.execute("CREATE TABLE words (word)")
        database.execute("PRAGMA max_page_count = 3")
        with pytest.raises(sqlite3.OperationalError) as full:
            database.execute("INSERT INTO words VALUES (?)", ["x" * 100_000])
    assert outage_of(from_sqlite(full.value)).message == DISK_FULL  # type: ignore[union-attr]


def test_a_missing_table_is_a_bug() -> None:
    with sqlite3.connect(":memory:") as database, pytest.raises(sqlite3.OperationalError) as missing:
        database.execute("SELECT 1 FROM nothing")
    assert outage_of(from_sqlite(missing.value)) is None


def test_a_server_that_is_away() -> None:
    assert outage_of(OperationalError("connection refused")).message == AWAY  # type: ignore[union-attr]
    assert outage_of(ValueError("no outage")) is None
    assert outage_of(None) is None
