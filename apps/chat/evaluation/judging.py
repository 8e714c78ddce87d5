"""Judges the outcome of one question in one system."""

from __future__ import annotations

from dataclasses import dataclass

from apps.chat.answering.drafts import AnswerDraft, Question, Status
from apps.chat.answering.pipeline import AnswerRules, draft_of, small_talk_draft
from apps.chat.answering.quoting import choose_quotes
from apps.chat.answering.resolving import Resolved
from apps.chat.evaluation.questions import KnownQuestion

WEAK = "weak"


@dataclass(frozen=True)
class Outcome:
    """`passage_rank` and `quote_rank` are the ranks of the first right one, from 1; 0 if none is right. Quotes are
    judged even if the decision would not show them. `right_quotes` counts those that are shown.
    """

    question: KnownQuestion
    draft: AnswerDraft
    passage_rank: int
    quote_rank: int
    right_quotes: int

    @property
    def is_refused(self) -> bool:
        """Nothing is quoted: refused, or taken for small talk."""
        return self.draft.status in (Status.REFUSED, Status.SMALL_TALK)

    @property
    def rating(self) -> str:
        """What the reader is told: the status, or WEAK for a weak match."""
        return WEAK if self.draft.weak else self.draft.status.value


def judge(
    known: KnownQuestion, question: Question, resolved: Resolved, small_talk: str | None, rules: AnswerRules
) -> Outcome:
    """`small_talk` is its kind if it was taken for that."""
    retrieval = resolved.retrieval
    quotes = choose_quotes(retrieval.passages, rules.quoting, retrieval.question)
    passages = [known.is_right(row.document_path, row.text) for row in retrieval.passages]
    chosen = [known.is_right(row.document_path, row.text) for row in quotes]
    draft = small_talk_draft(question, small_talk) if small_talk else draft_of(question, resolved, rules)
    shown = sum(known.is_judged and known.is_right(row.document_path, row.text) for row in draft.quotes)
    return Outcome(known, draft, _first(passages), _first(chosen), shown)


def _first(right: list[bool]) -> int:
    return right.index(True) + 1 if True in right else 0
