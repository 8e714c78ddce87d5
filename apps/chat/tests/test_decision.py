"""The logistic: what it must do with any weights, and with those that are shipped."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from apps.chat.answering.decision import decide, probability
from apps.chat.answering.drafts import Status
from apps.chat.config import DecisionConfig, Signal, decision_config
from apps.chat.tests.found import STRONG, WEAK
from apps.knowledge.search.results import NO_EVIDENCE, Evidence

RULES = decision_config()
ORDER = [Status.REFUSED, Status.PARTIAL, Status.ANSWERED]


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
        decide(replace(WEAK, sentence_cosine=x, noise_floor=noise_floor), RULES) for x in (high, low)
    )
    assert near[1] >= far[1]
    assert ORDER.index(near[0]) >= ORDER.index(far[0])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_evidence_gives_a_probability(bm25: float) -> None:
    rules = RULES.model_copy(update={"weights": {"bm25": 1.0}})
    assert 0 <= probability(replace(WEAK, bm25=bm25), rules) <= 1


def test_shipped_thresholds_part_strong_weak_and_no_evidence() -> None:
    assert decide(STRONG, RULES)[0] == Status.ANSWERED
    assert decide(WEAK, RULES)[0] == decide(NO_EVIDENCE, RULES)[0] == Status.REFUSED


def test_a_question_about_something_in_no_document_is_refused_however_near_the_rest_is() -> None:
    assert decide(replace(STRONG, missing=1.0), RULES)[0] == Status.REFUSED


@pytest.mark.parametrize(
    ("coverage", "status"), [(0.0, Status.REFUSED), (0.2, Status.REFUSED), (0.8, Status.ANSWERED)]
)
def test_where_the_encoder_cannot_read_only_words_count(coverage: float, status: Status) -> None:
    evidence = replace(STRONG, sentence_cosine=0.95, words_only=True, best_coverage=coverage)
    assert decide(evidence, RULES)[0] == status


def test_thresholds_out_of_order_and_unknown_signals_are_errors() -> None:
    good = RULES.model_dump()
    for wrong in ({"partial_from": 0.9, "answered_from": 0.5}, {"weights": {"mood": 1.0}}):
        with pytest.raises(ValidationError):
            DecisionConfig.model_validate(good | wrong)


def test_a_calibration_has_a_digest_of_its_own() -> None:
    assert RULES.digest() != RULES.model_copy(update={"intercept": 0.0}).digest()
