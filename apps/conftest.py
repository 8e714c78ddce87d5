"""Fixtures of all apps' tests."""

from __future__ import annotations

import pytest
from celery import current_app

from apps.common.tests.queue_recorder import QueueRecorder


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> QueueRecorder:
    recorder = QueueRecorder()
    monkeypatch.setattr(current_app, "send_task", recorder.send_task)
    return recorder
