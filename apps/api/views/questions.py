"""Questions, their answers, and what the answers are from."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.request_limits import check_rate
from apps.api.operations import Access, operation
from apps.api.serializers.chat import AnswerOut, AskedOut, ProofOut, QuestionIn, SourceOut, SourceQuery
from apps.api.views.base import ApiView, shown
from apps.api.views.once import OnceView
from apps.api.waiting import wait_for
from apps.chat import services
from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState, Quote
from apps.chat.pages.proof_page import proof_of
from apps.chat.presentation.conversation_views import AnswerView as AnswerValues
from apps.chat.presentation.conversation_views import MessageView, answer_view, message_view
from apps.chat.selectors import answer_for, message_for
from apps.common.errors import NotFound
from apps.knowledge.documents.excerpts import excerpt_between

ACCEPTED, CREATED = 202, 201
MOST_QUOTES = 1000  # more than any answer has


@dataclass(frozen=True)
class Asked:
    conversation_id: uuid.UUID
    message: MessageView
    answer: AnswerValues
    answer_url: str


@dataclass(frozen=True)
class Source:
    number: int
    document: str
    document_id: uuid.UUID
    version: int
    path: str
    heading: list[str]
    start: int
    end: int
    before: str
    text: str
    after: str
    unreliable: bool


class QuestionsView(OnceView):
    @operation(
        "ask_question",
        Access.ASK,
        body=QuestionIn,
        status=CREATED,
        returns=AskedOut,
        also={ACCEPTED: AskedOut},
        once=True,
        summary="Ask a question",
    )
    def post(self, request: Request) -> Response:
        """201 with the answer if it was there within `wait` seconds; else 202, and the answer will be at `answer_url`.
        Without an Idempotency-Key, a request that is repeated is a new question.
        """
        wanted = self.body(QuestionIn)
        sent = self.sent()
        message_id = self.once(lambda: self._sent(wanted, sent.request_id))
        wait_for(message_for(self.viewer, message_id).answer, wanted["wait"])
        return self._shown(message_id)

    def _sent(self, wanted: dict[str, Any], client_id: uuid.UUID) -> uuid.UUID:
        return services.send_message(
            self.viewer,
            client_id=client_id,
            text=wanted["text"],
            conversation=wanted.get("conversation_id"),
            collection=wanted.get("collection_id"),
            address=self.address,
        ).message.uid

    def _shown(self, message_id: uuid.UUID) -> Response:
        message = message_for(self.viewer, message_id)
        answer = answer_for(self.viewer, message.answer.uid)
        url = reverse("api:answer", args=[answer.uid])
        values = Asked(message.conversation.uid, message_view(message), answer_view(answer), url)
        status = CREATED if values.answer.is_final else ACCEPTED
        return shown(AskedOut, values, status, Location=url)


class AnswerView(ApiView):
    @operation("get_answer", Access.ASK, returns=AnswerOut)
    def get(self, request: Request, answer_id: uuid.UUID) -> Response:
        return shown(AnswerOut, answer_view(answer_for(self.viewer, answer_id)))


class SourceView(ApiView):
    @operation("get_source", Access.ASK, query=SourceQuery, returns=SourceOut)
    def get(self, request: Request, answer_id: uuid.UUID, number: int) -> Response:
        """A quote, counted from 1, with the text around it."""
        answer = answer_for(self.viewer, answer_id)
        if not 0 < number <= MOST_QUOTES:
            raise NotFound
        quotes = answer.quotes.filter(kind=Quote.Kind.QUOTE).select_related("version__document")
        quote = quotes.defer("version__text").order_by("position")[number - 1 : number].first()
        if quote is None or quote.version.document.deleted_at:
            raise NotFound
        return shown(SourceOut, _source(quote, number, self.asked["before"], self.asked["after"]))


class ProofView(ApiView):
    @operation("get_proof", Access.ASK, returns=ProofOut)
    def get(self, request: Request, answer_id: uuid.UUID) -> Response:
        """Reads the original files again, now."""
        answer: Answer = answer_for(self.viewer, answer_id)
        check_rate(self.viewer, self.address, "proofs", chat_config().proofs_per_minute)
        if answer.state != AnswerState.DONE:
            raise NotFound
        return shown(ProofOut, proof_of(answer))


def _source(quote: Quote, number: int, before: int, after: int) -> Source:
    first, last = max(0, quote.start - before), quote.end + after
    excerpt = excerpt_between(quote.version, first, last)
    document = quote.version.document
    return Source(
        number=number,
        document=quote.version.title,
        document_id=document.uid,
        version=quote.version.number,
        path=document.path,
        heading=quote.heading_path,
        start=quote.start,
        end=quote.end,
        before=excerpt.words(max(first, excerpt.start), quote.start),
        text=excerpt.words(quote.start, quote.end),
        after=excerpt.words(quote.end, last),
        unreliable=quote.unreliable,
    )
