"""A draft version in the database: text, layout, links, passages and sentences. No reader sees it yet."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.db import transaction
from django.db.models import Max

from apps.common.names import clean_name
from apps.knowledge.chunking.segment import PassageSpan
from apps.knowledge.documents.layout import layout_to_json
from apps.knowledge.documents.links import linked_paths
from apps.knowledge.index.embedded_text import EmbeddedText
from apps.knowledge.index.embeddings import chunked
from apps.knowledge.ingestion.digest import passages_digest
from apps.knowledge.ingestion.lease import renew
from apps.knowledge.ingestion.passages import add_passages
from apps.knowledge.ingestion.paths import fits
from apps.knowledge.models import Document, DocumentLink, DocumentVersion, Ingestion, VersionState
from apps.knowledge.parsing.document import Link, ParsedDocument

PASSAGES_AT_ONCE = 200  # in one transaction: SQLite lets nobody else write meanwhile


@dataclass(frozen=True)
class DraftVersion:
    """`texts` are what must be encoded before it may be published, by hash."""

    ingestion: Ingestion
    version: DocumentVersion
    texts: dict[str, EmbeddedText]


def write_draft(
    ingestion: Ingestion, document: ParsedDocument, passages: Sequence[PassageSpan]
) -> DraftVersion:
    """Replaces what an attempt that broke off has left. Raises LeaseLost."""
    version = _begin(ingestion, document)
    texts: dict[str, EmbeddedText] = {}
    for chunk in chunked(list(enumerate(passages)), PASSAGES_AT_ONCE):
        with transaction.atomic():
            renew(ingestion)
            texts |= add_passages(version, ingestion.collection_id, chunk)
    return DraftVersion(ingestion, version, texts)


@transaction.atomic
def _begin(ingestion: Ingestion, parsed: ParsedDocument) -> DocumentVersion:
    collection = ingestion.collection
    document, _ = Document.objects.get_or_create(
        collection=collection,
        path=ingestion.path,
        deleted_at=None,
        defaults={"workspace_id": collection.workspace_id},
    )
    renew(ingestion)
    document.versions.filter(state=VersionState.DRAFT).delete()
    version = _version(ingestion, document, parsed)
    version.save()
    renew(ingestion, version=version)
    DocumentLink.objects.bulk_create(
        link for found in parsed.links for link in _links(version, ingestion.path, found)
    )
    return version


def _version(ingestion: Ingestion, document: Document, parsed: ParsedDocument) -> DocumentVersion:
    last = document.versions.aggregate(last=Max("number"))["last"] or 0
    return DocumentVersion(
        workspace_id=document.workspace_id,
        document=document,
        number=last + 1,
        title=(clean_name(parsed.title) or PurePosixPath(ingestion.path).stem)[:500],
        media_type=parsed.media_type[:100],
        language=parsed.language[:35],
        original=ingestion.original,
        original_sha256=ingestion.original_sha256,
        original_bytes=ingestion.original_bytes,
        text=parsed.text,
        text_sha256=hashlib.sha256(parsed.text.encode()).hexdigest(),
        layout=layout_to_json(parsed),
        metadata=_metadata(parsed),
        passages_digest=passages_digest(ingestion.collection.encoder_digest),
    )


def _metadata(parsed: ParsedDocument) -> dict[str, str | int]:
    """With the number of pages, so that a list of files need not read their layouts."""
    return {**parsed.metadata, **({"pages": len(parsed.pages)} if parsed.pages else {})}


def _links(version: DocumentVersion, path: str, link: Link) -> list[DocumentLink]:
    targets = [target for target in linked_paths(path, link.target) if target != path and fits(target)]
    return [
        DocumentLink(
            workspace_id=version.workspace_id,
            version=version,
            start=link.start,
            end=link.end,
            target_path=target,
        )
        for target in targets
    ]
