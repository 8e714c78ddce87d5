"""The probability that a quote answers: what it must do with any weights, and with those that are shipped."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.chat.answering.drafts import Question, Status
from apps.chat.answering.pipeline import configured_rules, draft_from
from apps.chat.answering.quote_chance import QuoteSignals, quote_chance, quote_signals
from apps.chat.answering.quoting import choose_quotes
from apps.chat.config import QuoteSignal, decision_config
from apps.chat.tests.found import SCOPE, passage, retrieval

FIRST = decision_config().first_quote
RULES = configured_rules()
DAYS, HOURS = "You get 25 days of leave a year.", "The office opens at nine in the morning."


def test_every_signal_of_the_configuration_is_one_of_a_quote() -> None:
    assert set(get_args(QuoteSignal)) == {field.name for field in fields(QuoteSignals)}


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(-20, 20), st.floats(0, 20))
def test_a_longer_lead_never_speaks_against_a_quote(
    similarity: float, noise_floor: float, lead: float, further: float
) -> None:
    low, high = (
        quote_chance(QuoteSignals(similarity, noise_floor, each), FIRST) for each in (lead, lead + further)
    )
    assert 0 <= low <= high <= 1


def test_the_lead_is_over_the_best_sentence_outside_of_the_quote() -> None:
    found = [
        passage(0, [(DAYS, 6.0), (HOURS, 2.5)], late=0.7),
        passage(1, [("Ask your manager first.", 4.0)]),
    ]
    (quote, *_) = choose_quotes(found, RULES.quoting)
    assert quote_signals(quote, found, 0.3) == QuoteSignals(0.7, 0.3, 2.0)


def test_a_sentence_without_a_rival_leads_by_its_own_score() -> None:
    found = [passage(0, [(DAYS, 1.5)], late=0.7)]
    (quote,) = choose_quotes(found, RULES.quoting)
    assert quote_signals(quote, found, 0.3).lead == 1.5


@pytest.mark.parametrize(
    ("late", "rival", "status", "weak"),
    [
        (0.9, 2.0, Status.ANSWERED, False),
        (0.8, 5.0, Status.PARTIAL, False),
        (0.3, 5.9, Status.PARTIAL, True),
    ],
)
def test_a_match_is_strong_only_if_its_words_fit_and_no_other_sentence_does_as_well(
    late: float, rival: float, status: Status, weak: bool
) -> None:
    found = retrieval(passage(0, [(DAYS, 6.0)], late=late), passage(1, [(HOURS, rival)]))
    draft = draft_from(Question("How much leave do I get?", SCOPE), found, RULES)
    assert (draft.status, draft.weak) == (status, weak)
