"""The words of a question in the collections that are searched: how rare each is, corrections of mistyped words, and
words that no document contains although the question turns on them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Sum

from apps.knowledge.index.analyzer import is_code, joined_words, replace_words, words
from apps.knowledge.index.scope import Scope, Snapshot
from apps.knowledge.models import TermStatistic
from apps.knowledge.search.compounds import written_apart
from apps.knowledge.search.mending import Mended, mended
from apps.knowledge.search.missing_words import Missing, code_family, missing_words, parts_of_unknown_code
from apps.knowledge.search.question_language import is_foreign_script, language_not_held
from apps.knowledge.search.scoring import inverse_document_frequency
from apps.knowledge.search.spelling import cached_vocabulary, totals_of


@dataclass(frozen=True)
class QueryTerms:
    """`frequencies` counts the live passages that contain each stem; 0 for unknown stems.

    `corrected` maps the stem of a mistyped word to the correct one, and `spelled` to that word as the documents spell
    it, also for a word that they write as two. `frequencies` does not contain these stems. `missing` are unknown words
    that the question turns on.
    `is_foreign_script` and `language` are those of apps.knowledge.search.question_language.
    """

    passages: int
    average_length: float
    frequencies: Mapping[str, int]
    corrected: Mapping[str, str]
    spelled: Mapping[str, str]
    missing: tuple[Missing, ...] = ()
    is_foreign_script: bool = False
    language: str = ""

    def idf(self) -> dict[str, float]:
        return {term: inverse_document_frequency(self.passages, n) for term, n in self.frequencies.items()}

    def idf_share(self, terms: frozenset[str]) -> float:
        """The share of these stems in the sum of the idf of all stems: 0 to 1."""
        idf = self.idf()
        total = sum(idf.values())
        return sum(value for term, value in idf.items() if term in terms) / total if total else 0.0

    @property
    def unknown(self) -> frozenset[str]:
        return frozenset(term for term, count in self.frequencies.items() if count == 0)

    @property
    def codes(self) -> frozenset[str]:
        """The codes and versions of the question that the documents contain."""
        return frozenset(term for term, count in self.frequencies.items() if count and is_code(term))

    def rarest(self, limit: int, factor: int) -> list[str]:
        """The rarest stems that together occur in at most `limit` passages, or only the rarest if it occurs in at most
        `factor` times as many. A stem in more passages is not specific enough, and only vectors find candidates then.
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
    """Runs no query if the vocabulary is cached, else two for all questions; rarely more for an unknown word."""
    cached = cached_vocabulary(snapshot)
    passages, length = (cached.passages, cached.terms) if cached else totals_of(snapshot)
    counts = cached.frequencies if cached else _frequencies(snapshot, _possible(questions))
    average = length / passages if passages else 0.0
    vocabulary = snapshot if correct and passages else None
    return [_query_terms(passages, average, question, counts, vocabulary) for question in questions]


def corrected_question(question: str, terms: QueryTerms) -> str:
    """The question with its mistyped words replaced by the correct ones, as the documents spell them."""
    return replace_words(question, terms.spelled) if terms.spelled else question


def _possible(questions: Sequence[str]) -> set[str]:
    asked = {stem for question in questions for _, stem in words(question)}
    return asked | {both for question in questions for _, _, both in joined_words(question)}


def _query_terms(
    passages: int, average: float, question: str, counts: Mapping[str, int], vocabulary: Snapshot | None
) -> QueryTerms:
    """Without a vocabulary nothing is corrected, and no word is missing."""
    asked = _asked(question, counts, vocabulary)
    frequencies = {term: counts.get(term, 0) for term in asked}
    unknown = {term: word for term, word in asked.items() if not frequencies[term]}
    language = language_not_held(question, frequencies, passages)
    if vocabulary is None or not unknown or language:
        return QueryTerms(passages, average, frequencies, {}, {}, (), is_foreign_script(question), language)
    apart = written_apart(vocabulary, unknown)
    for compound in apart:
        del frequencies[compound.stem], unknown[compound.stem]
        frequencies |= compound.parts
    found = mended(vocabulary, question, unknown, known=frequencies.keys() - unknown.keys())
    corrected = [each for each in found if each.is_certain]
    for each in corrected:
        del frequencies[each.typed]
        frequencies[each.meant.term] = each.meant.passages
    missing = missing_words(
        vocabulary, question, frequencies, [each for each in found if not each.is_certain]
    )
    return QueryTerms(
        passages,
        average,
        frequencies,
        _stems(corrected),
        _spellings(corrected) | {each.stem: each.spelled for each in apart},
        missing,
        is_foreign_script(question),
    )


def _stems(corrected: Sequence[Mended]) -> dict[str, str]:
    return {each.typed: each.meant.term for each in corrected}


def _spellings(corrected: Sequence[Mended]) -> dict[str, str]:
    return {each.typed: each.spelled for each in corrected}


def _asked(question: str, counts: Mapping[str, int], vocabulary: Snapshot | None) -> dict[str, str]:
    """{stem: word}. Two words that are one in the documents are one, as in "e 1057"; codes without relatives in the
    documents are their parts.
    """
    asked = {stem: word for word, stem in words(question)}
    for first, second, both in joined_words(question):
        if first not in asked or second not in asked:
            continue
        if counts.get(both, 0) or (second.isdigit() and vocabulary and code_family(vocabulary, both)):
            del asked[first], asked[second]
            asked[both] = both
    for stem, word in list(asked.items()):
        parts = parts_of_unknown_code(vocabulary, word) if vocabulary and not counts.get(stem, 0) else []
        if parts:
            del asked[stem]
            asked |= dict.fromkeys(parts, word)
    return asked


def _frequencies(scope: Scope, terms: set[str]) -> dict[str, int]:
    rows = TermStatistic.objects.filter(collection__in=scope.collection_ids, term__in=terms)
    return dict(rows.values_list("term").annotate(Sum("passages")))
