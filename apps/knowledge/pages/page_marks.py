"""The pictures that are shown of the pages of a PDF beside their text, and the places of the marked lines on them."""

from __future__ import annotations

from django.urls import reverse

from apps.knowledge.documents.excerpts import lines_between
from apps.knowledge.documents.parsed_document import PlacedLine
from apps.knowledge.models import DocumentVersion
from apps.knowledge.pages.pictures import has_pictures
from apps.knowledge.pages.rendering import PagePicture, Pictures, Rectangle, TextRange


def page_pictures(version: DocumentVersion, mark: TextRange | None) -> Pictures:
    """A function of the page. Nothing is marked in versions that were read before the places of lines were kept.

    Runs at most one query.
    """
    if not has_pictures(version):
        return lambda page: None
    marked = lines_between(version, mark.start, mark.end) if mark else []

    def picture(page: int) -> PagePicture:
        url = reverse("page_picture", args=[version.document.uid, version.number, page])
        return PagePicture(url, tuple(_rectangle(line) for line in marked if line.page == page))

    return picture


def _rectangle(line: PlacedLine) -> Rectangle:
    return Rectangle(line.left, line.top, line.right - line.left, line.bottom - line.top)
