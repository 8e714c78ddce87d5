"""Frames for pages: with the HTML that their scripts insert. Other clients get the neutral values alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from apps.chat.pages.fragments import answer_html, turn_html, working_html
from apps.chat.sockets.protocol import Accepted, AnyOut, Done, Note, Working
from apps.knowledge.selectors import CollectionStats


def with_html(frames: Iterable[AnyOut]) -> list[AnyOut]:
    """In the language that is active."""
    return [_with_html(frame) for frame in frames]


def _with_html(frame: AnyOut) -> AnyOut:
    match frame:
        case Accepted():
            return replace(frame, html=turn_html(frame.message))
        case Working():
            return replace(frame, html=working_html(_compared(frame.note)))
        case Done():
            return replace(frame, html=answer_html(frame.conversation, frame.answer))
    return frame


def _compared(note: Note | None) -> CollectionStats | None:
    return CollectionStats(passages=note.compared, documents=note.documents) if note else None
