"""Drafts from hand-made retrievals."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

from apps.chat.answering.drafts import Question, Status
from apps.chat.answering.pipeline import answer_batch, configured_rules, draft_from
from apps.chat.config import answer_config
from apps.chat.tests.found import SCOPE, STRONG, WEAK, passage, retrieval
from apps.knowledge.index.scope import Scope
from apps.knowledge.search.results import NO_EVIDENCE, Retrieval

ASKED = Question("Asked?", SCOPE)
PASSAGES = [passage(n, [(f"Sentence {n} says something useful.", 1.0 - n / 4)]) for n in range(5)]


def test_strong_evidence_is_answered_with_quotes() -> None:
    draft = draft_from(ASKED, retrieval(*PASSAGES, question="Asked well?"), configured_rules())
    assert draft.status != Status.REFUSED
    assert [quote.text for quote in draft.quotes] == [row.text for row in PASSAGES[:3]]
    assert draft.nearest == ()
    assert (draft.resolved_question, draft.store_version, draft.compared, draft.documents) == (
        "Asked well?",
        5,
        40,
        3,
    )


def test_a_refusal_has_no_quotes_and_shows_the_nearest_passages() -> None:
    draft = draft_from(ASKED, retrieval(*PASSAGES, evidence=WEAK), configured_rules())
    assert (draft.status, draft.quotes) == (Status.REFUSED, ())
    assert [span.text for span in draft.nearest] == [row.text for row in PASSAGES[: answer_config().nearest]]


def test_nothing_found_is_refused_whatever_the_evidence() -> None:
    for evidence in (STRONG, NO_EVIDENCE):
        draft = draft_from(ASKED, retrieval(evidence=evidence), configured_rules())
        assert (draft.status, draft.quotes, draft.nearest) == (Status.REFUSED, (), ())


def test_questions_of_one_scope_are_retrieved_together_and_come_back_in_order() -> None:
    other = replace(SCOPE, collection_ids=(2,))
    asked = [Question(text, scope) for text, scope in (("a", SCOPE), ("b", other), ("c", SCOPE))]
    calls = []

    def retrieve(scope: Scope, questions: Sequence[str]) -> list[Retrieval]:
        calls.append((scope, list(questions)))
        return [retrieval(*PASSAGES, question=text) for text in questions]

    drafts = answer_batch(asked, retrieve, configured_rules())
    assert [draft.resolved_question for draft in drafts] == ["a", "b", "c"]
    assert calls == [(SCOPE, ["a", "c"]), (other, ["b"])]
    assert answer_batch([], retrieve, configured_rules()) == []


def test_answering_needs_no_database() -> None:
    """It loads without settings: pure values in, pure values out."""
    code = "import apps.chat.answering.pipeline, sys; assert 'apps.chat.models' not in sys.modules, 'loads models'"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": "."})
