"""What the stores are compared with passes the contract itself."""

from __future__ import annotations

import pytest

from apps.knowledge.tests.reference_store import ReferenceStore
from apps.knowledge.tests.store_contract import StoreContract


class TestReferenceStore(StoreContract):
    @pytest.fixture
    def store(self, fake_encoder: None) -> ReferenceStore:
        return ReferenceStore()
