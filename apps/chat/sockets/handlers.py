"""The replies of a socket to frames and to notifications. Access-checked selectors load everything again each time."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from apps.accounts.request_limits import check_rate
from apps.accounts.session_checks import HeldSession, unchanged_sessions
from apps.accounts.viewer import Viewer
from apps.chat import services
from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState, AnswerStatus, Conversation, Message
from apps.chat.presentation.conversation_views import TurnView, answer_views, message_view, turn_views
from apps.chat.selectors import (
    answers_for,
    asked_by,
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
from apps.knowledge.selectors import CollectionStats, collection_for, collection_stats, ingestion_for

ANSWER_EVENTS = frozenset({EventKind.WORKING, EventKind.DONE})


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


class Wanted(NamedTuple):
    """A socket, by its session, is to be told of an event."""

    session: HeldSession
    event: Event


def notifications_for(wanted: Sequence[Wanted]) -> list[list[AnyOut] | None]:
    """What each is told: nothing when its viewer may no longer see it, or it is no longer so; None when the session
    is over or someone else's.
    """
    unchanged = unchanged_sessions(each.session for each in wanted)
    open_ones = [each for each in wanted if each.session in unchanged]
    told = _told_of_answers([each for each in open_ones if each.event.kind in ANSWER_EVENTS])
    told |= {each: _told(each) for each in set(open_ones) - told.keys()}
    return [told.get(each) for each in wanted]


def _told(wanted: Wanted) -> list[AnyOut]:
    viewer, uid = wanted.session.viewer, uuid.UUID(wanted.event.id)
    try:
        match wanted.event.kind:
            case EventKind.ACCEPTED:
                return [_accepted(message_for(viewer, uid))]
            case Type.INGESTION:
                return [IngestionChanged(str(ingestion_for(viewer, uid).uid))]
    except NotFound:
        pass
    return []


def _told_of_answers(wanted: Sequence[Wanted]) -> dict[Wanted, list[AnyOut]]:
    """However many they are: one query for the answers, one for their quotes."""
    if not wanted:
        return {}
    answers = answers_for([(each.session.viewer, uuid.UUID(each.event.id)) for each in wanted])
    found = [(each, answer) for each, answer in zip(wanted, answers, strict=True) if answer is not None]
    final = {answer.pk: answer for each, answer in found if each.event.kind == EventKind.DONE}
    done = dict(zip(final, _done(list(final.values())), strict=True))
    stats = cache(collection_stats)  # many ask the same collection
    told: dict[Wanted, list[AnyOut]] = {each: [] for each in wanted}
    for each, answer in found:
        if each.event.kind == EventKind.DONE:
            told[each] = [_with_left(done[answer.pk], each.session.viewer)]
        else:
            told[each] = _working(answer, stats)
    return told


def _send(viewer: Viewer, frame: Send, address: str) -> list[AnyOut]:
    sent = services.send_message(
        viewer,
        client_id=frame.client_id,
        text=frame.text,
        conversation=frame.conversation,
        collection=frame.collection,
        collections=frame.collections,
        workspace=frame.workspace,
        address=address,
    )
    final = sent.again and sent.message.answer.seq is not None
    left = questions_left(viewer) if sent.again else sent.questions_left
    done = _done([sent.message.answer]) if final else []
    return [_accepted(sent.message, left), *(_with_left(each, viewer) for each in done)]


def _resume(viewer: Viewer, frame: Resume) -> list[AnyOut]:
    conversation = conversation_for(viewer, frame.conversation)
    upto = min(frame.last_seq + RESUME_LIMIT, conversation.last_seq)
    messages = list(messages_after(conversation, frame.last_seq, upto))
    turns = zip(messages, turn_views(messages), strict=True)
    left = cache(questions_left)  # the same for all turns
    frames = [each for message, turn in turns for each in _turn(conversation, message, turn)]
    frames = [_with_left(each, viewer, left) if isinstance(each, Done) else each for each in frames]
    return [*frames, Resumed(str(conversation.uid), upto, more=upto < conversation.last_seq)]


def _turn(conversation: Conversation, message: Message, turn: TurnView) -> list[AnyOut]:
    where = str(conversation.uid)
    question = Accepted(str(message.client_id), where, turn.message)
    if turn.answer.is_final:
        return [question, Done(where, turn.answer)]
    return [question, *_working(message.answer)]


def _accepted(message: Message, left: int | None = None) -> Accepted:
    return Accepted(str(message.client_id), str(message.conversation.uid), message_view(message), left)


def _done(answers: Sequence[Answer]) -> list[Done]:
    views = answer_views(answers)
    return [Done(str(answer.conversation.uid), view) for answer, view in zip(answers, views, strict=True)]


def _with_left(done: Done, viewer: Viewer, left: Callable[[Viewer], int | None] = questions_left) -> Done:
    """With how many questions a visitor has left, if the question was not counted after all."""
    is_uncounted = done.answer.status == AnswerStatus.SMALL_TALK or done.answer.unresolved
    return replace(done, questions_left=left(viewer)) if is_uncounted else done


def _working(answer: Answer, stats: Callable[..., CollectionStats] = collection_stats) -> list[AnyOut]:
    if answer.seq is not None:
        return []
    running = answer.state == AnswerState.RUNNING
    compared = stats(*asked_by(answer.conversation)) if running else None
    note = Note(compared.passages, compared.documents) if compared else None
    where, question = str(answer.conversation.uid), str(answer.message.uid)
    return [Working(where, question, str(answer.uid), answer.state, note)]
