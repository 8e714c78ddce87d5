"""What others are told after the commit: the owner's sockets by a doorbell, the workers by the queue."""

from __future__ import annotations

from apps.chat.config import chat_config
from apps.chat.models import Answer, Conversation, Message
from apps.chat.sockets.protocol import Type
from apps.common.events import Event, publish, viewer_group
from apps.common.queue import enqueue

ANSWER_TASK = "apps.chat.tasks.answer_questions"


def accepted(message: Message) -> None:
    publish(_group(message.conversation), Event(Type.ACCEPTED, str(message.uid)))


def working(answer: Answer) -> None:
    publish(_group(answer.conversation), Event(Type.WORKING, str(answer.uid)))


def finished(answer: Answer) -> None:
    publish(_group(answer.conversation), Event(Type.DONE, str(answer.uid)))


def waiting(answer: Answer) -> None:
    """To the queue; when the lease ends without a worker's claim, the sweeper sends it again."""
    enqueue(ANSWER_TASK, answer.pk, expires=chat_config().lease_seconds)


def _group(conversation: Conversation) -> str:
    user = conversation.user
    return viewer_group(user.uid if user else None, conversation.visitor_key)
