"""Creates the store that the settings name. The Neo4j driver is imported only if it is used."""

from __future__ import annotations

import os
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from apps.knowledge.index.stores.local import LocalStore
from apps.knowledge.index.stores.protocol import KnowledgeStore


@cache
def get_store() -> KnowledgeStore:
    """The store of this process. Raises ImproperlyConfigured."""
    if settings.QUOTH_STORE == "local":
        return LocalStore()
    if settings.QUOTH_STORE == "neo4j":
        from apps.knowledge.index.stores.neo4j.store import Neo4jStore

        return Neo4jStore.from_settings()
    raise ImproperlyConfigured(f"QUOTH_STORE is {settings.QUOTH_STORE!r}: set it to 'local' or 'neo4j'")


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=get_store.cache_clear)  # connections are not shared between processes
