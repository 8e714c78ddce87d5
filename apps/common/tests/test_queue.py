from __future__ import annotations

import logging

import pytest
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from apps.common.queue import enqueue
from apps.common.tests.queue_recorder import QueueRecorder


@pytest.mark.django_db(transaction=True)
def test_sent_after_the_commit_only(queue: QueueRecorder) -> None:
    with transaction.atomic():
        enqueue("a.task", 7, expires=5)
        assert queue.sent == []
    assert queue.sent == [("a.task", (7,), 5)]


@pytest.mark.django_db(transaction=True)
def test_not_sent_after_a_rollback(queue: QueueRecorder) -> None:
    with transaction.atomic():
        enqueue("a.task", 7, expires=5)
        transaction.set_rollback(True)
    assert queue.sent == []


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_harms_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(current_app, "send_task", refuse)
    with caplog.at_level(logging.WARNING):
        enqueue("a.task", 7, expires=5)
    assert "a.task was not sent" in caplog.text
