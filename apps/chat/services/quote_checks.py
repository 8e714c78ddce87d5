"""The last look before a quote is stored: the words stand there, and their document may still be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from apps.chat.answering.drafts import AnswerDraft, QuoteSpan
from apps.chat.answering.manifest import SourceDigests
from apps.chat.models import Answer, Quote
from apps.common.proof import span_sha256
from apps.knowledge.documents.stored_spans import stored_spans
from apps.knowledge.index.scope import Scope


class QuoteChanged(Exception):
    """A quote's words are not in its version, or the document was deleted while the answer was made."""


def checked_sources(draft: AnswerDraft, scope: Scope) -> Mapping[int, SourceDigests]:
    """By version, the digests on record of all that is shown, once every word was found there. Raises QuoteChanged."""
    shown = (*draft.quotes, *draft.nearest)
    stored = stored_spans(scope, [(span.version_id, span.start, span.end) for span in shown])
    if [(row.version_id, row.text) for row in stored] != [(span.version_id, span.text) for span in shown]:
        raise QuoteChanged(f"of versions {sorted({span.version_id for span in shown})}")
    return {row.version_id: SourceDigests(row.original_sha256, row.text_sha256) for row in stored}


def store_quotes(answer: Answer, draft: AnswerDraft) -> None:
    Quote.objects.bulk_create(
        [
            *_rows(answer, draft.quotes, Quote.Kind.QUOTE),
            *_rows(answer, draft.nearest, Quote.Kind.NEAREST),
        ]
    )


def _rows(answer: Answer, spans: Sequence[QuoteSpan], kind: Quote.Kind) -> Iterator[Quote]:
    for position, span in enumerate(spans):
        yield Quote(
            workspace_id=answer.workspace_id,
            answer=answer,
            kind=kind,
            position=position,
            version_id=span.version_id,
            start=span.start,
            end=span.end,
            sha256=span_sha256(span.text),
            heading_path=list(span.heading_path),
            page=span.page,
        )
