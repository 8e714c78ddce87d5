"""Questions go before files: work in the background pauses between its steps while this process answers questions."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

PAUSE_SECONDS = 0.25  # before one step at most, so that files make progress however many questions there are
RECENT_SECONDS = 5.0

_changed = threading.Condition()
_answering = 0
_last = float("-inf")


@contextmanager
def answering() -> Iterator[None]:
    """While it is open, work in the background begins no step."""
    global _answering, _last
    with _changed:
        _answering += 1
    try:
        yield
    finally:
        with _changed:
            _answering -= 1
            _last = time.monotonic()
            _changed.notify_all()


def wait_for_answers() -> None:
    """Returns when no question is being answered, or after PAUSE_SECONDS. Call it before each step of long work."""
    with _changed:
        _changed.wait_for(lambda: not _answering, PAUSE_SECONDS)


def is_asked_lately() -> bool:
    """Whether a question was answered in the last RECENT_SECONDS, so that the next one may be near."""
    return _answering > 0 or time.monotonic() - _last < RECENT_SECONDS
