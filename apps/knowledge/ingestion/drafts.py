"""Writes a draft version in short transactions while it arrives from the reading process. Readers do not see drafts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import transaction
from django.db.models import Max

from apps.common.disk_space import check_reserve
from apps.common.precedence import wait_for_questions
from apps.knowledge.chunking.rows import DocumentHead, LinkRow, PassageRow
from apps.knowledge.config import upload_config
from apps.knowledge.documents.layout import DocumentLayout, layout_json, part_json
from apps.knowledge.documents.links import MOST_PATHS
from apps.knowledge.documents.parsed_document import UNRELIABLE, FailureCode, ParseError
from apps.knowledge.documents.parts import Part
from apps.knowledge.documents.picture_files import picture_paths
from apps.knowledge.ingestion.digest import passages_digest
from apps.knowledge.ingestion.lease import renew
from apps.knowledge.ingestion.passages import add_passages
from apps.knowledge.models import (
    Document,
    DocumentLink,
    DocumentPart,
    DocumentPicture,
    DocumentVersion,
    Ingestion,
)
from apps.knowledge.parsing.wire import DocumentFrame, LinkRows, PartRows, PassageRows, TextChunk

PASSAGES_AT_ONCE = 25  # in one transaction, which blocks all other writers on SQLite
PARTS_AT_ONCE = 10
LINKS_AT_ONCE = 500

Row = TypeVar("Row")


class DraftWriter:
    """Writes the frames of a document in order. Each write raises LeaseLost, ParseError for invalid rows, or
    AppError if it would touch the reserve of free disk space.
    """

    def __init__(self, ingestion: Ingestion) -> None:
        self._ingestion = ingestion
        self._head: DocumentHead | None = None
        self._chunks: list[str] = []
        self._version: DocumentVersion | None = None
        self._text = ""
        self._limits = upload_config()
        self._chars = 0
        self._passages = 0
        self._parts = 0
        self._links = 0
        self._pictures = 0
        self._picture_paths: set[str] = set()

    def write(self, frame: DocumentFrame) -> None:
        match frame:
            case DocumentHead():
                self._head = frame
            case TextChunk():
                self._chunks.append(frame.text)
                self._chars = self._within(self._chars + len(frame.text), self._limits.max_text_chars)
            case PartRows():
                self._within(self._parts + len(frame.parts), self._limits.max_blocks + self._limits.max_links)
                pictures = self._pictures + sum(len(part.figures) for part in frame.parts)
                self._pictures = self._within(pictures, self._limits.max_pictures)
                self._in_steps(frame.parts, PARTS_AT_ONCE, self._add_parts)
            case LinkRows():
                self._links = self._within(
                    self._links + len(frame.links), self._limits.max_links * MOST_PATHS
                )
                self._in_steps(frame.links, LINKS_AT_ONCE, self._add_links)
            case PassageRows():
                self._within(self._passages + len(frame.passages), self._limits.max_passages)
                self._in_steps(frame.passages, PASSAGES_AT_ONCE, self._add_passages)

    def _within(self, amount: int, limit: int) -> int:
        """The reading process keeps to the limits; what a file has taken over may not."""
        if amount > limit:
            raise ParseError(FailureCode.MALFORMED, "more than the limits allow")
        return amount

    def finish(self) -> DocumentVersion:
        """The complete draft."""
        return self._draft()

    def _in_steps(
        self, rows: Sequence[Row], size: int, add: Callable[[DocumentVersion, Sequence[Row]], None]
    ) -> None:
        version = self._draft()
        for start in range(0, len(rows), size):
            wait_for_questions()
            check_reserve()
            with transaction.atomic():
                renew(self._ingestion)
                add(version, rows[start : start + size])

    def _draft(self) -> DocumentVersion:
        """Created with the first frame after the text, when the text is complete."""
        if self._version is None:
            self._text = "".join(self._chunks)
            self._chunks = []
            if self._head is None or not self._text:
                raise ParseError(FailureCode.MALFORMED, "a document without a head or text")
            self._version = _begin(self._ingestion, self._head, self._text)
            self._version.text = ""  # keep the text in memory only once
        return self._version

    def _add_parts(self, version: DocumentVersion, parts: Sequence[Part]) -> None:
        DocumentPart.objects.bulk_create(
            DocumentPart(
                workspace_id=version.workspace_id,
                version=version,
                number=self._parts + place,
                start=part.start,
                end=part.end,
                first_block=part.first_block,
                text=self._words(part.start, part.end),
                layout=part_json(part),
                lines=[list(line) for line in part.lines],
            )
            for place, part in enumerate(parts)
        )
        self._parts += len(parts)
        self._add_picture_files(version, [path for part in parts for path in picture_paths(part.figures)])

    def _add_picture_files(self, version: DocumentVersion, paths: Sequence[str]) -> None:
        """Without their content, which is not part of the file."""
        new = [path for path in dict.fromkeys(paths) if path not in self._picture_paths]
        self._picture_paths.update(new)
        DocumentPicture.objects.bulk_create(
            DocumentPicture(workspace_id=version.workspace_id, version=version, path=path) for path in new
        )

    def _add_links(self, version: DocumentVersion, links: Sequence[LinkRow]) -> None:
        DocumentLink.objects.bulk_create(
            DocumentLink(
                workspace_id=version.workspace_id,
                version=version,
                start=link.start,
                end=link.end,
                target_path=link.target_path,
            )
            for link in links
        )

    def _add_passages(self, version: DocumentVersion, rows: Sequence[PassageRow]) -> None:
        texts = [self._words(row.start, row.end) for row in rows]
        add_passages(version, self._ingestion.collection_id, self._passages, rows, texts)
        self._passages += len(rows)

    def _words(self, start: int, end: int) -> str:
        if not 0 <= start < end <= len(self._text):
            raise ParseError(FailureCode.MALFORMED, "a span outside of the text")
        return self._text[start:end]


def _begin(ingestion: Ingestion, head: DocumentHead, text: str) -> DocumentVersion:
    """Drafts of earlier attempts are cleaned up later."""
    version = _version(ingestion, head, text)
    collection = ingestion.collection
    with transaction.atomic():
        version.document, _ = Document.objects.get_or_create(
            collection=collection,
            path=ingestion.path,
            deleted_at=None,
            defaults={"workspace_id": collection.workspace_id},
        )
        last = version.document.versions.aggregate(last=Max("number"))["last"] or 0
        version.number = last + 1
        version.save()
        renew(ingestion, version=version)
    return version


def _version(ingestion: Ingestion, head: DocumentHead, text: str) -> DocumentVersion:
    """A version without document and number."""
    return DocumentVersion(
        workspace_id=ingestion.workspace_id,
        title=head.title,
        media_type=head.media_type[:100],
        language=head.language,
        original=ingestion.original,
        original_sha256=ingestion.original_sha256,
        original_bytes=ingestion.original_bytes,
        text=text,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        layout=layout_json(DocumentLayout(head.pages, head.outline, head.page_labels, head.unreliable)),
        metadata=_metadata(head),
        passages_digest=passages_digest(ingestion.collection.encoder_digest),
        passage_count=head.passages,
        length=head.length,
        term_count=head.terms,
    )


def _metadata(head: DocumentHead) -> dict[str, str | int]:
    """Includes the numbers of pages and of unreliable ranges, so that a list of files does not have to read layouts."""
    counts = {"pages": len(head.pages), UNRELIABLE: len(head.unreliable)}
    return {**head.metadata, **{name: number for name, number in counts.items() if number}}
