"""The ranking: pure functions that depend neither on the store that returned the candidates nor on their order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import accumulate, pairwise
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from apps.knowledge.config import RetrievalConfig
from apps.knowledge.search.results import Scores
from apps.models.inference.interfaces import WORD_DIMENSIONS, WORD_UNIT, WordVectors

Floats = npt.NDArray[np.float64]
Vectors = npt.NDArray[np.float32]

# Sums of doubles differ in the sixteenth digit with the shape of a matrix. Rounding keeps that from changing the order.
DIGITS = 6
TOGETHER = 50  # passages: about a megabyte of doubles


class Text(Protocol):
    """A text that is scored by its words: its stems with their counts, and the sum of the counts."""

    @property
    def terms(self) -> Mapping[str, int]: ...

    @property
    def length(self) -> int: ...


class Candidate(Text, Protocol):
    """A candidate passage: `vectors` (1 + n, d) are its own and then those of its n sentences."""

    @property
    def passage_id(self) -> int: ...

    @property
    def vectors(self) -> Vectors: ...


@dataclass(frozen=True)
class Query:
    """A question: its unit vector, the idf of each of its stems in the collections, those stems that are codes, and the
    vectors of its words.
    """

    vector: Vectors
    idf: Mapping[str, float]
    average_length: float
    codes: frozenset[str] = frozenset()
    words: WordVectors = field(default_factory=lambda: np.empty((0, WORD_DIMENSIONS), np.int8))

    @cached_property
    def mass(self) -> float:
        """The sum of the idf of all stems."""
        return sum(self.idf.values())


class Match(NamedTuple):  # cheap to create: a question creates some hundred
    """How one candidate matches the question, independently of the other candidates."""

    passage_id: int
    cosine: float
    sentence_cosines: Sequence[float]
    best_sentence: float
    bm25: float
    coverage: float
    codes: int = 0


_MATCH = partial(tuple.__new__, Match)  # from its columns, in a third of the time


class Competitor(NamedTuple):
    """A sentence with its cosine in context, the similarity of its words and the fused score of its passage."""

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
    alike = _cosines_of(candidates, query.vector)
    ends = list(accumulate((len(row.vectors) for row in candidates), initial=0))
    values = alike.tolist()
    best = best_sentences(alike, ends).tolist()
    counts = count_terms(candidates, query)
    columns = zip(
        [row.passage_id for row in candidates],
        [values[start] for start in ends[:-1]],
        [values[start + 1 : end] for start, end in pairwise(ends)],
        best,
        bm25(counts, [row.length for row in candidates], query, rules).tolist(),
        coverage(counts, query).tolist(),
        codes_in(candidates, query),
        strict=True,
    )
    return list(map(_MATCH, columns))


def _cosines_of(candidates: Sequence[Candidate], query: Vectors) -> Floats:
    """Of all their vectors in order. A few candidates at a time, so that the doubles stay in the processor's cache."""
    starts = range(0, len(candidates), TOGETHER)
    parts = ([row.vectors for row in candidates[start : start + TOGETHER]] for start in starts)
    return np.concatenate([cosines(np.concatenate(part, dtype=np.float64), query) for part in parts])


def best_sentences(alike: Floats, ends: Sequence[int]) -> Floats:
    """The highest cosine of each passage's sentences, its own for a passage without sentences. Passage i has the values
    alike[ends[i] : ends[i + 1]], its own first.
    """
    starts, only = np.array(ends[:-1]), np.diff(ends) == 1
    hidden = alike.copy()
    hidden[starts[~only]] = -np.inf
    return np.maximum.reduceat(hidden, starts)


def rank(matches: Iterable[Match], rules: RetrievalConfig, first: int | None = None) -> Ranking:
    """The `first` best matches, best first; equal scores are in order of passage id."""
    rows = sorted(matches)
    share = rules.sentence_share
    mixed = _rounded([(1 - share) * row.cosine + share * row.best_sentence for row in rows])
    lexical = _rounded([row.bm25 for row in rows])
    fused = fuse(mixed, lexical, rules.lexical_weight) + rules.code_weight * np.array(
        [row.codes for row in rows]
    )
    order = np.argsort(-fused, kind="stable")[:first]
    columns = (mixed[order].tolist(), lexical[order].tolist(), fused[order].tolist())
    return Ranking(tuple(rows[place] for place in order.tolist()), tuple(map(Scores, *columns)))


def compare_words(ranking: Ranking, late: Sequence[float], rules: RetrievalConfig) -> Ranking:
    """Rank the first matches of a ranking again, as many as `late` has values, with `late` as a further score."""
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
    """In the order given. The fused score includes that of the passage times `passage_weight`."""
    cosine = _rounded([row.cosine for row in sentences])
    texts = [row.text for row in sentences]
    lexical = bm25(count_terms(texts, query), [text.length for text in texts], query, rules)
    late = _rounded([row.late for row in sentences])
    passage = _rounded([row.passage for row in sentences])
    fused = fuse(cosine, lexical, rules.sentence_lexical_weight)
    codes = np.array(codes_in(texts, query), np.float64)
    fused = np.round(
        fused
        + rules.sentence_late_weight * z_scores(late)
        + rules.passage_weight * passage
        + rules.code_weight * codes,
        DIGITS,
    )
    return list(map(Scores, cosine.tolist(), lexical.tolist(), fused.tolist(), late.tolist()))


