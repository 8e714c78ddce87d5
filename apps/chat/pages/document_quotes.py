"""Where a document was quoted, in the viewer's own conversations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from apps.accounts.viewer import Viewer, viewer_of
from apps.chat.models import Quote
from apps.chat.pages.addresses import source_url
from apps.chat.selectors import conversations_for
from apps.knowledge.documents.stored_spans import span_words
from apps.knowledge.models import Document

SHOWN = 10


@dataclass(frozen=True)
class Quoted:
    """`text` is the document's, word for word; `url` that of the conversation with the quote opened."""

    text: str
    question: str
    asked_at: datetime
    url: str


def document_quotes(request: HttpRequest, document: Document) -> SafeString:
    """The section of a document's page."""
    viewer = viewer_of(request.user, request.session)
    return render_to_string("chat/document_quotes.html", {"quotes": quoted_from(viewer, document)})


def quoted_from(viewer: Viewer, document: Document) -> list[Quoted]:
    """A document from a selector; quotes of any of its versions, newest first; one query."""
    rows = (
        Quote.objects.filter(
            kind=Quote.Kind.QUOTE,
            version__document=document,
            answer__conversation__in=conversations_for(viewer).order_by().values("pk"),
        )
        .annotate(words=span_words())
        .order_by("-answer__message__created_at", "-answer_id", "position")
        .values_list(
            "words", "answer__message__text", "answer__message__created_at",
            "answer__conversation__uid", "answer__uid", "position",
        )[:SHOWN]
    )  # fmt: skip
    return [
        Quoted(words, question, asked_at, source_url(conversation, answer, position + 1))
        for words, question, asked_at, conversation, answer, position in rows
    ]
