"""Everything that is made from documents and passages, made again: statistics, full text, graph."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, QuerySet, Sum

from apps.knowledge.index.cache import clear_cache
from apps.knowledge.index.live_passages import LIVE_VERSION
from apps.knowledge.index.publishing import bump_store
from apps.knowledge.index.stores.factory import get_store
from apps.knowledge.index.term_statistics import count_terms, version_terms
from apps.knowledge.models import Collection, CollectionStatistic, DocumentVersion, TermStatistic


def rebuild() -> int:
    """Returns the number of live passages. Meanwhile a store outside the database finds less than there is."""
    for collection in Collection.objects.order_by("pk").iterator():
        recount(collection)
    passages = get_store().rebuild()
    clear_cache()
    return passages


def recount(collection: Collection) -> None:
    """Count the collection's live passages and their terms again; searches meanwhile find terms rarer than they are."""
    live = DocumentVersion.objects.filter(document__collection=collection, **LIVE_VERSION)
    _reset(collection, live)
    for version in live.only("pk", "workspace_id", "document").select_related("document"):
        counted = version_terms(version)
        count_terms(counted, until=len(counted.terms))
    with transaction.atomic():
        bump_store(collection.workspace_id)


@transaction.atomic
def _reset(collection: Collection, live: QuerySet[DocumentVersion]) -> None:
    """The new store version tells other processes, and keeps publishers of the workspace out meanwhile."""
    bump_store(collection.workspace_id)
    TermStatistic.objects.filter(collection=collection).delete()
    DocumentVersion.objects.filter(document__collection=collection).update(terms_counted=0)
    totals = live.aggregate(documents=Count("pk"), passages=Sum("passage_count"), terms=Sum("length"))
    CollectionStatistic.objects.update_or_create(
        collection=collection,
        defaults={
            "workspace_id": collection.workspace_id,
            **{name: total or 0 for name, total in totals.items()},
        },
    )
