"""Handing work to workers: after the commit, by ids, with an expiry. The waiting rows in the database are the queue."""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)
Dispatch = Callable[[str, tuple[int, ...]], None]

_dispatch: Dispatch | None = None


def use_local_workers(dispatch: Dispatch | None) -> None:
    """The embedded profile's workers are in this process: give them tasks, by dotted name and ids, from now on."""
    global _dispatch
    _dispatch = dispatch


def enqueue(task: str, *ids: int, expires: int) -> None:
    """Send a task by its dotted name once the current transaction commits; never raises.

    What is not sent is not lost: workers look for waiting rows from time to time. `expires` is in seconds.
    """
    transaction.on_commit(lambda: _send(task, ids, expires), robust=True)


def _send(task: str, ids: tuple[int, ...], expires: int) -> None:
    if _dispatch is not None:
        _dispatch(task, ids)
    elif not settings.EMBEDDED:
        _send_to_celery(task, ids, expires)


def _send_to_celery(task: str, ids: tuple[int, ...], expires: int) -> None:
    try:
        current_app.send_task(task, args=ids, expires=expires, retry=False)
    except OperationalError:
        logger.warning("%s was not sent: the broker does not answer", task)
