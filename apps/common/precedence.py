"""Questions go before files: work in the background pauses between its steps while this process serves a question."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

PAUSE_SECONDS = 0.25  # before one step at most, so that files make progress however many questions there are
GAP_SECONDS = 0.02  # between storing a question and answering it, in which no step begins either
RECENT_SECONDS = 5.0

_changed = threading.Condition()
_serving = 0
_last = float("-inf")


@contextmanager
def serving_questions() -> Iterator[None]:
    """While it is open, work in the background begins no step."""
    global _serving, _last
    with _changed:
        _serving += 1
    try:
        yield
    finally:
        with _changed:
            _serving -= 1
            _last = time.monotonic()
            _changed.notify_all()


def wait_for_questions() -> None:
    """Returns when no question is served, or after PAUSE_SECONDS. Call it before each step of long work, outside of
    transactions.
    """
    end = time.monotonic() + PAUSE_SECONDS
    with _changed:
        while (left := _until_free()) > 0 and (rest := end - time.monotonic()) > 0:
            _changed.wait(min(left, rest))


def is_asked_lately() -> bool:
    """Whether a question was served in the last RECENT_SECONDS, so that the next one may be near."""
    return _serving > 0 or time.monotonic() - _last < RECENT_SECONDS


def _until_free() -> float:
    """Seconds until the next step may begin, if no other question arrives."""
    return PAUSE_SECONDS if _serving else _last + GAP_SECONDS - time.monotonic()
