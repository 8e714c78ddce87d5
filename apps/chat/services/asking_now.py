"""Asks and answers a question in this process, for commands. It is stored like a question from the browser."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from apps.accounts.services import operator_in
from apps.accounts.viewer import Viewer
from apps.chat.answering.follow_ups import Turn
from apps.chat.answering.pipeline import answer_batch, configured_rules
from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState
from apps.chat.services.asking import send_message
from apps.chat.services.claiming import claim_answers
from apps.chat.services.completing import Claim, complete_answer, release_answer
from apps.chat.services.quote_checks import QuoteChanged
from apps.chat.services.shortcuts import SHORTCUTS
from apps.common.errors import AppError, Code
from apps.common.models import new_uid
from apps.knowledge.models import Collection
from apps.knowledge.search.retrieval import retrieve

POLL_SECONDS = 0.1


def ask_now(collection: Collection, text: str, turns: Sequence[Turn] = ()) -> Answer:
    """`turns` are earlier ones that the question may refer to. Raises AppError and EncoderUnavailable."""
    viewer = Viewer(user=operator_in(collection.workspace))
    sent = send_message(viewer, client_id=new_uid(), text=text, collection=collection.uid)
    answer_id = sent.message.answer.pk
    for claim in claim_answers([answer_id]):
        _answer(replace(claim, question=replace(claim.question, turns=tuple(turns))))
    return _final(answer_id)


def _answer(claim: Claim) -> None:
    try:
        drafts = answer_batch([claim.question], retrieve, configured_rules(), SHORTCUTS)
        complete_answer(claim, drafts[0])
    except QuoteChanged as error:
        release_answer(claim)
        raise AppError(
            Code.CONFLICT, _("A document was changed while the question was being answered. Ask again.")
        ) from error


def _final(answer_id: int) -> Answer:
    """The final answer. If a worker has taken the question, waits until that worker has answered it."""
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
