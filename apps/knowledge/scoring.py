"""The one ranking: pure, and blind to the store that nominated the candidates and to their order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from apps.common.config import RetrievalConfig
from apps.knowledge.results import Scores
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
    """A nominated passage: its vector (d,), and those of its sentences (n, d)."""

    @property
    def passage_id(self) -> int: ...

    @property
    def vector(self) -> Vectors: ...

    @property
    def sentence_vectors(self) -> Vectors: ...


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
    bm25: float
    coverage: float

    @property
    def best_sentence(self) -> float:
        return max(self.sentence_cosines, default=self.cosine)


@dataclass(frozen=True)
class Competitor:
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
    passages = cosines(np.stack([row.vector for row in candidates]), query.vector).tolist()
    sentences = cosines(np.concatenate([row.sentence_vectors for row in candidates]), query.vector).tolist()
    ends = accumulate((len(row.sentence_vectors) for row in candidates), initial=0)
    columns = zip(
        [row.passage_id for row in candidates],
        passages,
        [tuple(sentences[start:end]) for start, end in pairwise(ends)],
        bm25(candidates, query, rules).tolist(),
        coverage([row.terms for row in candidates], query).tolist(),
        strict=True,
    )
    return [Match(*row) for row in columns]


def rank(matches: Iterable[Match], rules: RetrievalConfig) -> Ranking:
    """Best first; equals in order of passage id."""
    rows = sorted(matches, key=lambda row: row.passage_id)
    share = rules.sentence_share
    mixed = _rounded([(1 - share) * row.cosine + share * row.best_sentence for row in rows])
    lexical = _rounded([row.bm25 for row in rows])
    fused = fuse(mixed, lexical, rules.lexical_weight)
    scores = [Scores(*row) for row in zip(mixed.tolist(), lexical.tolist(), fused.tolist(), strict=True)]
    order = sorted(range(len(rows)), key=lambda place: -scores[place].fused)
    return Ranking(tuple(rows[place] for place in order), tuple(scores[place] for place in order))


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
    lexical = bm25([row.text for row in sentences], query, rules)
    late = _rounded([row.late for row in sentences])
    passage = _rounded([row.passage for row in sentences])
    fused = fuse(cosine, lexical, rules.sentence_lexical_weight)
    fused = np.round(
        fused + rules.sentence_late_weight * z_scores(late) + rules.passage_weight * passage, DIGITS
    )
    return [Scores(*map(float, row)) for row in zip(cosine, lexical, fused, late, strict=True)]


def cosines_in_surroundings(vectors: Vectors, query: Vectors, rules: RetrievalConfig) -> Floats:
    """Of one passage's sentences (n, d): the mean of a sentence's own cosine and that of it with its neighbours.

    "It is the time before an alert" says what it is about in the sentence before.
    """
    around = vectors.astype(np.float64)
    around[1:] += rules.neighbour_weight * vectors[:-1]
    around[:-1] += rules.neighbour_weight * vectors[1:]
    around /= np.maximum(np.linalg.norm(around, axis=1, keepdims=True), 1e-9)
    return np.round((cosines(vectors, query) + around @ query.astype(np.float64)) / 2, DIGITS)


def cosines(vectors: Vectors, query: Vectors) -> Floats:
    """Of unit rows (n, d) with a unit vector (d,), summed in doubles."""
    return np.round(vectors.astype(np.float64) @ query.astype(np.float64), DIGITS)


def late_interaction(
    asked: WordVectors, passages: Sequence[Sequence[WordVectors]]
) -> list[tuple[float, list[float]]]:
    """For each asked word the likeness of the most alike one, on average (Khattab and Zaharia, 2020): in each passage
    as a whole, and in each of its sentences; -1 to 1, and 0 where there is no word.

    Exact: the products of small integers are whole numbers, below what a float32 holds.
    """
    sentences = [words for passage in passages for words in passage]
    best = np.zeros((len(asked), len(sentences)))
    spoken = [place for place, words in enumerate(sentences) if len(words)]
    if len(asked) and spoken:
        starts = list(accumulate((len(sentences[place]) for place in spoken[:-1]), initial=0))
        words = np.concatenate([sentences[place] for place in spoken]).astype(np.float32)
        best[:, spoken] = np.maximum.reduceat(asked.astype(np.float32) @ words.T, starts, axis=1)
    best /= WORD_UNIT**2
    each = np.round(best.mean(axis=0), DIGITS) if len(asked) else np.zeros(len(sentences))
    ends = accumulate(map(len, passages), initial=0)
    return [(_as_a_whole(best[:, start:end]), each[start:end].tolist()) for start, end in pairwise(ends)]


def _as_a_whole(best: Floats) -> float:
    """From the likenesses (asked words, sentences) of one passage."""
    return round(float(best.max(axis=1).mean()), DIGITS) if best.size else 0.0


def bm25(texts: Sequence[Text], query: Query, rules: RetrievalConfig) -> Floats:
    """Robertson's BM25 in Lucene's form, without the constant factor (k1 + 1); one value a text."""
    lengths = np.array([text.length for text in texts], np.float64) / max(query.average_length, 1.0)
    norm = rules.bm25_k1 * (1 - rules.bm25_b + rules.bm25_b * lengths) + 1e-9  # an empty text has no word
    score = np.zeros(len(texts))
    for term, idf in query.idf.items():
        count = _counts(term, [text.terms for text in texts])
        score += idf * count / (count + norm)
    return np.round(score, DIGITS)


def coverage(texts: Sequence[Mapping[str, int]], query: Query) -> Floats:
    """The share of the question's idf mass in stems that each text holds: 0 to 1."""
    held = np.zeros(len(texts))
    for term, idf in query.idf.items():
        held += idf * (_counts(term, texts) > 0)
    return np.round(held / (query.mass or 1.0), DIGITS)


def _counts(term: str, texts: Sequence[Mapping[str, int]]) -> Floats:
    return np.array([terms.get(term, 0) for terms in texts], np.float64)


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
