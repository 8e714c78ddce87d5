"""The inputs and results of answering: plain values without the ORM."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from apps.chat.answering.follow_ups import Turn
from apps.knowledge.faq.approved import ApprovedAnswer
from apps.knowledge.index.scope import Scope
from apps.knowledge.search.results import MissingWord, RankedPassage


class Status(StrEnum):
    ANSWERED = "answered"
    PARTIAL = "partial"
    REFUSED = "refused"
    SMALL_TALK = "smalltalk"
    APPROVED = "approved"


@dataclass(frozen=True)
class Question:
    """`turns` are earlier ones of the same conversation, in order."""

    text: str
    scope: Scope
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True)
class QuoteSpan:
    """Words of a document version: version.text[start:end] == text. `columns` names the columns of table rows among
    them; `code` are the ranges (start, end) of `text` that are code. `page_label` is what the document prints on the
    page, "" if nothing. `more` items of its list are not in it. It is `unreliable` if
    the text may differ there from what a reader sees in the file. `marked` are the ranges of `text` that certainly
    answer the question, of which there may be none.
    """

    version_id: int
    version_uid: str
    document_uid: str
    document_path: str
    title: str
    heading_path: tuple[str, ...]
    page: int | None
    start: int
    end: int
    text: str
    columns: str = ""
    code: tuple[tuple[int, int], ...] = ()
    page_label: str = ""
    more: int = 0
    unreliable: bool = False
    marked: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class AnswerDraft:
    """An answer before it is stored. A refusal has no quotes; `nearest` passages are not shown as an answer.

    `confidence` is the calibrated probability that the documents answer the question, `first_quote` the one that the
    first quote does. A partial match is `weak` if the latter is below `decision.first_quote.partial_from`. `missing`
    are words that the question turns on and that no document contains; `language` is the code of its language if no
    document is in it.
    `small_talk` is its kind if it is not a question; then nothing was searched.
    `named_place` is the clause or step that the question asks for by its label and that the quotes are from, "" if
    none; such an answer does not depend on `confidence`.
    `approved` is the answer that an editor has written; the quotes are then its source, if it has one.
    A refusal is `unresolved` if the question refers to something that is not known, so that it says nothing of the
    documents. `trace` is how it came about (apps.chat.answering.trace); None if nothing was searched.
    `parts` are the drafts of a text that asks several things, in order, two or more of them; their quotes are then the
    quotes, and the other fields say what holds for all.
    `base_question` is what the next follow-up is completed from; "" if it is `resolved_question`.
    `lacking` is what the question asks for and the first quote does not have: "amount", "time", "person" or "".
    """

    status: Status
    confidence: float
    resolved_question: str
    quotes: tuple[QuoteSpan, ...]
    nearest: tuple[QuoteSpan, ...]
    ranked: tuple[RankedPassage, ...]
    store_version: int
    compared: int
    documents: int
    timings_ms: dict[str, float] = field(default_factory=dict)
    missing: tuple[MissingWord, ...] = ()
    language: str = ""
    small_talk: str = ""
    named_place: str = ""
    unresolved: bool = False
    approved: ApprovedAnswer | None = None
    trace: dict[str, Any] | None = None
    lacking: str = ""
    first_quote: float = 0.0
    weak: bool = False
    base_question: str = ""
    parts: tuple[PartDraft, ...] = ()


@dataclass(frozen=True)
class PartDraft:
    """`question` is the part as it was asked."""

    question: str
    draft: AnswerDraft
