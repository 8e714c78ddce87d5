"""Keeps the index of the search in conversations: the services that store questions and quotes write it, too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import F

from apps.chat.models import Conversation, Message, Quote, SearchEntry
from apps.chat.selectors import owner_word
from apps.knowledge.documents.stored_spans import span_words
from apps.knowledge.index.analyzer import stems

QuoteTerms = Mapping[tuple[int, int], str]  # by (id of the answer, place of the quote counted from 0)
PER_MESSAGE = SearchEntry.ENTRIES_OF_A_MESSAGE
AT_ONCE = 200  # questions
BATCHES = 10  # of one run; the next run goes on
DELETED_AT_ONCE = 500


def search_terms(*texts: str) -> str:
    """The stems of all texts, each once. Compute them before the transaction that stores them."""
    return " ".join(sorted({stem for text in texts for stem in stems(text)}))


def index_question(message: Message, terms: str) -> None:
    _store([_entry(message.conversation, message, terms)])


def index_quotes(quotes: Iterable[Quote], terms: QuoteTerms) -> None:
    """Quotes whose answers, messages and conversations are at hand. The closest passages are not indexed."""
    _store(
        [
            _entry(
                quote.answer.conversation,
                quote.answer.message,
                terms[quote.answer_id, quote.position],
                quote,
            )
            for quote in quotes
            if quote.kind == Quote.Kind.QUOTE
        ]
    )


def index_missing(batches: int = BATCHES) -> int:
    """Index so many batches of the questions that an earlier version has stored, newest first; returns how many.

    It may run twice at a time.
    """
    done = 0
    for _ in range(batches):
        found = _missing()
        _store(_entries(found))
        done += len(found)
        if len(found) < AT_ONCE:
            break
    return done


def rebuild_search_index() -> int:
    """Returns the number of questions."""
    while last := list(SearchEntry.objects.order_by("-pk").values_list("pk", flat=True)[:DELETED_AT_ONCE]):
        SearchEntry.objects.filter(pk__in=last).delete()
    questions = 0
    while found := index_missing():
        questions += found
    return questions


def _missing() -> list[Message]:
    """All below the lowest: new questions are indexed when they are stored, and old ones newest first."""
    rows = Message.objects.select_related("conversation", "answer").order_by("-pk")
    lowest = SearchEntry.objects.order_by("pk").values_list("pk", flat=True).first()
    if lowest is not None:
        rows = rows.filter(pk__lt=lowest // PER_MESSAGE)
    return list(rows.defer("answer__trace", "answer__manifest")[:AT_ONCE])


def _entries(messages: Sequence[Message]) -> list[SearchEntry]:
    questions = {message.pk: message for message in messages}
    quotes = Quote.objects.filter(answer__message__in=messages, kind=Quote.Kind.QUOTE)
    found = quotes.annotate(words=span_words(), message_id=F("answer__message_id"))
    return [
        *(_entry(each.conversation, each, search_terms(each.text)) for each in messages),
        *(_entry_of(questions[quote.message_id], quote, quote.words) for quote in found),
    ]


def _entry_of(message: Message, quote: Quote, words: str) -> SearchEntry:
    return _entry(message.conversation, message, search_terms(message.text, words), quote)


def _entry(
    conversation: Conversation, message: Message, terms: str, quote: Quote | None = None
) -> SearchEntry:
    place = quote.position + 1 if quote else 0
    return SearchEntry(
        id=message.pk * PER_MESSAGE + place,
        message=message,
        quote=quote,
        owner=owner_word(conversation.user_id, conversation.visitor_key),
        terms=terms,
    )


def _store(entries: Sequence[SearchEntry]) -> None:
    """An entry that is there already was stored by another process for the same question."""
    if entries:
        SearchEntry.objects.bulk_create(entries, ignore_conflicts=True)
