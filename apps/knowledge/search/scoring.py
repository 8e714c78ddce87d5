"""The one ranking: pure, and blind to the store that nominated the candidates and to their order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from apps.knowledge.config import RetrievalConfig
from apps.knowledge.search.results import Scores
from apps.models.inference.interfaces import WORD_DIMENSIONS, WORD_UNIT, WordVectors

Floats = npt.NDArray[np.float64]
Vectors = npt.NDArray[np.float32]

# Sums of doubles differ in the sixteenth digit with the shape of a matrix: rounded here, they cannot reorder.
DIGITS = 6


class Text(Protocol):
    """What is scored by its words: stems with their counts, and the sum of the counts."""

    @property
    def terms(self) -> Mapping[str, int]: ...

    @property
    def length(self) -> int: ...


class Candidate(Text, Protocol):
    """A nominated passage: `vectors` (1 + n, d) are its own and then those of its n sentences."""

    @property
    def passage_id(self) -> int: ...

    @property
    def vectors(self) -> Vectors: ...


@dataclass(frozen=True)
class Query:
    """A question: its unit vector, for each of its stems the idf in the collections asked, and its words' vectors."""

    vector: Vectors
    idf: Mapping[str, float]
    average_length: float
    words: WordVectors = field(default_factory=lambda: np.empty((0, WORD_DIMENSIONS), np.int8))

    @cached_property
    def mass(self) -> float:
        """Of idf, in all stems."""
        return sum(self.idf.values())


class Match(NamedTuple):  # cheap to make: a question makes some hundred
    """What one candidate has in common with the question, whatever the other candidates are."""

    passage_id: int
    cosine: float
    sentence_cosines: tuple[float, ...]
    best_sentence: float
    bm25: float
    coverage: float


class Competitor(NamedTuple):
    """A sentence with its cosine in its surroundings, its words' likeness and its passage's fused score."""

    text: Text
    cosine: float
    late: float
    passage: float


@dataclass(frozen=True)
class Ranking:
    """Matches best first, each with its scores."""

    matches: tuple[Match, ...]
    scores: tuple[Scores, ...]


def inverse_document_frequency(passages: int, frequency: int) -> float:
    """As in Lucene's BM25Similarity: never negative."""
    return math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5))


def match(query: Query, candidates: Sequence[Candidate], rules: RetrievalConfig) -> list[Match]:
    """In the order given."""
    if not candidates:
        return []
    alike = cosines(
        np.concatenate([row.vectors for row in candidates], dtype=np.float64), query.vector
    ).tolist()
    ends = accumulate((len(row.vectors) for row in candidates), initial=0)
    counts = count_terms(candidates, query)
    columns = zip(
        [row.passage_id for row in candidates],
        [alike[start:end] for start, end in pairwise(ends)],
        bm25(counts, [row.length for row in candidates], query, rules).tolist(),
        coverage(counts, query).tolist(),
        strict=True,
    )
    return [
        Match(pk, own, tuple(sentences), max(sentences, default=own), lexical, covered)
        for pk, (own, *sentences), lexical, covered in columns
    ]


def rank(matches: Iterable[Match], rules: RetrievalConfig, first: int | None = None) -> Ranking:
    """Best first, the `first` of them; equals in order of passage id."""
    rows = sorted(matches)
    share = rules.sentence_share
    mixed = _rounded([(1 - share) * row.cosine + share * row.best_sentence for row in rows])
    lexical = _rounded([row.bm25 for row in rows])
    fused = fuse(mixed, lexical, rules.lexical_weight)
    order = np.argsort(-fused, kind="stable")[:first]
    columns = (mixed[order].tolist(), lexical[order].tolist(), fused[order].tolist())
    return Ranking(tuple(rows[place] for place in order.tolist()), tuple(map(Scores, *columns)))


def compare_words(ranking: Ranking, late: Sequence[float], rules: RetrievalConfig) -> Ranking:
    """The first matches of a ranking, as many as `late` has values, in the order that these give them too."""
    likeness = _rounded(late)
    fused = np.array([row.fused for row in ranking.scores[: len(likeness)]]) + rules.late_weight * z_scores(
        likeness
    )
    scores = [
        row._replace(fused=value, late=like)
        for row, value, like in zip(
            ranking.scores, np.round(fused, DIGITS).tolist(), likeness.tolist(), strict=False
        )
    ]
    order = sorted(range(len(scores)), key=lambda place: -scores[place].fused)
    return Ranking(tuple(ranking.matches[place] for place in order), tuple(scores[place] for place in order))


def score_sentences(query: Query, sentences: Sequence[Competitor], rules: RetrievalConfig) -> list[Scores]:
    """In the order given. A sentence's fused score has its passage's times `passage_weight` added."""
    cosine = _rounded([row.cosine for row in sentences])
    texts = [row.text for row in sentences]
    lexical = bm25(count_terms(texts, query), [text.length for text in texts], query, rules)
    late = _rounded([row.late for row in sentences])
    passage = _rounded([row.passage for row in sentences])
    fused = fuse(cosine, lexical, rules.sentence_lexical_weight)
    fused = np.round(
        fused + rules.sentence_late_weight * z_scores(late) + rules.passage_weight * passage, DIGITS
    )
    return list(map(Scores, cosine.tolist(), lexical.tolist(), fused.tolist(), late.tolist()))


