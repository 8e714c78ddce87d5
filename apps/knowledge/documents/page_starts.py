"""Finds where pages begin inside passages, because a passage may continue on the next page."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence

from apps.knowledge.models import DocumentVersion

PageStarts = tuple[int, ...]


def page_starts(version_ids: Collection[int]) -> dict[int, PageStarts]:
    """Start offsets of pages 1, 2, ... by version. Runs one query, or none without versions."""
    if not version_ids:
        return {}
    rows = DocumentVersion.objects.filter(pk__in=version_ids).values_list("pk", "layout__pages")
    return {pk: tuple(pages or ()) for pk, pages in rows}


def starts_within(pages: Sequence[int], start: int, end: int) -> PageStarts:
    """Those of the pages after that of `start` that begin before `end`. Text before page 1 counts as part of page 1."""
    return tuple(pages[max(1, bisect_right(pages, start)) : bisect_left(pages, end)])
