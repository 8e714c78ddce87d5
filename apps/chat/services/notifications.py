"""Notifications after the commit: the owner's sockets by published events, the workers by the queue."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from apps.chat.config import chat_config
from apps.chat.models import Answer, Conversation, Message
from apps.common.events import Event, publish_all, viewer_group
from apps.common.queue import enqueue

ANSWER_TASK = "apps.chat.tasks.answer_questions"


class EventKind(StrEnum):
    """What happened to the message or answer that an event names."""

    ACCEPTED = "message.accepted"
    WORKING = "answer.working"
    DONE = "answer.done"


def accepted(message: Message) -> None:
    publish_all([(_group(message.conversation), Event(EventKind.ACCEPTED, str(message.uid)))])


def working(answers: Sequence[Answer]) -> None:
    _publish(EventKind.WORKING, answers)


def finished(answers: Sequence[Answer]) -> None:
    _publish(EventKind.DONE, answers)


def waiting() -> None:
    """Wakes a worker. One that is not reached looks by itself: the waiting rows are the queue."""
    enqueue(ANSWER_TASK, expires=chat_config().lease_seconds)


def _publish(kind: EventKind, answers: Sequence[Answer]) -> None:
    publish_all([(_group(answer.conversation), Event(kind, str(answer.uid))) for answer in answers])


def _group(conversation: Conversation) -> str:
    user = conversation.user
    return viewer_group(user.uid if user else None, conversation.visitor_key)
