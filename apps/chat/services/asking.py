"""Accepts a question: checks access and limits, and stores message and pending answer in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.viewer import NOBODY, Viewer
from apps.chat.models import Answer, Conversation, Message
from apps.chat.selectors import conversation_for, conversations_for, messages_of
from apps.chat.services import notifications as news
from apps.chat.services.limits import check_limits
from apps.chat.services.numbering import take_seq
from apps.chat.services.places import (
    Place,
    ask_new_collections,
    begin_asking,
    collections_at,
    names_of,
)
from apps.chat.services.question_text import clean_question
from apps.chat.services.search_index import index_question, search_terms
from apps.common.errors import AppError, Code, NotFound
from apps.common.names import without_unsafe
from apps.common.precedence import serving_questions


@dataclass(frozen=True)
class Sent:
    """`again` when this client_id had been stored before; message comes with its conversation and answer.

    `questions_left` is how many more a visitor may ask within the hour; None for a signed-in person, or with `again`.
    """

    message: Message
    again: bool
    questions_left: int | None = None


@serving_questions()
def send_message(
    viewer: Viewer,
    *,
    client_id: uuid.UUID,
    text: str,
    conversation: uuid.UUID | None = None,
    collection: uuid.UUID | None = None,
    collections: Sequence[uuid.UUID] = (),
    workspace: uuid.UUID | None = None,
    address: str = "",
) -> Sent:
    """Store a question in a conversation, or in a new one that asks one collection, several, or all of a workspace.
    Raises AppError.

    With a `client_id` that was sent before, returns the first message. `address` is the caller's network address, for
    limits.
    """
    question = clean_question(text)
    place = Place(collection, tuple(collections), workspace)
    asked = _Asked(viewer, client_id, question, conversation, place, address, search_terms(question))
    if viewer == NOBODY:
        raise NotFound
    _check_place(conversation, place)
    try:
        return _store(asked)
    except (IntegrityError, AppError):  # perhaps it was stored before
        return _store_unless_sent(asked)


def _check_place(conversation: uuid.UUID | None, place: Place) -> None:
    if conversation is None and place == Place():
        raise AppError(Code.INVALID, _("Choose at least one collection to ask."))
    if place.number + (conversation is not None) != 1:
        raise AppError(
            Code.INVALID,
            _("A question goes to one conversation, or to one or more collections, or to a workspace."),
        )


@dataclass(frozen=True)
class _Asked:
    viewer: Viewer
    client_id: uuid.UUID
    text: str
    conversation: uuid.UUID | None
    place: Place
    address: str
    terms: str


def _store_unless_sent(asked: _Asked) -> Sent:
    first = _sent_before(asked)
    if first is not None:
        return Sent(first, again=True)
    try:
        return _store(asked)
    except IntegrityError as error:  # stored in a conversation that the viewer may no longer see
        raise AppError(
            Code.CONFLICT,
            _("This message was sent before, to a conversation that you can no longer open. Ask again."),
        ) from error


@transaction.atomic
def _store(asked: _Asked) -> Sent:
    """Raises IntegrityError if it was stored before."""
    named = asked.conversation
    conversation = _continued(asked.viewer, named) if named else _begun(asked)
    left = check_limits(asked.viewer, asked.address)
    message = _message(conversation, asked)
    news.accepted(message)
    news.waiting()
    return Sent(message, again=False, questions_left=left)


def _sent_before(asked: _Asked) -> Message | None:
    """The same message in the conversation that it names or has begun, if it was sent before."""
    named = {"uid": asked.conversation} if asked.conversation else {"client_id": asked.client_id}
    found = conversations_for(asked.viewer).filter(**named).select_related("collection", "user").first()
    first = messages_of(found).filter(client_id=asked.client_id).first() if found else None
    if first is not None and first.text != asked.text:
        raise AppError(Code.CONFLICT, _("This message was sent before with a different text."))
    return first


def _continued(viewer: Viewer, uid: uuid.UUID) -> Conversation:
    conversation = conversation_for(viewer, uid)
    ask_new_collections(viewer, conversation)
    return conversation


def _begun(asked: _Asked) -> Conversation:
    collections = collections_at(asked.viewer, asked.place)
    conversation = Conversation.objects.create(
        workspace=collections[0].workspace,
        collection=collections[0],
        asks=asked.place.asks,
        names=names_of(asked.place.asks, collections),
        user=asked.viewer.user,
        visitor_key=asked.viewer.visitor_key,
        client_id=asked.client_id,
        title=_title(asked.text),
    )
    begin_asking(conversation, collections)
    return conversation


def _title(question: str) -> str:
    return without_unsafe(" ".join(question.split()))[:200] or str(_("Untitled"))


def _message(conversation: Conversation, asked: _Asked) -> Message:
    seq = take_seq(conversation)
    if seq is None:
        raise NotFound
    message = Message.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        client_id=asked.client_id,
        seq=seq,
        text=asked.text,
    )
    Answer.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        message=message,
    )
    index_question(message, asked.terms)
    return message
