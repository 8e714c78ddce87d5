"""The embedded profile's workers: Celery's own, each in a thread of the web server, over the in-memory broker.

Answers, files and periodic work have a thread each, so that an upload never delays an answer.
"""

from __future__ import annotations

import gc
import sys
import threading
from typing import Any

from celery import Celery
from celery.beat import EmbeddedService
from celery.worker import WorkController
from celery.worker import state as celery_state
from django.db import connection

from apps.chat.services import sweep_answers
from apps.models.inference.engine import get_encoder

worker_state: Any = celery_state  # its types know no exit code
QUEUES = ("inference", "ingest", "default")
START_SECONDS = 30
STOP_SECONDS = 5
PREFETCH = 64  # what a micro-batch can be made of; the database keeps what is lost with the process
COLLECT_AFTER = 20_000  # allocations: a question makes as many, and Python's 700 stop the world in its midst
SWITCH_SECONDS = (
    0.001  # a thread that computes lets the others run after this: reading a file must not stall a socket
)


class EmbeddedWorkers:
    """Starts and stops all of them; one set in a process."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._threads: list[_WorkerThread] = []
        self._beat: Any = EmbeddedService(
            app, thread=True, max_interval=1, scheduler_cls="celery.beat:Scheduler"
        )

    def start(self) -> None:
        """Returns when questions are being taken. Raises EncoderUnavailable."""
        sys.setswitchinterval(SWITCH_SECONDS)
        get_encoder().warm_up()
        worker_state.should_stop = None
        for (
            queue
        ) in QUEUES:  # one after the other: Celery keeps the chosen queues in the app until they are read
            thread = _WorkerThread(self._app, queue)
            self._threads.append(thread)
            thread.start()
            if not thread.ready.wait(START_SECONDS):
                raise RuntimeError(f"the worker for {queue} did not start")
        self._beat.start()
        self._recover()
        gc.collect()
        gc.freeze()  # code and model stay; looking through them again and again would delay answers
        gc.set_threshold(COLLECT_AFTER, 20, 20)

    def are_alive(self) -> bool:
        return all(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Work in progress may end; what does not in time is taken up at the next start."""
        self._beat.stop()
        worker_state.should_stop = 0
        for thread in self._threads:
            thread.join(STOP_SECONDS)

    def _recover(self) -> None:
        """No other worker lives in this profile: whatever an earlier process left open is taken up at once."""
        sweep_answers(abandoned=True)
        connection.close()
        first = [
            "apps.chat.tasks.warm_up",
            *(entry["task"] for entry in self._app.conf.beat_schedule.values()),
        ]
        for task in first:
            self._app.send_task(task, expires=START_SECONDS)


class _WorkerThread(threading.Thread):
    def __init__(self, app: Celery, queue: str) -> None:
        super().__init__(name=f"worker-{queue}", daemon=True)
        self._app = app
        self._queue = queue
        self.ready = threading.Event()

    def run(self) -> None:
        controller = WorkController(
            app=self._app,
            hostname=f"{self._queue}@embedded",
            queues=[self._queue],
            pool_cls="solo",
            concurrency=1,
            prefetch_multiplier=PREFETCH,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
            ready_callback=lambda consumer: self.ready.set(),
        )
        controller.start()
