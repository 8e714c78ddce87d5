"""The proof page: what the verifier finds in an answer now, quote by quote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.chat.answering.verification import verify_answer
from apps.chat.models import Answer, Quote
from apps.chat.pages.addresses import passage_url
from apps.common.proof import Problem
from apps.knowledge.documents.stored_spans import span_words

SENTENCES: dict[Problem, Promise] = {
    Problem.MANIFEST_MALFORMED: _("The record of this answer can't be read."),
    Problem.MANIFEST_CHANGED: _("The record of this answer has been changed."),
    Problem.STATUS_CHANGED: _("The match strength shown differs from the record."),
    Problem.QUOTES_MISSING: _("The record lists no quotes."),
    Problem.REFUSAL_WITH_QUOTE: _("The record says that nothing was quoted, but there is a quote."),
    Problem.QUOTE_MALFORMED: _("The record of this quote can't be read."),
    Problem.ROW_CHANGED: _("The quote shown differs from the record."),
    Problem.SOURCE_MISSING: _("The source document no longer exists."),
    Problem.FILE_CHANGED: _("The original file has been changed."),
    Problem.TEXT_CHANGED: _("The text extracted from the file has been changed."),
    Problem.SPAN_OUTSIDE: _("The recorded position is outside the text."),
    Problem.WORDS_CHANGED: _("The words at this position differ from the record."),
}


@dataclass(frozen=True)
class QuoteProof:
    """`text` and `url` are "" with `removed`, when the document was deleted; then only the digests are shown."""

    number: int
    text: str
    code: tuple[tuple[int, int], ...]
    title: str
    version: int
    start: int
    end: int
    sha256: str
    text_sha256: str
    original_sha256: str
    url: str
    removed: bool
    unreliable: bool
    problems: tuple[Promise, ...]


@dataclass(frozen=True)
class Proof:
    checked_at: datetime
    manifest_sha256: str
    problems: tuple[Promise, ...]
    quotes: tuple[QuoteProof, ...]

    @property
    def verified(self) -> bool:
        return not self.problems and not any(quote.problems for quote in self.quotes)

    @property
    def some_removed(self) -> bool:
        return any(quote.removed for quote in self.quotes)

    @property
    def some_unreliable(self) -> bool:
        """Whether the text of a quote that is shown may differ from what a reader sees in the file."""
        return any(quote.unreliable and not quote.removed for quote in self.quotes)

    @property
    def all_removed(self) -> bool:
        """Nothing is left that could stand word for word."""
        return self.some_removed and all(quote.removed for quote in self.quotes)


def proof_of(answer: Answer) -> Proof:
    """The answer comes from `answer_for`; reads every original again."""
    verdict = verify_answer(answer)
    found: dict[int, list[Promise]] = {}
    for finding in verdict.findings:
        if finding.problem is not Problem.SOURCE_DELETED:  # the quote says so itself
            found.setdefault(finding.quote, []).append(SENTENCES[finding.problem])
    rows = (
        answer.quotes.filter(kind=Quote.Kind.QUOTE)
        .select_related("version__document")
        .defer("version__text", "version__layout")
        .annotate(words=span_words())
        .order_by("position")
    )
    quotes = tuple(
        _quote(row, number, tuple(found.get(number, []))) for number, row in enumerate(rows, start=1)
    )
    return Proof(timezone.now(), answer.manifest_sha256, tuple(found.get(0, [])), quotes)


def _quote(row: Any, number: int, problems: tuple[Promise, ...]) -> QuoteProof:
    """`row` is a Quote with its `words`."""
    version = row.version
    removed = version.document.deleted_at is not None
    return QuoteProof(
        number=number,
        text="" if removed else row.words,
        code=() if removed else tuple((start, end) for start, end in row.code or ()),
        title=version.title,
        version=version.number,
        start=row.start,
        end=row.end,
        sha256=row.sha256,
        text_sha256=version.text_sha256,
        original_sha256=version.original_sha256,
        url="" if removed else passage_url(version.document.uid, version.number, row.start, row.end),
        removed=removed,
        unreliable=row.unreliable,
        problems=problems,
    )
