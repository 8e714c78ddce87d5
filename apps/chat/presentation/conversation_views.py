"""Conversations as neutral values: what pages, sockets and commands show, without addresses and sentences of their own.

They turn into JSON as they are; docs/developer/protocol.md describes their fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice
from typing import Any

from apps.chat.answering.manifest import with_meant
from apps.chat.config import decision_config
from apps.chat.models import Answer, AnswerState, AnswerStatus, Conversation, Message, Quote
from apps.chat.presentation.replies import reply_to
from apps.chat.selectors import StoredQuote, messages_before, quotes_of

WEAK = "weak"  # a partial match whose first quote probably does not answer
STRENGTH: dict[str, int] = {
    AnswerStatus.ANSWERED: 3,
    AnswerStatus.PARTIAL: 2,
    WEAK: 1,
    AnswerStatus.REFUSED: 0,
    AnswerStatus.SMALL_TALK: 0,
    AnswerStatus.APPROVED: 0,
}
TURNS_SHOWN = 20


@dataclass(frozen=True)
class MessageView:
    id: str
    seq: int
    text: str
    created_at: datetime


@dataclass(frozen=True)
class QuoteView:
    """`text` is the document's, word for word; "" with `removed`, when the document has been deleted.

    `number` counts from 1 among the answer's quotes, or among its nearest passages. `document` is the title,
    `document_id` the uid; `version` is the number of the version that `start` and `end` count in. `columns` names the
    columns of table rows among the words; `code` are the ranges [start, end] of the words that are code. `page_label`
    is what the document prints on the page, "" if nothing. `more` items of the list are not in the quote. The text of
    an `unreliable` one may differ from what a reader sees in the file. `marked` are the ranges [start, end] of the
    words that certainly answer, of which there may be none.
    """

    number: int
    text: str
    columns: str
    code: tuple[tuple[int, int], ...]
    document: str
    document_id: str
    version: int
    heading: tuple[str, ...]
    page: int | None
    page_label: str
    start: int
    end: int
    removed: bool
    more: int
    unreliable: bool
    marked: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class MissingWordView:
    """A word of the question that no document contains; `meant` is a similar word of the documents or ""."""

    word: str
    meant: str


@dataclass(frozen=True)
class ApprovedView:
    """What an editor of the collection has answered: `text` is theirs and no quote. `role` is "owner", "editor" or
    "operator". `withdrawn` when the entry was deleted, and then `text` is "".
    """

    text: str
    role: str
    approved_at: datetime
    withdrawn: bool


@dataclass(frozen=True)
class PartView:
    """One question of a text that asks several, with what AnswerView says of a single one. `quotes` and `nearest` are
    the numbers of its quotes and nearest passages in the answer; `is_approved` if the approved answer is its answer.
    """

    question: str
    status: str
    strength: int
    right_of_100: int | None
    searched: str
    quotes: tuple[int, ...]
    nearest: tuple[int, ...]
    missing: tuple[MissingWordView, ...]
    language: str
    named_place: str
    unresolved: bool
    is_approved: bool


@dataclass(frozen=True)
class AnswerView:
    """`seq` is None and `status` "" before the answer is final. `outage` names what did not respond until it was
    given up.

    `strength` counts filled bars: 3 for a strong match, 2 for a partial and 1 for a weak one. `right_of_100` is how
    many of 100 such answers contained a correct quote in tests, None for an answer without quotes. `searched` is what
    was searched for, "" if that is the question as written. `collection` names what was asked.
    `missing` are words that the question turns on; `language` is the code of its language if no document is in it, else
    "". `reply` is what is said instead of an answer to what is not a question, else "". `named_place` is the clause or
    step that the question asks for by its label and that the quotes are from, else ""; such an answer has no bars and
    no figure. A refusal is `unresolved` if the question refers to something that is not known. `approved` is the answer
    of an editor with status "approved", else None; `quotes` has its source then, if it names one. `parts` are the
    questions of a text that asks several, else empty; `right_of_100` and `searched` are then those of each part.
    """

    id: str
    message: str
    seq: int | None
    state: str
    status: str
    outage: str
    strength: int
    right_of_100: int | None
    searched: str
    collection: str
    quotes: tuple[QuoteView, ...]
    nearest: tuple[QuoteView, ...]
    missing: tuple[MissingWordView, ...] = ()
    language: str = ""
    reply: str = ""
    named_place: str = ""
    unresolved: bool = False
    approved: ApprovedView | None = None
    parts: tuple[PartView, ...] = ()

    @property
    def is_final(self) -> bool:
        return self.state in {AnswerState.DONE, AnswerState.DEAD}


@dataclass(frozen=True)
class TurnView:
    message: MessageView
    answer: AnswerView


@dataclass(frozen=True)
class ConversationView:
    """Up to TURNS_SHOWN turns in order. `has_earlier` and `has_later` say whether there are others around them."""

    id: str
    title: str
    collection: str
    collection_id: str
    last_seq: int
    created_at: datetime
    turns: tuple[TurnView, ...]
    has_earlier: bool
    has_later: bool


def conversation_view(conversation: Conversation, before: int | None = None) -> ConversationView:
    """A conversation from a selector with its last turns, or with the last ones whose question has a lower number than
    `before`. Two queries, or three.
    """
    newest_first = list(messages_before(conversation, before)[: TURNS_SHOWN + 1])
    return ConversationView(
        id=str(conversation.uid),
        title=conversation.title,
        collection=conversation.asked_name,
        collection_id=str(conversation.collection.uid),
        last_seq=conversation.last_seq,
        created_at=conversation.created_at,
        turns=turn_views(reversed(newest_first[:TURNS_SHOWN])),
        has_earlier=len(newest_first) > TURNS_SHOWN,
        has_later=before is not None and conversation.messages.filter(seq__gte=before).exists(),
    )


def turn_views(messages: Iterable[Message]) -> tuple[TurnView, ...]:
    """Messages of `messages_before` or `messages_after`; one more query for all their quotes."""
    shown = list(messages)
    quotes = quotes_of(message.answer for message in shown)
    return tuple(_turn(message, quotes.get(message.answer.pk, [])) for message in shown)


def message_view(message: Message) -> MessageView:
    return MessageView(str(message.uid), message.seq, message.text, message.created_at)


def answer_view(answer: Answer) -> AnswerView:
    """An answer of `answer_for`; one query for its quotes."""
    return answer_views([answer])[0]


def answer_views(answers: Sequence[Answer]) -> list[AnswerView]:
    """Answers of `answers_for`; one query for the quotes of all."""
    quotes = quotes_of(answers)
    return [
        _answer(answer, answer.message, answer.conversation, quotes.get(answer.pk, [])) for answer in answers
    ]


def _turn(message: Message, quotes: Sequence[StoredQuote]) -> TurnView:
    return TurnView(message_view(message), _answer(message.answer, message, message.conversation, quotes))


def _answer(
    answer: Answer, message: Message, conversation: Conversation, quotes: Sequence[StoredQuote]
) -> AnswerView:
    done = answer.state == AnswerState.DONE
    manifest = answer.manifest or {}
    encoder = manifest.get("encoder", {}).get("name", "")
    strength, right_of_100 = _rating(str(answer.status), manifest, encoder) if done else (0, None)
    parts = _parts(manifest.get("parts", ()), encoder, answer.meant)
    return AnswerView(
        id=str(answer.uid),
        message=str(message.uid),
        seq=answer.seq,
        state=answer.state,
        status=answer.status,
        outage=answer.outage,
        strength=strength,
        right_of_100=None if parts else right_of_100,
        searched="" if parts else _searched(manifest, message.text),
        collection=conversation.asked_name,
        quotes=_of_kind(quotes, Quote.Kind.QUOTE),
        nearest=_of_kind(quotes, Quote.Kind.NEAREST),
        missing=_missing(manifest.get("missing", ()), answer.meant),
        language=manifest.get("language_not_held", ""),
        reply=reply_to(manifest.get("small_talk", ""), conversation.asked_name),
        named_place=manifest.get("named_place", ""),
        unresolved=manifest.get("unresolved", False),
        approved=_approved(manifest.get("approved"), withdrawn=answer.faq_entry_id is None),
        parts=parts,
    )


def _rating(status: str, decided: Mapping[str, Any], encoder: str) -> tuple[int, int | None]:
    """Bars, and how many of 100 such answers are right, as it was measured with this encoder."""
    if decided.get("named_place"):
        return 0, None
    rating = WEAK if decided.get("weak") else status
    return STRENGTH[rating], decision_config().of(encoder).right_of_100.model_dump().get(rating)


def _missing(
    words: Iterable[Mapping[str, str]], meant: Mapping[str, str] | None
) -> tuple[MissingWordView, ...]:
    return tuple(MissingWordView(**word) for word in with_meant(words, meant))


def _parts(
    records: Sequence[Mapping[str, Any]], encoder: str, meant: Mapping[str, str] | None
) -> tuple[PartView, ...]:
    quotes, nearest = count(1), count(1)
    return tuple(_part(each, encoder, meant, quotes, nearest) for each in records)


def _part(
    record: Mapping[str, Any],
    encoder: str,
    meant: Mapping[str, str] | None,
    quotes: Iterator[int],
    nearest: Iterator[int],
) -> PartView:
    strength, right_of_100 = _rating(record["status"], record, encoder)
    return PartView(
        question=record["question"],
        status=record["status"],
        strength=strength,
        right_of_100=right_of_100,
        searched=_searched(record, record["question"]),
        quotes=tuple(islice(quotes, record["quotes"])),
        nearest=tuple(islice(nearest, record["nearest"])),
        missing=_missing(record["missing"], meant),
        language=record["language_not_held"],
        named_place=record["named_place"],
        unresolved=record["unresolved"],
        is_approved=record["approved"],
    )


def _approved(recorded: Mapping[str, str] | None, *, withdrawn: bool) -> ApprovedView | None:
    if not recorded:
        return None
    text = "" if withdrawn else recorded["text"]
    return ApprovedView(text, recorded["role"], datetime.fromisoformat(recorded["approved_at"]), withdrawn)


def _searched(decided: Mapping[str, Any], asked: str) -> str:
    resolved = str(decided.get("resolved_question", ""))
    return "" if resolved == asked else resolved


def _of_kind(quotes: Sequence[StoredQuote], kind: str) -> tuple[QuoteView, ...]:
    rows = (row for row in quotes if row.kind == kind)
    return tuple(_quote(row, number) for number, row in enumerate(rows, start=1))


def _quote(row: StoredQuote, number: int) -> QuoteView:
    return QuoteView(
        number=number,
        text=row.text,
        columns=row.columns,
        code=tuple((start, end) for start, end in row.code),
        document=row.title,
        document_id=str(row.document_uid),
        version=row.version_number,
        heading=row.heading_path,
        page=row.page,
        page_label=row.page_label,
        start=row.start,
        end=row.end,
        removed=row.removed,
        more=0 if row.removed else row.more,
        unreliable=row.unreliable,
        marked=tuple((start, end) for start, end in row.marked),
    )
