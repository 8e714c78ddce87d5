"""Everything that is made from documents and passages, made again: statistics, full text, graph."""

from __future__ import annotations

from django.db import transaction

from apps.knowledge.index.live_passages import LIVE_VERSION
from apps.knowledge.index.publishing import bump_store
from apps.knowledge.index.stores.factory import get_store
from apps.knowledge.index.term_statistics import count_version
from apps.knowledge.models import Collection, CollectionStatistic, DocumentVersion, TermStatistic
from apps.knowledge.search.retrieval import clear_caches


def rebuild() -> int:
    """Returns the number of live passages. Meanwhile a store outside the database finds less than there is."""
    for collection in Collection.objects.order_by("pk").iterator():
        recount(collection)
    passages = get_store().rebuild()
    clear_caches()
    return passages


@transaction.atomic
def recount(collection: Collection) -> None:
    """The new store version tells other processes, and keeps publishers of the workspace out meanwhile."""
    bump_store(collection.workspace_id)
    TermStatistic.objects.filter(collection=collection).delete()
    CollectionStatistic.objects.filter(collection=collection).delete()
    for version in DocumentVersion.objects.filter(document__collection=collection, **LIVE_VERSION).defer(
        "text", "layout"
    ):
        count_version(version, 1)
