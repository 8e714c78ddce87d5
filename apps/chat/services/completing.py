"""Ends an attempt. Every write names the attempt, so that a worker that has lost its lease changes nothing."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from apps.chat.answering.drafts import AnswerDraft, Question
from apps.chat.answering.manifest import build_manifest, meant_words
from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState, Outage
from apps.chat.services import notifications
from apps.chat.services.numbering import give_back, take_seq, take_seqs
from apps.chat.services.quote_checks import QuoteChanged, Sources, checked_sources, store_quotes
from apps.chat.services.search_index import QuoteTerms, index_quotes, search_terms
from apps.common.db import seconds_from_now, transition
from apps.knowledge.faq.lookup import held_entries

logger = logging.getLogger(__name__)

POSTPONED_SECONDS = 10  # while a store is down, each batch waits for its time-outs
LONGEST_PAUSE = POSTPONED_SECONDS


@dataclass(frozen=True)
class Claim:
    """The right to answer until the lease ends or another attempt begins. `answer` is the row as it was claimed, with
    its conversation and user.
    """

    answer: Answer
    question: Question


Answered = tuple[Claim, AnswerDraft]


def complete_answer(claim: Claim, draft: AnswerDraft) -> bool:
    """Store the answer; False if the attempt no longer holds it. Raises QuoteChanged; nothing is stored then."""
    stored, changed = complete_answers([(claim, draft)])
    if changed:
        raise QuoteChanged
    return bool(stored)


def complete_answers(answered: Sequence[Answered]) -> tuple[list[Claim], list[Claim]]:
    """Store the answers of a batch in one transaction.

    Returns the claims that are done, and those whose quotes or approved answers have changed since they were found. All
    others belong to other attempts or to erased conversations.
    """
    terms = {
        (claim.answer.pk, place): search_terms(claim.answer.message.text, span.text)
        for claim, draft in answered
        for place, span in enumerate(draft.quotes)
    }
    return _complete(answered, terms)


@transaction.atomic
def _complete(answered: Sequence[Answered], terms: QuoteTerms) -> tuple[list[Claim], list[Claim]]:
    # First lock the conversations, so that nothing changes between check and store.
    numbers = take_seqs([claim.answer.conversation for claim, _ in answered])
    present = [each for each in answered if each[0].answer.conversation_id in numbers]
    sources = checked_sources([(draft, claim.question.scope) for claim, draft in present])
    held = held_entries({draft.approved.entry_id for _, draft in present if draft.approved})
    sources = [
        found if draft.approved is None or draft.approved.entry_id in held else None
        for (_, draft), found in zip(present, sources, strict=True)
    ]
    done: list[Answered] = []
    for (claim, draft), found in zip(present, sources, strict=True):
        seqs = numbers[claim.answer.conversation_id]
        if found is not None and _store(claim, draft, found, seqs[0]):
            del seqs[0]
            done.append((claim, draft))
    give_back(numbers)
    index_quotes(store_quotes([(claim.answer, draft) for claim, draft in done]), terms)
    notifications.finished([claim.answer for claim, _ in done])
    changed = [claim for (claim, _), found in zip(present, sources, strict=True) if found is None]
    return [claim for claim, _ in done], changed


def _store(claim: Claim, draft: AnswerDraft, sources: Sources, seq: int) -> bool:
    """False if the attempt no longer holds the answer."""
    manifest = build_manifest(claim.question, draft, sources)
    return transition(
        _rows(claim.answer),
        state=AnswerState.DONE,
        seq=seq,
        lease_until=None,
        finished_at=Now(),
        status=draft.status.value,
        confidence=draft.confidence,
        faq_entry_id=draft.approved.entry_id if draft.approved else None,
        model_version=claim.question.scope.encoder_digest,
        manifest=manifest.content,
        manifest_sha256=manifest.sha256,
        meant=meant_words(draft),
        timings_ms=draft.timings_ms,
        trace=draft.trace,
    )


@transaction.atomic
def release_answer(claim: Claim, *, pause: float = 0) -> None:
    """After a failed attempt: allow another one after `pause` seconds, or give up if it was the last one."""
    if claim.answer.attempt >= chat_config().max_attempts:
        give_up(claim.answer)
    else:
        transition(_rows(claim.answer), state=AnswerState.PENDING, lease_until=seconds_from_now(pause))


@transaction.atomic
def postpone_answer(claim: Claim, outage: Outage) -> None:
    """After an outage: return the question to the queue without counting the attempt, or give up if it is too old."""
    rows = _rows(claim.answer)
    oldest = Now() - timedelta(seconds=chat_config().outage_seconds)
    if rows.filter(created_at__lt=oldest).exists():
        give_up(claim.answer, outage.value)
        return
    # No other claim has had this attempt number, so it can be used again.
    later = seconds_from_now(POSTPONED_SECONDS)
    transition(rows, state=AnswerState.PENDING, attempt=claim.answer.attempt - 1, lease_until=later)


@transaction.atomic(savepoint=False)
def give_up(answer: Answer, outage: str = "") -> bool:
    """End without an answer and notify the user, unless the row has changed since it was read; False then. Call it
    while no answer is locked.
    """
    seq = take_seq(answer.conversation)
    changes = {
        "state": AnswerState.DEAD,
        "seq": seq,
        "lease_until": None,
        "finished_at": Now(),
        "outage": outage,
    }
    if seq is None or not transition(_rows(answer), **changes):
        transaction.set_rollback(True)  # this also returns the number
        return False
    notifications.finished([answer])
    logger.error("answer %s was given up after %d attempts", answer.uid, answer.attempt)
    return True


def _rows(answer: Answer) -> QuerySet[Answer]:
    return Answer.objects.filter(pk=answer.pk, state=answer.state, attempt=answer.attempt)
