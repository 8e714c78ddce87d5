"""What may be searched, and as of when. Frozen, free of the ORM."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """What may be searched. Made by a selector only: it is the permission."""

    workspace_id: int
    collection_ids: tuple[int, ...]
    collection_uids: tuple[str, ...]
    encoder: str
    encoder_digest: str


@dataclass(frozen=True)
class Snapshot(Scope):
    """A scope at one store version of its workspace. Read once for a question and handed down: what this process
    caches is compared with it. See `apps.knowledge.index.live_passages.snapshot_of`.
    """

    store_version: int = 0

    @property
    def collections(self) -> tuple[int, tuple[int, ...], str]:
        """What a cached value is of, besides the version."""
        return self.workspace_id, self.collection_ids, self.encoder_digest
