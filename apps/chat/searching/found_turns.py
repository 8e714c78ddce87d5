"""What a search has found: questions, each with those of its quotes that have one of the words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from apps.accounts.viewer import Viewer
from apps.chat.models import Message, Quote
from apps.chat.searching.found_words import Part, found_spans, parts_around, searched_stems
from apps.chat.searching.matches import Match, matches_for
from apps.chat.selectors import StoredQuote, quotes_of

SHOWN = 20  # questions on one page
QUOTES_SHOWN = 3  # of one question


@dataclass(frozen=True)
class FoundQuote:
    parts: Sequence[Part]
    document: str
    number: int


@dataclass(frozen=True)
class FoundTurn:
    """`message` has its conversation and answer."""

    message: Message
    question: Sequence[Part]
    quotes: Sequence[FoundQuote]


@dataclass(frozen=True)
class Found:
    """Newest first. `next_before` is where to go on, None at the end. `is_searched` is False if the text has only words
    that every sentence may have, or none.
    """

    turns: Sequence[FoundTurn]
    next_before: int | None
    is_searched: bool = True


def found_turns(viewer: Viewer, text: str, before: int | None = None) -> Found:
    """All words of `text` must be in the question, or in the question and one of its quotes. Five queries at most."""
    wanted = searched_stems(text)
    if not wanted:
        return Found([], None, is_searched=False)
    matches = matches_for(viewer, wanted, before)
    by_message = [(pk, list(group)) for pk, group in groupby(matches.found, lambda match: match.message_id)]
    shown = by_message[:SHOWN]
    next_before = shown[-1][1][-1].entry_id if len(by_message) > SHOWN else matches.next_before
    return Found(_turns(shown, wanted), next_before)


def _turns(shown: Sequence[tuple[int, list[Match]]], wanted: Collection[str]) -> list[FoundTurn]:
    rows = Message.objects.filter(pk__in=[pk for pk, _ in shown]).select_related("conversation", "answer")
    messages = {message.pk: message for message in rows.defer("answer__trace", "answer__manifest")}
    quotes = quotes_of(message.answer for message in messages.values())
    return [
        FoundTurn(
            messages[pk],
            parts_around(messages[pk].text, wanted),
            _quotes(matches, quotes.get(messages[pk].answer.pk, ()), wanted),
        )
        for pk, matches in shown
        if pk in messages  # unless it was erased meanwhile
    ]


def _quotes(
    matches: Iterable[Match], stored: Sequence[StoredQuote], wanted: Collection[str]
) -> list[FoundQuote]:
    """Those of the matches that have a word of the search themselves, and not only in their question."""
    quotes: Mapping[int, StoredQuote] = dict(
        enumerate(quote for quote in stored if quote.kind == Quote.Kind.QUOTE)
    )
    places = sorted(match.place for match in matches if match.place is not None)
    found = [(place, quotes[place]) for place in places if place in quotes and not quotes[place].removed]
    return [
        FoundQuote(parts_around(quote.text, wanted), quote.title, place + 1)
        for place, quote in found
        if found_spans(quote.text, wanted)
    ][:QUOTES_SHOWN]
