"""Fixtures of all apps' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.common.queue import use_local_workers
from apps.common.tests.queue_recorder import QueueRecorder


@pytest.fixture
def queue() -> Iterator[QueueRecorder]:
    recorder = QueueRecorder()
    use_local_workers(recorder.add)
    yield recorder
    use_local_workers(None)
