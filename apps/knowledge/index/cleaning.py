"""Corrects the term counts of versions and removes abandoned drafts, in short transactions."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Model, Q, QuerySet

from apps.knowledge.index.publishing import bump_store
from apps.knowledge.index.term_statistics import CountingLost, count_terms, version_terms
from apps.knowledge.models import (
    OPEN_STATES,
    DocumentLink,
    DocumentPart,
    DocumentPicture,
    DocumentVersion,
    Ingestion,
    Passage,
    Sentence,
    VersionState,
)

ROWS_AT_ONCE = 500


def clean_versions() -> int:
    """Returns the number of versions that were corrected or removed. Versions that another process works on are
    skipped.
    """
    cleaned = 0
    for version in _miscounted().iterator(chunk_size=20):
        cleaned += _recount(version)
    for version in _abandoned_drafts().iterator(chunk_size=20):
        cleaned += _remove(version)
    return cleaned


def _versions() -> QuerySet[DocumentVersion]:
    return DocumentVersion.objects.defer("text", "layout").select_related("document").order_by("pk")


def _miscounted() -> QuerySet[DocumentVersion]:
    """Published versions with missing counts, as after an interrupted rebuild, and other versions that still have
    counts.
    """
    lacking = Q(state=VersionState.PUBLISHED, terms_counted__lt=F("term_count"))
    lingering = Q(terms_counted__gt=0) & ~Q(state=VersionState.PUBLISHED)
    return _versions().filter(lacking | lingering & ~Q(pk__in=_open_drafts()))


def _abandoned_drafts() -> QuerySet[DocumentVersion]:
    return _versions().filter(state=VersionState.DRAFT).exclude(pk__in=_open_drafts())


def _open_drafts() -> QuerySet[Ingestion, int | None]:
    rows = Ingestion.objects.filter(state__in=OPEN_STATES, version__isnull=False)
    return rows.values_list("version_id", flat=True)


def _recount(version: DocumentVersion) -> bool:
    counted = version_terms(version)
    target = len(counted.terms) if version.state == VersionState.PUBLISHED else 0
    try:
        count_terms(counted, until=target)
    except CountingLost:
        return False
    with transaction.atomic():
        bump_store(version.workspace_id)  # so that every process reads the statistics again
    return True


def _remove(version: DocumentVersion) -> bool:
    """Removes the rows first and the version last, so that an interrupted removal is found again."""
    passages = Passage.objects.filter(version=version)
    for rows in (
        Sentence.objects.filter(passage__version=version),
        passages,
        DocumentLink.objects.filter(version=version),
        DocumentPart.objects.filter(version=version),
        DocumentPicture.objects.filter(version=version),
    ):
        _remove_rows(rows)
    return bool(DocumentVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT).delete()[0])


def _remove_rows(rows: QuerySet[Model]) -> None:
    model = rows.model
    while found := list(rows.order_by("pk").values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        model._default_manager.filter(pk__in=found).delete()
