"""Keeps the index of the search in conversations: the services that store questions and quotes write it, too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db.models import Exists, OuterRef

from apps.accounts.viewer import Viewer
from apps.chat.models import Conversation, Message, Quote, SearchEntry
from apps.chat.selectors import owner_of
from apps.knowledge.documents.stored_spans import span_words
from apps.knowledge.index.analyzer import stems

QuoteTerms = Mapping[tuple[int, int], str]  # by (id of the answer, place of the quote counted from 0)
PER_MESSAGE = SearchEntry.ENTRIES_OF_A_MESSAGE
AT_ONCE = 200  # questions


def search_terms(*texts: str) -> str:
    """The stems of all texts, each once. Compute them before the transaction that stores them."""
    return " ".join(sorted({stem for text in texts for stem in stems(text)}))


def index_question(message: Message, terms: str) -> None:
    _store([_entry(message, terms)])


def index_quotes(quotes: Iterable[Quote], terms: QuoteTerms) -> None:
    """Quotes with their answers, whose conversations are at hand. The closest passages are not found by their words."""
    _store(
        [
            _entry(quote.answer.message, terms[quote.answer_id, quote.position], quote)
            for quote in quotes
            if quote.kind == Quote.Kind.QUOTE
        ]
    )


def index_missing(limit: int | None = None) -> int:
    """Index questions that are not in the index, newest first; returns how many. It may run twice at a time."""
    done = 0
    while limit is None or done < limit:
        found = _missing()
        _store([entry for message in found for entry in _entries(message)])
        done += len(found)
        if len(found) < AT_ONCE:
            break
    return done


def rebuild_search_index() -> int:
    """Returns the number of questions."""
    SearchEntry.objects.all().delete()
    return index_missing()


def _missing() -> list[Message]:
    indexed = SearchEntry.objects.filter(pk=OuterRef("pk") * PER_MESSAGE)
    rows = Message.objects.filter(~Exists(indexed)).select_related("conversation", "answer").order_by("-pk")
    return list(rows.defer("answer__trace", "answer__manifest")[:AT_ONCE])


def _entries(message: Message) -> Iterator[SearchEntry]:
    yield _entry(message, search_terms(message.text))
    quotes = message.answer.quotes.filter(kind=Quote.Kind.QUOTE).annotate(words=span_words())
    for quote in quotes:
        yield _entry(message, search_terms(message.text, quote.words), quote)


def _entry(message: Message, terms: str, quote: Quote | None = None) -> SearchEntry:
    place = quote.position + 1 if quote else 0
    return SearchEntry(
        id=message.pk * PER_MESSAGE + place,
        message=message,
        quote=quote,
        owner=_owner(message.conversation),
        terms=terms,
    )


def _owner(conversation: Conversation) -> str:
    return owner_of(Viewer(user=conversation.user, visitor_key=conversation.visitor_key))


def _store(entries: Sequence[SearchEntry]) -> None:
    """An entry that is there already was stored by another process for the same question."""
    if entries:
        SearchEntry.objects.bulk_create(entries, ignore_conflicts=True)
