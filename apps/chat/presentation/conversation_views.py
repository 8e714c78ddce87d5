"""Conversations as the page, the socket and the commands show them: frozen values that turn into JSON as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.chat.config import decision_config
from apps.chat.models import Answer, AnswerState, AnswerStatus, Conversation, Message, Outage, Quote
from apps.chat.selectors import StoredQuote, messages_of, quotes_of

STRENGTH = {AnswerStatus.ANSWERED: 3, AnswerStatus.PARTIAL: 2, AnswerStatus.REFUSED: 0}


@dataclass(frozen=True)
class MessageView:
    id: str
    seq: int
    text: str
    created_at: datetime


@dataclass(frozen=True)
class QuoteView:
    """`text` is the document's, word for word; "" with `removed` when the document has been deleted.

    `number` counts from 1; `url` is the address of the source at the passage; `version` its version's number.
    `place` is heading path and page in one line; `reference` the rest of what a printed reference needs.
    """

    number: int
    text: str
    document: str
    heading: tuple[str, ...]
    page: int | None
    place: str
    reference: str
    url: str
    version: int
    start: int
    end: int
    removed: bool


@dataclass(frozen=True)
class AnswerView:
    """`strength` counts filled bars, 0 to 3. Texts that do not apply are "": no headline before `state` is done.

    `meaning` is how often such an answer was right when that was measured. `searched` is what was searched for, if it
    is not the question as it was written. `proof_url` and `places` are of the quotes whose words can still be shown.
    """

    id: str
    message: str
    seq: int | None
    state: str
    status: str
    strength: int
    headline: str
    meaning: str
    places: str
    statement: str
    searched: str
    quotes: tuple[QuoteView, ...]
    nearest: tuple[QuoteView, ...]
    proof_url: str

    @property
    def is_final(self) -> bool:
        return self.state in {AnswerState.DONE, AnswerState.DEAD}


@dataclass(frozen=True)
class TurnView:
    message: MessageView
    answer: AnswerView


@dataclass(frozen=True)
class ConversationView:
    id: str
    title: str
    collection: str
    collection_id: str
    last_seq: int
    created_at: datetime
    turns: tuple[TurnView, ...]


def conversation_view(conversation: Conversation) -> ConversationView:
    """A conversation from a selector, with all its turns; two queries."""
    return ConversationView(
        id=str(conversation.uid),
        title=conversation.title,
        collection=conversation.collection.name,
        collection_id=str(conversation.collection.uid),
        last_seq=conversation.last_seq,
        created_at=conversation.created_at,
        turns=turn_views(messages_of(conversation)),
    )


def turn_views(messages: Iterable[Message]) -> tuple[TurnView, ...]:
    """Messages of `messages_of` or `messages_after`; one query more for all their quotes."""
    shown = list(messages)
    quotes = quotes_of(message.answer for message in shown)
    return tuple(_turn(message, quotes.get(message.answer.pk, [])) for message in shown)


def message_view(message: Message) -> MessageView:
    return MessageView(str(message.uid), message.seq, message.text, message.created_at)


def answer_view(answer: Answer) -> AnswerView:
    """An answer of `answer_for`; one query for its quotes."""
    return _answer(answer, answer.message, answer.conversation, quotes_of([answer]).get(answer.pk, []))


def _turn(message: Message, quotes: Sequence[StoredQuote]) -> TurnView:
    return TurnView(message_view(message), _answer(message.answer, message, message.conversation, quotes))


def _answer(
    answer: Answer, message: Message, conversation: Conversation, quotes: Sequence[StoredQuote]
) -> AnswerView:
    place = [conversation.uid, answer.uid]
    shown = tuple(
        _quote(row, number, reverse("source", args=[*place, number]) + "#passage")
        for number, row in _of_kind(quotes, Quote.Kind.QUOTE)
    )
    done = answer.state == AnswerState.DONE
    places = sum(not quote.removed for quote in shown)
    return AnswerView(
        id=str(answer.uid),
        message=str(message.uid),
        seq=answer.seq,
        state=answer.state,
        status=answer.status,
        strength=STRENGTH[AnswerStatus(answer.status)] if done else 0,
        headline=_headline(answer),
        meaning=_meaning(answer.status) if done else "",
        places=_places(places),
        statement=_statement(answer, conversation.collection.name),
        searched=_searched(answer, message),
        quotes=shown,
        nearest=tuple(
            _quote(row, number, _passage_url(row)) for number, row in _of_kind(quotes, Quote.Kind.NEAREST)
        ),
        proof_url=reverse("proof", kwargs={"uid": answer.uid}) if places else "",
    )


def _headline(answer: Answer) -> str:
    if answer.state == AnswerState.DEAD:
        return _("Could not be answered")
    return str(AnswerStatus(answer.status).label) if answer.status else ""


def _places(count: int) -> str:
    return ngettext("in %(count)d place", "in %(count)d places", count) % {"count": count} if count else ""


def _meaning(status: str) -> str:
    measured = decision_config().right_of_100.model_dump().get(status)
    if measured is None:
        return ""
    return _("Of 100 answers shown like this, %(count)d had a right quote when it was measured.") % {
        "count": measured
    }


def _statement(answer: Answer, collection: str) -> str:
    if answer.state == AnswerState.DEAD:
        told = str(Outage(answer.outage).label) if answer.outage else ""
        return told or _("Something went wrong while looking. Ask again in a moment.")
    if answer.status == AnswerStatus.REFUSED:
        return _("The %(collection)s does not say.") % {"collection": collection}
    return ""


def _searched(answer: Answer, message: Message) -> str:
    resolved = str((answer.manifest or {}).get("resolved_question", ""))
    return "" if resolved == message.text else resolved


def _of_kind(quotes: Sequence[StoredQuote], kind: str) -> Iterable[tuple[int, StoredQuote]]:
    return enumerate((row for row in quotes if row.kind == kind), start=1)


def _passage_url(row: StoredQuote) -> str:
    page = reverse("version", kwargs={"uid": row.document_uid, "number": row.version_number})
    return f"{page}?{urlencode({'start': row.start, 'end': row.end})}#passage"


def _quote(row: StoredQuote, number: int, url: str) -> QuoteView:
    return QuoteView(
        number=number,
        text=row.text,
        document=row.title,
        heading=row.heading_path,
        page=row.page,
        place=_place(row),
        reference=_("version %(version)d, characters %(start)d to %(end)d")
        % {"version": row.version_number, "start": row.start, "end": row.end},
        url="" if row.removed else url,
        version=row.version_number,
        start=row.start,
        end=row.end,
        removed=row.removed,
    )


def _place(row: StoredQuote) -> str:
    """Begins after the title, which stands before it."""
    headings = row.heading_path[1:] if row.heading_path[:1] == (row.title,) else row.heading_path
    page = (_("page %(page)d") % {"page": row.page},) if row.page else ()
    return "".join(f" › {part}" for part in (*headings, *page)).strip()
