"""The last check before a quote is stored: its words are in the document, and the document may still be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from apps.chat.answering.drafts import AnswerDraft, QuoteSpan
from apps.chat.answering.manifest import SourceDigests
from apps.chat.models import Answer, Quote
from apps.common.proof import span_sha256
from apps.knowledge.documents.stored_spans import StoredSpan, stored_spans
from apps.knowledge.index.scope import Scope

Sources = Mapping[int, SourceDigests]


class QuoteChanged(Exception):
    """The words of a quote are not in its version, or the document was deleted meanwhile."""


def checked_sources(drafts: Sequence[tuple[AnswerDraft, Scope]]) -> list[Sources | None]:
    """For each draft, the recorded digests of all versions that it shows; None if any of its words are not there.

    Runs one query for each scope.
    """
    found: list[Sources | None] = [None] * len(drafts)
    for scope in dict.fromkeys(scope for _, scope in drafts):
        places = [place for place, (_, of) in enumerate(drafts) if of == scope]
        shown = [_shown(drafts[place][0]) for place in places]
        wanted = [(span.version_id, span.start, span.end) for spans in shown for span in spans]
        stored = iter(stored_spans(scope, wanted))
        for place, spans in zip(places, shown, strict=True):
            found[place] = _sources(spans, [next(stored) for _ in spans])
    return found


def store_quotes(answered: Sequence[tuple[Answer, AnswerDraft]]) -> list[Quote]:
    return Quote.objects.bulk_create(row for answer, draft in answered for row in _rows(answer, draft))


def _shown(draft: AnswerDraft) -> Sequence[QuoteSpan]:
    return (*draft.quotes, *draft.nearest)


def _sources(spans: Sequence[QuoteSpan], stored: Sequence[StoredSpan | None]) -> Sources | None:
    sources = {}
    for span, row in zip(spans, stored, strict=True):
        if row is None or row.text != span.text:
            return None
        sources[row.version_id] = SourceDigests(row.original_sha256, row.text_sha256)
    return sources


def _rows(answer: Answer, draft: AnswerDraft) -> Iterator[Quote]:
    for kind, spans in ((Quote.Kind.QUOTE, draft.quotes), (Quote.Kind.NEAREST, draft.nearest)):
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
                columns=span.columns,
                code=span.code or None,
                more=span.more,
                marked=span.marked or None,
                unreliable=span.unreliable,
                page=span.page,
                page_label=span.page_label,
            )
