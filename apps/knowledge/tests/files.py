"""Files for tests of ingestion, with the real pipeline and the fake encoder."""

from __future__ import annotations

import io
from collections import Counter

from apps.accounts.services import ensure_workspace
from apps.knowledge.ingestion.pipeline import ingest_many
from apps.knowledge.models import (
    Collection,
    CollectionStatistic,
    DocumentVersion,
    Ingestion,
    Passage,
    TermStatistic,
    VersionState,
)
from apps.knowledge.services import ensure_collection, request_ingest

LEAVE = b"# Leave\n\nYou get 25 days of leave a year. Ask your lead before you book.\n\nUnused days expire in March.\n"
TRAVEL = b"# Travel\n\nBook trains at least a week ahead. See [leave](leave.md) for days off.\n"


def collection_in(workspace: str = "acme", slug: str = "docs") -> Collection:
    return ensure_collection(ensure_workspace(workspace), slug)


def bring(collection: Collection, path: str, content: bytes) -> Ingestion:
    """Submit a file like an upload, without the queue."""
    return request_ingest(collection, path=path, file=io.BytesIO(content), enqueue=False)


def load(collection: Collection, path: str, content: bytes) -> Ingestion:
    """Submit a file and work on it until it is final."""
    ingestion = bring(collection, path, content)
    ingest_many([ingestion.pk])
    ingestion.refresh_from_db()
    return ingestion


def published(collection: Collection, path: str) -> DocumentVersion | None:
    return DocumentVersion.objects.filter(
        document__collection=collection, document__path=path, state=VersionState.PUBLISHED
    ).first()


def loaded(collection: Collection, path: str, content: bytes) -> DocumentVersion:
    load(collection, path, content)
    version = published(collection, path)
    assert version is not None
    return version


def kept_statistics(collection: Collection) -> tuple[int, int, dict[str, int]]:
    """(passages, sum of lengths, document frequency by stem) as stored."""
    totals = CollectionStatistic.objects.get(collection=collection)
    terms = TermStatistic.objects.filter(collection=collection).values_list("term", "passages")
    return totals.passages, totals.terms, dict(terms)


def counted_statistics(collection: Collection) -> tuple[int, int, dict[str, int]]:
    """The same, counted again from the live passages."""
    live = list(Passage.objects.filter(collection=collection, version__state=VersionState.PUBLISHED))
    frequency = Counter(term for passage in live for term in passage.terms)
    return len(live), sum(passage.length for passage in live), dict(frequency)
