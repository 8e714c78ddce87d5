"""Abstract bases. Integer keys inside, UUIDv7 outside."""

from __future__ import annotations

import uuid

import uuid_utils.compat as uuid_utils
from django.db import models


def new_uid() -> uuid.UUID:
    """UUIDv7: sorts by creation time, so that an index on it stays compact."""
    return uuid_utils.uuid7()


class PublicModel(models.Model):
    """A row that the outside may name, by `uid` and never by its integer key."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.uid}>"
