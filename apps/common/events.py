"""Notifications: after a commit, listeners are told that something changed, by ids and types only, never by text.

When a notification is lost, a reader is delayed and nothing else is lost: clients resume from the database.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

_server_loop: asyncio.AbstractEventLoop | None = None


@dataclass(frozen=True)
class Event:
    """`kind` is a type of the wire protocol; `id` is the uid of the row that changed."""

    kind: str
    id: str


def viewer_group(user_uid: uuid.UUID | None, visitor_key: str) -> str:
    """All sockets of one person, or of one visitor's browser."""
    return f"user.{user_uid.hex}" if user_uid else f"visitor.{visitor_key}"


def collection_group(uid: uuid.UUID) -> str:
    """Sockets that watch a collection's files."""
    return f"collection.{uid.hex}"


def use_server_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    """Publish through this loop from now on, because the in-memory layer wakes only readers on its own loop."""
    global _server_loop
    _server_loop = loop


def publish(group: str, event: Event) -> None:
    """Notify when the current transaction commits, or at once outside of one. Works in any thread and never raises."""
    publish_all([(group, event)])


def publish_all(notifications: Sequence[tuple[str, Event]]) -> None:
    """Like `publish`, for several (group, event) pairs together."""
    transaction.on_commit(lambda: _hand_over(notifications), robust=True)


def _hand_over(notifications: Sequence[tuple[str, Event]]) -> None:
    loop = _server_loop
    if loop is not None and loop.is_running():
        asyncio.run_coroutine_threadsafe(_send(notifications), loop)
    else:
        async_to_sync(_send)(notifications)


async def _send(notifications: Sequence[tuple[str, Event]]) -> None:
    layer = get_channel_layer()
    assert layer is not None
    for group, event in notifications:
        try:
            await layer.group_send(group, {"type": "notification", "kind": event.kind, "id": event.id})
        except (RedisError, OSError):  # the change itself is stored
            logger.warning("a %s event was not delivered", event.kind, exc_info=True)
