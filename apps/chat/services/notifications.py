"""Notifications after the commit: the owner's sockets by a published event, the workers by the queue."""

from __future__ import annotations

from enum import StrEnum

from apps.chat.config import chat_config
from apps.chat.models import Answer, Conversation, Message
from apps.common.events import Event, publish, viewer_group
from apps.common.queue import enqueue

ANSWER_TASK = "apps.chat.tasks.answer_questions"


class EventKind(StrEnum):
    """What happened to the message or answer that an event names."""

    ACCEPTED = "message.accepted"
    WORKING = "answer.working"
    DONE = "answer.done"


def accepted(message: Message) -> None:
    publish(_group(message.conversation), Event(EventKind.ACCEPTED, str(message.uid)))


def working(answer: Answer) -> None:
    publish(_group(answer.conversation), Event(EventKind.WORKING, str(answer.uid)))


def finished(answer: Answer) -> None:
    publish(_group(answer.conversation), Event(EventKind.DONE, str(answer.uid)))


def waiting(answer: Answer) -> None:
    """To the queue; when the lease ends without a worker's claim, the sweeper sends it again."""
    enqueue(ANSWER_TASK, answer.pk, expires=chat_config().lease_seconds)


def _group(conversation: Conversation) -> str:
    user = conversation.user
    return viewer_group(user.uid if user else None, conversation.visitor_key)
