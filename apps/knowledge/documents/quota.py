"""How much of the disk a workspace may fill with original files."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from apps.accounts.models import Workspace
from apps.common.disk_space import MIB
from apps.common.errors import AppError, Code
from apps.knowledge.config import upload_config

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
    """Raises AppError when so many bytes more would be too many."""
    limit = upload_config().workspace_mb
    if stored_bytes(workspace) + size > limit * MIB:
        raise AppError(
            Code.QUOTA,
            _(
                "This workspace may store %(limit)d MB of files, and this would be more. Remove files that failed"
                " from the list, or ask whoever runs this site for more room."
            )
            % {"limit": limit},
        )
