"""Addresses of pages that answers lead to."""

from __future__ import annotations

import uuid

from django.urls import reverse

Id = str | uuid.UUID


def source_url(conversation: Id, answer: Id, number: int) -> str:
    """The conversation with the source of one quote beside it: for the person who asked."""
    return reverse("source", args=[conversation, answer, number]) + "#passage"


def passage_url(document: Id, version: int, start: int, end: int) -> str:
    """The page of a document's version at a passage: for everyone who may read the collection."""
    return f"{reverse('version', args=[document, version])}?start={start}&end={end}#passage"


def proof_url(answer: Id) -> str:
    return reverse("proof", args=[answer])


def why_url(answer: Id) -> str:
    return reverse("why", args=[answer])


def conversation_url(conversation: Id, before: int | None = None) -> str:
    """With `before`, the turns before that number."""
    page = reverse("conversation", args=[conversation])
    return page if before is None else f"{page}?before={before}"
