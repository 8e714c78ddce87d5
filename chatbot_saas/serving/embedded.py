"""The embedded profile's workers: threads of the web server. The waiting rows in the database are their queue.

Answers and files have threads of their own, so that an upload never delays an answer, and files have two, so that a
large file of one workspace does not delay those of another.
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
LOOK_SECONDS = 1.0  # questions of another process, and those whose pause is over, wait this long
STOP_SECONDS = 5
COLLECT_AFTER = 20_000  # allocations: a question makes as many, and Python's 700 stop the world in its midst
SWITCH_SECONDS = 0.001  # a computing thread lets the others run after this: a file must not stall a socket


class EmbeddedWorkers:
    """Starts and stops all of them; one set in a process."""

    def __init__(self, app: Celery) -> None:
        app.loader.import_default_modules()  # makes the tasks' names known
        self._answers = WorkerThread("answers", chat.answer_waiting, look_seconds=LOOK_SECONDS)
        self._files = [
            WorkerThread(f"files-{number}", take_turn, look_seconds=LOOK_SECONDS)
            for number in range(FILE_THREADS)
        ]
        # As in the full profile: what may take long does not delay what must be quick.
        self._tasks = {"default": TaskThread("tasks", app), "ingest": TaskThread("long-tasks", app)}
        self._timer = TimerThread(PERIODIC, self._add)

    def start(self) -> None:
        """Returns when questions are answered. Raises EncoderUnavailable."""
        sys.setswitchinterval(SWITCH_SECONDS)
        get_encoder().warm_up()
        chat.requeue_answers(abandoned=True)  # no other worker lives in this profile
        connection.close()
        self._add("apps.chat.tasks.warm_up")
        for thread in self._threads():
            thread.start()
        use_local_workers(self._dispatch)
        gc.collect()
        gc.freeze()  # code and model stay; looking through them again and again would delay answers
        gc.set_threshold(COLLECT_AFTER, 20, 20)

    def are_alive(self) -> bool:
        return all(thread.is_alive() for thread in self._threads())

    def stop(self) -> None:
        """Work in progress may end; what does not in time is taken up at the next start."""
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
