"""The Neo4j store on a real server: the contract, its limits, its outages."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from apps.knowledge.store.neo4j.client import Client
from apps.knowledge.store.neo4j.schema import drop_everything
from apps.knowledge.store.neo4j.store import Neo4jStore
from apps.knowledge.tests.store_contract import (
    StoreContract,
)

pytestmark = [pytest.mark.neo4j, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def client() -> Iterator[Client]:
    where = [os.environ[f"QUOTH_TEST_NEO4J_{part}"] for part in ("URI", "USER", "PASSWORD")]
    opened = Client(*where)
    drop_everything(opened, 1000)
    yield opened
    opened.close()


class TestNeo4jStore(StoreContract):
    """With scopes small enough to be scanned."""

    @pytest.fixture
    def store(self, client: Client) -> Neo4jStore:
        return Neo4jStore(client, exact_vectors=20_000)


class TestNeo4jStoreThroughItsIndex(StoreContract):
    """No scope is small enough: the vector index finds, and must find the same."""

    @pytest.fixture
    def store(self, client: Client) -> Neo4jStore:
        return Neo4jStore(client, exact_vectors=0)
