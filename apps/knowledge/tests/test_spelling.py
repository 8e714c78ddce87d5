"""Corrections of mistyped words."""

from __future__ import annotations

import numpy as np
import pytest

from apps.knowledge.index.live_passages import snapshot_of
from apps.knowledge.search.query_terms import QueryTerms, corrected_question, query_terms_of
from apps.knowledge.search.spelling import Known, Vocabulary, letters_of, vocabulary_of
from apps.knowledge.tests.corpus import publish, scope_in_new_workspace


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("reciev", "receiv"),  # two letters swapped
        ("epxens", "expens"),
        ("expans", "expens"),  # a wrong letter
        ("receivv", "receiv"),  # one too many
        ("recei", "receiv"),  # one too few
        ("sitting", None),  # three letters from kitten: too many
    ],
)
def test_a_term_is_corrected_within_its_number_of_edits(typed: str, meant: str | None) -> None:
    terms = ("expens", "kitten", "receiv")
    known = tuple(Known(term, 1) for term in terms)
    letters = np.array([letters_of(term) for term in terms], np.uint64)
    vocabulary = Vocabulary(3, 3, known, letters, np.array([len(term) for term in terms], np.int64))
    found = vocabulary.nearest(typed)
    assert (found.term if found else None) == meant


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_encoder")
class TestInACollection:
    def _wording(self, question: str) -> QueryTerms:
        collection, scope = scope_in_new_workspace("typed")
        publish(
            collection, "a.md", [["Reimbursement of expenses takes a week."], ["Expenses need receipts."]]
        )
        return query_terms_of(snapshot_of(scope), [question])[0]

    def test_a_mistyped_word_is_searched_as_the_one_it_stands_for(self) -> None:
        wording = self._wording("How long do reimbursment and expnses take?")
        assert set(wording.corrected.values()) == {"expens"}
        assert wording.frequencies["expens"] == 2
        assert wording.unknown == {"long"}

    def test_it_is_searched_in_the_documents_spelling(self) -> None:
        collection, scope = scope_in_new_workspace("spelled")
        publish(collection, "a.md", [["The Schedules of one Schedule are schedules."]])
        question = "When is my SCHEDUEL due?"
        wording = query_terms_of(snapshot_of(scope), [question])[0]
        assert corrected_question(question, wording) == "When is my schedules due?"

    @pytest.mark.parametrize(
        ("question", "searched"),
        [
            ("guest wifi password", "guest Wi Fi password"),
            ("Where is my timesheet?", "Where is my time-sheet?"),
            ("how do timesheets work", "how do time-sheet work"),
            ("do I have to signup", "do I have to sign up"),
            ("is there a carpet", "is there a carpet"),  # a car and a pet, but nowhere together
        ],
    )
    def test_a_word_that_the_documents_write_as_two_is_the_same_word(
        self, question: str, searched: str
    ) -> None:
        collection, scope = scope_in_new_workspace("apart")
        publish(
            collection,
            "a.md",
            [
                ["The guest Wi Fi has a password. My time-sheet is due. A car takes a pet."],
                ["People sign up here.", "Work is fun."],
            ],
        )
        terms = query_terms_of(snapshot_of(scope), [question])[0]
        assert corrected_question(question, terms) == searched
        assert bool(terms.unknown) == (question == searched)

    def test_a_replaced_version_spells_nothing(self) -> None:
        collection, scope = scope_in_new_workspace("replaced")
        publish(collection, "a.md", [["All schedules, schedules."]])
        publish(collection, "a.md", [["The schedule."]])
        question = "Which schedueles?"
        assert (
            corrected_question(question, query_terms_of(snapshot_of(scope), [question])[0])
            == "Which schedule?"
        )

    def test_a_word_that_the_encoder_knows_is_no_slip(self) -> None:
        collection, scope = scope_in_new_workspace("known")
        publish(collection, "a.md", [["A coal fire."]])
        assert query_terms_of(snapshot_of(scope), ["goal"])[0].unknown == {"goal"}

    def test_a_word_unlike_any_other_stays_unknown(self) -> None:
        wording = self._wording("Which dinosaurs need receipts?")
        assert wording.unknown == {"dinosaur"}
        assert 0 < wording.idf_share(wording.unknown) < 1

    def test_short_words_and_numbers_are_not_corrected(self) -> None:
        assert self._wording("wek 2024 rec").corrected == {}

    def _asked(self, name: str, texts: list[list[str]], question: str) -> QueryTerms:
        collection, scope = scope_in_new_workspace(name)
        publish(collection, "a.md", texts)
        return query_terms_of(snapshot_of(scope), [question])[0]

    def test_a_name_is_not_replaced_by_another_name(self) -> None:
        texts = [["Calls go to Ms Sandvik, room 4."], ["Other calls go to the porter."]]
        wording = self._asked("names", texts, "Where do calls to Ms Sandvig go?")
        assert wording.corrected == {}
        [missing] = wording.missing
        assert (missing.word, missing.meant, missing.is_sure) == ("Sandvig", "sandvik", True)

    def test_two_edits_of_a_rare_word_are_no_slip(self) -> None:
        texts = [["Give trimoxatolin at noon."], ["Give water at noon."]]
        [missing] = self._asked("drugs", texts, "When is trimoxatin given?").missing
        assert (missing.word, missing.meant, missing.is_sure) == ("trimoxatin", "trimoxatolin", True)

    def test_a_code_in_no_document_is_missing(self) -> None:
        texts = [["K-77 is the pump."], ["K-78 is the lamp."]]
        for question in ("What is K-79?", "what is k79", "what is k 79"):
            wording = self._asked(f"codes-{len(question)}", texts, question)
            assert [(each.stem, each.is_sure) for each in wording.missing] == [("k79", True)]

    def test_a_code_in_another_spelling_is_found(self) -> None:
        texts = [["K-77 is the pump."], ["K-78 is the lamp."]]
        for question in ("What is K-78?", "what is k78", "what is k 78"):
            wording = self._asked(f"known-codes-{len(question)}", texts, question)
            assert wording.codes == {"k78"}
            assert wording.missing == ()

    def test_a_word_with_a_number_is_its_parts_where_there_are_no_such_codes(self) -> None:
        wording = self._asked(
            "types", [["Diets for type 2 diabetes."]], "Is there a diet for type-2 diabetes?"
        )
        assert wording.frequencies.keys() == {"diet", "type", "2", "diabet"}

    def test_a_name_in_no_document_is_missing_and_a_word_of_the_language_is_not(self) -> None:
        texts = [["The desk opens at nine."], ["The desk is on the left."]]
        wording = self._asked("people", texts, "Does Zebulonia open the goal at nine?")
        assert [each.word for each in wording.missing] == ["Zebulonia"]

    def test_the_vocabulary_is_that_of_the_moment(self) -> None:
        collection, scope = scope_in_new_workspace("grows")
        publish(collection, "a.md", [["A hat."]])
        assert vocabulary_of(snapshot_of(scope)).nearest("zebrs") is None
        publish(collection, "b.md", [["A zebra."]])
        found = vocabulary_of(snapshot_of(scope)).nearest("zebrs")
        assert found is not None
        assert found.term == "zebra"


def test_an_empty_vocabulary_knows_nothing() -> None:
    assert Vocabulary(0, 0, (), np.array([], np.uint64), np.array([], np.int64)).nearest("zebra") is None


@pytest.mark.parametrize(
    ("counts", "limit", "chosen"),
    [
        ({"rare": 3, "some": 20, "many": 500}, 100, ["rare", "some"]),
        ({"many": 300}, 100, ["many"]),
        ({"every": 500}, 100, []),
        ({"never": 0}, 100, []),
        ({}, 100, []),
    ],
)
def test_the_rarest_words_find_candidates(counts: dict[str, int], limit: int, chosen: list[str]) -> None:
    assert QueryTerms(1000, 80.0, counts, {}, {}).rarest(limit, 4) == chosen
