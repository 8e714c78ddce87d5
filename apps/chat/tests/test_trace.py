"""What is kept of how an answer came about."""

from __future__ import annotations

import json

from apps.chat.answering.drafts import Question
from apps.chat.answering.pipeline import configured_rules, draft_of
from apps.chat.answering.resolving import Resolved
from apps.chat.answering.trace import MOST_PASSAGES
from apps.chat.tests.found import SCOPE, STRONG, WEAK, passage, retrieval

ASKED = Question("How long is the leave?", SCOPE)
MANY = [passage(number, [(f"Sentence {number} of the text.", 5.0 - number / 10)]) for number in range(1, 40)]
BEST_LAST = passage(99, [("The leave is 25 days long.", 9.0)])


def test_a_trace_has_signals_scores_and_limits() -> None:
    rules = configured_rules()
    trace = draft_of(ASKED, Resolved(retrieval(*MANY[:2])), rules).trace
    assert trace
    assert {name: value for name, value, _weight in trace["signals"]}[
        "sentence_cosine"
    ] == STRONG.sentence_cosine
    first = rules.decision.first_quote
    assert trace["thresholds"] == [rules.decision.quoted_from, first.partial_from, first.strong_from]
    assert [(rank, pk, best[-1]) for rank, pk, _scores, _first, _last, best in trace["passages"]] == [
        (1, 1, 4_900),
        (2, 2, 4_800),
    ]
    assert (trace["compared"], trace["documents"]) == (40, 3)


def test_a_trace_is_small_and_has_no_words_of_documents() -> None:
    trace = draft_of(ASKED, Resolved(retrieval(*MANY, BEST_LAST)), configured_rules()).trace
    assert trace
    assert len(trace["passages"]) == MOST_PASSAGES + 1  # the quoted one is kept, however low its passage
    assert trace["passages"][-1][1] == 99
    written = json.dumps(trace)
    assert len(written) < 2_500
    assert "Sentence" not in written
    assert "leave" not in written


def test_a_refusal_has_a_trace() -> None:
    trace = draft_of(ASKED, Resolved(retrieval(*MANY[:3], evidence=WEAK)), configured_rules()).trace
    assert trace
    assert len(trace["passages"]) == 3


def test_other_readings_are_kept_with_their_confidence() -> None:
    resolved = Resolved(retrieval(*MANY[:1]), readings=(("Leave?", 0.2), ("How long is the leave?", 0.7)))
    trace = draft_of(ASKED, resolved, configured_rules()).trace
    assert trace
    assert trace["readings"] == [["Leave?", 0.2], ["How long is the leave?", 0.7]]
