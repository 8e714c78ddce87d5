"""How many frames a socket may send: so many at once, and so many in ten seconds on average."""

from __future__ import annotations

from collections.abc import Callable

PERIOD = 10.0  # seconds


class FrameLimit:
    """A token bucket by the clock that is given."""

    def __init__(self, frames: int, clock: Callable[[], float]) -> None:
        self._frames = frames
        self._clock = clock
        self._left = float(frames)
        self._counted_at = clock()

    def take(self) -> bool:
        now = self._clock()
        earned = (now - self._counted_at) * self._frames / PERIOD
        self._left = min(self._frames, self._left + earned)
        self._counted_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    @property
    def seconds_for_one(self) -> float:
        return PERIOD / self._frames
