"""Celery's way into the services. Each may run twice."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress

from celery import shared_task
from celery_batches import Batches, SimpleRequest

from apps.chat import services
from apps.chat.answering.drafts import AnswerDraft
from apps.chat.answering.pipeline import answer_batch
from apps.chat.models import Outage
from apps.chat.services import Claim
from apps.chat.services.quote_checks import QuoteChanged
from apps.knowledge.index.reembedding import EncoderChanged
from apps.knowledge.index.stores.protocol import StoreUnavailable
from apps.knowledge.models import Collection
from apps.knowledge.search.candidates import PRELOADED
from apps.knowledge.search.retrieval import retrieve, warm
from apps.knowledge.selectors import scope_of
from apps.models.inference.weights import EncoderUnavailable

logger = logging.getLogger(__name__)

WARMED = 20  # collections


class MicroBatch(Batches):  # type: ignore[misc]  # celery_batches ships no types
    """Collects what arrives at once, and while the batch before it is answered."""

    def _do_flush(self) -> None:
        """A request may slip in while the timer thread finds the buffer empty and stops: look once more."""
        super()._do_flush()
        if self._tref is None and not self._buffer.empty():
            super()._do_flush()


@shared_task(base=MicroBatch, flush_every=16, flush_interval=0.0002)
def answer_questions(requests: Sequence[SimpleRequest]) -> None:
    answer_ids = {request.args[0] for request in requests}
    together = services.claim_answers(answer_ids, untried=True)
    _answer(together)
    for answer_id in sorted(answer_ids - {claim.answer.pk for claim in together}):
        _answer(services.claim_answers([answer_id]))  # tried before: it may be what killed its last worker


@shared_task
def warm_up() -> None:
    """What the first question to each collection would wait for: a second or so."""
    room = PRELOADED
    for collection in Collection.objects.filter(statistic__passages__gt=0).order_by("-is_public", "pk")[
        :WARMED
    ]:
        with suppress(EncoderChanged):  # it is being encoded anew
            room -= warm(scope_of(collection), collection.name, room)
        if room <= 0:
            break


@shared_task
def sweep_answers() -> None:
    services.sweep_answers()


@shared_task
def request_suggestions() -> None:
    services.request_suggestions()


@shared_task
def suggest_questions(collection_id: int) -> None:
    for collection in services.outdated_collections().filter(
        pk=collection_id
    ):  # none if another task has looked
        services.refresh_suggestions(collection)


def _answer(claims: Sequence[Claim]) -> None:
    """A batch that fails is tried one by one, so that a bad question spoils no other's answer."""
    if not claims:
        return
    try:
        drafts = answer_batch([claim.question for claim in claims], retrieve)
        for claim, draft in zip(claims, drafts, strict=True):
            _complete(claim, draft)
    except EncoderChanged:
        _scope_by_scope(claims)
    except EncoderUnavailable:
        _postpone(claims, Outage.ENCODER)
    except StoreUnavailable:
        _postpone(claims, Outage.STORE)
    except Exception:  # an edge: whatever went wrong, each question ends in a state of its own
        logger.exception("answering %d questions failed", len(claims))
        _one_by_one(claims)


def _scope_by_scope(claims: Sequence[Claim]) -> None:
    """One collection that is being encoded anew keeps no other's questions waiting."""
    scopes = dict.fromkeys(claim.question.scope for claim in claims)
    if len(scopes) == 1:
        _postpone(claims, Outage.ENCODER)
        return
    for scope in scopes:
        _answer([claim for claim in claims if claim.question.scope == scope])


def _postpone(claims: Sequence[Claim], outage: Outage) -> None:
    logger.warning("%d questions wait: the %s does not answer", len(claims), outage)
    for claim in claims:
        services.postpone_answer(claim, outage)


def _one_by_one(claims: Sequence[Claim]) -> None:
    if len(claims) == 1:
        services.release_answer(claims[0])
        return
    for claim in claims:
        _answer([claim])


def _complete(claim: Claim, draft: AnswerDraft) -> None:
    try:
        services.complete_answer(claim, draft)
    except QuoteChanged:
        services.release_answer(claim)
