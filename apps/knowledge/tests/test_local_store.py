"""The local store on this run's database: SQLite's FTS5 or PostgreSQL's full text."""

from __future__ import annotations

import pytest

from apps.knowledge.index.stores.local import LocalStore
from apps.knowledge.tests.ranking_contract import RankingContract
from apps.knowledge.tests.store_contract import StoreContract


class TestLocalStore(StoreContract, RankingContract):
    @pytest.fixture
    def store(self, fake_encoder: None) -> LocalStore:
        return LocalStore()
