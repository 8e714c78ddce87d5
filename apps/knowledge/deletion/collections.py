"""What editors do with a whole collection: change its name, delete it and restore it. Each is one guarded UPDATE."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from apps.common.db import transition
from apps.common.errors import NotFound
from apps.common.names import clean_name
from apps.knowledge.deletion.grace import can_be_restored
from apps.knowledge.documents.parsed_document import FailureCode
from apps.knowledge.ingestion.lease import close
from apps.knowledge.models import OPEN_STATES, Collection, Ingestion


def change_collection(
    collection: Collection, *, name: str, description: str, is_public: bool | None = None
) -> None:
    """As a form has checked them; None leaves it as open as it is. Raises NotFound if it was deleted meanwhile."""
    changes: dict[str, str | bool] = {"name": clean_name(name), "description": clean_name(description)}
    if is_public is not None:
        changes["is_public"] = is_public
    if not transition(Collection.objects.filter(pk=collection.pk, deleted_at=None), **changes):
        raise NotFound


@transaction.atomic
def delete_collection(collection: Collection) -> bool:
    """Nobody finds it, its documents or its conversations from now on; what is on its way into it is cancelled. False
    if it was deleted already.
    """
    if not transition(Collection.objects.filter(pk=collection.pk, deleted_at=None), deleted_at=Now()):
        return False
    rows = Ingestion.objects.filter(collection=collection, state__in=OPEN_STATES)
    for ingestion in rows.select_related("collection", "workspace"):
        close(ingestion, FailureCode.CANCELLED)
    return True


def restore_collection(collection: Collection) -> None:
    """With everything in it. One that has been restored already stays as it is. Raises NotFound after the grace period.

    If a new collection has taken its short name, it gets another one.
    """
    deleted = Collection.objects.filter(can_be_restored(), pk=collection.pk)
    try:
        with transaction.atomic():
            restored = transition(deleted, deleted_at=None)
    except IntegrityError:
        restored = transition(deleted, deleted_at=None, slug=f"c-{uuid.uuid4().hex[:12]}")
    if not restored and not Collection.objects.filter(pk=collection.pk, deleted_at=None).exists():
        raise NotFound
