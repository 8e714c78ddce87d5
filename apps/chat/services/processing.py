"""Answers waiting questions in batches. Every question ends in its own state."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from apps.chat.answering.pipeline import answer_batch, configured_rules
from apps.chat.models import Outage
from apps.chat.services import notifications
from apps.chat.services.claiming import BATCH, permitted_claims, take_waiting
from apps.chat.services.completing import Answered, Claim, complete_answers, postpone_answer, release_answer
from apps.chat.services.earlier_turns import in_turn
from apps.chat.services.shortcuts import SHORTCUTS
from apps.common.precedence import serving_questions
from apps.knowledge.index.reembedding import EncoderChanged
from apps.knowledge.index.stores.protocol import StoreUnavailable
from apps.knowledge.search.retrieval import retrieve
from apps.models.inference.weights import EncoderUnavailable

logger = logging.getLogger(__name__)
RETRY_SECONDS = 2


def answer_waiting() -> int:
    """Answer a batch of waiting questions; returns how many were taken."""
    with serving_questions():
        taken = take_waiting()
        outage: Outage | None = None
        for claims in in_turn(permitted_claims(taken)):
            if outage:  # each further attempt would wait for the same time-out
                _postpone(claims, outage)
            else:
                outage = answer_claims(claims)
    if len(taken) == BATCH or any(
        answer.attempt > 1 for answer in taken
    ):  # more questions may wait than there are messages
        notifications.waiting()
    return len(taken)


def answer_claims(claims: Sequence[Claim]) -> Outage | None:
    """Answer a batch. If it fails, its questions are answered one by one, so that one cannot prevent the others.
    Returns what was not available for all of them.
    """
    if not claims:
        return None
    try:
        drafts = answer_batch([claim.question for claim in claims], retrieve, configured_rules(), SHORTCUTS)
        _complete(list(zip(claims, drafts, strict=True)))
    except EncoderChanged:
        _scope_by_scope(claims)
    except EncoderUnavailable:
        return _postpone(claims, Outage.ENCODER)
    except StoreUnavailable:
        return _postpone(claims, Outage.STORE)
    except Exception:  # a boundary: whatever went wrong, each question must end in its own state
        logger.exception("answering %d questions failed", len(claims))
        _one_by_one(claims)
    return None


def _complete(answered: Sequence[Answered]) -> None:
    _, changed = complete_answers(answered)
    for claim in changed:
        release_answer(claim)


def _scope_by_scope(claims: Sequence[Claim]) -> None:
    """Answer the questions of each scope separately: a collection that is being re-embedded must not delay others."""
    scopes = dict.fromkeys(claim.question.scope for claim in claims)
    if len(scopes) == 1:
        _postpone(claims, Outage.ENCODER)
        return
    for scope in scopes:
        answer_claims([claim for claim in claims if claim.question.scope == scope])


def _postpone(claims: Sequence[Claim], outage: Outage) -> Outage:
    logger.warning("%d questions wait: the %s is not available", len(claims), outage)
    for claim in claims:
        postpone_answer(claim, outage)
    return outage


def _one_by_one(claims: Sequence[Claim]) -> None:
    if len(claims) == 1:
        release_answer(claims[0], pause=RETRY_SECONDS)
        return
    for claim in claims:
        answer_claims([claim])
