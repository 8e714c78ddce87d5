"""Worker threads in the process of the web server, for the embedded profile."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping

from celery import Celery
from django.db import close_old_connections, connection

from chatbot_saas.periodic import Periodic

logger = logging.getLogger(__name__)


class WorkerThread(threading.Thread):
    """Calls `work` as long as it returns true, then waits until it is woken or `look_seconds` have passed."""

    def __init__(self, name: str, work: Callable[[], object], *, look_seconds: float) -> None:
        super().__init__(name=name, daemon=True)
        self._work = work
        self._look_seconds = look_seconds
        self._wakeup = threading.Event()
        self._is_stopping = False

    def wake(self) -> None:
        self._wakeup.set()

    def ask_to_stop(self) -> None:
        """The thread ends after the work in progress."""
        self._is_stopping = True
        self.wake()

    def run(self) -> None:
        while not self._is_stopping:
            self._wakeup.clear()  # before looking for work, so that a wake-up meanwhile is not lost
            if not self._look():
                self._wakeup.wait(self._look_seconds)
        connection.close()

    def _look(self) -> bool:
        """Whether there was work. After an error, the thread waits before it tries again."""
        close_old_connections()
        try:
            return bool(self._work())
        except Exception:  # a boundary: an error must not end the thread
            logger.exception("%s failed", self.name)
            return False


class TaskThread(WorkerThread):
    """Runs tasks one by one, by dotted name and ids. A task that is already waiting is not added again."""

    def __init__(self, name: str, app: Celery) -> None:
        super().__init__(name, self._run_next, look_seconds=1)
        self._app = app
        self._waiting: dict[tuple[str, tuple[int, ...]], None] = {}
        self._lock = threading.Lock()

    def add(self, task: str, ids: tuple[int, ...] = ()) -> None:
        with self._lock:
            self._waiting[task, ids] = None
        self.wake()

    def _run_next(self) -> bool:
        with self._lock:
            if not self._waiting:
                return False
            task, ids = next(iter(self._waiting))
            del self._waiting[task, ids]
        self._app.tasks[task](*ids)
        return True


class TimerThread(WorkerThread):
    """Adds tasks that are due. It uses the monotonic clock, so setting the machine's clock has no effect."""

    def __init__(self, periodic: Mapping[str, Periodic], add: Callable[[str], None]) -> None:
        super().__init__("timer", self._add_due, look_seconds=1)
        self._periodic = tuple(periodic.values())
        self._add = add
        self._due = dict.fromkeys(self._periodic, time.monotonic())

    def _add_due(self) -> bool:
        now = time.monotonic()
        for each in self._periodic:
            if self._due[each] <= now:
                self._due[each] = now + each.seconds
                self._add(each.task)
        return False
