"""What may be searched, and at which store version. Frozen, without the ORM."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """What may be searched. Only access-checked selectors create scopes, so a scope is the permission to search.

    `faq_version` counts the changes of the collection's FAQ; 0 if it never had an entry.
    """

    workspace_id: int
    collection_ids: tuple[int, ...]
    collection_uids: tuple[str, ...]
    encoder: str
    encoder_digest: str
    faq_version: int = 0


@dataclass(frozen=True)
class Snapshot(Scope):
    """A scope at one store version of its workspace. It is read once for a question and passed on, and cached values
    are compared with it. See `apps.knowledge.index.live_passages.snapshot_of`.
    """

    store_version: int = 0

    @property
    def collections(self) -> tuple[int, tuple[int, ...], str]:
        """The part of a cache key that identifies the collections, without the version."""
        return self.workspace_id, self.collection_ids, self.encoder_digest
