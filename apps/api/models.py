from __future__ import annotations

from typing import ClassVar

from django.db import models

from apps.accounts.models import User, Workspace
from apps.common.models import PublicModel
from apps.knowledge.models import Collection


class IdempotencyRecord(models.Model):
    """A request that was made with an Idempotency-Key. `result` is the uid of what it has made, null until then.

    Nothing of the request or the response is kept: the same request is answered again from what was made.
    """

    caller = models.CharField(max_length=80)
    key_sha256 = models.CharField(max_length=64)
    request_sha256 = models.CharField(max_length=64)
    result = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["caller", "key_sha256"], name="one_request_of_an_idempotency_key")
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"


class PartialUpload(PublicModel):
    """A file that is being sent in parts: `offset` of its `size` bytes are there, in files of the storage."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="+")
    uploaded_by = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    path = models.CharField(max_length=1000)
    size = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    parts = models.JSONField(default=list, help_text="names in file storage, in order")
    ingestion = models.UUIDField(null=True, help_text="once the file is complete")
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"upload {self.uid}"
