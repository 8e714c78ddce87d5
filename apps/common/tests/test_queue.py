from __future__ import annotations

import logging

import pytest
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from pytest_django import Settings

from apps.common.queue import enqueue
from apps.common.tests.queue_recorder import QueueRecorder


@pytest.mark.django_db(transaction=True)
def test_sent_after_the_commit_only(queue: QueueRecorder) -> None:
    with transaction.atomic():
        enqueue("a.task", 7, expires=5)
        assert queue.sent == []
    assert queue.sent == [("a.task", (7,))]


@pytest.mark.django_db(transaction=True)
def test_not_sent_after_a_rollback(queue: QueueRecorder) -> None:
    with transaction.atomic():
        enqueue("a.task", 7, expires=5)
        transaction.set_rollback(True)
    assert queue.sent == []


@pytest.fixture
def celery(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[tuple[str, tuple[int, ...], float]]:
    """What Celery was sent, in the full profile."""
    sent: list[tuple[str, tuple[int, ...], float]] = []

    def send_task(name: str, args: tuple[int, ...], *, expires: float, **options: object) -> None:
        sent.append((name, args, expires))

    settings.EMBEDDED = False
    monkeypatch.setattr(current_app, "send_task", send_task)
    return sent


@pytest.mark.django_db(transaction=True)
def test_the_full_profile_sends_it_to_celery(celery: list[tuple[str, tuple[int, ...], float]]) -> None:
    enqueue("a.task", 7, expires=5)
    assert celery == [("a.task", (7,), 5)]


@pytest.mark.django_db(transaction=True)
def test_a_command_of_the_embedded_profile_sends_nothing(
    celery: list[tuple[str, tuple[int, ...], float]], settings: Settings
) -> None:
    """The web server's workers look for waiting rows."""
    settings.EMBEDDED = True
    enqueue("a.task", 7, expires=5)
    assert celery == []


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_harms_nobody(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise OperationalError("connection refused")

    settings.EMBEDDED = False
    monkeypatch.setattr(current_app, "send_task", refuse)
    with caplog.at_level(logging.WARNING):
        enqueue("a.task", 7, expires=5)
    assert "a.task was not sent" in caplog.text
