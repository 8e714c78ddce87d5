"""Progress reports of a running command, for the person at the terminal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

EVERY_SECONDS = 2.0

Report = Callable[[str], object]


class Ticker:
    """Inside the block, the current line is reported every two seconds, even while a single step takes longer.

    A thread reports, because the work may be a single call into a library.
    """

    def __init__(self, report: Report, line: str) -> None:
        self._report = report
        self._line = line
        self._began = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name="progress")

    def report(self, line: str) -> None:
        """Set the line that is reported next."""
        self._line = line

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            self._report(f"{self._line} ({time.monotonic() - self._began:.0f} s)")
