"""Rebuilds everything that is derived from documents and passages: statistics, full text, graph."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, Max, QuerySet, Sum

from apps.knowledge.index.cache import clear_cache
from apps.knowledge.index.live_passages import LIVE_VERSION
from apps.knowledge.index.publishing import bump_store, list_version
from apps.knowledge.index.stores.factory import get_store
from apps.knowledge.index.term_statistics import count_terms, version_terms
from apps.knowledge.models import Collection, CollectionStatistic, DocumentVersion, TermStatistic


def rebuild() -> int:
    """Returns the number of live passages. While it runs, a store outside of the database does not find everything."""
    for collection in Collection.objects.order_by("pk").iterator():
        recount(collection)
    passages = get_store().rebuild()
    clear_cache()
    return passages


def recount(collection: Collection) -> None:
    """Count the collection's live passages and their terms again. While it runs, terms seem rarer than they are."""
    live = DocumentVersion.objects.filter(document__collection=collection, **LIVE_VERSION)
    _reset(collection, live)
    for version in live.defer("text", "layout").select_related("document"):
        list_version(version)
        counted = version_terms(version)
        count_terms(counted, until=len(counted.terms))
    with transaction.atomic():
        bump_store(collection.workspace_id)


@transaction.atomic
def _reset(collection: Collection, live: QuerySet[DocumentVersion]) -> None:
    """Increases the store version, which notifies other processes and blocks publishers of the workspace meanwhile."""
    bump_store(collection.workspace_id)
    TermStatistic.objects.filter(collection=collection).delete()
    DocumentVersion.objects.filter(document__collection=collection).update(terms_counted=0)
    totals = live.aggregate(documents=Count("pk"), passages=Sum("passage_count"), terms=Sum("length"))
    CollectionStatistic.objects.update_or_create(
        collection=collection,
        defaults={
            "workspace_id": collection.workspace_id,
            "changed_at": live.aggregate(latest=Max("published_at"))["latest"],
            **{name: total or 0 for name, total in totals.items()},
        },
    )
