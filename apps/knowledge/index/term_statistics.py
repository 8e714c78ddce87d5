"""BM25's counts over live passages, kept in the transaction that publishes or retires a version."""

from __future__ import annotations

from collections import Counter

from django.db.models import F

from apps.knowledge.index.embeddings import QUERY_PARAMETERS, chunked
from apps.knowledge.models import Collection, CollectionStatistic, DocumentVersion, TermStatistic


def count_version(version: DocumentVersion, sign: int) -> None:
    """Add (sign 1) or take away (-1) a version's passages.

    Call it inside the transaction, after `bump_store`: its lock keeps two writers of a workspace apart.
    """
    frequency: Counter[str] = Counter()
    passages = length = 0
    for terms, words in version.passages.values_list("terms", "length").iterator():
        frequency.update(terms.keys())
        passages, length = passages + 1, length + words
    collection = version.document.collection
    _add_totals(collection, sign * passages, sign * length)
    _add_frequencies(collection, Counter({term: sign * count for term, count in frequency.items()}))


def _add_totals(collection: Collection, passages: int, terms: int) -> None:
    CollectionStatistic.objects.get_or_create(collection=collection, workspace_id=collection.workspace_id)
    totals = CollectionStatistic.objects.filter(collection=collection)
    totals.update(passages=F("passages") + passages, terms=F("terms") + terms)


def _add_frequencies(collection: Collection, change: Counter[str]) -> None:
    for chunk in chunked(sorted(change), QUERY_PARAMETERS):
        rows = TermStatistic.objects.filter(collection=collection, term__in=chunk)
        counts = dict(rows.values_list("term", "passages"))
        after = {term: counts.get(term, 0) + change[term] for term in chunk}
        rows.filter(term__in=[term for term, count in after.items() if count == 0]).delete()
        TermStatistic.objects.bulk_create(
            [
                TermStatistic(
                    workspace_id=collection.workspace_id, collection=collection, term=term, passages=count
                )
                for term, count in after.items()
                if count
            ],
            update_conflicts=True,
            unique_fields=["collection", "term"],
            update_fields=["passages"],
        )
