"""A question asked and answered in this process, for commands; the record is the same as for one from the browser."""

from __future__ import annotations

import time

from django.utils.translation import gettext as _

from apps.accounts.services import operator_in
from apps.accounts.viewer import Viewer
from apps.chat.answering.pipeline import answer_batch, configured_rules
from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState
from apps.chat.services.asking import send_message
from apps.chat.services.claiming import claim_answers
from apps.chat.services.completing import Claim, complete_answer, release_answer
from apps.chat.services.quote_checks import QuoteChanged
from apps.common.errors import AppError, Code
from apps.common.models import new_uid
from apps.knowledge.models import Collection
from apps.knowledge.search.retrieval import retrieve

POLL_SECONDS = 0.1


def ask_now(collection: Collection, text: str) -> Answer:
    """Raises AppError; EncoderUnavailable."""
    viewer = Viewer(user=operator_in(collection.workspace))
    sent = send_message(viewer, client_id=new_uid(), text=text, collection=collection.uid)
    answer_id = sent.message.answer.pk
    for claim in claim_answers([answer_id]):
        _answer(claim)
    return _final(answer_id)


def _answer(claim: Claim) -> None:
    try:
        complete_answer(claim, answer_batch([claim.question], retrieve, configured_rules())[0])
    except QuoteChanged as error:
        release_answer(claim)
        raise AppError(
            Code.CONFLICT, _("A document was changed while the answer was made. Ask again.")
        ) from error


def _final(answer_id: int) -> Answer:
    """At once, unless a worker was quicker to take the question: then when that one has answered."""
    deadline = time.monotonic() + chat_config().lease_seconds
    while True:
        answer = Answer.objects.select_related("message", "conversation__collection").get(pk=answer_id)
        if answer.state == AnswerState.DONE:
            return answer
        if answer.state == AnswerState.DEAD or time.monotonic() > deadline:
            raise AppError(
                Code.UNAVAILABLE, _("The question was stored, but could not be answered. Ask again.")
            )
        time.sleep(POLL_SECONDS)
