"""Waits for an answer in the thread of its request. Few may do so at once, so that threads are left for all others."""

from __future__ import annotations

import threading
import time

from apps.api.config import api_config
from apps.chat.models import Answer

POLL_SECONDS = 0.1
_waiting = 0
_lock = threading.Lock()


def wait_for(answer: Answer, seconds: int) -> None:
    """Until the answer is final or the time is over; not at all if too many wait already."""
    if not seconds or not _begin():
        return
    try:
        _poll(answer, time.monotonic() + seconds)
    finally:
        _end()


def _poll(answer: Answer, until: float) -> None:
    rows = Answer.objects.filter(pk=answer.pk, seq=None)
    while rows.exists() and time.monotonic() < until:
        time.sleep(POLL_SECONDS)


def _begin() -> bool:
    global _waiting
    with _lock:
        if _waiting >= api_config().waiting_at_once:
            return False
        _waiting += 1
        return True


def _end() -> None:
    global _waiting
    with _lock:
        _waiting -= 1
