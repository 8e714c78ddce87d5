"""A question's words in the collections asked: how rare each is, and which one a mistyped word may stand for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Sum

from apps.knowledge.index.analyzer import replace_words, words
from apps.knowledge.index.scope import Scope, Snapshot
from apps.knowledge.index.stores.fulltext import live_matching_passages
from apps.knowledge.models import TermStatistic
from apps.knowledge.search.scoring import inverse_document_frequency
from apps.knowledge.search.spelling import Known, cached_vocabulary, totals_of, vocabulary_of
from apps.models.inference.engine import get_encoder

ONE_TOKEN = 3  # with the marks before and after it
MOST_CORRECTED = 12  # unknown words of one question: with more of them it is no typing error


@dataclass(frozen=True)
class QueryTerms:
    """`frequencies` counts the live passages that hold each stem, 0 for unknown ones.

    `corrected` maps the stem of a mistyped word to the one that it stands for; the mistyped ones are left out.
    """

    passages: int
    average_length: float
    frequencies: Mapping[str, int]
    corrected: Mapping[str, str]

    def idf(self) -> dict[str, float]:
        return {term: inverse_document_frequency(self.passages, n) for term, n in self.frequencies.items()}

    def idf_share(self, terms: frozenset[str]) -> float:
        """Of the idf mass of all stems, what these hold: 0 to 1."""
        idf = self.idf()
        total = sum(idf.values())
        return sum(value for term, value in idf.items() if term in terms) / total if total else 0.0

    @property
    def unknown(self) -> frozenset[str]:
        return frozenset(term for term, count in self.frequencies.items() if count == 0)

    def rarest(self, limit: int, factor: int) -> list[str]:
        """The rarest stems that together occur in at most `limit` passages, or the rarest alone in `factor` times as
        many: one in more says nothing, and vectors alone nominate then.
        """
        known = sorted((count, term) for term, count in self.frequencies.items() if count)
        chosen: list[str] = []
        cached = 0
        for count, term in known:
            cached += count
            if cached > (limit if chosen else limit * factor):
                break
            chosen.append(term)
        return chosen


def query_terms_of(snapshot: Snapshot, questions: Sequence[str], *, correct: bool = True) -> list[QueryTerms]:
    """No query where the vocabulary is cached, else two for all questions; one more, seldom, for an unknown word."""
    asked = [{stem: word for word, stem in words(question)} for question in questions]
    cached = cached_vocabulary(snapshot)
    passages, length = (cached.passages, cached.terms) if cached else totals_of(snapshot)
    counts = (
        cached.frequencies if cached else _frequencies(snapshot, {stem for stems in asked for stem in stems})
    )
    average = length / passages if passages else 0.0
    vocabulary = snapshot if correct and passages else None
    return [_query_terms(passages, average, stems, counts, vocabulary) for stems in asked]


def corrected_question(snapshot: Snapshot, question: str, terms: QueryTerms) -> str:
    """The question with its mistyped words as the documents spell those that they stand for."""
    spelled = {typed: _spelling(snapshot, term) for typed, term in terms.corrected.items()}
    return replace_words(question, spelled) if spelled else question


def _query_terms(
    passages: int,
    average: float,
    asked: Mapping[str, str],
    counts: Mapping[str, int],
    vocabulary: Snapshot | None,
) -> QueryTerms:
    """`asked` maps each stem of the question to its word; without a vocabulary, nothing is taken for a typing error."""
    frequencies = {term: counts.get(term, 0) for term in asked}
    corrected: dict[str, str] = {}
    unknown = [term for term, count in frequencies.items() if count == 0] if vocabulary else []
    for term in unknown[:MOST_CORRECTED]:
        found = _correction(vocabulary, term, asked[term]) if vocabulary else None
        if found is not None and found.term not in frequencies:
            del frequencies[term]
            frequencies[found.term] = found.passages
            corrected[term] = found.term
    return QueryTerms(passages, average, frequencies, corrected)


def _correction(snapshot: Snapshot, term: str, word: str) -> Known | None:
    """The known stem that an unknown one may stand for; a word that the encoder has a token for is no error."""
    if get_encoder(snapshot.encoder).count_tokens([word])[0] <= ONE_TOKEN:
        return None
    return vocabulary_of(snapshot).nearest(term)


def _spelling(scope: Scope, term: str) -> str:
    """The commonest word with that stem in the first passage that holds it."""
    holding = live_matching_passages(scope, [term]).order_by("pk")
    context, text = holding.values_list("context", "text").first() or ("", "")
    found = Counter(word for word, stem in words(f"{context} {text}") if stem == term)
    return found.most_common(1)[0][0] if found else term


def _frequencies(scope: Scope, terms: set[str]) -> dict[str, int]:
    rows = TermStatistic.objects.filter(collection__in=scope.collection_ids, term__in=terms)
    return dict(rows.values_list("term").annotate(Sum("passages")))
