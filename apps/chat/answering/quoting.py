"""Chooses the sentences to quote. Spans are cut from the passage by their offsets: text is version.text[start:end]."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from apps.chat.answering.drafts import QuoteSpan
from apps.chat.answering.named_places import place_in, rows_of_headings, sentences_at
from apps.chat.config import AnswerConfig
from apps.knowledge.search.results import RankedPassage, RankedSentence

_WORD = re.compile(r"[+\u2212-]?\w+(?:[.,:/'’^%-]\w+)*%?")  # with what makes another number or word of it


@dataclass
class _Choice:
    """Sentences first..last of one passage."""

    passage: RankedPassage
    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    def holds(self, passage: RankedPassage, place: int) -> bool:
        return passage is self.passage and self.first <= place <= self.last

    def touches(self, other: _Choice) -> bool:
        """Whether they share sentences or are next to each other on the same line. Different blocks are quoted
        separately.
        """
        if self.passage is not other.passage or max(self.first, other.first) > min(self.last, other.last) + 1:
            return False
        before, after = sorted((self, other), key=lambda choice: choice.first)
        between = slice(before.end - self.passage.start, max(before.end, after.start) - self.passage.start)
        return after.first <= before.last or "\n" not in self.passage.text[between]

    def join(self, other: _Choice) -> None:
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)

    @property
    def start(self) -> int:
        return self.passage.sentences[self.first].start

    @property
    def end(self) -> int:
        return self.passage.sentences[self.last].end

    @property
    def text(self) -> str:
        return self.passage.text[self.start - self.passage.start : self.end - self.passage.start]

    def span(self) -> QuoteSpan:
        return _span(self.passage, self.start, self.end, self.passage.sentences[self.first : self.last + 1])


def choose_quotes(
    passages: Sequence[RankedPassage], rules: AnswerConfig, question: str = ""
) -> tuple[QuoteSpan, ...]:
    """The best sentences, after those with a label that the question names, best first, each with what answers only
    together with it. Neighbours are joined into one quote, even when there are enough quotes already. No two quotes
    overlap.
    """
    choices: list[_Choice] = []
    for number, (passage, place) in enumerate(_best_first(passages, question)):
        if len(choices) == rules.quotes and number >= rules.considered:
            break
        if any(choice.holds(passage, place) for choice in choices):
            continue
        if sum(choice.size for choice in choices if choice.passage is passage) >= rules.per_passage:
            continue
        new = _new(passage, place, rules)
        beside = [choice for choice in choices if choice.touches(new)]
        if beside:
            beside[0].join(new)
            for other in beside[1:]:
                beside[0].join(other)
            choices = [choice for choice in choices if choice not in beside[1:]]
        elif len(choices) < rules.quotes and not any(_said(new, choice) for choice in choices):
            choices.append(new)
    return tuple(choice.span() for choice in choices)


def whole_passage(passage: RankedPassage) -> QuoteSpan:
    return _span(passage, passage.start, passage.end, passage.sentences)


def _best_first(passages: Sequence[RankedPassage], question: str) -> Iterator[tuple[RankedPassage, int]]:
    """Each sentence as its passage and position in it; equal scores are in order of rank."""
    named = place_in(question)
    first = sentences_at(named, passages) if named else set()
    others = rows_of_headings(question, passages)
    ranked = [(sentence.sentence_id not in first, -sentence.scores.fused, rank, place)
              for rank, passage in enumerate(passages)
              for place, sentence in enumerate(passage.sentences)
              if sentence.sentence_id not in others]  # fmt: skip
    for _, _, rank, place in sorted(ranked):
        yield passages[rank], place


def _new(passage: RankedPassage, place: int, rules: AnswerConfig) -> _Choice:
    """The sentence with its unit. Without one, a short sentence that only introduces the next one is quoted with it:
    "Run this:", "Step 2". A row of a table is not, however short it is.
    """
    sentence = passage.sentences[place]
    if (sentence.unit_start, sentence.unit_end) not in ((0, 0), (sentence.start, sentence.end)):
        within = [
            number
            for number, each in enumerate(passage.sentences)
            if sentence.unit_start <= each.start and each.end <= sentence.unit_end
        ]
        return _Choice(passage, within[0], within[-1])
    leads = sentence.text.endswith(":") or (
        not sentence.context and len(sentence.text.split()) < rules.fewest_words
    )
    return _Choice(passage, place, place + 1 if leads and place + 1 < len(passage.sentences) else place)


def _said(new: _Choice, other: _Choice) -> bool:
    """Whether another quote has the same words under a heading of the same name, or holds them.

    One other word is enough to tell them apart: a number, a "not" or a name.
    """
    if new.passage.heading_path[-1:] != other.passage.heading_path[-1:]:
        return False
    return f" {_plain(new.text)} " in f" {_plain(other.text)} "


def _plain(text: str) -> str:
    """The words, without differences of case, punctuation and white space."""
    return " ".join(_WORD.findall(text.casefold()))


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
        more=max((each.more for each in sentences), default=0),
        unreliable=passage.is_unreliable(start, end),
    )


def _code(sentences: Sequence[RankedSentence], start: int) -> tuple[tuple[int, int], ...]:
    """Ranges that are code, counted from `start`. Sentences of code that follow each other are one range."""
    spans: list[tuple[int, int]] = []
    for is_code, group in groupby(sentences, lambda each: each.is_code):
        run = list(group)
        if is_code:
            spans.append((run[0].start, run[-1].end))
        else:
            spans += (
                pair
                for each in run
                for pair in zip(each.inline_code[::2], each.inline_code[1::2], strict=True)
            )
    return tuple((low - start, high - start) for low, high in spans)
