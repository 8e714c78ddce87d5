"""Compares a collection with the files that were found, so that it can be made to hold the same documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import OuterRef, Subquery

from apps.knowledge.ingestion.folders import FoundFiles
from apps.knowledge.ingestion.paths import shortened_path
from apps.knowledge.models import LISTED, Collection, Document, Ingestion, IngestionState


class MissingDocuments(NamedTuple):
    """Published documents that no file was found for. `kept` were last uploaded by a person, so they stay."""

    retired: Sequence[Document]
    kept: Sequence[Document]


@dataclass(frozen=True)
class Presence:
    """Paths that were found, or may exist because a folder could not be listed."""

    paths: frozenset[str]
    unlisted: tuple[str, ...]

    @classmethod
    def of(cls, found: FoundFiles) -> Presence:
        unlisted = tuple(f"{shortened_path(path)}/" if path else "" for path in found.unlisted)
        return cls(frozenset(source.place for source in found.files), unlisted)

    def __contains__(self, path: str) -> bool:
        return path in self.paths or path.startswith(self.unlisted)


def missing_documents(collection: Collection, found: FoundFiles) -> MissingDocuments:
    """Sorted by path."""
    presence = Presence.of(found)
    loaded = Ingestion.objects.filter(
        collection=OuterRef("collection"), path=OuterRef("path"), state=IngestionState.READY
    )
    rows = (
        Document.objects.filter(LISTED, collection=collection)
        .annotate(person=Subquery(loaded.order_by("-pk").values("uploaded_by")[:1]))
        .select_related("collection")
        .order_by("path")
    )
    missing = [document for document in rows.iterator() if document.path not in presence]
    return MissingDocuments(
        retired=[document for document in missing if document.person is None],
        kept=[document for document in missing if document.person is not None],
    )


def missing_ingestions(collection: Collection, found: FoundFiles) -> list[Ingestion]:
    """What earlier commands left waiting or failed, for files that no longer exist."""
    presence = Presence.of(found)
    rows = Ingestion.objects.filter(collection=collection, uploaded_by=None)
    unfinished = rows.exclude(state=IngestionState.READY).select_related("collection", "workspace")
    return [ingestion for ingestion in unfinished.iterator() if ingestion.path not in presence]
