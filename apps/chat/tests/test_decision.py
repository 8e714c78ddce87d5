"""The logistic: what it must do with any weights, and with those that are shipped."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from apps.chat.answering.decision import probability, status_of
from apps.chat.answering.drafts import Status
from apps.chat.config import DecisionConfig, FirstQuoteConfig, Signal, decision_config
from apps.chat.tests.found import STRONG, WEAK
from apps.knowledge.search.results import NO_EVIDENCE, Evidence

RULES = decision_config()
ORDER = [Status.REFUSED, Status.PARTIAL, Status.ANSWERED]
FIRST = RULES.first_quote


def test_every_signal_of_the_configuration_is_one_of_the_evidence() -> None:
    assert set(get_args(Signal)) == {field.name for field in fields(Evidence)} - {"words_only"}


def test_the_logistic_by_hand() -> None:
    rules = RULES.model_copy(update={"intercept": -1.0, "weights": {"bm25": 0.5, "unknown": -2.0}})
    assert probability(replace(WEAK, bm25=4.0, unknown=0.5), rules) == 0.5
    assert probability(replace(WEAK, bm25=4.0, unknown=0.0), rules) == pytest.approx(0.7311, abs=1e-4)


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 1))
def test_a_nearer_sentence_never_speaks_against_an_answer(
    first: float, second: float, noise_floor: float
) -> None:
    low, high = sorted((first, second))
    near, far = (
        probability(replace(WEAK, sentence_cosine=x, noise_floor=noise_floor), RULES) for x in (high, low)
    )
    assert near >= far


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_evidence_gives_a_probability(bm25: float) -> None:
    rules = RULES.model_copy(update={"weights": {"bm25": 1.0}})
    assert 0 <= probability(replace(WEAK, bm25=bm25), rules) <= 1


def test_shipped_thresholds_part_strong_weak_and_no_evidence() -> None:
    assert probability(STRONG, RULES) >= RULES.quoted_from
    assert max(probability(WEAK, RULES), probability(NO_EVIDENCE, RULES)) < RULES.quoted_from


def test_a_question_about_something_in_no_document_is_refused_however_near_the_rest_is() -> None:
    assert probability(replace(STRONG, missing=1.0), RULES) < RULES.quoted_from


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_better_first_quote_never_makes_the_status_worse(confidence: float, one: float, two: float) -> None:
    worse, better = sorted((one, two))
    assert ORDER.index(status_of(confidence, worse, RULES)) <= ORDER.index(
        status_of(confidence, better, RULES)
    )


def test_the_status_is_that_of_the_first_quote_where_the_documents_may_answer() -> None:
    low, high = RULES.quoted_from, FIRST.strong_from
    assert status_of(low - 0.01, 1.0, RULES) == Status.REFUSED
    assert status_of(low, high, RULES) == Status.ANSWERED
    assert status_of(1.0, high - 0.01, RULES) == Status.PARTIAL


@pytest.mark.parametrize(
    ("coverage", "status"), [(0.0, Status.REFUSED), (0.2, Status.REFUSED), (0.8, Status.ANSWERED)]
)
def test_where_the_encoder_cannot_read_only_words_count(coverage: float, status: Status) -> None:
    evidence = replace(STRONG, sentence_cosine=0.95, words_only=True, best_coverage=coverage)
    confidence = probability(evidence, RULES)
    assert status_of(confidence, confidence, RULES) == status


def test_thresholds_out_of_order_and_unknown_signals_are_errors() -> None:
    with pytest.raises(ValidationError):
        DecisionConfig.model_validate(RULES.model_dump() | {"weights": {"mood": 1.0}})
    for wrong in ({"partial_from": 0.9, "strong_from": 0.5}, {"weights": {"mood": 1.0}}):
        with pytest.raises(ValidationError):
            FirstQuoteConfig.model_validate(FIRST.model_dump() | wrong)


def test_a_calibration_has_a_digest_of_its_own() -> None:
    assert RULES.digest() != RULES.model_copy(update={"intercept": 0.0}).digest()
