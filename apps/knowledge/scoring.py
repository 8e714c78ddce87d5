"""The one ranking: pure, and blind to the store that nominated the candidates and to their order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from apps.common.config import RetrievalConfig
from apps.knowledge.results import Scores

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
    """A question: its unit vector, and for each of its stems the idf in the collections asked."""

    vector: Vectors
    idf: Mapping[str, float]
    average_length: float


@dataclass(frozen=True)
class Match:
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
class Ranking:
    """Matches best first, each with its scores; `lexical_weight` is what BM25 counted for."""

    matches: tuple[Match, ...]
    scores: tuple[Scores, ...]
    lexical_weight: float


def inverse_document_frequency(passages: int, frequency: int) -> float:
    """As in Lucene's BM25Similarity: never negative."""
    return math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5))


def match(query: Query, candidates: Sequence[Candidate], rules: RetrievalConfig) -> list[Match]:
    """In the order given."""
    if not candidates:
        return []
    passages = cosines(np.stack([row.vector for row in candidates]), query.vector)
    sentences = cosines(np.concatenate([row.sentence_vectors for row in candidates]), query.vector)
    ends = np.cumsum([len(row.sentence_vectors) for row in candidates])
    return [
        Match(
            row.passage_id,
            float(own),
            tuple(map(float, best)),
            bm25(row, query, rules),
            coverage(row.terms, query),
        )
        for row, own, best in zip(candidates, passages, np.split(sentences, ends[:-1]), strict=True)
    ]


def rank(matches: Iterable[Match], rules: RetrievalConfig) -> Ranking:
    """Best first; equals in order of passage id."""
    rows = sorted(matches, key=lambda row: row.passage_id)
    weight = lexical_weight(max((row.coverage for row in rows), default=0.0), rules)
    share = rules.sentence_share
    mixed = _rounded([(1 - share) * row.cosine + share * row.best_sentence for row in rows])
    lexical = _rounded([row.bm25 for row in rows])
    fused = fuse(mixed, lexical, weight)
    order = sorted(range(len(rows)), key=lambda place: (-fused[place], rows[place].passage_id))
    scores = [Scores(float(mixed[n]), float(lexical[n]), float(fused[n])) for n in order]
    return Ranking(tuple(rows[n] for n in order), tuple(scores), weight)


def score_sentences(
    query: Query,
    sentences: Sequence[tuple[Text, float, float]],
    weights: tuple[float, float],
    rules: RetrievalConfig,
) -> list[Scores]:
    """Of sentences that compete, each (text, its cosine, its passage's fused score), in the order given.

    `weights` are BM25's, and the passage's: a sentence's fused score has its passage's times that added.
    """
    cosine = _rounded([row[1] for row in sentences])
    lexical = _rounded([bm25(row[0], query, rules) for row in sentences])
    passage = _rounded([row[2] for row in sentences])
    fused = np.round(fuse(cosine, lexical, weights[0]) + weights[1] * passage, DIGITS)
    return [Scores(*map(float, row)) for row in zip(cosine, lexical, fused, strict=True)]


def cosines(vectors: Vectors, query: Vectors) -> Floats:
    """Of unit rows (n, d) with a unit vector (d,), summed in doubles."""
    return np.round(vectors.astype(np.float64) @ query.astype(np.float64), DIGITS)


def bm25(text: Text, query: Query, rules: RetrievalConfig) -> float:
    """Robertson's BM25 in Lucene's form, without the constant factor (k1 + 1)."""
    norm = rules.bm25_k1 * (1 - rules.bm25_b + rules.bm25_b * text.length / max(query.average_length, 1.0))
    counts = ((idf, text.terms.get(term, 0)) for term, idf in query.idf.items())
    return round(sum(idf * count / (count + norm) for idf, count in counts if count), DIGITS)


def coverage(terms: Mapping[str, int], query: Query) -> float:
    """The share of the question's idf mass in stems that the text holds: 0 to 1."""
    total = sum(query.idf.values())
    held = sum(idf for term, idf in query.idf.items() if term in terms)
    return round(held / total, DIGITS) if total else 0.0


def lexical_weight(best_coverage: float, rules: RetrievalConfig) -> float:
    """The weight of BM25, less where even the passages with most of the question's words hold few of them.

    A paraphrase shares no rare word with its passage: BM25 is noise there, and a fixed weight hurts.
    """
    low, high = rules.coverage_low, rules.coverage_high
    certainty = min(max((best_coverage - low) / (high - low), 0.0), 1.0)
    return (1 - rules.cosine_weight) * certainty


def fuse(cosine: Floats, lexical: Floats, weight: float) -> Floats:
    """Weighted z-scores over the candidates of one question; `weight` is that of BM25."""
    fused: Floats = (1 - weight) * z_scores(cosine) + weight * z_scores(lexical)
    return np.round(fused, DIGITS)


def z_scores(values: Floats) -> Floats:
    """Distance from the mean in standard deviations; all zero where the values do not differ."""
    spread = values.std() if values.size else 0.0
    return (values - values.mean()) / spread if spread > 10.0**-DIGITS else np.zeros_like(values)


def _rounded(values: Sequence[float]) -> Floats:
    return np.round(np.array(values, np.float64), DIGITS)
