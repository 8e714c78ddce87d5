"""Signal receivers: one call to a service each."""

from __future__ import annotations

from django.dispatch import receiver

from apps.accounts.models import Workspace
from apps.accounts.signals import workspace_erasing
from apps.knowledge.deletion.erasing import erase_collections_of


@receiver(workspace_erasing)
def erase_its_collections(workspace: Workspace, **_: object) -> bool:
    return erase_collections_of(workspace)
