"""Retrieval with the local store: results, permissions and number of queries."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.knowledge.config import retrieval_config
from apps.knowledge.index.publishing import retire_published
from apps.knowledge.index.stores.factory import get_store
from apps.knowledge.search.results import NO_EVIDENCE
from apps.knowledge.search.retrieval import retrieve, retrieve_from
from apps.knowledge.selectors import scope_of
from apps.knowledge.tests.corpus import made_up_documents, publish, scope_in_new_workspace
from apps.knowledge.tests.files import collection_in, load
from apps.knowledge.tests.parsing_files import pdf, pdf_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]

LEAVE = [["Parental leave lasts twelve weeks.", "Ask your supervisor first."], ["Sick leave needs no note."]]
TRAVEL = [["Travel is booked by the agency.", "A receipt is needed for every taxi."]]


def test_sentences_of_a_file_carry_their_inline_code() -> None:
    collection = collection_in()
    load(collection, "a.md", b"# Start\n\nRun `quoth serve` or `quoth demo` first.\n\nThen open the page.\n")
    found = retrieve(scope_of(collection), ["What do I run first?"])[0]
    sentences = [each for passage in found.passages for each in passage.sentences]
    code = {each.text: each.inline_code for each in sentences}
    start = next(each.start for each in sentences if each.inline_code)
    assert code == {
        "Run quoth serve or quoth demo first.": tuple(start + at for at in (4, 15, 19, 29)),
        "Then open the page.": (),
    }


def test_the_passage_that_answers_comes_first_with_its_place() -> None:
    collection, scope = scope_in_new_workspace("hr")
    leave = publish(collection, "leave.md", LEAVE)
    publish(collection, "travel.md", TRAVEL)
    found = retrieve(scope, ["How many weeks is parental leave?"])[0]
    best = found.passages[0]
    assert (best.document_path, best.title, best.heading_path) == ("leave.md", "leave", ("Part 0",))
    assert best.text == leave.text[best.start : best.end]
    assert best.version_uid == str(leave.uid)
    assert (
        [leave.text[s.start : s.end] for s in best.sentences] == LEAVE[0] == [s.text for s in best.sentences]
    )
    assert max(best.sentences, key=lambda s: s.scores.fused).text == LEAVE[0][0]
    assert (found.compared, found.documents, found.store_version) == (3, 2, 2)


def test_a_passage_knows_the_page_of_each_of_its_words() -> None:
    collection = collection_in("paper")
    lines = ("The canteen serves soup.", "The garage is locked at night.", "The library lends maps.")
    load(collection, "house.pdf", pdf([*(pdf_text([(12, 72, 700, line)]) for line in lines[:2]), "",
                                       pdf_text([(12, 72, 700, lines[2])])]))  # fmt: skip
    (passage,) = retrieve(scope_of(collection), ["When is the garage locked?"])[0].passages
    assert [part.text for part in passage.sentences] == list(lines)
    assert [passage.page_at(part.start) for part in passage.sentences] == [1, 2, 4]


def test_evidence_tells_a_question_of_the_documents_from_another() -> None:
    collection, scope = scope_in_new_workspace("hr")
    publish(collection, "leave.md", LEAVE)
    publish(collection, "travel.md", TRAVEL)
    near, far = (
        found.evidence
        for found in retrieve(scope, ["Is a receipt needed for a taxi?", "Why do volcanoes erupt?"])
    )
    assert near.coverage == near.best_coverage == near.sentence_coverage == 1.0
    assert near.sentence_cosine > near.passage_cosine > far.passage_cosine
    assert (near.unknown, near.stems, near.corrected) == (0.0, 3, 0.0)
    assert (far.unknown, far.coverage) == (1.0, 0.0)
    assert near.margin > 0


def test_a_second_tenants_passages_never_come_back() -> None:
    theirs, _ = scope_in_new_workspace("theirs")
    publish(theirs, "secret.md", [["The safe opens with seven, four, nine."]])
    mine, scope = scope_in_new_workspace("mine")
    own = publish(mine, "own.md", LEAVE)
    found = retrieve(scope, ["What opens the safe?", "seven four nine"])
    assert {passage.version_id for each in found for passage in each.passages} == {own.pk}
    assert [each.evidence.bm25 for each in found] == [0.0, 0.0]


def test_an_empty_collection_gives_no_passage_and_no_evidence() -> None:
    _, scope = scope_in_new_workspace("empty")
    found = retrieve(scope, ["Anything?", ""])
    assert [(each.passages, each.evidence) for each in found] == [((), NO_EVIDENCE)] * 2
    assert retrieve(scope, []) == []


def test_a_deleted_document_is_gone_at_once() -> None:
    collection, scope = scope_in_new_workspace("hr")
    leave = publish(collection, "leave.md", LEAVE)
    travel = publish(collection, "travel.md", TRAVEL)
    assert retrieve(scope, ["Leave?"])[0].passages[0].version_id == leave.pk
    retire_published(leave.document)
    found = retrieve(scope, ["Leave?"])[0]
    assert [passage.version_id for passage in found.passages] == [travel.pk]
    assert found.store_version == 3


def test_questions_asked_together_are_answered_as_when_asked_alone() -> None:
    collection, scope = scope_in_new_workspace("many")
    for document in made_up_documents(11, 3, passages=30):
        publish(collection, *document)
    questions = [" ".join(sections[0][0].split()[:5]) for _, sections in made_up_documents(11, 3)]
    together = retrieve(scope, questions)
    assert together == [retrieve(scope, [question])[0] for question in questions]
    assert len(together[0].passages) == retrieval_config().ranked


def test_evidence_is_of_all_candidates_however_few_are_compared_word_by_word() -> None:
    collection, scope = scope_in_new_workspace("few")
    rng = random.Random(13)
    documents = list(made_up_documents(13, 4, passages=20))
    for document in documents:
        publish(collection, *document)
    words = [word for _, sections in documents for section in sections for word in section[0].split()]
    questions = [" ".join(rng.sample(words, 4)) for _ in range(40)]
    few = retrieval_config().model_copy(update={"late_candidates": 1})
    for one, all_of_them in zip(
        retrieve_from(get_store(), scope, questions, few), retrieve(scope, questions), strict=True
    ):
        assert len(one.passages) == 1
        assert one.compared == all_of_them.compared
        assert replace(one.evidence, sentence_coverage=0.0) == replace(
            all_of_them.evidence, sentence_coverage=0.0
        )


def test_a_warm_question_costs_few_queries() -> None:
    collection, scope = scope_in_new_workspace("cost")
    for document in made_up_documents(12, 2, passages=30):
        publish(collection, *document)
    question = "What opens the safe in 1984?"
    first = retrieve(scope, [question])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert retrieve(scope, [question]) == first
    assert len(queries) <= 14
