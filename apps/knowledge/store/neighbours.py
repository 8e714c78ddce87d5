"""The graph around passages, from the database: before, after, and where their hyperlinks lead."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, F, OuterRef, Q

from apps.knowledge.models import DocumentLink
from apps.knowledge.results import Scope
from apps.knowledge.store.live import live_passages


def neighbours(scope: Scope, passage_ids: Sequence[int]) -> set[int]:
    starts = live_passages(scope).filter(pk__in=passage_ids)
    places = list(starts.values_list("version_id", "position"))
    if not places:
        return set()
    beside = [
        Q(version_id=version, position__in=(position - 1, position + 1)) for version, position in places
    ]
    near = live_passages(scope).filter(Q(*beside, _connector=Q.OR)).values_list("pk", flat=True)
    return {*near, *_linked(scope, passage_ids)}


def _linked(scope: Scope, passage_ids: Sequence[int]) -> set[int]:
    """First passages of the documents that links inside of these passages name, in the same collection."""
    links = DocumentLink.objects.filter(
        version__passages__in=passage_ids,
        version__passages__collection=OuterRef("collection_id"),
        start__gte=F("version__passages__start"),
        start__lt=F("version__passages__end"),
        target_path=OuterRef("version__document__path"),
    )
    return set(live_passages(scope).filter(Exists(links), position=0).values_list("pk", flat=True))
