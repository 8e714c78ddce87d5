"""How much of the disk a workspace may fill with original files."""

from __future__ import annotations

import threading

from cachetools import TTLCache
from django.db import connection
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Workspace
from apps.common.disk_space import MIB
from apps.common.errors import AppError, Code
from apps.knowledge.config import upload_config

OVER_QUOTA = _(
    "This workspace can store %(limit)s MB of files, and this file doesn't fit. Remove failed files from the "
    "list, or ask your administrator for more space."
)
FAR_BELOW = 0.9  # of the quota: what other processes store within a minute fits into the rest
_counted: TTLCache[int, list[int]] = TTLCache(
    maxsize=10_000, ttl=60
)  # bytes by workspace, with those added since
_lock = threading.Lock()

# Versions and files on their way may share an original; UNION counts it once.
STORED_BYTES = """
SELECT COALESCE(SUM(original_bytes), 0) FROM (
    SELECT original, original_bytes FROM knowledge_documentversion WHERE workspace_id = %s
    UNION
    SELECT original, original_bytes FROM knowledge_ingestion WHERE workspace_id = %s AND original <> ''
) AS originals
"""


def stored_bytes(workspace: Workspace) -> int:
    """Of the originals that rows refer to: of all versions, deleted documents and failed files too."""
    with connection.cursor() as cursor:
        cursor.execute(STORED_BYTES, [workspace.pk, workspace.pk])
        return int(cursor.fetchone()[0])


def check_quota(workspace: Workspace, size: int) -> None:
    """Raises AppError if that many more bytes do not fit."""
    megabytes = upload_config().workspace_mb
    limit = megabytes * MIB
    if _is_far_below(workspace, size, limit):
        return
    stored = stored_bytes(workspace)
    with _lock:
        _counted[workspace.pk] = [stored + size]
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
