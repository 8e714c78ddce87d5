"""Progress reports of a running command."""

from __future__ import annotations

import re
import threading
import time

import pytest

from apps.common import progress
from apps.common.progress import Ticker


def test_each_report_has_the_current_line_and_its_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.01)
    said: list[str] = []
    told = threading.Event()

    def report(line: str) -> None:
        said.append(line)
        if line.startswith("second"):
            told.set()

    with Ticker(report, "first") as ticker:
        while not said:
            time.sleep(0.001)
        ticker.report("second")
        assert told.wait(5)
    assert said[0] == "first (0 s)"
    assert all(re.fullmatch(r"(first|second) \(\d s\)", line) for line in said)
    count = len(said)
    time.sleep(0.05)
    assert len(said) == count


def test_short_work_reports_nothing() -> None:
    said: list[str] = []
    with Ticker(said.append, "short") as ticker:
        for number in range(1000):
            ticker.report(str(number))
    assert said == []
    assert progress.EVERY_SECONDS == 2