def cosines_in_surroundings(
    passages: Sequence[Vectors], query: Vectors, rules: RetrievalConfig
) -> list[list[float]]:
    """Of each passage's sentences (n, d): the mean of a sentence's own cosine and that of it with its neighbours.

    "It is the time before an alert" says what it is about in the sentence before.
    """
    if not passages:
        return []
    vectors = np.concatenate(passages, dtype=np.float64)
    ends = list(accumulate(map(len, passages), initial=0))
    follows = np.ones((len(vectors) + 1, 1))  # 0 where another passage begins
    follows[ends] = 0
    around = vectors.copy()
    around[1:] += rules.neighbour_weight * follows[1:-1] * vectors[:-1]
    around[:-1] += rules.neighbour_weight * follows[1:-1] * vectors[1:]
    around /= np.maximum(np.linalg.norm(around, axis=1, keepdims=True), 1e-9)
    means = np.round((cosines(vectors, query) + around @ query.astype(np.float64)) / 2, DIGITS).tolist()
    return [means[start:end] for start, end in pairwise(ends)]


def cosines(vectors: Vectors | Floats, query: Vectors) -> Floats:
    """Of unit rows (n, d) with a unit vector (d,), summed in doubles."""
    return np.round(vectors.astype(np.float64, copy=False) @ query.astype(np.float64), DIGITS)


def late_interaction(
    asked: WordVectors, passages: Sequence[Sequence[WordVectors]]
) -> list[tuple[float, list[float]]]:
    """For each asked word the likeness of the most alike one, on average (Khattab and Zaharia, 2020): in each passage
    as a whole, and in each of its sentences; -1 to 1, and 0 where there is no word.

    Exact: the products of small integers are whole numbers, below what a float32 holds.
    """
    sentences = [words for passage in passages for words in passage]
    words = np.concatenate([np.empty((0, WORD_DIMENSIONS), np.int8), *sentences], dtype=np.float32)
    by_word = asked.astype(np.float32) @ words.T
    by_sentence = _highest(by_word, list(map(len, sentences))) / WORD_UNIT**2
    by_passage = _highest(by_sentence, list(map(len, passages)))
    wholes, each = (
        _rounded(best.sum(axis=0) / max(len(asked), 1)).tolist() for best in (by_passage, by_sentence)
    )
    ends = accumulate(map(len, passages), initial=0)
    return [(whole, each[start:end]) for whole, (start, end) in zip(wholes, pairwise(ends), strict=True)]


def _highest(values: npt.NDArray[Any], lengths: Sequence[int]) -> Floats:
    """From (rows, columns), the maximum of each run of columns, as long as `lengths` says: 0 where it is none."""
    found = np.zeros((len(values), len(lengths)))
    starts = list(accumulate(lengths, initial=0))
    runs = [place for place, length in enumerate(lengths) if length]
    if runs:
        found[:, runs] = np.maximum.reduceat(values, [starts[place] for place in runs], axis=1)
    return found


def count_terms(texts: Sequence[Text], query: Query) -> Floats:
    """How often each of the question's stems stands in each text: (stems, texts)."""
    counts = np.zeros((len(query.idf), len(texts)))
    places = {stem: place for place, stem in enumerate(query.idf)}
    for column, text in enumerate(texts):
        terms = text.terms
        for stem in places.keys() & terms.keys():  # most texts hold few of them, or none
            counts[places[stem], column] = terms[stem]
    return counts


def bm25(counts: Floats, lengths: Sequence[int], query: Query, rules: RetrievalConfig) -> Floats:
    """Robertson's BM25 in Lucene's form, without the constant factor (k1 + 1); one value a text."""
    shares = np.array(lengths, np.float64) / max(query.average_length, 1.0)
    norm = rules.bm25_k1 * (1 - rules.bm25_b + rules.bm25_b * shares) + 1e-9  # an empty text has no word
    score = np.zeros(len(shares))
    for count, idf in zip(counts, query.idf.values(), strict=True):
        score += idf * count / (count + norm)
    return np.round(score, DIGITS)


def coverage(counts: Floats, query: Query) -> Floats:
    """The share of the question's idf mass in stems that each text holds: 0 to 1."""
    cached = np.zeros(counts.shape[1])
    for count, idf in zip(counts, query.idf.values(), strict=True):
        cached += idf * (count > 0)
    return np.round(cached / (query.mass or 1.0), DIGITS)


def fuse(cosine: Floats, lexical: Floats, weight: float) -> Floats:
    """Weighted z-scores over the candidates of one question; `weight` is that of BM25."""
    fused: Floats = (1 - weight) * z_scores(cosine) + weight * z_scores(lexical)
    return np.round(fused, DIGITS)


def z_scores(values: Floats) -> Floats:
    """Distance from the mean in standard deviations; all zero where the values do not differ."""
    spread = float(values.std()) if values.size else 0.0
    if spread <= 10.0**-DIGITS:
        return np.zeros_like(values)
    return (values - float(values.mean())) / spread


def _rounded(values: Sequence[float]) -> Floats:
    return np.array(values, np.float64).round(DIGITS)
