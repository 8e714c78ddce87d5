from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.request_limits import check_rate
from apps.api.operations import Access, operation
from apps.api.presenting import VersionView
from apps.api.serializers.knowledge import DocumentOut, SectionOut, SectionsOut, VersionListOut
from apps.api.views.base import ApiView, shown
from apps.common.errors import NotFound
from apps.knowledge import services
from apps.knowledge.config import document_config
from apps.knowledge.documents.excerpts import part_excerpt
from apps.knowledge.documents.layout import layout_from_json
from apps.knowledge.documents.parts import OutlineEntry
from apps.knowledge.models import Document, DocumentVersion, VersionState
from apps.knowledge.pages.document_views import original_file
from apps.knowledge.selectors import collection_for, document_for, documents_of, version_for

VERSIONS_SHOWN = 200


@dataclass(frozen=True)
class Versions:
    items: list[VersionView]


@dataclass(frozen=True)
class Heading:
    text: str
    level: int
    section: int


@dataclass(frozen=True)
class Sections:
    document_id: uuid.UUID
    version: int
    sections: int
    headings: list[Heading]


@dataclass(frozen=True)
class Section:
    document_id: uuid.UUID
    version: int
    number: int
    start: int
    text: str
    blocks: list[Any]


class DocumentView(ApiView):
    @operation("get_document", Access.READ, returns=DocumentOut)
    def get(self, request: Request, document_id: uuid.UUID) -> Response:
        return shown(DocumentOut, self._document(document_id))

    @operation("delete_document", Access.WRITE, status=204)
    def delete(self, request: Request, document_id: uuid.UUID) -> Response:
        """It is gone from every answer at once; answers that quoted it keep no word of it."""
        document = document_for(self.viewer, document_id)
        collection_for(self.viewer, document.collection.uid, editing=True)
        services.delete_document(document)
        return Response(status=204)

    def _document(self, uid: uuid.UUID) -> Document:
        """Published. Raises NotFound."""
        found = document_for(self.viewer, uid)
        listed = documents_of(found.collection).filter(pk=found.pk).select_related("collection").first()
        if listed is None:
            raise NotFound
        return listed


class VersionsView(ApiView):
    @operation("list_versions", Access.READ, returns=VersionListOut)
    def get(self, request: Request, document_id: uuid.UUID) -> Response:
        """Published and replaced ones, the newest first."""
        rows = document_for(self.viewer, document_id).versions.exclude(state=VersionState.DRAFT)
        found = rows.defer("text", "layout").order_by("-number")[:VERSIONS_SHOWN]
        return shown(VersionListOut, Versions([VersionView(row) for row in found]))


class SectionsView(ApiView):
    @operation("list_sections", Access.READ, returns=SectionsOut)
    def get(self, request: Request, document_id: uuid.UUID, version: int) -> Response:
        found = version_for(self.viewer, document_id, version)
        outline = layout_from_json(found.layout).outline
        count = found.parts.aggregate(count=Count("pk"))["count"]
        headings = [_heading(entry) for entry in outline]
        return shown(SectionsOut, Sections(document_id, found.number, count, headings))


class SectionView(ApiView):
    @operation("get_section", Access.READ, returns=SectionOut)
    def get(self, request: Request, document_id: uuid.UUID, version: int, number: int) -> Response:
        """Sections are counted from 1."""
        found = version_for(self.viewer, document_id, version)
        excerpt = part_excerpt(found, number - 1)
        if not excerpt.blocks:
            raise NotFound
        blocks = [block for _number, block in excerpt.blocks]
        return shown(
            SectionOut, Section(document_id, found.number, number, excerpt.start, excerpt.text, blocks)
        )


class OriginalView(ApiView):
    @operation("get_original", Access.READ, returns={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, document_id: uuid.UUID, version: int) -> FileResponse:
        """The file as it was uploaded."""
        found: DocumentVersion = version_for(self.viewer, document_id, version)
        check_rate(self.viewer, self.address, "originals", document_config().originals_per_minute)
        return original_file(found)


def _heading(entry: OutlineEntry) -> Heading:
    return Heading(entry.text, entry.level, entry.part + 1)
