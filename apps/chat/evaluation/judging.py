"""Judges the outcome of one question in one system."""

from __future__ import annotations

from dataclasses import dataclass

from apps.chat.answering.drafts import AnswerDraft, Question, Status
from apps.chat.answering.pipeline import AnswerRules, draft_of
from apps.chat.answering.quoting import choose_quotes
from apps.chat.answering.resolving import Resolved
from apps.chat.evaluation.questions import KnownQuestion


@dataclass(frozen=True)
class Outcome:
    """`passage_rank` and `quote_rank` are the ranks of the first right one, from 1; 0 if none is right. Quotes are
    judged even if the decision would not show them.
    """

    question: KnownQuestion
    draft: AnswerDraft
    passage_rank: int
    quote_rank: int

    @property
    def is_refused(self) -> bool:
        return self.draft.status == Status.REFUSED


def judge(known: KnownQuestion, question: Question, resolved: Resolved, rules: AnswerRules) -> Outcome:
    retrieval = resolved.retrieval
    quotes = choose_quotes(retrieval.passages, rules.quoting, retrieval.question)
    passages = [known.is_right(row.document_path, row.text) for row in retrieval.passages]
    chosen = [known.is_right(row.document_path, row.text) for row in quotes]
    draft = draft_of(question, resolved, rules)
    return Outcome(known, draft, _first(passages), _first(chosen))


def _first(right: list[bool]) -> int:
    return right.index(True) + 1 if True in right else 0
