"""Chooses the fewest sentences that answer, and marks the words in them that do.

Spans are cut from the passage by their offsets: text is version.text[start:end].
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from apps.chat.answering.answer_spans import answer_span
from apps.chat.answering.drafts import QuoteSpan
from apps.chat.answering.named_places import Place, place_in, rows_not_asked, sentences_at
from apps.chat.answering.unmarked_headers import rows_below, with_asked_rows
from apps.chat.config import AnswerConfig
from apps.knowledge.index.analyzer import words
from apps.knowledge.search.results import RankedPassage, RankedSentence

_WORD = re.compile(r"[+\u2212-]?\w+(?:[.,:/'’^%-]\w+)*%?")  # with what makes another number or word of it

_PART = re.compile(r"\(?(?:[a-z]|[ivx]+)[.)]\s", re.IGNORECASE)  # of a clause: "(a) ..."


@dataclass
class _Choice:
    """Sentences first..last of one passage. `found` is the best of them."""

    passage: RankedPassage
    first: int
    last: int
    found: int

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

    def span(self, question: str = "") -> QuoteSpan:
        span = _span(self.passage, self.start, self.end, self.passage.sentences[self.first : self.last + 1])
        return span if span.unreliable else replace(span, marked=self._marked(question, span.columns))

    def _marked(self, question: str, columns: str) -> tuple[tuple[int, int], ...]:
        best = self.passage.sentences[self.found]
        about = " ".join((self.passage.title, *self.passage.heading_path))
        within = (best.start - self.start, best.end - self.start)
        marked = answer_span(question, self.text, within, columns, about)
        return (marked,) if marked else ()


def choose_quotes(
    passages: Sequence[RankedPassage], rules: AnswerConfig, question: str = ""
) -> tuple[QuoteSpan, ...]:
    """The best sentences, after those with a label that the question names, best first, each with what answers only
    together with it. A second and third must be nearly as good as the first and add something. Neighbours are joined
    into one quote, even when there are enough quotes already. No two quotes overlap. The words
    that answer are marked in the first one only: of those in others, less than half were right.
    """
    choices: list[_Choice] = []
    passages = with_asked_rows(question, passages)
    for number, (passage, place) in enumerate(_best_first(passages, question)):
        if number >= rules.considered and not _may_follow(passage.sentences[place], choices, rules):
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
        elif not choices or (
            _may_follow(passage.sentences[place], choices, rules) and _adds(new, choices, question)
        ):
            choices.append(new)
    return tuple(choice.span("" if number else question) for number, choice in enumerate(choices))


def named_quotes(
    passages: Sequence[RankedPassage], rules: AnswerConfig, question: str
) -> tuple[QuoteSpan, ...]:
    """The clauses or steps that the question names by their label, if it asks for nothing else, each as a whole."""
    place = place_in(question)
    if place is None or not place.is_all:
        return ()
    named = sentences_at(place, passages)
    choices: list[_Choice] = []
    for passage in passages:
        for at, sentence in enumerate(passage.sentences):
            if sentence.sentence_id in named and not any(each.holds(passage, at) for each in choices):
                choices.append(_Choice(passage, at, _last_of(place, passage, at), at))
    return tuple(choice.span() for choice in choices[: rules.quotes])


def _last_of(place: Place, passage: RankedPassage, first: int) -> int:
    """The last sentence of a part or block that begins with a label, or of all below the heading that has it. The
    lettered parts of a block belong to it.
    """
    is_part = place.is_part(passage.sentences[first].text)
    is_block = is_part or place.is_at(passage.sentences[first].text)
    for at, (before, after) in enumerate(pairwise(passage.sentences[first:]), start=first):
        begins_part = _PART.match(after.text) is not None
        gap = passage.text[before.end - passage.start : after.start - passage.start]
        if (is_part and begins_part) or (is_block and "\n" in gap and not begins_part):
            return at
    return len(passage.sentences) - 1


def whole_passage(passage: RankedPassage) -> QuoteSpan:
    return _span(passage, passage.start, passage.end, passage.sentences)


def quote_at(passage: RankedPassage, start: int, end: int) -> QuoteSpan:
    """Exactly these words of a passage."""
    within = [each for each in passage.sentences if each.start < end and start < each.end]
    span = _span(passage, start, end, within)
    code = [(max(0, low), min(high, end - start)) for low, high in span.code]
    return replace(span, code=tuple(each for each in code if each[0] < each[1]), more=0)


def _best_first(passages: Sequence[RankedPassage], question: str) -> Iterator[tuple[RankedPassage, int]]:
    """Each sentence as its passage and position in it; equal scores are in order of rank."""
    named = place_in(question)
    first = sentences_at(named, passages) if named else set()
    others = rows_not_asked(question, passages)
    ranked = [(sentence.sentence_id not in first, -sentence.scores.fused, rank, place)
              for rank, passage in enumerate(passages)
              for place, sentence in enumerate(passage.sentences)
              if sentence.sentence_id not in others]  # fmt: skip
    for _, _, rank, place in sorted(ranked):
        yield passages[rank], place


def _new(passage: RankedPassage, place: int, rules: AnswerConfig) -> _Choice:
    """The sentence with its unit. Without one, a short sentence that only introduces the next one is quoted with it:
    "Run this:", "Step 2". A row of a table is not, however short it is; one that may be the header is quoted with the
    rows below it.
    """
    sentence = passage.sentences[place]
    if (sentence.unit_start, sentence.unit_end) not in ((0, 0), (sentence.start, sentence.end)):
        within = [
            number
            for number, each in enumerate(passage.sentences)
            if sentence.unit_start <= each.start and each.end <= sentence.unit_end
        ]
        return _Choice(passage, within[0], within[-1], place)
    if "\t" in sentence.text:
        return _Choice(passage, place, place + rows_below(passage, place), place)
    leads = sentence.text.endswith(":") or (
        not sentence.context and len(sentence.text.split()) < rules.fewest_words
    )
    last = place + 1 if leads and place + 1 < len(passage.sentences) else place
    return _Choice(passage, place, last, place)


def _may_follow(sentence: RankedSentence, choices: Sequence[_Choice], rules: AnswerConfig) -> bool:
    """Whether there is room for another quote, and the sentence is nearly as good as the first one."""
    if not choices:
        return True
    within = rules.further_within[min(len(choices), len(rules.further_within)) - 1]
    best = choices[0].passage.sentences[choices[0].found].scores.fused
    return len(choices) < rules.quotes and best - sentence.scores.fused <= within


def _adds(new: _Choice, choices: Sequence[_Choice], question: str) -> bool:
    """Whether it says more than the question, and what no other quote says."""
    if any(_said(new, choice) for choice in choices):
        return False
    return not {stem for _, stem in words(new.text)} <= {stem for _, stem in words(question)}


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
