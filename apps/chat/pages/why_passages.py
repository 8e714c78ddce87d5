"""The passages that were compared for an answer, with their scores and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.chat.answering.trace import UNIT, Trace
from apps.chat.models import Answer, AnswerStatus, Quote
from apps.chat.pages.addresses import passage_url
from apps.chat.pages.why_scales import Bar, between, of_highest, of_one
from apps.knowledge.models import Passage

LONGEST = 300  # characters of a sentence
_COLUMNS = (
    "pk", "version__title", "heading_path", "version__document__uid", "version_id", "version__number", "start", "end",
    "text",
)  # fmt: skip


@dataclass(frozen=True)
class Score:
    value: str
    bar: Bar


@dataclass(frozen=True)
class SeenPassage:
    """`sentence` is its best one. `removed` if its document was changed or deleted; then only the scores are known.
    `score` is that of the sentence, the others are those of the passage.
    """

    rank: int
    title: str
    place: str
    url: str
    sentence: str
    removed: bool
    is_quoted: bool
    outcome: str
    meaning: Score
    words: Score
    likeness: Score
    score: Score


class _Row(NamedTuple):
    """A passage of the trace. `first` to `last` is its best sentence, both 0 if it has none."""

    rank: int
    passage_id: int
    cosine: float
    bm25: float
    late: float
    first: int
    last: int
    score: float


class _Passage(NamedTuple):
    passage_id: int
    title: str
    headings: Sequence[str]
    document: str
    version_id: int
    number: int
    start: int
    end: int
    text: str


def seen_passages(answer: Answer, trace: Trace) -> list[SeenPassage]:
    """In the order of their rank; two queries."""
    rows = [_row(*each) for each in trace["passages"]]
    outcomes = _Outcomes(answer, trace, max((row.score for row in rows), default=0.0))
    stored = _stored(answer, rows)
    columns = zip(
        rows,
        _scores([row.cosine for row in rows], of_one),
        _scores([row.bm25 for row in rows], of_highest),
        _scores([row.late for row in rows], of_one),
        _scores([row.score for row in rows], between),
        strict=True,
    )
    return [_seen(row, stored.get(row.passage_id), outcomes, scores) for row, *scores in columns]


def _row(
    rank: int,
    passage_id: int,
    scores: Sequence[float],
    first: int = 0,
    last: int = 0,
    best: Sequence[float] = (),
) -> _Row:
    cosine, bm25, late, fused = (score / UNIT for score in scores)
    return _Row(rank, passage_id, cosine, bm25, late, first, last, best[-1] / UNIT if best else fused)


def _stored(answer: Answer, rows: Sequence[_Row]) -> dict[int, _Passage]:
    """Those that still exist, by their ids."""
    live = Passage.objects.filter(
        pk__in=[row.passage_id for row in rows],
        collection=answer.conversation.collection_id,
        version__document__deleted_at=None,
    )
    return {row[0]: _Passage(*row) for row in live.values_list(*_COLUMNS)}


def _scores(values: Sequence[float], scale: Callable[[Sequence[float]], list[Bar]]) -> list[Score]:
    return [Score(f"{value:.2f}", bar) for value, bar in zip(values, scale(values), strict=True)]


def _seen(row: _Row, passage: _Passage | None, outcomes: _Outcomes, scores: Sequence[Score]) -> SeenPassage:
    outcome, is_quoted = outcomes.of(row, passage)
    meaning, words, likeness, score = scores
    return SeenPassage(
        rank=row.rank,
        title=passage.title if passage else "",
        place=_place(passage) if passage else "",
        url=_url(row, passage) if passage else "",
        sentence=_sentence(row, passage) if passage else "",
        removed=passage is None,
        is_quoted=is_quoted,
        outcome=outcome,
        meaning=meaning,
        words=words,
        likeness=likeness,
        score=score,
    )


def _place(passage: _Passage) -> str:
    headings = list(passage.headings)
    return " › ".join(headings[1:] if headings[:1] == [passage.title] else headings)


def _url(row: _Row, passage: _Passage) -> str:
    first, last = (row.first, row.last) if row.last else (passage.start, passage.end)
    return passage_url(passage.document, passage.number, first, last)


def _sentence(row: _Row, passage: _Passage) -> str:
    words = passage.text[row.first - passage.start : row.last - passage.start] if row.last else passage.text
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rstrip()}…"


class _Outcomes:
    """What became of each passage. `best` is the highest score of a sentence."""

    def __init__(self, answer: Answer, trace: Trace, best: float) -> None:
        self._answer = answer
        self._best = best
        self._within: Sequence[float] = trace["further_within"]
        self._most: int = trace["quotes"]

    @cached_property
    def _shown(self) -> list[tuple[str, int, int, int]]:
        columns = "kind", "position", "version_id", "start"
        return list(self._answer.quotes.order_by("kind", "position").values_list(*columns))

    @property
    def _quotes(self) -> int:
        return sum(kind == Quote.Kind.QUOTE for kind, *_rest in self._shown)

    def of(self, row: _Row, passage: _Passage | None) -> tuple[str, bool]:
        """In words, and whether it is quoted."""
        if passage is None:
            return _("Its document was changed or deleted since"), False
        shown = [(kind, place + 1) for kind, place, *at in self._shown if _holds(passage, *at)]
        quoted = [str(number) for kind, number in shown if kind == Quote.Kind.QUOTE]
        if quoted:
            return _("Quote %(numbers)s") % {"numbers": ", ".join(quoted)}, True
        return _("Shown as a closest passage") if shown else self._reason(row), False

    def _reason(self, row: _Row) -> str:
        if self._answer.status == AnswerStatus.REFUSED:
            return _("Nothing was quoted")
        if (self._answer.manifest or {}).get("named_place"):
            return _("Not the place that was asked for")
        behind = self._best - row.score
        if behind > self._within[min(max(self._quotes, 1), len(self._within)) - 1]:
            return _("Its score is %(n)s below the best") % {"n": f"{behind:.2f}"}
        if self._quotes >= self._most:
            better = ngettext("There is %(n)d better quote", "There are %(n)d better quotes", self._quotes)
            return better % {"n": self._quotes}
        return _("Adds nothing to the quotes, or is about something else")


def _holds(passage: _Passage, version_id: int, start: int) -> bool:
    return passage.version_id == version_id and passage.start <= start < passage.end
