"""Chooses the sentences to quote. Spans are cut from the passage by their offsets: text is version.text[start:end]."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from apps.chat.answering.drafts import QuoteSpan
from apps.chat.config import AnswerConfig
from apps.knowledge.search.results import RankedPassage, RankedSentence


@dataclass
class _Choice:
    """Sentences first..last of one passage."""

    passage: RankedPassage
    first: int
    last: int

    @property
    def words(self) -> frozenset[str]:
        return frozenset(self.span().text.lower().split())

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    def touches(self, passage: RankedPassage, place: int) -> bool:
        """Whether the sentence is one of these or next to them on the same line. Different blocks are quoted
        separately.
        """
        if passage is not self.passage or not self.first - 1 <= place <= self.last + 1:
            return False
        first, last = min(self.first, place), max(self.last, place)
        between = slice(
            passage.sentences[first].start - passage.start, passage.sentences[last].end - passage.start
        )
        return "\n" not in passage.text[between]

    def grow(self, place: int) -> None:
        self.first, self.last = min(self.first, place), max(self.last, place)

    def span(self) -> QuoteSpan:
        chosen = self.passage.sentences[self.first : self.last + 1]
        return _span(self.passage, chosen[0].start, chosen[-1].end, chosen)


def choose_quotes(passages: Sequence[RankedPassage], rules: AnswerConfig) -> tuple[QuoteSpan, ...]:
    """The best sentences, best first. Neighbours are joined into one quote, even when there are enough quotes
    already.
    """
    choices: list[_Choice] = []
    for number, (passage, place) in enumerate(_best_first(passages)):
        if len(choices) == rules.quotes and number >= rules.considered:
            break
        if sum(choice.size for choice in choices if choice.passage is passage) >= rules.per_passage:
            continue
        beside = next((choice for choice in choices if choice.touches(passage, place)), None)
        if beside is not None:
            beside.grow(place)
        elif len(choices) < rules.quotes and not _said(new := _new(passage, place, rules), choices, rules):
            choices.append(new)
    return tuple(choice.span() for choice in choices)


def whole_passage(passage: RankedPassage) -> QuoteSpan:
    return _span(passage, passage.start, passage.end, passage.sentences)


def _best_first(passages: Sequence[RankedPassage]) -> Iterator[tuple[RankedPassage, int]]:
    """Each sentence as its passage and position in it; equal scores are in order of rank."""
    ranked = [(-sentence.scores.fused, rank, place)
              for rank, passage in enumerate(passages)
              for place, sentence in enumerate(passage.sentences)]  # fmt: skip
    for _, rank, place in sorted(ranked):
        yield passages[rank], place


def _new(passage: RankedPassage, place: int, rules: AnswerConfig) -> _Choice:
    """A short sentence that only introduces the next one is quoted with it: "Follow these steps:", "Step 2". A row of a
    table is not, however short it is.
    """
    sentence = passage.sentences[place]
    leads = sentence.text.endswith(":") or (
        not sentence.context and len(sentence.text.split()) < rules.fewest_words
    )
    return _Choice(passage, place, place + 1 if leads and place + 1 < len(passage.sentences) else place)


def _said(new: _Choice, choices: Sequence[_Choice], rules: AnswerConfig) -> bool:
    """Whether a quote of another passage has almost the same words."""
    words = new.words
    return any(len(words & other.words) >= rules.same_words * len(words | other.words) for other in choices)


def _span(passage: RankedPassage, start: int, end: int, sentences: Sequence[RankedSentence]) -> QuoteSpan:
    return QuoteSpan(
        version_id=passage.version_id,
        version_uid=passage.version_uid,
        document_uid=passage.document_uid,
        document_path=passage.document_path,
        title=passage.title,
        heading_path=passage.heading_path,
        page=passage.page_at(start),
        start=start,
        end=end,
        text=passage.text[start - passage.start : end - passage.start],
        columns="; ".join(dict.fromkeys(each.context for each in sentences if each.context)),
        code=_code(sentences, start),
        page_label=passage.page_label_at(start),
    )


def _code(sentences: Sequence[RankedSentence], start: int) -> tuple[tuple[int, int], ...]:
    """Ranges that are code, counted from `start`. Sentences of code that follow each other are one range."""
    runs = (list(run) for is_code, run in groupby(sentences, lambda each: each.is_code) if is_code)
    return tuple((run[0].start - start, run[-1].end - start) for run in runs)
