"""The last look before a quote is stored: the words stand there, and their document may still be shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import Value
from django.db.models.functions import Substr

from apps.chat.drafts import Draft, Span
from apps.chat.models import Answer, Quote
from apps.common.proof import span_sha256
from apps.knowledge.models import DocumentVersion, VersionState
from apps.knowledge.results import Scope


class QuoteChanged(Exception):
    """A quote's words are not in its version, or the document was deleted while the answer was made."""


def store_quotes(answer: Answer, draft: Draft, scope: Scope) -> None:
    """Raises QuoteChanged."""
    _check((*draft.quotes, *draft.nearest), scope)
    Quote.objects.bulk_create(
        [
            *_rows(answer, draft.quotes, Quote.Kind.QUOTE),
            *_rows(answer, draft.nearest, Quote.Kind.NEAREST),
        ]
    )


def _check(spans: Sequence[Span], scope: Scope) -> None:
    by_version: defaultdict[int, list[Span]] = defaultdict(list)
    for span in spans:
        by_version[span.version_id].append(span)
    for version_id, wanted in by_version.items():
        if _stored_words(version_id, wanted, scope) != [span.text for span in wanted]:
            raise QuoteChanged(f"version {version_id}")


def _stored_words(version_id: int, spans: Sequence[Span], scope: Scope) -> list[str] | None:
    """What stands at the spans, cut out by the database: a version's text may be 20 million characters long."""
    version = DocumentVersion.objects.filter(
        pk=version_id,
        workspace_id=scope.workspace_id,
        document__collection__in=scope.collection_ids,
        document__deleted_at=None,
        state__in=(VersionState.PUBLISHED, VersionState.RETIRED),
    )
    words = [Substr("text", Value(span.start + 1), Value(span.end - span.start)) for span in spans]
    row = version.order_by("pk").values_list(*words).first()
    return list(row) if row else None


def _rows(answer: Answer, spans: Sequence[Span], kind: Quote.Kind) -> Iterator[Quote]:
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
