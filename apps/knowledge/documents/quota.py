"""How much a workspace may store, measured by the sizes of its original files.

A version's rows take several times the size of its original, which versions may share. So an original counts once for
each version, and for each file on its way or failed that has none. So does a picture in a file of its own.
"""

from __future__ import annotations

import threading

from cachetools import TTLCache
from django.db import connection
from django.db.models import Sum
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Workspace
from apps.common.disk_space import MIB
from apps.common.errors import AppError, Code
from apps.knowledge.config import upload_config
from apps.knowledge.models import DocumentVersion

OVER_QUOTA = _(
    "This workspace can store %(limit)s MB of files, and this file doesn't fit. Remove failed files from the "
    "list, or ask your administrator for more space."
)
FAR_BELOW = 0.9  # of the quota: what other processes store within a minute fits into the rest
_counted: TTLCache[int, list[int]] = TTLCache(
    maxsize=10_000, ttl=60
)  # bytes by workspace, with those added since
_lock = threading.Lock()

STORED_BYTES = """
SELECT COALESCE(SUM(original_bytes), 0) FROM (
    SELECT original_bytes FROM knowledge_documentversion WHERE workspace_id = %s
    UNION ALL
    SELECT original_bytes FROM knowledge_ingestion WHERE workspace_id = %s AND original <> '' AND version_id IS NULL
    UNION ALL
    SELECT original_bytes FROM knowledge_documentpicture WHERE workspace_id = %s
) AS originals
"""


def stored_bytes(workspace: Workspace) -> int:
    """Of all versions and their pictures, deleted documents and failed files too."""
    with connection.cursor() as cursor:
        cursor.execute(STORED_BYTES, [workspace.pk] * 3)
        return int(cursor.fetchone()[0])


def collection_bytes(collection_id: int) -> int:
    """Of all versions of its documents."""
    of_it = DocumentVersion.objects.filter(document__collection=collection_id)
    return int(of_it.aggregate(total=Sum("original_bytes"))["total"] or 0)


def check_quota(workspace: Workspace, size: int) -> None:
    """Raises AppError if that many more bytes do not fit."""
    megabytes = upload_config().workspace_mb
    limit = megabytes * MIB
    if _is_far_below(workspace, size, limit):
        return
    stored = stored_bytes(workspace)
    with _lock:  # what others are about to store stays counted
        counted = _counted.setdefault(workspace.pk, [0])
        counted[0] = max(counted[0], stored) + size
    if stored + size > limit:
        raise AppError(Code.QUOTA, str(OVER_QUOTA) % {"limit": number_format(megabytes, force_grouping=True)})


def _is_far_below(workspace: Workspace, size: int, limit: int) -> bool:
    """By a count of the last minute: counting 10,000 files takes 70 ms, and a folder of them is loaded one by one."""
    with _lock:
        counted = _counted.get(workspace.pk)
        if counted is None or counted[0] + size > limit * FAR_BELOW:
            return False
        counted[0] += size
        return True
