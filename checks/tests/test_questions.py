from __future__ import annotations

from checks.questions import distinct_questions


def test_questions_are_distinct_and_as_many_as_asked_for() -> None:
    questions = distinct_questions(400)
    assert len(questions) == len(set(questions)) == 400
