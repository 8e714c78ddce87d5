"""The ranking: its formulas against references, and what must hold for any candidates."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from apps.knowledge.config import RetrievalConfig, retrieval_config
from apps.knowledge.search import scoring
from apps.knowledge.search.scoring import Competitor, Match, Query, Vectors
from apps.models.inference.interfaces import WORD_DIMENSIONS, WORD_UNIT, WordVectors

RULES = retrieval_config()


@dataclass(frozen=True)
class Passage:
    passage_id: int
    terms: dict[str, int]
    vectors: Vectors
    length: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", sum(self.terms.values()))


def unit(rows: int, seed: int) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((rows, 16), np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def passages(count: int, seed: int = 1) -> list[Passage]:
    rng = random.Random(seed)
    return [
        Passage(n, {rng.choice("abcdefgh"): rng.randint(1, 3) for _ in range(5)}, unit(1 + n % 4, n))
        for n in range(count)
    ]


QUERY = Query(unit(1, 999)[0], {"a": 1.0, "b": 2.5, "zz": 4.0}, 8.0)
numbers = st.floats(-1, 1)


def bm25(rows: list[Passage], query: Query, rules: RetrievalConfig = RULES) -> scoring.Floats:
    return scoring.bm25(scoring.count_terms(rows, query), [row.length for row in rows], query, rules)


matches = st.lists(
    st.builds(
        Match,
        st.integers(0, 10**9),
        numbers,
        st.lists(numbers, max_size=3).map(tuple),
        numbers,
        st.floats(0, 40),
        st.floats(0, 1),
    ),
    max_size=30,
    unique_by=lambda row: row.passage_id,
)


def test_bm25_ranks_as_another_implementation_does() -> None:
    """rank_bm25 has the constant factor (k1 + 1) and another idf: with one word in few texts, the order is the same."""
    texts = [["x"] * n + ["y"] * (9 - n) + ["z"] * (n % 3) for n in range(9)] + [["w"] * 9] * 12
    peer = BM25Okapi(texts, k1=RULES.bm25_k1, b=RULES.bm25_b).get_scores(["x"])
    average = sum(map(len, texts)) / len(texts)
    query = Query(QUERY.vector, {"x": 1.0}, average)
    rows = [Passage(n, {w: text.count(w) for w in set(text)}, unit(1, 1)) for n, text in enumerate(texts)]
    own = bm25(rows, query)
    assert np.allclose(own * (peer.max() / own.max()), peer, atol=1e-5)


def test_idf_is_lucenes() -> None:
    assert scoring.inverse_document_frequency(100, 4) == pytest.approx(math.log(1 + 96.5 / 4.5))
    assert scoring.inverse_document_frequency(1, 1) > 0


def test_cosines_do_not_depend_on_how_many_are_taken_at_once() -> None:
    vectors = unit(2001, 3)
    whole = scoring.cosines(vectors, QUERY.vector)
    alone = [scoring.cosines(vectors[n : n + 1], QUERY.vector)[0] for n in range(len(vectors))]
    assert whole.tolist() == alone


def test_a_passages_match_does_not_depend_on_the_others() -> None:
    rows = passages(40)
    together = scoring.match(QUERY, rows, RULES)
    assert together == [scoring.match(QUERY, [row], RULES)[0] for row in rows]
    assert [len(row.sentence_cosines) for row in together] == [n % 4 for n in range(40)]
    assert all(row.best_sentence == max(row.sentence_cosines, default=row.cosine) for row in together)


@given(matches, st.randoms())
def test_ranking_does_not_depend_on_the_order_of_candidates(rows: list[Match], rng: random.Random) -> None:
    shuffled = rng.sample(rows, len(rows))
    whole = scoring.rank(rows, RULES)
    assert scoring.rank(shuffled, RULES) == whole
    assert scoring.rank(shuffled, RULES, 5) == scoring.Ranking(whole.matches[:5], whole.scores[:5])


@given(matches)
def test_every_score_is_a_number_and_the_best_come_first(rows: list[Match]) -> None:
    ranking = scoring.rank(rows, RULES)
    fused = [score.fused for score in ranking.scores]
    assert fused == sorted(fused, reverse=True)
    assert all(
        math.isfinite(value) for score in ranking.scores for value in (score.cosine, score.bm25, score.fused)
    )
    assert {match.passage_id for match in ranking.matches} == {row.passage_id for row in rows}


def test_equal_candidates_stand_in_order_of_their_ids() -> None:
    rows = [Match(pk, 0.5, (), 0.5, 1.0, 0.2) for pk in (5, 3, 9)]
    ranking = scoring.rank(rows, RULES)
    assert [match.passage_id for match in ranking.matches] == [3, 5, 9]
    assert {score.fused for score in ranking.scores} == {0.0}


def test_meaning_and_words_both_count() -> None:
    near, named = Match(1, 0.9, (), 0.9, 0.5, 0.1), Match(2, 0.7, (), 0.7, 9.0, 1.0)
    rest = [Match(pk, 0.1, (), 0.1, 0.4, 0.1) for pk in range(3, 30)]
    by = {weight: RULES.model_copy(update={"lexical_weight": weight}) for weight in (0.0, 1.0)}
    assert scoring.rank([near, named, *rest], by[0.0]).matches[0] == near
    assert scoring.rank([near, named, *rest], by[1.0]).matches[0] == named
    assert {match.passage_id for match in scoring.rank([near, named, *rest], RULES).matches[:2]} == {1, 2}


def test_a_sentence_gains_from_its_passage() -> None:
    text = Passage(1, {"a": 1}, unit(1, 1))
    low, high = scoring.score_sentences(
        QUERY, [Competitor(text, 0.5, 0.2, passage) for passage in (1.0, 2.0)], RULES
    )
    assert high.fused - low.fused == pytest.approx(RULES.passage_weight)
    assert scoring.score_sentences(QUERY, [], RULES) == []


def test_a_sentence_gains_from_its_words() -> None:
    text = Passage(1, {"a": 1}, unit(1, 1))
    low, high = scoring.score_sentences(
        QUERY, [Competitor(text, 0.5, late, 1.0) for late in (0.2, 0.6)], RULES
    )
    assert (low.late, high.late) == (0.2, 0.6)
    assert high.fused - low.fused == pytest.approx(2 * RULES.sentence_late_weight)


def words(count: int, seed: int) -> WordVectors:
    rows = np.random.default_rng(seed).standard_normal((count, WORD_DIMENSIONS))
    small: WordVectors = np.rint(rows / np.linalg.norm(rows, axis=1, keepdims=True) * WORD_UNIT).astype(
        np.int8
    )
    return small


def test_late_interaction_is_the_mean_of_each_words_best() -> None:
    asked, said = words(3, 1), [[words(4, 2), words(0, 0), words(2, 3)], [], [words(5, 4)], [words(0, 0)]]
    found = scoring.late_interaction(asked, said)
    for (whole, each), sentences in zip(found, said, strict=True):
        products = [asked.astype(int) @ part.astype(int).T for part in sentences]
        best = [part.max(axis=1) if part.size else np.zeros(3) for part in products]
        assert each == pytest.approx([row.mean() / WORD_UNIT**2 for row in best], abs=1e-6)
        expected = np.max(best, axis=0).mean() / WORD_UNIT**2 if best else 0.0
        assert whole == pytest.approx(expected, abs=1e-6)
    assert found[2:] == scoring.late_interaction(asked, said[2:])
    same = scoring.late_interaction(asked, [[asked]])
    assert same[0][0] == pytest.approx(1.0, abs=0.05)
    assert scoring.late_interaction(words(0, 0), said[:1]) == [(0.0, [0.0, 0.0, 0.0])]
    assert scoring.late_interaction(asked, []) == []


def test_words_reorder_the_first_matches_alone() -> None:
    ranking = scoring.rank(
        [Match(pk, 1 - pk / 100, (), 1 - pk / 100, 0.0, 0.0) for pk in range(1, 31)], RULES
    )
    late = [0.0] * 9 + [1.0]
    compared = scoring.compare_words(ranking, late, RULES.model_copy(update={"late_weight": 5.0}))
    assert [match.passage_id for match in compared.matches] == [10, *range(1, 10)]
    assert compared.scores[0].late == 1.0
    unmoved = scoring.compare_words(ranking, late, RULES.model_copy(update={"late_weight": 0.0}))
    assert unmoved.matches == ranking.matches[:10]
    assert [row.fused for row in unmoved.scores] == [row.fused for row in ranking.scores[:10]]


def test_a_sentence_beside_the_topic_gains_from_it() -> None:
    far = -QUERY.vector
    other = np.roll(QUERY.vector, 1)
    vectors = np.stack([QUERY.vector, other, other, far])
    own = scoring.cosines(vectors, QUERY.vector)
    around, alone, none = scoring.cosines_in_surroundings(
        [vectors, vectors[:1], vectors[:0]], QUERY.vector, RULES
    )
    assert own[1] == own[2]
    assert around[1] > around[2]
    assert alone == [pytest.approx(1.0)]
    assert none == []
    for passage, expected in ((vectors, around), (vectors[:1], alone)):
        assert scoring.cosines_in_surroundings([passage], QUERY.vector, RULES) == [expected]
    assert scoring.cosines_in_surroundings([], QUERY.vector, RULES) == []


@given(st.dictionaries(st.sampled_from("abz"), st.integers(1, 5)))
def test_coverage_is_a_share(terms: dict[str, int]) -> None:
    text = Passage(1, terms, unit(1, 1))
    nothing = Query(QUERY.vector, {}, 1.0)
    assert 0 <= scoring.coverage(scoring.count_terms([text], QUERY), QUERY)[0] <= 1
    assert scoring.coverage(scoring.count_terms([text], nothing), nothing)[0] == 0


def test_a_text_without_words_scores_nothing_under_any_rules() -> None:
    empty = Passage(1, {}, unit(1, 1))
    for k1, b in ((0.0, 0.75), (1.2, 1.0)):
        rules = RULES.model_copy(update={"bm25_k1": k1, "bm25_b": b})
        assert bm25([empty], QUERY, rules).tolist() == [0.0]
