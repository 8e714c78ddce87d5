"""Sections beside a document that other apps add, without this app knowing them."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.safestring import SafeString

from apps.knowledge.models import Document

Section = Callable[[HttpRequest, Document], SafeString]
_sections: list[Section] = []


def add_document_section(section: Section) -> None:
    """Call it once, when the app is ready. The section returns its HTML, "" for nothing."""
    _sections.append(section)


def document_sections(request: HttpRequest, document: Document) -> list[SafeString]:
    """The document comes from a selector, so that the viewer of the request may read it."""
    return [section(request, document) for section in _sections]
