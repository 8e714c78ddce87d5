from __future__ import annotations

import pytest
from django.core.cache import cache

from apps.accounts.models import User
from apps.accounts.services import register
from apps.accounts.tests.browsing import PASSWORD


@pytest.fixture(autouse=True)
def _no_limit_is_used_up() -> None:
    cache.clear()


@pytest.fixture
def alice(db: None) -> User:
    return register("alice@example.org", password=PASSWORD)
