"""How what the API keeps is deleted."""

from __future__ import annotations

from apps.api.models import IdempotencyRecord, PartialUpload
from apps.common.deletion import erased, kept

kept(IdempotencyRecord, "digests of requests and the id of what they made; a task deletes them after a day")
erased(
    PartialUpload,
    "files that are sent in parts; they expire within a day, so a task deletes their parts before anything is erased",
    user="uploaded_by",
    workspace="workspace",
    collection="collection",
)
