"""From a question to ranked passages with scored sentences. Stores return candidates; `scoring` ranks them."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from apps.knowledge.config import RetrievalConfig, retrieval_config
from apps.knowledge.index.analyzer import word_spans
from apps.knowledge.index.live_passages import snapshot_of, store_version
from apps.knowledge.index.reembedding import EncoderChanged
from apps.knowledge.index.scope import Scope, Snapshot
from apps.knowledge.index.stores.factory import get_store
from apps.knowledge.index.stores.protocol import KnowledgeStore
from apps.knowledge.search import scoring
from apps.knowledge.search.candidates import (
    CandidatePassage,
    load_candidates,
    preload,
)
from apps.knowledge.search.noise_floor import noise_floor_of
from apps.knowledge.search.query_terms import QueryTerms, corrected_question, query_terms_of
from apps.knowledge.search.results import (
    NO_EVIDENCE,
    Evidence,
    MissingWord,
    RankedPassage,
    RankedSentence,
    Retrieval,
    Scores,
)
from apps.knowledge.search.scoring import Competitor, Match, Query, Ranking
from apps.knowledge.search.spelling import vocabulary_of
from apps.models.inference.engine import get_encoder
from apps.models.inference.interfaces import Encoding

# A document may be published during a search, and another one during the retry.
ATTEMPTS = 3
WORDS_ONLY = {  # for questions that the encoder cannot read
    "lexical_weight": 1.0,
    "sentence_lexical_weight": 1.0,
    "late_weight": 0.0,
    "sentence_late_weight": 0.0,
}
LEAST_MISSING = (
    0.05  # below, words that are missing do not count: most are mistyped; chosen on the tuning questions
)
MARGIN = 2  # passages: the margin is the difference between the first and the second


def retrieve(scope: Scope, questions: Sequence[str]) -> list[Retrieval]:
    """One result for each question. Raises EncoderUnavailable."""
    return retrieve_from(get_store(), scope, questions)


def retrieve_from(
    store: KnowledgeStore, scope: Scope, questions: Sequence[str], rules: RetrievalConfig | None = None
) -> list[Retrieval]:
    """Retrieve with the given store, and optionally with other rules than the configured ones, to compare them."""
    if not questions:
        return []
    encoder = get_encoder(scope.encoder)
    if encoder.digest != scope.encoder_digest:
        raise EncoderChanged
    rules = rules or retrieval_config().of(scope.encoder)
    found: list[Retrieval] = []
    for _ in range(ATTEMPTS):
        snapshot = snapshot_of(scope)
        found = _retrieve_at(snapshot, store, questions, rules)
        if store_version(scope.workspace_id) == snapshot.store_version:
            break
    return found


def _retrieve_at(
    snapshot: Snapshot, store: KnowledgeStore, questions: Sequence[str], rules: RetrievalConfig
) -> list[Retrieval]:
    began = time.perf_counter()
    terms = query_terms_of(snapshot, questions, correct=rules.correct_spelling)
    searched = [corrected_question(*asked) for asked in zip(questions, terms, strict=True)]
    looked_up = time.perf_counter()
    encoded = get_encoder(snapshot.encoder).encode_words(
        searched, [word_spans(question) for question in searched]
    )
    encoded_at = time.perf_counter()
    vectors, k = np.stack([each.vector for each in encoded]), rules.vector_candidates
    near, said = store.nearest_passages(snapshot, vectors, k), store.nearest_sentences(snapshot, vectors, k)
    shared = {
        "words": _ms(began, looked_up),
        "encode": _ms(looked_up, encoded_at),
        "nearest": _ms(encoded_at, time.perf_counter()),
    }
    found = [
        _Search(store, snapshot, words, encoding, nearest, rules).retrieval()
        for words, encoding, nearest in zip(terms, encoded, map(_Nearest, near, said), strict=True)
    ]
    return [
        replace(
            retrieval,
            timings_ms={**shared, **retrieval.timings_ms},
            question=question,
            language=words.language,
            missing=tuple(MissingWord(each.word, each.meant) for each in words.missing),
        )
        for question, words, retrieval in zip(searched, terms, found, strict=True)
    ]


def _ms(began: float, ended: float) -> float:
    return round((ended - began) * 1000, 3)


def warm(scope: Scope, question: str, room: int) -> int:
    """Fill the caches for the first questions. `room` and the result are numbers of passages. Raises
    EncoderUnavailable.
    """
    snapshot = snapshot_of(scope)
    vocabulary_of(snapshot)
    read = preload(snapshot, room)
    retrieve(scope, [question])
    return read


class _Nearest(NamedTuple):
    """What a store finds by the vector of a question; `sentences` with their passages."""

    passages: Sequence[int]
    sentences: Mapping[int, int]


class _Search:
    """One question in one scope."""

    def __init__(
        self,
        store: KnowledgeStore,
        snapshot: Snapshot,
        terms: QueryTerms,
        encoding: Encoding,
        nearest: _Nearest,
        rules: RetrievalConfig,
    ) -> None:
        self._store = store
        self._snapshot = snapshot
        self._terms = terms
        self._words_only = terms.is_foreign_script
        rules = rules.model_copy(update=WORDS_ONLY) if self._words_only else rules
        self._query = Query(encoding.vector, terms.idf(), terms.average_length, terms.codes, encoding.words)
        self._found = nearest
        self._rules = rules
        self._rows: dict[int, CandidatePassage] = {}
        self._matches: dict[int, Match] = {}

    def retrieval(self) -> Retrieval:
        began = time.perf_counter()
        considered = self._considered()
        if not considered:
            return Retrieval((), NO_EVIDENCE, self._snapshot.store_version, 0, 0)
        found = time.perf_counter()
        first = max(self._rules.late_candidates, MARGIN)
        ranking = scoring.rank(considered, self._rules, first)
        passages = self._ranked_passages(ranking)
        documents = {self._rows[match.passage_id].document_uid for match in considered}
        evidence = self._evidence(considered, ranking, passages)
        timings = {"find": _ms(began, found), "rank": _ms(found, time.perf_counter())}
        return Retrieval(
            passages,
            evidence,
            self._snapshot.store_version,
            len(considered),
            len(documents),
            timings_ms=timings,
        )

    def _considered(self) -> list[Match]:
        """All candidates: those that the store returns, and the neighbours of the best of them."""
        candidates = self._candidates()
        near = scoring.rank([self._matches[pk] for pk in candidates], self._rules, self._rules.neighbours_of)
        around = self._store.neighbours(self._snapshot, [match.passage_id for match in near.matches])
        self._load(around)
        return [self._matches[pk] for pk in (candidates | around) & self._matches.keys()]

    def _candidates(self) -> set[int]:
        """The same passages for every store: each list of candidates is cut to exactly the number asked for."""
        k = self._rules.vector_candidates
        terms = self._terms.rarest(self._rules.text_candidates, self._rules.lone_word_factor)
        near, said = self._found
        holding = self._store.matching_passages(self._snapshot, terms)
        self._load({*near, *said.values(), *holding})
        return self._nearest(near, k) | self._nearest_by_sentence(said, k) | self._matching(holding, terms)

    def _nearest(self, passage_ids: Iterable[int], k: int) -> set[int]:
        live = [self._matches[pk] for pk in passage_ids if pk in self._matches]
        return {match.passage_id for match in sorted(live, key=lambda row: (-row.cosine, row.passage_id))[:k]}

    def _nearest_by_sentence(self, passage_of: Mapping[int, int], k: int) -> set[int]:
        cosines = [
            (-self._matches[pk].sentence_cosines[self._rows[pk].places[sentence_id]], sentence_id, pk)
            for sentence_id, pk in passage_of.items()
            if pk in self._matches and sentence_id in self._rows[pk].places
        ]
        return {pk for _, _, pk in sorted(cosines)[:k]}

    def _matching(self, passage_ids: Iterable[int], terms: Collection[str]) -> set[int]:
        return {
            pk for pk in passage_ids if pk in self._rows and not self._rows[pk].terms.keys().isdisjoint(terms)
        }

    def _load(self, passage_ids: Iterable[int]) -> None:
        new = load_candidates(self._snapshot, set(passage_ids) - self._rows.keys())
        self._rows |= new
        self._matches |= {
            match.passage_id: match for match in scoring.match(self._query, list(new.values()), self._rules)
        }

    def _ranked_passages(self, ranking: Ranking) -> tuple[RankedPassage, ...]:
        first = [match.passage_id for match in ranking.matches[: self._rules.late_candidates]]
        late = scoring.late_interaction(self._query.words, [self._rows[pk].sentence_words for pk in first])
        ranking = scoring.compare_words(ranking, [whole for whole, _ in late], self._rules)
        shown = list(zip(ranking.matches, ranking.scores, strict=True))[: self._rules.ranked]
        by_id = self._sentence_scores(shown, dict(zip(first, (each for _, each in late), strict=True)))
        return tuple(ranked_passage(self._rows[match.passage_id], scores, by_id) for match, scores in shown)

    def _sentence_scores(
        self, shown: Sequence[tuple[Match, Scores]], late: Mapping[int, Sequence[float]]
    ) -> dict[int, Scores]:
        """Scores by sentence. `late` contains the values of each passage's sentences."""
        rows = [self._rows[match.passage_id] for match, _ in shown]
        cosines = scoring.cosines_in_surroundings(
            [row.sentence_vectors for row in rows], self._query.vector, self._rules
        )
        competing = {
            sentence.sentence_id: Competitor(sentence, cosine, alike, scores.fused)
            for row, (_, scores), near in zip(rows, shown, cosines, strict=True)
            for sentence, cosine, alike in zip(row.sentences, near, late[row.passage_id], strict=True)
        }
        scored = scoring.score_sentences(self._query, list(competing.values()), self._rules)
        return dict(zip(competing, scored, strict=True))

    def _evidence(
        self, considered: Sequence[Match], ranking: Ranking, passages: Sequence[RankedPassage]
    ) -> Evidence:
        scores = ranking.scores
        return Evidence(
            passage_cosine=max(match.cosine for match in considered),
            sentence_cosine=max(match.best_sentence for match in considered),
            bm25=max(match.bm25 for match in considered),
            coverage=ranking.matches[0].coverage,
            unknown=self._terms.idf_share(self._terms.unknown),
            margin=scores[0].fused - scores[1].fused if len(scores) > 1 else 0.0,
            best_coverage=max(match.coverage for match in considered),
            sentence_coverage=self._sentence_coverage(passages),
            corrected=self._terms.idf_share(frozenset(self._terms.corrected.values())),
            stems=len(self._terms.frequencies),
            noise_floor=noise_floor_of(self._store, self._snapshot),
            words_only=self._words_only,
            missing=self._missing(ranking.matches[0].coverage),
        )

    def _missing(self, coverage: float) -> float:
        missing = self._terms.missing
        if not missing or any(word.is_sure for word in missing):
            return float(bool(missing))
        known = 1 - self._terms.idf_share(self._terms.unknown)
        share = self._terms.idf_share(frozenset(word.stem for word in missing))
        share = share if any(word.is_name for word in missing) else share**2
        share = share * min(1.0, coverage / known) ** 2 if known > 0 else share
        return share if share >= LEAST_MISSING else 0.0

    def _sentence_coverage(self, passages: Sequence[RankedPassage]) -> float:
        scored = [
            (-row.scores.fused, row.sentence_id, passage.passage_id)
            for passage in passages
            for row in passage.sentences
        ]
        if not scored:
            return 0.0
        _, sentence_id, passage_id = min(scored)
        best = next(row for row in self._rows[passage_id].sentences if row.sentence_id == sentence_id)
        return float(scoring.coverage(scoring.count_terms([best], self._query), self._query)[0])


def ranked_passage(row: CandidatePassage, scores: Scores, by_sentence: Mapping[int, Scores]) -> RankedPassage:
    sentences = tuple(
        RankedSentence(
            part.sentence_id,
            part.start,
            part.end,
            part.text,
            part.context,
            by_sentence[part.sentence_id],
            part.is_code,
            part.unit_start,
            part.unit_end,
            part.more,
            part.inline_code,
        )
        for part in row.sentences
    )
    return RankedPassage(
        row.passage_id, row.version_id, row.version_uid, row.document_uid, row.document_path, row.title,
        row.heading_path, row.page, row.start, row.end, row.text, scores, sentences, row.page_starts,
        row.page_labels, row.unreliable,
    )  # fmt: skip
