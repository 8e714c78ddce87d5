"""The embedded profile's threads: woken at once, looking from time to time, and never ended by what fails."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from celery import Celery

from apps.chat.services.notifications import ANSWER_TASK
from chatbot_saas.celery import app
from chatbot_saas.periodic import PERIODIC, Periodic
from chatbot_saas.serving import embedded
from chatbot_saas.serving.worker_threads import TaskThread, TimerThread, WorkerThread

SOON = 5  # seconds
Start = Callable[[WorkerThread], WorkerThread]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[WorkerThread] = []

    def begin(thread: WorkerThread) -> WorkerThread:
        started.append(thread)
        thread.start()
        return thread

    yield begin
    for thread in started:
        thread.ask_to_stop()
        thread.join(SOON)
        assert not thread.is_alive()


class Work:
    """Counts how often it was looked for; `found` says how often there is some."""

    def __init__(self, found: int = 0) -> None:
        self.found = found
        self.looks = threading.Semaphore(0)

    def __call__(self) -> bool:
        self.looks.release()
        self.found -= 1
        return self.found >= 0

    def happened(self, times: int, within: float = SOON) -> bool:
        until = time.monotonic() + within
        return all(self.looks.acquire(timeout=max(0.0, until - time.monotonic())) for _ in range(times))


def test_it_works_until_nothing_is_found(start: Start) -> None:
    work = Work(found=3)
    start(WorkerThread("worker", work, look_seconds=60))
    assert work.happened(4)
    assert not work.happened(1, within=0.2)


def test_it_is_woken_at_once(start: Start) -> None:
    work = Work()
    thread = start(WorkerThread("worker", work, look_seconds=60))
    assert work.happened(1)
    for _ in range(20):
        thread.wake()
        assert work.happened(1)


def test_what_comes_while_it_works_is_not_missed(start: Start) -> None:
    working, may_go_on, looks = threading.Event(), threading.Event(), []

    def work() -> bool:
        looks.append(1)
        working.set()
        return may_go_on.wait(SOON) and False

    thread = start(WorkerThread("worker", work, look_seconds=60))
    assert working.wait(SOON)
    thread.wake()
    may_go_on.set()
    until = time.monotonic() + SOON
    while len(looks) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert len(looks) == 2


def test_it_looks_from_time_to_time(start: Start) -> None:
    work = Work()
    start(WorkerThread("worker", work, look_seconds=0.05))
    assert work.happened(3)


def test_waiting_costs_no_processor(start: Start) -> None:
    start(WorkerThread("worker", Work(), look_seconds=60))
    before = time.process_time()
    time.sleep(1)
    assert time.process_time() - before < 0.1


def test_what_fails_is_tried_again_after_the_pause(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    looks = threading.Semaphore(0)

    def work() -> bool:
        looks.release()
        raise RuntimeError("broken")

    with caplog.at_level(logging.ERROR):
        start(WorkerThread("worker", work, look_seconds=0.05))
        assert all(looks.acquire(timeout=SOON) for _ in range(3))
    assert "worker failed" in caplog.text


def test_tasks_run_in_order_and_those_that_wait_once(start: Start) -> None:
    celery, ran, may_run = Celery("here", set_as_current=False), [], threading.Event()

    @celery.task(name="first")
    def first() -> None:
        may_run.wait(SOON)
        ran.append("first")

    @celery.task(name="second")
    def second(number: int) -> None:
        ran.append(f"second {number}")

    thread = TaskThread("tasks", celery)
    start(thread)
    thread.add("first")
    for number in (1, 2, 1, 1):
        thread.add("second", (number,))
    may_run.set()
    until = time.monotonic() + SOON
    while len(ran) < 3 and time.monotonic() < until:
        time.sleep(0.01)
    assert ran == ["first", "second 1", "second 2"]


def test_due_tasks_are_added_whatever_the_clock_says(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("chatbot_saas.serving.worker_threads.time.monotonic", lambda: now[0])
    added: list[str] = []
    timer = TimerThread({"often": Periodic("often", 10), "seldom": Periodic("seldom", 100)}, added.append)
    for seconds in (0, 9, 1, 1, 89):
        now[0] += seconds
        timer._add_due()
    assert added == ["often", "seldom", "often", "often", "seldom"]


def test_every_task_that_is_named_exists() -> None:
    app.loader.import_default_modules()
    named = {each.task for each in PERIODIC.values()} | {embedded.ANSWERS, embedded.FILES}
    assert named <= set(app.tasks)
    assert embedded.ANSWERS == ANSWER_TASK
