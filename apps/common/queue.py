"""Handing work to Celery: after the commit, by ids, with an expiry. The database stays the queue of record."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def enqueue(task: str, *ids: int, expires: int) -> None:
    """Send a task by its dotted name once the current transaction commits; never raises.

    A broker that is down loses nothing: the sweepers send again what waits in the database for too long.
    `expires` is in seconds.
    """
    transaction.on_commit(lambda: _send(task, ids, expires), robust=True)


def _send(task: str, ids: tuple[int, ...], expires: int) -> None:
    try:
        current_app.send_task(task, args=ids, expires=expires, retry=False)
    except OperationalError:
        logger.warning("%s was not sent: the broker does not answer", task)
