"""Deletes the vectors of texts that are no longer stored."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from apps.common.db import lock_until_commit
from apps.knowledge.index.embeddings import vectors_lock
from apps.knowledge.models import Embedding, FaqWording, Passage, Sentence

AT_ONCE = 1_000  # looked at together


def forget_unused_vectors(workspace_id: int) -> int:
    """Returns their number. It may run twice at a time."""
    last, deleted = 0, 0
    rows = Embedding.objects.filter(workspace_id=workspace_id)
    while found := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        last = found[-1]
        if unused := list(_unused(workspace_id, found).values_list("pk", flat=True)):
            deleted += _delete(workspace_id, unused)
    return deleted


@transaction.atomic
def _delete(workspace_id: int, pks: list[int]) -> int:
    """Those that nobody has begun to use meanwhile."""
    lock_until_commit(vectors_lock(workspace_id))
    return _unused(workspace_id, pks).delete()[0]


def _unused(workspace_id: int, pks: list[int]) -> QuerySet[Embedding]:
    same_text = {"workspace_id": workspace_id, "text_hash": OuterRef("text_hash")}
    return Embedding.objects.filter(
        ~Exists(Sentence.objects.filter(**same_text)),
        ~Exists(Passage.objects.filter(**same_text)),
        ~Exists(FaqWording.objects.filter(**same_text)),
        pk__in=pks,
    )