def cosines_in_surroundings(
    passages: Sequence[Vectors], query: Vectors, rules: RetrievalConfig
) -> list[list[float]]:
    """For each passage's sentences (n, d), the mean of a sentence's own cosine and that of it with its neighbours.

    For example, the sentence before "It is the time before an alert" says what "it" is.
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
    lengths = np.maximum(np.sqrt(np.einsum("ij,ij->i", around, around)), 1e-9)
    near = around @ query.astype(np.float64) / lengths
    means = np.round((cosines(vectors, query) + near) / 2, DIGITS).tolist()
    return [means[start:end] for start, end in pairwise(ends)]


def cosines(vectors: Vectors | Floats, query: Vectors) -> Floats:
    """The cosines of unit rows (n, d) with a unit vector (d,), summed in doubles."""
    return np.round(vectors.astype(np.float64, copy=False) @ query.astype(np.float64), DIGITS)


def late_interaction(
    asked: WordVectors, passages: Sequence[Sequence[WordVectors]]
) -> list[tuple[float, list[float]]]:
    """The mean, over the words of the question, of the similarity with the most similar word (Khattab and Zaharia,
    2020): in each passage as a whole, and in each of its sentences; -1 to 1, and 0 without words.

    The result is exact: the products of small integers are whole numbers that a float32 represents exactly.
    """
    sentences = [words for passage in passages for words in passage]
    words = np.concatenate([np.empty((0, WORD_DIMENSIONS), np.int8), *sentences], dtype=np.float32)
    by_word = words @ asked.astype(np.float32).T
    by_sentence = _highest(by_word, list(map(len, sentences))) / WORD_UNIT**2
    by_passage = _highest(by_sentence, list(map(len, passages)))
    wholes, each = (
        _rounded(best.sum(axis=1) / max(len(asked), 1)).tolist() for best in (by_passage, by_sentence)
    )
    ends = accumulate(map(len, passages), initial=0)
    return [(whole, each[start:end]) for whole, (start, end) in zip(wholes, pairwise(ends), strict=True)]


def _highest(values: npt.NDArray[Any], lengths: Sequence[int]) -> Floats:
    """From (rows, columns), the maximum of each run of rows. `lengths` are the lengths of the runs; 0 for an empty
    one.
    """
    found = np.zeros((len(lengths), values.shape[1]))
    starts = list(accumulate(lengths, initial=0))
    runs = [place for place, length in enumerate(lengths) if length]
    if runs:
        found[runs] = np.maximum.reduceat(values, [starts[place] for place in runs], axis=0)
    return found


def count_terms(texts: Sequence[Text], query: Query) -> Floats:
    """How often each stem of the question occurs in each text: (stems, texts)."""
    counts = np.zeros((len(query.idf), len(texts)))
    terms = [text.terms for text in texts]
    for row, stem in zip(counts, query.idf, strict=True):
        holding = [
            column for column, each in enumerate(terms) if stem in each
        ]  # most texts contain few stems
        row[holding] = [terms[column][stem] for column in holding]
    return counts


def codes_in(texts: Sequence[Text], query: Query) -> list[int]:
    """How many codes of the question each text contains."""
    if not query.codes:
        return [0] * len(texts)
    return [len(query.codes & text.terms.keys()) for text in texts]


def bm25(counts: Floats, lengths: Sequence[int], query: Query, rules: RetrievalConfig) -> Floats:
    """Robertson's BM25 in Lucene's form, without the constant factor (k1 + 1); one value for each text."""
    shares = np.array(lengths, np.float64) / max(query.average_length, 1.0)
    norm = rules.bm25_k1 * (1 - rules.bm25_b + rules.bm25_b * shares) + 1e-9  # not zero for an empty text
    score = np.zeros(len(shares))
    for count, idf in zip(counts, query.idf.values(), strict=True):
        score += idf * count / (count + norm)
    return np.round(score, DIGITS)


def coverage(counts: Floats, query: Query) -> Floats:
    """For each text, the share of its stems in the summed idf of the question: 0 to 1."""
    cached = np.zeros(counts.shape[1])
    for count, idf in zip(counts, query.idf.values(), strict=True):
        cached += idf * (count > 0)
    return np.round(cached / (query.mass or 1.0), DIGITS)


def fuse(cosine: Floats, lexical: Floats, weight: float) -> Floats:
    """Weighted z-scores over the candidates of one question; `weight` is that of BM25."""
    fused: Floats = (1 - weight) * z_scores(cosine) + weight * z_scores(lexical)
    return np.round(fused, DIGITS)


def z_scores(values: Floats) -> Floats:
    """Distances from the mean in standard deviations; all zero if the values do not differ."""
    if not values.size:
        return values
    apart = values - values.sum() / values.size
    spread = math.sqrt(float(apart @ apart) / values.size)  # numpy's std() takes three times as long
    return apart / spread if spread > 10.0**-DIGITS else np.zeros_like(values)


def _rounded(values: Sequence[float]) -> Floats:
    return np.array(values, np.float64).round(DIGITS)
