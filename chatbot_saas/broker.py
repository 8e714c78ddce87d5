"""The embedded profile's broker: Kombu's in memory, but a reader is woken by what arrives and does not look for it.

Polling every 5 ms cost a tenth of a processor, and a question 2.5 ms, for nothing.
"""

from __future__ import annotations

import socket
import threading
import time
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, memory

SCHEME = "threads"
LOOK_SECONDS = (
    0.05  # what becomes free to read without a new arrival, after an acknowledgement, is found so late
)


class _Arrivals:
    """Counts what was put into any queue of this process."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self.count = 0

    def add(self) -> None:
        with self._condition:
            self.count += 1
            self._condition.notify_all()

    def wait_for_more_than(self, count: int, seconds: float) -> None:
        with self._condition:
            self._condition.wait_for(lambda: self.count > count, seconds)


arrivals = _Arrivals()


class Channel(memory.Channel):
    def _put(self, queue: str, message: Any, **options: Any) -> None:
        super()._put(queue, message, **options)
        arrivals.add()


class Transport(memory.Transport):
    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None, **options: Any) -> None:
        """Deliver one message. Raises socket.timeout."""
        queues: Any = self.cycle
        until = time.monotonic() + (timeout or 0)
        while True:
            seen = arrivals.count
            try:
                queues.get(self._deliver, timeout=timeout)
            except Empty:
                if timeout is not None and time.monotonic() >= until:
                    raise socket.timeout from None  # noqa: UP041 - as Kombu spells it
                arrivals.wait_for_more_than(seen, LOOK_SECONDS)
            else:
                return


TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
