"""A question comes in: access, limits, message and waiting answer in one transaction, then the queue."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.viewer import NOBODY, Viewer
from apps.chat.models import Answer, Conversation, Message
from apps.chat.selectors import conversation_for, conversations_for, messages_of
from apps.chat.services import notifications as news
from apps.chat.services.limits import check_limits
from apps.chat.services.question_text import clean_question
from apps.common.errors import AppError, Code, NotFound
from apps.common.names import without_unsafe
from apps.knowledge.selectors import collection_for

TAKE_SEQ = """
UPDATE chat_conversation SET last_seq = last_seq + 1 WHERE id = %s RETURNING last_seq, user_id, visitor_key
"""


@dataclass(frozen=True)
class Sent:
    """`again` when this client_id had been stored before; message comes with its conversation and answer.

    `questions_left` is how many more a visitor may ask within the hour; None for a signed-in person, or with `again`.
    """

    message: Message
    again: bool
    questions_left: int | None = None


def send_message(
    viewer: Viewer,
    *,
    client_id: uuid.UUID,
    text: str,
    conversation: uuid.UUID | None = None,
    collection: uuid.UUID | None = None,
    address: str = "",
) -> Sent:
    """Store a question in a conversation, or in a new one about a collection. Raises AppError.

    The same `client_id` again returns the first message. `address` is the caller's network address, for limits.
    """
    question = _Asked(viewer, client_id, clean_question(text), conversation, collection, address)
    if viewer == NOBODY:
        raise NotFound
    try:
        return _store(question, _begun)
    except (IntegrityError, NotFound):  # perhaps the same client_id was stored before: now it is found
        return _store_again(question)


def take_seq(conversation: Conversation) -> int | None:
    """The next number, or None when the conversation is gone; also who owns it now: a visitor may have signed in.

    The row stays locked until the transaction ends, so that numbers have no gaps.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE_SEQ, [conversation.pk])
        row = cursor.fetchone()
    if row is None:
        return None
    seq, conversation.user_id, conversation.visitor_key = row
    return int(seq)


@dataclass(frozen=True)
class _Asked:
    viewer: Viewer
    client_id: uuid.UUID
    text: str
    conversation: uuid.UUID | None
    collection: uuid.UUID | None
    address: str


def _store_again(asked: _Asked) -> Sent:
    try:
        return _store(asked, _found_or_begun)
    except IntegrityError as error:  # found neither time: it lies where the viewer may not look any more
        raise AppError(
            Code.CONFLICT, _("This message was sent before, to a collection that is closed to you now.")
        ) from error


@transaction.atomic
def _store(asked: _Asked, new: Callable[[_Asked], Conversation]) -> Sent:
    """`new` gives the conversation of a question that names none."""
    if (asked.conversation is None) == (asked.collection is None):
        raise AppError(Code.INVALID, _("A question belongs to one conversation or one collection."))
    conversation = conversation_for(asked.viewer, asked.conversation) if asked.conversation else new(asked)
    first = _sent_before(conversation, asked)
    if first is not None:
        return Sent(first, again=True)
    left = check_limits(asked.viewer, asked.address)
    message = _message(conversation, asked)
    news.accepted(message)
    news.waiting()
    return Sent(message, again=False, questions_left=left)


def _sent_before(conversation: Conversation, asked: _Asked) -> Message | None:
    if conversation.last_seq == 0:  # it has just begun
        return None
    first = messages_of(conversation).filter(client_id=asked.client_id).first()
    if first is not None and first.text != asked.text:
        raise AppError(Code.CONFLICT, _("This message was sent before with other words."))
    return first


def _found_or_begun(asked: _Asked) -> Conversation:
    """The conversation that this very message has begun before."""
    begun = conversations_for(asked.viewer).filter(client_id=asked.client_id)
    return begun.select_related("collection", "user").first() or _begun(asked)


def _begun(asked: _Asked) -> Conversation:
    assert asked.collection is not None  # as _store has checked
    collection = collection_for(asked.viewer, asked.collection)
    return Conversation.objects.create(
        workspace=collection.workspace,
        collection=collection,
        user=asked.viewer.user,
        visitor_key=asked.viewer.visitor_key,
        client_id=asked.client_id,
        title=_title(asked.text),
    )


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
    return message
