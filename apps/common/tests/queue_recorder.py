"""Stands where the workers are: remembers what was sent."""

from __future__ import annotations


class QueueRecorder:
    """`sent` holds (task, ids)."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, tuple[int, ...]]] = []

    def add(self, task: str, ids: tuple[int, ...]) -> None:
        self.sent.append((task, ids))

    def tasks(self) -> list[str]:
        return [task for task, _ in self.sent]
