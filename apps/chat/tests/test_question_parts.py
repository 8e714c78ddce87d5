"""A text that asks several things is split into its questions; one question never is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from apps.chat.answering.question_parts import LONGEST, question_parts

KNOWN = Path(__file__).resolve().parents[3] / "bench" / "questions" / "two_in_one.jsonl"


def rows(parts: int) -> list[str]:
    known = [json.loads(line) for line in KNOWN.read_text(encoding="utf-8").splitlines()]
    return [row["question"] for row in known if row["parts"] == parts]


def test_of_the_known_questions_that_ask_one_thing_none_is_split() -> None:
    assert len(rows(1)) == 60
    assert [text for text in rows(1) if len(question_parts(text)) > 1] == []


def test_most_of_the_known_texts_that_ask_two_things_are_split_in_two() -> None:
    assert len(rows(2)) == 39
    assert sum(len(question_parts(text)) == 2 for text in rows(2)) >= 38


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "How many days of leave do I get, and who approves it?",
            ("How many days of leave do I get?", "who approves it?"),
        ),
        ("What is a badge;  is it public", ("What is a badge?", "is it public?")),
        (
            "I lost my phone. How do I sign in? Who can help me?",
            ("I lost my phone. How do I sign in?", "Who can help me?"),
        ),
        ("HOW DO I PAUSE IT\nAND HOW DO I DELETE IT", ("HOW DO I PAUSE IT?", "HOW DO I DELETE IT?")),
    ],
)
def test_each_part_is_a_question_of_its_own(text: str, parts: tuple[str, ...]) -> None:
    assert question_parts(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "and?",
        "What? When?",
        "Can you tell me, what is the price?",
        "Which device was made by Acme and is no longer produced?",
        "In what year did Acme, Inc. have its name changed?",
        "Can I rent it from Monday to Friday and have it sent home?",
        "What are the terms and conditions of Monday and Friday?",
        'What does "Who are you? What do you want?" mean?',
        "What is A? What is B? What is C? What is D? What is E?",
        "How do I start? I did all of it. Is it broken?",
        "How do I find out who asked and who is on leave?",
        "Where do I see what it costs and what it is for?",
        "Is it paid? " * LONGEST,
        "工作日的开放时间是什么？周末呢？",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert question_parts(text) == (text,)
