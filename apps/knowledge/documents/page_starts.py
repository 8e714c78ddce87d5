"""Finds where pages begin inside passages, because a passage may continue on the next page, and which parts of them are
unreliable.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from typing import NamedTuple

from apps.knowledge.documents.parsed_document import Range
from apps.knowledge.models import DocumentVersion

PageStarts = tuple[int, ...]
PageLabels = tuple[str, ...]
Ranges = tuple[Range, ...]


class Pages(NamedTuple):
    """Start offsets of pages 1, 2, ..., and the labels that the document prints on them, if any. `unreliable` are the
    ranges that may differ from what a reader sees in the file, in order.
    """

    starts: PageStarts = ()
    labels: PageLabels = ()
    unreliable: Ranges = ()

    def within(self, start: int, end: int) -> Pages:
        """The starts of the pages after that of `start` that begin before `end`, the labels from that of `start`
        on, and the ranges that overlap. Text before page 1 counts as part of page 1.
        """
        first, last = max(1, bisect_right(self.starts, start)), bisect_left(self.starts, end)
        labels = self.labels[first - 1 : max(first, last)]
        low = bisect_right(self.unreliable, start, key=lambda each: each.end)
        high = bisect_left(self.unreliable, end, key=lambda each: each.start)
        return Pages(self.starts[first:last], labels, self.unreliable[low:high])


def pages_of(version_ids: Collection[int]) -> dict[int, Pages]:
    """Pages by version. Runs one query, or none without versions."""
    if not version_ids:
        return {}
    rows = DocumentVersion.objects.filter(pk__in=version_ids)
    columns = rows.values_list("pk", "layout__pages", "layout__page_labels", "layout__unreliable")
    return {
        pk: Pages(tuple(starts or ()), tuple(labels or ()), tuple(Range(*each) for each in unreliable or ()))
        for pk, starts, labels, unreliable in columns
    }
