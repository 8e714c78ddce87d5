"""Whether a quote has anything of the kind that is asked for."""

from __future__ import annotations

import time

import pytest

from apps.chat.answering.drafts import Question, Status
from apps.chat.answering.pipeline import configured_rules, draft_from
from apps.chat.answering.value_presence import lacks_what_is_asked
from apps.chat.tests.found import SCOPE, passage, retrieval

SECONDS = "How many seconds are for drawing one page?"


@pytest.mark.parametrize(
    ("question", "text", "lacking"),
    [
        (SECONDS, "A page is drawn when it is asked for, one after the other.", "amount"),
        (SECONDS, "Drawing a page may take ten seconds.", ""),
        ("How long is the visit?", "Visits begin at the gate.", "amount"),
        ("How long may I stay?", "You may stay until you are called.", ""),
        ("How many keys may I have?", "You can have as many keys as you want.", ""),
        ("What is the fee?", "The fee is paid at the gate.", "amount"),
        ("What is the fee?", "Entrance is free.", ""),
        ("When was the fort built?", "The city is home to the fort.", "time"),
        ("When does a check go down?", "It goes down after the grace time.", ""),
        ("Who approves travel?", "Travel is approved at no cost.", "person"),
        ("Who approves travel?", "Your supervisor approves travel.", ""),
        ("Who approves travel?", "Travel is approved by the travel office.", ""),
        ("Wie lange dauert die Fahrt?", "Die Fahrt beginnt am Hafen.", "amount"),
        ("Wie lange dauert die Fahrt?", "Die Fahrt dauert zwei Stunden.", ""),
        ("How do I send a ping?", "Make a request.", ""),
        ("How large may a file be when?", "A file may have 50 MB.", "time"),
        ("Who opens the desk when?", "Our staff opens it at 9:30.", ""),
        ("Who opens the desk when?", "Our staff opens it on Mondays.", ""),
        ("Who is the fire warden when?", "The fire warden is Maria Novak.", "time"),
        ("Where is the desk who?", "It is behind the stairs.", "person"),
    ],
)
def test_what_is_asked_for(question: str, text: str, lacking: str) -> None:
    assert lacks_what_is_asked(question, text) == lacking


@pytest.mark.parametrize(
    ("text", "status"),
    [("A page is drawn when asked for.", Status.PARTIAL), ("A page takes 20 seconds.", Status.ANSWERED)],
)
def test_a_strong_match_has_what_is_asked_for(text: str, status: Status) -> None:
    found = retrieval(passage(0, [(text, 9.0)], late=0.9), question=SECONDS)
    draft = draft_from(Question(SECONDS, SCOPE), found, configured_rules())
    assert draft.status == status
    assert (draft.first_quote >= configured_rules().decision.first_quote.strong_from) == (
        status == Status.ANSWERED
    )


def test_long_texts_take_no_time() -> None:
    began = time.process_time()
    for text in ("a" * 2_000, "Ab " * 660, "never " * 330, "(" * 2_000):
        lacks_what_is_asked("Who approves travel?", text)
        lacks_what_is_asked("When is it?", text)
    assert time.process_time() - began < 0.5
