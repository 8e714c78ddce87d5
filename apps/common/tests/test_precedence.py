"""Questions go before files."""

from __future__ import annotations

import threading
import time

import pytest

from apps.common import precedence
from apps.common.precedence import is_asked_lately, serving_questions, wait_for_questions


@pytest.fixture(autouse=True)
def nothing_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precedence, "_last", float("-inf"))


def seconds_waited() -> float:
    started = time.monotonic()
    wait_for_questions()
    return time.monotonic() - started


def test_without_questions_a_step_begins_at_once() -> None:
    assert not is_asked_lately()
    assert seconds_waited() < precedence.GAP_SECONDS


def test_a_step_begins_when_the_question_has_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precedence, "PAUSE_SECONDS", 60.0)
    answered = threading.Event()

    def answer() -> None:
        with serving_questions():
            answered.wait(30)

    question = threading.Thread(target=answer)
    question.start()
    waiting = threading.Thread(target=wait_for_questions)
    waiting.start()
    waiting.join(0.1)
    assert waiting.is_alive()
    answered.set()
    waiting.join(30)
    question.join()
    assert not waiting.is_alive()
    assert is_asked_lately()


def test_files_make_progress_however_many_questions_there_are() -> None:
    with serving_questions():
        assert precedence.PAUSE_SECONDS <= seconds_waited() < 10


def test_a_question_that_was_only_stored_still_goes_first() -> None:
    with serving_questions():
        pass
    assert precedence.GAP_SECONDS / 2 < seconds_waited() < precedence.PAUSE_SECONDS


def test_a_failure_counts_as_an_end() -> None:
    with pytest.raises(ValueError, match="no"), serving_questions():
        raise ValueError("no")
    assert seconds_waited() < precedence.PAUSE_SECONDS
