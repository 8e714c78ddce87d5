from __future__ import annotations

from typing import ClassVar

from django.db import models


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
