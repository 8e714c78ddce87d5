"""Finds where pages begin inside passages, because a passage may continue on the next page."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from typing import NamedTuple

from apps.knowledge.models import DocumentVersion

PageStarts = tuple[int, ...]
PageLabels = tuple[str, ...]


class Pages(NamedTuple):
    """Start offsets of pages 1, 2, ..., and the labels that the document prints on them, if any."""

    starts: PageStarts = ()
    labels: PageLabels = ()

    def within(self, start: int, end: int) -> Pages:
        """The starts of the pages after that of `start` that begin before `end`, and the labels from that of `start`
        on. Text before page 1 counts as part of page 1.
        """
        first, last = max(1, bisect_right(self.starts, start)), bisect_left(self.starts, end)
        return Pages(self.starts[first:last], self.labels[first - 1 : max(first, last)])


def pages_of(version_ids: Collection[int]) -> dict[int, Pages]:
    """Pages by version. Runs one query, or none without versions."""
    if not version_ids:
        return {}
    rows = DocumentVersion.objects.filter(pk__in=version_ids)
    columns = rows.values_list("pk", "layout__pages", "layout__page_labels")
    return {pk: Pages(tuple(starts or ()), tuple(labels or ())) for pk, starts, labels in columns}
