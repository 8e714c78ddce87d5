"""An attempt ends. Every write names the attempt, so that a worker whose lease was lost changes nothing."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from apps.chat.answering.drafts import AnswerDraft, Question
from apps.chat.answering.manifest import build_manifest
from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState, Conversation, Outage
from apps.chat.services import notifications
from apps.chat.services.asking import take_seq
from apps.chat.services.quote_checks import QuoteChanged, Sources, checked_sources, store_quotes
from apps.common.db import seconds_from_now, transition

logger = logging.getLogger(__name__)

POSTPONED_SECONDS = 10  # a store that is away costs a batch its time-outs
LONGEST_PAUSE = POSTPONED_SECONDS


@dataclass(frozen=True)
class Claim:
    """The right to answer until the lease ends or another attempt begins. `answer` is as it was claimed, with its
    conversation and user.
    """

    answer: Answer
    question: Question


Answered = tuple[Claim, AnswerDraft]


def complete_answer(claim: Claim, draft: AnswerDraft) -> bool:
    """Store the answer; False when the attempt no longer holds it. Raises QuoteChanged, and nothing is stored."""
    stored, changed = complete_answers([(claim, draft)])
    if changed:
        raise QuoteChanged
    return bool(stored)


@transaction.atomic
def complete_answers(answered: Sequence[Answered]) -> tuple[list[Claim], list[Claim]]:
    """Store the answers of a batch in one transaction.

    Returns the claims that are done, and those whose quotes are no longer as they were found. The rest belongs to
    other attempts, or to conversations that are gone.
    """
    numbers = _take_seqs(answered)  # their locks first: what is checked then is so until it is stored
    present = [each for each in answered if each[0].answer.conversation_id in numbers]
    sources = checked_sources([(draft, claim.question.scope) for claim, draft in present])
    done: list[Answered] = []
    for (claim, draft), found in zip(present, sources, strict=True):
        seqs = numbers[claim.answer.conversation_id]
        if found is not None and _store(claim, draft, found, seqs[0]):
            del seqs[0]
            done.append((claim, draft))
    _give_back(numbers)
    store_quotes([(claim.answer, draft) for claim, draft in done])
    notifications.finished([claim.answer for claim, _ in done])
    changed = [claim for (claim, _), found in zip(present, sources, strict=True) if found is None]
    return [claim for claim, _ in done], changed


def _take_seqs(answered: Sequence[Answered]) -> dict[int, list[int]]:
    """{conversation: a number for each of its answers}; the rows are always locked in this order."""
    numbers: dict[int, list[int]] = {}
    for claim, _ in sorted(answered, key=lambda each: each[0].answer.conversation_id):
        seq = take_seq(claim.answer.conversation)
        if seq is not None:
            numbers.setdefault(claim.answer.conversation_id, []).append(seq)
    return numbers


def _give_back(numbers: Mapping[int, Sequence[int]]) -> None:
    """Numbers that were not needed: nobody else could take one meanwhile."""
    for conversation_id, seqs in numbers.items():
        if seqs:
            Conversation.objects.filter(pk=conversation_id).update(last_seq=F("last_seq") - len(seqs))


def _store(claim: Claim, draft: AnswerDraft, sources: Sources, seq: int) -> bool:
    """False when the attempt no longer holds the answer."""
    manifest = build_manifest(claim.question, draft, sources)
    return transition(
        _rows(claim.answer),
        state=AnswerState.DONE,
        seq=seq,
        lease_until=None,
        finished_at=Now(),
        status=draft.status.value,
        confidence=draft.confidence,
        model_version=claim.question.scope.encoder_digest,
        manifest=manifest.content,
        manifest_sha256=manifest.sha256,
        timings_ms=draft.timings_ms,
    )


@transaction.atomic
def release_answer(claim: Claim, *, pause: float = 0) -> None:
    """The attempt failed: another one follows after `pause` seconds, or it is given up after the last one."""
    if claim.answer.attempt >= chat_config().max_attempts:
        give_up(claim.answer)
    else:
        transition(_rows(claim.answer), state=AnswerState.PENDING, lease_until=seconds_from_now(pause))


@transaction.atomic
def postpone_answer(claim: Claim, outage: Outage) -> None:
    """An outage is not the question's fault: the attempt does not count, until the question is too old."""
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
    seq = take_seq(answer.conversation)
    changes = {
        "state": AnswerState.DEAD,
        "seq": seq,
        "lease_until": None,
        "finished_at": Now(),
        "outage": outage,
    }
    if seq is None or not transition(_rows(answer), **changes):
        transaction.set_rollback(True)  # the number goes back too
        return False
    notifications.finished([answer])
    logger.error("answer %s was given up after %d attempts", answer.uid, answer.attempt)
    return True


def _rows(answer: Answer) -> QuerySet[Answer]:
    return Answer.objects.filter(pk=answer.pk, state=answer.state, attempt=answer.attempt)
