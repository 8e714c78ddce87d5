"""Vectors in memory are refreshed incrementally, and are up to date while other processes write."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.common.config import DEFAULT_PATH
from apps.knowledge.index.live_passages import live_passages, snapshot_of
from apps.knowledge.index.publishing import retire_published
from apps.knowledge.index.stores.matrix import Matrix, matrix_of, read_matrix
from apps.knowledge.index.stores.protocol import Vector
from apps.knowledge.index.stores.vectors import vectors_of
from apps.knowledge.tests.corpus import made_up_documents, publish, scope_in_new_workspace

pytestmark = pytest.mark.usefixtures("fake_encoder")


def matrix(*rows: tuple[int, int, int]) -> Matrix:
    """From (sentence, version, collection); the passage of sentence n is 100 + n."""
    axes = np.eye(8, dtype=np.float32)
    return matrix_of([(n, 100 + n, version, collection, axes[n % 8]) for n, version, collection in rows])


@pytest.mark.django_db
def test_a_refresh_loads_new_versions_alone() -> None:
    collection, scope = scope_in_new_workspace("refresh")
    documents = list(made_up_documents(51, 3))
    for document in documents[:2]:
        publish(collection, *document)
    first = vectors_of(snapshot_of(scope))
    assert vectors_of(snapshot_of(scope)) is first
    added = publish(collection, *documents[2])
    with CaptureQueriesContext(connection) as queries:
        second = vectors_of(snapshot_of(scope))
    assert set(second.passages.ids) - set(first.passages.ids) == {row.pk for row in added.passages.all()}
    loaded = [query["sql"] for query in queries if "knowledge_embedding" in query["sql"]]
    assert sum(sql.count("'") for sql in loaded) < 2 * 2 * (5 + 20 + 4)  # hashes of one document, in quotes
    retire_published(added.document)
    assert set(vectors_of(snapshot_of(scope)).passages.ids) == set(first.passages.ids)
    assert set(vectors_of(snapshot_of(scope)).sentences.ids) == set(first.sentences.ids)


@pytest.mark.django_db
def test_a_warm_search_asks_for_the_store_version_alone() -> None:
    collection, scope = scope_in_new_workspace("warm")
    publish(collection, "a.md", [["A hat."]])
    vectors_of(snapshot_of(scope))
    with CaptureQueriesContext(connection) as queries:
        vectors_of(snapshot_of(scope))
    assert len(queries) == 1


def test_a_matrix_is_empty_filled_and_empty_again() -> None:
    filled = matrix_of([]).replaced([], matrix((1, 10, 5), (2, 11, 6)))
    query = np.eye(8, dtype=np.float32)[1:2]
    assert filled.nearest(query, [5, 6], 1) == [{1: 101}]
    assert filled.nearest(query, [6], 1) == [{2: 102}]
    assert filled.nearest(query, [7], 1) == [{}]
    emptied = filled.replaced([10, 11])
    assert emptied.nearest(query, [5, 6], 1) == [{}]
    assert emptied.replaced([], matrix((3, 12, 5))).nearest(query, [5], 9) == [{3: 103}]
    assert filled.ids.tolist() == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_write_and_search_see_each_others_changes_at_once() -> None:
    _, scope = scope_in_new_workspace("shared")
    command = [sys.executable, "-m", "apps.knowledge.tests.rival"]
    environment = {**os.environ, "DATABASE_URL": _database_url(), "QUOTH_FAKE_ENCODER": "1"}
    rivals = [
        subprocess.Popen(
            [*command, name], env=environment, cwd=DEFAULT_PATH.parent, stdout=subprocess.PIPE, text=True
        )
        for name in ("a", "b")
    ]
    seen = [rival.communicate(timeout=100)[0] for rival in rivals]
    assert [rival.returncode for rival in rivals] == [0, 0]
    assert all(int(count) > 2 for count in seen)
    assert set(vectors_of(snapshot_of(scope)).passages.ids) == set(
        live_passages(scope).values_list("pk", flat=True)
    )


def _database_url() -> str:
    """The URL of the test database, which is not the one in the environment."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    return f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


def test_a_matrix_is_read_a_few_vectors_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.knowledge.index.stores.matrix.ROWS_AT_ONCE", 2)
    stored = {f"{place}": axis for place, axis in enumerate(np.eye(4, dtype=np.float32))}
    asked: list[list[str]] = []

    def read(hashes: Sequence[str]) -> dict[str, Vector]:
        asked.append(list(hashes))
        return {key: stored[key] for key in hashes if key in stored}

    rows = [
        (1, 10, 5, 6, "0"),
        (2, 10, 5, 6, "gone"),
        (3, 11, 5, 6, "2"),
        (4, 11, 5, 6, "2"),
        (5, 12, 5, 6, "3"),
    ]
    found = read_matrix(rows, read, 4)
    assert asked == [["0", "gone"], ["2"], ["3"]]
    assert found.ids.tolist() == [1, 3, 4, 5]
    assert found.passages.tolist() == [10, 11, 11, 12]
    assert found.vectors.argmax(axis=1).tolist() == [0, 2, 2, 3]


def test_many_queries_are_compared_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    filled = matrix_of([]).replaced([], matrix(*((n, 10, 5) for n in range(8))))
    queries = np.eye(8, dtype=np.float32)
    together = filled.nearest(queries, [5], 1)
    monkeypatch.setattr("apps.knowledge.index.stores.matrix.PRODUCTS_AT_ONCE", 24)  # three queries
    assert filled.nearest(queries, [5], 1) == together == [{n: 100 + n} for n in range(8)]
