"""The source panel: a quote where it stands in its document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from apps.chat.models import Answer, Quote
from apps.chat.pages.addresses import conversation_url, passage_url, source_url
from apps.common.errors import NotFound
from apps.knowledge.documents.excerpts import excerpt_between
from apps.knowledge.models import DocumentVersion
from apps.knowledge.pages.figures import page_figures
from apps.knowledge.pages.page_marks import page_pictures
from apps.knowledge.pages.rendering import DocumentRenderer, RenderedBlock, TextRange, around

BEFORE, AFTER = 2_500, 5_000  # characters shown around the quote; the rest is a click away
TOP_HEADING = 3


@dataclass(frozen=True)
class SourcePanel:
    """Addresses are "" where there is nothing to go to."""

    answer: str
    number: int
    count: int
    title: str
    collection: str
    heading_path: tuple[str, ...]
    published_at: datetime | None
    blocks: list[RenderedBlock]
    unreliable: bool
    is_cut_before: bool
    is_cut_after: bool
    document_url: str
    previous_url: str
    next_url: str
    close_url: str


def source_panel(answer: Answer, number: int) -> SourcePanel:
    """The `number`-th quote of an answer from `answer_for`. Raises NotFound also when its document was deleted."""
    quotes = answer.quotes.filter(kind=Quote.Kind.QUOTE).order_by("position")
    count = quotes.count()
    if not 1 <= number <= count:
        raise NotFound
    quote = quotes.select_related("version__document__collection").defer("version__text")[number - 1]
    if quote.version.document.deleted_at:
        raise NotFound
    version = quote.version
    span = TextRange(quote.start, quote.end)
    excerpt = excerpt_between(version, span.start - BEFORE, span.end + AFTER)
    blocks = around(excerpt, span, before=BEFORE, after=AFTER)
    renderer = DocumentRenderer(
        excerpt, span, pictures=page_pictures(version, span), figures=page_figures(version, excerpt)
    )
    return SourcePanel(
        answer=str(answer.uid),
        number=number,
        count=count,
        title=quote.version.title,
        collection=quote.version.document.collection.name,
        heading_path=tuple(quote.heading_path),
        published_at=quote.version.published_at,
        blocks=renderer.render(blocks, top=TOP_HEADING),
        unreliable=quote.unreliable,
        is_cut_before=bool(blocks) and blocks[0][0] > 0,
        is_cut_after=bool(blocks) and blocks[-1][1].end < _end_of(version),
        document_url=passage_url(version.document.uid, version.number, span.start, span.end),
        previous_url=_source(answer, number - 1) if number > 1 else "",
        next_url=_source(answer, number + 1) if number < count else "",
        close_url=conversation_url(answer.conversation.uid),
    )


def _end_of(version: DocumentVersion) -> int:
    return version.parts.aggregate(end=Max("end"))["end"] or 0


def _source(answer: Answer, number: int) -> str:
    return source_url(answer.conversation.uid, answer.uid, number)
