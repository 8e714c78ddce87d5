"""A whole conversation as JSON text, in pieces: its facts, and each answer as `ask --json` prints it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from apps.chat.models import AnswerState, Conversation, Message
from apps.chat.presentation.answer_json import answers_json
from apps.chat.selectors import messages_in_chunks


def conversation_json(conversation: Conversation) -> Iterator[str]:
    """A conversation from a selector; two queries for each chunk of its questions. `answer` is null for a question
    that is not answered.
    """
    yield f'{{"conversation": {_json(_facts(conversation))}, "turns": ['
    separator = "\n"
    for messages in messages_in_chunks(conversation):
        for turn in _turns(messages, conversation.asked_name):
            yield separator + _json(turn)
            separator = ",\n"
    yield "\n]}\n"


def _facts(conversation: Conversation) -> dict[str, str]:
    return {
        "id": str(conversation.uid),
        "title": conversation.title,
        "collection": conversation.asked_name,
        "collection_id": str(conversation.collection.uid),
        "created_at": conversation.created_at.isoformat(),
    }


def _turns(messages: Sequence[Message], collection: str) -> Iterator[dict[str, Any]]:
    done = [message.answer for message in messages if message.answer.state == AnswerState.DONE]
    found = {shown["answer_id"]: shown for shown in answers_json(done, collection)}
    for message in messages:
        yield {
            "id": str(message.uid),
            "seq": message.seq,
            "question": message.text,
            "asked_at": message.created_at.isoformat(),
            "state": message.answer.state,
            "answer": found.get(str(message.answer.uid)),
        }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
