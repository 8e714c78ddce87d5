"""The replies of a socket to frames and to notifications. Everything is loaded anew by access-checked selectors."""

from __future__ import annotations

import uuid

from apps.accounts.request_limits import check_rate
from apps.accounts.viewer import Viewer
from apps.chat import services
from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState, Conversation, Message
from apps.chat.presentation.conversation_views import TurnView, answer_view, message_view, turn_views
from apps.chat.selectors import (
    answer_for,
    compared_stats,
    conversation_for,
    message_for,
    messages_after,
    questions_left,
)
from apps.chat.services.notifications import EventKind
from apps.chat.sockets.protocol import (
    RESUME_LIMIT,
    Accepted,
    AnyOut,
    Done,
    IngestionChanged,
    Note,
    Resume,
    Resumed,
    Send,
    Type,
    Watch,
    Work,
    Working,
)
from apps.common.errors import NotFound
from apps.common.events import Event
from apps.knowledge.selectors import collection_for, ingestion_for


def handle_frame(viewer: Viewer, frame: Work, address: str) -> list[AnyOut]:
    """`address` is the sender's network address. Raises AppError."""
    match frame:
        case Send():
            return _send(viewer, frame, address)
        case Resume():
            check_rate(viewer, address, "resumes", chat_config().resumes_per_minute)
            return _resume(viewer, frame)
        case Watch():
            collection_for(viewer, frame.collection, editing=True)
            return []


def notifications_for(viewer: Viewer, event: Event) -> list[AnyOut]:
    """Nothing when the viewer may no longer see it, or it is no longer so."""
    uid = uuid.UUID(event.id)
    try:
        match event.kind:
            case EventKind.ACCEPTED:
                return [_accepted(message_for(viewer, uid))]
            case EventKind.WORKING:
                return _working(answer_for(viewer, uid))
            case EventKind.DONE:
                return [_done(answer_for(viewer, uid))]
            case Type.INGESTION:
                return [IngestionChanged(str(ingestion_for(viewer, uid).uid))]
    except NotFound:
        pass
    return []


def _send(viewer: Viewer, frame: Send, address: str) -> list[AnyOut]:
    sent = services.send_message(
        viewer,
        client_id=frame.client_id,
        text=frame.text,
        conversation=frame.conversation,
        collection=frame.collection,
        address=address,
    )
    final = sent.again and sent.message.answer.seq is not None
    left = questions_left(viewer) if sent.again else sent.questions_left
    accepted = _accepted(sent.message, left)
    return [accepted, *([_done(sent.message.answer)] if final else [])]


def _resume(viewer: Viewer, frame: Resume) -> list[AnyOut]:
    conversation = conversation_for(viewer, frame.conversation)
    upto = min(frame.last_seq + RESUME_LIMIT, conversation.last_seq)
    messages = list(messages_after(conversation, frame.last_seq, upto))
    turns = zip(messages, turn_views(messages), strict=True)
    frames = [each for message, turn in turns for each in _turn(conversation, message, turn)]
    return [*frames, Resumed(str(conversation.uid), upto, more=upto < conversation.last_seq)]


def _turn(conversation: Conversation, message: Message, turn: TurnView) -> list[AnyOut]:
    where = str(conversation.uid)
    question = Accepted(str(message.client_id), where, turn.message)
    if turn.answer.is_final:
        return [question, Done(where, turn.answer)]
    return [question, *_working(message.answer)]


def _accepted(message: Message, left: int | None = None) -> Accepted:
    return Accepted(str(message.client_id), str(message.conversation.uid), message_view(message), left)


def _done(answer: Answer) -> Done:
    return Done(str(answer.conversation.uid), answer_view(answer))


def _working(answer: Answer) -> list[AnyOut]:
    if answer.seq is not None:
        return []
    running = answer.state == AnswerState.RUNNING
    stats = compared_stats(answer.conversation.collection) if running else None
    note = Note(stats.passages, stats.documents) if stats else None
    where, question = str(answer.conversation.uid), str(answer.message.uid)
    return [Working(where, question, str(answer.uid), answer.state, note)]
