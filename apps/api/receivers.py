"""Reactions to what is deleted elsewhere."""

from __future__ import annotations

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from apps.api.models import PartialUpload
from apps.api.partial_uploads import discard_parts


@receiver(post_delete, sender=PartialUpload)
def delete_parts(instance: PartialUpload, **_: object) -> None:
    """However its row goes: with its workspace, its collection or the person who sent it."""
    transaction.on_commit(lambda: discard_parts(instance))
