"""An attempt ends. Every write names the attempt, so that a worker taken for dead changes nothing."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from apps.chat.answering.drafts import AnswerDraft, Question
from apps.chat.answering.manifest import build_manifest
from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState, Outage
from apps.chat.services import notifications as news
from apps.chat.services.asking import take_seq
from apps.chat.services.quote_checks import checked_sources, store_quotes
from apps.common.db import seconds_from_now, transition

logger = logging.getLogger(__name__)

POSTPONED_SECONDS = 10  # a store that is away costs a batch its time-outs


@dataclass(frozen=True)
class Claim:
    """The right to answer until the lease ends or another attempt begins. `answer` is as it was claimed, with its
    conversation and user.
    """

    answer: Answer
    question: Question


@transaction.atomic
def complete_answer(claim: Claim, draft: AnswerDraft) -> bool:
    """Store the answer; False when the attempt no longer holds it. Raises QuoteChanged, and nothing is stored."""
    seq = take_seq(claim.answer.conversation)  # its lock first: what is checked then is so until it is stored
    manifest = build_manifest(claim.question, draft, checked_sources(draft, claim.question.scope))
    if not _finish(
        claim.answer,
        seq,
        state=AnswerState.DONE,
        status=draft.status.value,
        confidence=draft.confidence,
        model_version=claim.question.scope.encoder_digest,
        manifest=manifest.content,
        manifest_sha256=manifest.sha256,
        timings_ms=draft.timings_ms,
    ):
        return False
    store_quotes(claim.answer, draft)
    return True


@transaction.atomic
def release_answer(claim: Claim) -> None:
    """The attempt failed: the sweeper sends it again, or it is given up after the last one."""
    if claim.answer.attempt >= chat_config().max_attempts:
        give_up(claim.answer)
    else:
        transition(_rows(claim.answer), state=AnswerState.PENDING, lease_until=Now())


@transaction.atomic
def postpone_answer(claim: Claim, outage: Outage) -> None:
    """The machine's trouble, not the question's: the attempt does not count, until the question is too old."""
    rows = _rows(claim.answer)
    oldest = Now() - timedelta(seconds=chat_config().outage_seconds)
    if rows.filter(created_at__lt=oldest).exists():
        give_up(claim.answer, outage.value)
        return
    # Only this claim has borne the number that it gives back.
    later = seconds_from_now(POSTPONED_SECONDS)
    transition(rows, state=AnswerState.PENDING, attempt=claim.answer.attempt - 1, lease_until=later)


@transaction.atomic(savepoint=False)
def give_up(answer: Answer, outage: str = "") -> bool:
    """Final without an answer, if it is still as it was read; the user is told. Call it while no answer is locked."""
    given_up = _finish(answer, take_seq(answer.conversation), state=AnswerState.DEAD, outage=outage)
    if given_up:
        logger.error("answer %s was given up after %d attempts", answer.uid, answer.attempt)
    return given_up


def _rows(answer: Answer) -> QuerySet[Answer]:
    return Answer.objects.filter(pk=answer.pk, state=answer.state, attempt=answer.attempt)


def _finish(answer: Answer, seq: int | None, **changes: Any) -> bool:
    """False, and everything is rolled back, without a number or when the answer is no longer as it was read."""
    held = seq is not None and transition(
        _rows(answer), seq=seq, lease_until=None, finished_at=Now(), **changes
    )
    if not held:
        transaction.set_rollback(True)  # the number goes back too
        return False
    news.finished(answer)
    return True
