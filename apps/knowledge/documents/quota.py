"""How much of the disk a workspace may fill with original files."""

from __future__ import annotations

from django.db import connection

from apps.accounts.models import Workspace
from apps.common.disk_space import MIB
from apps.common.errors import AppError, Code
from apps.knowledge.config import upload_config
from apps.knowledge.documents.parsed_document import FailureCode
from apps.knowledge.parsing.failures import sentence_for

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
    if stored_bytes(workspace) + size > upload_config().workspace_mb * MIB:
        raise AppError(Code.QUOTA, sentence_for(FailureCode.OVER_QUOTA))
