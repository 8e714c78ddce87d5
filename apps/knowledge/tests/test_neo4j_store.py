"""The Neo4j store on a real server: the contract, its limits, its outages."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from apps.knowledge.index import outbox as projection
from apps.knowledge.index.stores.factory import get_store
from apps.knowledge.index.stores.neo4j import client as limits
from apps.knowledge.index.stores.neo4j.client import Client
from apps.knowledge.index.stores.neo4j.schema import STEPS, drop_everything, migrate
from apps.knowledge.index.stores.neo4j.store import Neo4jStore
from apps.knowledge.index.stores.protocol import StoreUnavailable
from apps.knowledge.models import OutboxEntry
from apps.knowledge.search.retrieval import retrieve
from apps.knowledge.tests.corpus import publish, scope_in_new_workspace
from apps.knowledge.tests.ranking_contract import RankingContract
from apps.knowledge.tests.store_contract import (
    StoreContract,
    filled,
    near,
    passages_in,
    question,
    said,
    sentences_in,
    true_nearest,
)

# Neo4j belongs to the full profile, whose database is PostgreSQL.
pytestmark = [pytest.mark.neo4j, pytest.mark.postgres, pytest.mark.usefixtures("fake_encoder")]

ENDLESS = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a WHERE a = -1 RETURN count(a)"


def where() -> list[str]:
    return [os.environ[f"QUOTH_TEST_NEO4J_{part}"] for part in ("URI", "USER", "PASSWORD")]


@pytest.fixture
def client() -> Iterator[Client]:
    opened = Client(*where())
    drop_everything(opened, 1000)
    yield opened
    opened.close()


class TestNeo4jStore(StoreContract, RankingContract):
    """With scopes small enough to be scanned."""

    @pytest.fixture
    def store(self, client: Client) -> Neo4jStore:
        return Neo4jStore(client, exact_vectors=20_000)


class TestNeo4jStoreThroughItsIndex(StoreContract):
    """No scope is small enough: the vector index finds, and must find the same."""

    @pytest.fixture
    def store(self, client: Client) -> Neo4jStore:
        return Neo4jStore(client, exact_vectors=0)


@pytest.mark.django_db
def test_the_index_misses_next_to_nothing_in_any_workspace(client: Client) -> None:
    """Recall in a large workspace, and in one with a hundredth of all passages."""
    store = Neo4jStore(client, exact_vectors=0)
    _, large = filled(store, "large", 41, 1, passages=990)
    _, small = filled(store, "small", 42, 1, passages=10)
    for scope, k in ((large, 60), (small, 5)):
        rows, hits, wanted = [*passages_in(scope)], 0, 0
        for seed in range(30):
            true = true_nearest(scope, rows, question(seed), k)
            hits += len(true & set(near(store, scope, question(seed), k)))
            wanted += len(true)
        assert hits / wanted >= 0.995
    true = true_nearest(small, sentences_in(small), question(1), 20)
    assert true <= set(said(store, small, question(1), 20))


@pytest.mark.django_db
def test_the_graph_is_made_of_documents_sections_passages_and_sentences(client: Client) -> None:
    collection, _ = scope_in_new_workspace("drawn")
    store = Neo4jStore(client, exact_vectors=20_000)
    for path, link in (("a.md", "b.md"), ("b.md", "a.md")):
        store.project(publish(collection, path, [["One.", "Two."], ["Three."]], links=[link]).pk)
    counted = "MATCH (n) WHERE NOT n:SchemaStep RETURN labels(n)[0] AS kind, count(*) AS count"
    nodes = {record["kind"]: record["count"] for record in client.read(counted)}
    assert nodes == {"Document": 2, "Section": 4, "Passage": 4, "Sentence": 6}
    counted = "MATCH ()-[r]->() RETURN type(r) AS kind, count(*) AS count"
    relations = {record["kind"]: record["count"] for record in client.read(counted)}
    assert relations == {"HAS_SECTION": 4, "HAS_PASSAGE": 4, "HAS_SENTENCE": 6, "NEXT": 2, "LINKS_TO": 2}


def test_migrations_are_taken_once_and_by_a_graph_that_lacks_some(client: Client) -> None:
    migrate(client)
    taken = "MATCH (n:SchemaStep) RETURN n.number AS number ORDER BY number"
    assert [record["number"] for record in client.read(taken)] == sorted(STEPS)
    client.write("DROP INDEX passage_terms")
    client.write("MATCH (n:SchemaStep {number: 10}) DELETE n")
    migrate(client)
    assert [record["number"] for record in client.read(taken)] == sorted(STEPS)
    assert (
        client.read("SHOW INDEXES YIELD name, state WHERE name = 'passage_terms' RETURN state")[0][0]
        == "ONLINE"
    )


def test_a_write_that_fails_leaves_nothing(client: Client) -> None:
    migrate(client)
    with pytest.raises(Exception, match="already exists"):
        client.write("UNWIND [1, 1] AS id CREATE (:Passage {workspace_id: 1, id: id})")
    assert client.read("MATCH (n:Passage) RETURN count(n) AS count")[0]["count"] == 0


def test_an_endless_query_ends_at_its_limit(client: Client) -> None:
    start = time.monotonic()
    with pytest.raises(StoreUnavailable):
        client.read(ENDLESS)
    assert time.monotonic() - start < limits.READ_SECONDS + limits.RETRY_SECONDS + 5


@pytest.mark.parametrize("uri", ["bolt://127.0.0.1:{free_port}", None])
def test_a_server_that_is_away_or_refuses_us_is_named(uri: str | None, free_port: int) -> None:
    known, user, _ = where()
    client = Client((uri or known).format(free_port=free_port), user, "wrong password")
    start = time.monotonic()
    with pytest.raises(StoreUnavailable):
        client.read("RETURN 1")
    client.close()
    assert time.monotonic() - start < limits.CONNECT_SECONDS + limits.RETRY_SECONDS + 5


@pytest.mark.django_db(transaction=True)
def test_what_is_published_reaches_the_store_through_the_outbox(client: Client, settings: Settings) -> None:
    settings.QUOTH_STORE = "neo4j"
    settings.NEO4J_URI, settings.NEO4J_USER, settings.NEO4J_PASSWORD = where()
    get_store.cache_clear()
    collection, scope = scope_in_new_workspace("out")
    version = publish(collection, "a.md", [["The safe opens at noon."]])
    assert OutboxEntry.objects.count() == 1
    assert projection.project_outbox() == 1
    assert OutboxEntry.objects.count() == 0
    assert retrieve(scope, ["When does the safe open?"])[0].passages[0].version_id == version.pk
    get_store.cache_clear()
