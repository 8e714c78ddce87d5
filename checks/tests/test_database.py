from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from checks.database import Database, copy_row, copy_workspace

SCHEMA = """
CREATE TABLE accounts_workspace (id INTEGER PRIMARY KEY, uid TEXT UNIQUE, slug TEXT UNIQUE);
CREATE TABLE knowledge_document (id INTEGER PRIMARY KEY, uid TEXT UNIQUE, path TEXT, new_column TEXT NOT NULL,
    workspace_id INTEGER REFERENCES accounts_workspace (id));
CREATE TABLE knowledge_passage (id INTEGER PRIMARY KEY, text TEXT,
    workspace_id INTEGER REFERENCES accounts_workspace (id),
    document_id INTEGER REFERENCES knowledge_document (id));
INSERT INTO accounts_workspace VALUES (7, 'w', 'papers');
INSERT INTO knowledge_document VALUES (3, 'd', 'one.md', 'x', 7);
INSERT INTO knowledge_passage VALUES (4, 'text', 7, 3);
"""


@pytest.fixture
def database(tmp_path: Path) -> Database:
    file = tmp_path / "quoth.sqlite3"
    connection = sqlite3.connect(file)
    connection.executescript(SCHEMA)
    connection.close()
    return Database(file)


def test_copies_differ_where_they_are_told_to_and_keep_unknown_columns(database: Database) -> None:
    with database.writing() as connection:
        made = copy_row(connection, "knowledge_document", 3, 2, lambda n: {"path": f"copy-{n}.md"})
    rows = database.query("SELECT id, path, new_column FROM knowledge_document ORDER BY id")
    assert rows == [(3, "one.md", "x"), (4, "copy-0.md", "x"), (5, "copy-1.md", "x")]
    assert list(made) == [4, 5]
    assert database.value("SELECT count(DISTINCT uid) FROM knowledge_document") == 3


def test_a_copied_workspace_refers_to_its_own_rows(database: Database) -> None:
    with database.writing() as connection:
        copy_workspace(connection, 7, 2)
    rows = database.query(
        "SELECT w.slug, d.path, p.text FROM accounts_workspace w JOIN knowledge_document d ON d.workspace_id = w.id"
        " JOIN knowledge_passage p ON p.document_id = d.id AND p.workspace_id = w.id ORDER BY w.id"
    )
    assert rows == [(slug, "one.md", "text") for slug in ("papers", "papers-1", "papers-2")]


def test_what_was_written_is_seen_in_the_digests(database: Database) -> None:
    tables = database.tables()
    before = database.contents(tables)
    with database.writing() as connection:
        connection.execute("UPDATE knowledge_document SET path = 'two.md'")
    after = database.contents(tables)
    assert [table for table in tables if before[table] != after[table]] == ["knowledge_document"]
