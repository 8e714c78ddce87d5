"""Each encoder of quoth.yaml has figures that were fitted to its cosines."""

from __future__ import annotations

import pytest

from apps.chat.answering.pipeline import configured_rules
from apps.chat.config import decision_config, small_talk_config
from apps.models.config import default_encoder, encoder_configs

OTHERS = sorted(set(encoder_configs()) - {default_encoder()})


def test_the_default_encoder_has_the_values_of_the_sections() -> None:
    assert decision_config().of(default_encoder()) is decision_config()


@pytest.mark.parametrize("encoder", OTHERS)
def test_every_other_encoder_was_fitted(encoder: str) -> None:
    decision, fitted = decision_config(), decision_config().of(encoder)
    assert fitted.weights != decision.weights
    assert fitted.weights.keys() == decision.weights.keys()
    assert fitted.first_quote != decision.first_quote
    assert fitted.digest() != decision.digest()
    assert small_talk_config().of(encoder).rows == small_talk_config().rows


@pytest.mark.parametrize("encoder", OTHERS)
def test_answers_are_decided_with_the_figures_of_their_encoder(encoder: str) -> None:
    assert configured_rules().of(encoder).decision == decision_config().of(encoder)
