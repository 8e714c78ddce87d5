"""The workers of the embedded profile: threads of the web server. The waiting rows in the database are their queue.

Answers and files have separate threads, so that an upload never delays an answer. There are two threads for files, so
that a large file of one workspace does not delay those of another.
"""

from __future__ import annotations

import gc
import sys
import time

from celery import Celery
from django.conf import settings
from django.db import connection

from apps.chat import services as chat
from apps.common.queue import use_local_workers
from apps.knowledge.ingestion.turns import take_turn
from apps.models.inference.engine import get_encoder
from chatbot_saas.periodic import PERIODIC
from chatbot_saas.serving.worker_threads import TaskThread, TimerThread, WorkerThread

ANSWERS, FILES = "apps.chat.tasks.answer_questions", "apps.knowledge.tasks.ingest_file"
FILE_THREADS = 2
LOOK_SECONDS = 1.0  # the longest wait for questions of another process and for postponed ones
STOP_SECONDS = 5
COLLECT_AFTER = (
    20_000  # allocations, about as many as for one question; Python's default of 700 interrupts questions
)
SWITCH_SECONDS = 0.001  # a busy thread yields to others after this time, so that files do not delay sockets


class EmbeddedWorkers:
    """Starts and stops all workers. There is one set in a process."""

    def __init__(self, app: Celery) -> None:
        app.loader.import_default_modules()  # registers all tasks
        self._answers = WorkerThread("answers", chat.answer_waiting, look_seconds=LOOK_SECONDS)
        self._files = [
            WorkerThread(f"files-{number}", take_turn, look_seconds=LOOK_SECONDS)
            for number in range(FILE_THREADS)
        ]
        # As in the full profile, tasks that may take long do not delay short ones.
        self._tasks = {"default": TaskThread("tasks", app), "ingest": TaskThread("long-tasks", app)}
        self._timer = TimerThread(PERIODIC, self._add)

    def start(self) -> None:
        """Start all threads. Returns when they can answer questions. Raises EncoderUnavailable."""
        sys.setswitchinterval(SWITCH_SECONDS)
        get_encoder().warm_up()
        chat.requeue_answers(abandoned=True)  # there is no other worker in this profile
        connection.close()
        self._add("apps.chat.tasks.warm_up")
        for thread in self._threads():
            thread.start()
        use_local_workers(self._dispatch)
        gc.collect()
        gc.freeze()  # code and model are permanent; examining them in each collection would delay answers
        gc.set_threshold(COLLECT_AFTER, 20, 20)

    def are_alive(self) -> bool:
        return all(thread.is_alive() for thread in self._threads())

    def stop(self) -> None:
        """Wait for a few seconds until work in progress has ended. Unfinished work continues after the next start."""
        use_local_workers(None)
        for thread in self._threads():
            thread.ask_to_stop()
        until = time.monotonic() + STOP_SECONDS
        for thread in self._threads():
            thread.join(max(0.0, until - time.monotonic()))

    def _threads(self) -> list[WorkerThread]:
        return [self._answers, *self._files, *self._tasks.values(), self._timer]

    def _dispatch(self, task: str, ids: tuple[int, ...]) -> None:
        if task == ANSWERS:
            self._answers.wake()
        elif task == FILES:
            for thread in self._files:
                thread.wake()
        else:
            self._add(task, ids)

    def _add(self, task: str, ids: tuple[int, ...] = ()) -> None:
        route = settings.CELERY_TASK_ROUTES.get(task, {"queue": "default"})
        self._tasks[route["queue"]].add(task, ids)
