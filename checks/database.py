"""The SQLite file of an installation: read beside the running server, locked, or filled before it starts."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEYS_APART = 1_000_000_000  # far beyond the keys of any test
OPEN_STATES = ("queued", "reading", "indexing")


@dataclass(frozen=True)
class Ingestion:
    uid: str
    path: str
    state: str
    reason: str
    finished_at: str

    @property
    def is_final(self) -> bool:
        return self.state not in OPEN_STATES


class Database:
    def __init__(self, file: Path) -> None:
        self.file = file

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"{self.file.as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
            return connection.execute(sql, values).fetchall()

    def value(self, sql: str, *values: Any) -> Any:
        return self.query(sql, *values)[0][0]

    def count(self, table: str) -> int:
        return int(self.value(f"SELECT count(*) FROM {table}"))  # noqa: S608 - a name from this package

    def tables(self) -> list[str]:
        rows = self.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return sorted(name for (name,) in rows)

    def contents(self, tables: list[str]) -> dict[str, str]:
        """A digest of each table's rows: unequal digests mean that something was written."""
        return {table: self._digest(table) for table in tables}

    def _digest(self, table: str) -> str:
        rows = self.query(f"SELECT * FROM {table}")  # noqa: S608 - a name from the database itself
        return f"{len(rows)} rows, {hash(tuple(sorted(map(repr, rows))))}"

    def ingestion(self, path: str) -> Ingestion | None:
        """The latest one of a file, known by the path it has in its collection."""
        rows = self.query(
            "SELECT uid, path, state, reason, coalesce(finished_at, '') FROM knowledge_ingestion"
            " WHERE path = ? ORDER BY id DESC LIMIT 1",
            path,
        )
        return Ingestion(str(uuid.UUID(rows[0][0])), *rows[0][1:]) if rows else None

    def wait_for(self, path: str, timeout: float) -> Ingestion | None:
        """The file's ingestion as soon as it is final, or as it is when the time is over."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            found = self.ingestion(path)
            if found is not None and found.is_final:
                return found
            time.sleep(0.05)
        return self.ingestion(path)

    def document(self, path: str) -> str:
        """Its id. Raises AssertionError."""
        rows = self.query(
            "SELECT uid FROM knowledge_document WHERE path = ? AND deleted_at IS NULL ORDER BY id DESC", path
        )
        assert rows, f"there is no document {path}"
        return str(uuid.UUID(rows[0][0]))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else can write inside the block."""
        with closing(sqlite3.connect(self.file, timeout=30, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.file, timeout=30)) as connection, connection:
            connection.execute("PRAGMA synchronous = OFF")
            yield connection


Change = Callable[[int], Mapping[str, Any]]


def copy_row(connection: sqlite3.Connection, table: str, pk: int, copies: int, change: Change) -> range:
    """Add copies of a row, and return their keys. `change(n)` gives the columns in which copy n differs.

    Copying keeps the check independent of columns that it does not know. `uid` is always new.
    """
    connection.row_factory = sqlite3.Row
    template = dict(connection.execute(f"SELECT * FROM {table} WHERE id = ?", [pk]).fetchone())  # noqa: S608
    first = int(connection.execute(f"SELECT max(id) + 1 FROM {table}").fetchone()[0])  # noqa: S608
    marks = ", ".join(f":{name}" for name in template)
    names = ", ".join(f'"{name}"' for name in template)
    fresh = {"uid"} & set(template)
    rows = (
        template | {"id": first + n} | {name: uuid.uuid4().hex for name in fresh} | dict(change(n))
        for n in range(copies)
    )
    connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608
    return range(first, first + copies)


def copy_workspace(connection: sqlite3.Connection, workspace: int, copies: int) -> None:
    """Add copies of a workspace with all that its documents are made of, each under keys of its own."""
    tables = ["accounts_workspace", *_tables_of(connection, "knowledge_")]
    for number in range(1, copies + 1):
        for table in tables:
            _copy_rows(connection, table, tables, workspace, number)


def _tables_of(connection: sqlite3.Connection, prefix: str) -> list[str]:
    """Those whose rows name their workspace."""
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return [
        name for (name,) in rows if name.startswith(prefix) and "workspace_id" in _columns(connection, name)
    ]


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _copy_rows(
    connection: sqlite3.Connection, table: str, tables: list[str], workspace: int, number: int
) -> None:
    keys = connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()
    moved = {"id", *(key[3] for key in keys if key[2] in tables)}
    fresh = {"uid": "lower(hex(randomblob(16)))"}
    if table == "accounts_workspace":
        fresh["slug"] = f"slug || '-{number}'"
    columns = _columns(connection, table)
    values = [
        fresh.get(name, f'"{name}" + {number * KEYS_APART}' if name in moved else f'"{name}"')
        for name in columns
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    owner = "id" if table == "accounts_workspace" else "workspace_id"
    connection.execute(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {table} WHERE {owner} = ?",  # noqa: S608
        [workspace],
    )
