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
    """A nominated passage; `sentence_vectors` is (sentences, dimensions)."""

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
class PassageScores:
    """`passage_cosine` and `sentence_cosine` (of its best sentence) are what `scores.cosine` mixes."""

    passage_id: int
    scores: Scores
    passage_cosine: float
    sentence_cosine: float
    coverage: float


def inverse_document_frequency(passages: int, frequency: int) -> float:
    """As Lucene has it: never negative. https://lucene.apache.org, BM25Similarity."""
    return math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5))


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
    return sum(idf for term, idf in query.idf.items() if term in terms) / total if total else 0.0


def z_scores(values: Floats) -> Floats:
    """Distance from the mean in standard deviations; all zero where the values do not differ."""
    spread = values.std() if values.size else 0.0
    return (values - values.mean()) / spread if spread > 10.0**-DIGITS else np.zeros_like(values)


def lexical_weight(best_coverage: float, rules: RetrievalConfig) -> float:
    """The weight of BM25, less where even the passages with most of the question's words hold few of them.

    A paraphrase shares no rare word with its passage: BM25 is noise there, and a fixed weight hurts.
    """
    low, high = rules.coverage_low, rules.coverage_high
    certainty = min(max((best_coverage - low) / (high - low), 0.0), 1.0)
    return (1 - rules.cosine_weight) * certainty


def fuse(cosine: Floats, lexical: Floats, weight: float) -> Floats:
    """Weighted z-scores over the candidates of one question; `weight` is that of BM25."""
    return np.round((1 - weight) * z_scores(cosine) + weight * z_scores(lexical), DIGITS)


def rank(query: Query, candidates: Iterable[Candidate], rules: RetrievalConfig) -> list[PassageScores]:
    """Best first; equals in order of passage id."""
    rows = sorted(candidates, key=lambda row: row.passage_id)
    if not rows:
        return []
    passage = cosines(np.stack([row.vector for row in rows]), query.vector)
    sentence = _best_sentence_cosines(query, rows, passage)
    mixed = np.round((1 - rules.sentence_share) * passage + rules.sentence_share * sentence, DIGITS)
    lexical = np.array([bm25(row, query, rules) for row in rows])
    covered = [coverage(row.terms, query) for row in rows]
    fused = fuse(mixed, lexical, lexical_weight(max(covered), rules))
    scored = [
        PassageScores(row.passage_id, Scores(*map(float, scores)), float(own), float(best), share)
        for row, scores, own, best, share in zip(
            rows, zip(mixed, lexical, fused, strict=True), passage, sentence, covered, strict=True
        )
    ]
    return sorted(scored, key=lambda row: (-row.scores.fused, row.passage_id))


def score_sentences(
    query: Query,
    sentences: Sequence[Text],
    vectors: Vectors,
    passage_fused: Sequence[float],
    weights: tuple[float, float],
    rules: RetrievalConfig,
) -> list[Scores]:
    """Scores of sentences that compete, in the order given.

    `weights` are BM25's and the passage's: a sentence's own fused score, plus its passage's times that weight.
    """
    if not sentences:
        return []
    cosine = cosines(vectors, query.vector)
    lexical = np.array([bm25(sentence, query, rules) for sentence in sentences])
    lexical_share, passage_weight = weights
    fused = fuse(cosine, lexical, lexical_share) + passage_weight * np.array(passage_fused)
    columns = zip(cosine, lexical, np.round(fused, DIGITS), strict=True)
    return [Scores(float(c), float(b), float(f)) for c, b, f in columns]


def _best_sentence_cosines(query: Query, rows: Sequence[Candidate], passage: Floats) -> Floats:
    """The highest cosine among each passage's sentences; the passage's own where it has none."""
    counts = np.array([len(row.sentence_vectors) for row in rows])
    best = passage.copy()
    if not counts.any():
        return best
    values = cosines(np.concatenate([row.sentence_vectors for row in rows if len(row.sentence_vectors)]), query.vector)
    starts = np.concatenate(([0], np.cumsum(counts[counts > 0])[:-1]))
    best[counts > 0] = np.maximum.reduceat(values, starts)
    return best
