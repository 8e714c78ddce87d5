"""Stands where the broker is: remembers what was sent."""

from __future__ import annotations

from typing import Any


class QueueRecorder:
    """`sent` holds (task, ids, seconds until it expires)."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, tuple[int, ...], float]] = []

    def send_task(self, name: str, args: tuple[int, ...], *, expires: float, **options: Any) -> None:
        self.sent.append((name, args, expires))

    def tasks(self) -> list[str]:
        return [name for name, _, _ in self.sent]
