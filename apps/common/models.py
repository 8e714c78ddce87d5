"""Abstract bases. Integer keys inside, UUIDv7 outside."""

from __future__ import annotations

import uuid
from datetime import datetime

import uuid_utils.compat as uuid_utils
from django.db import models


def new_uid() -> uuid.UUID:
    """UUIDv7: sorts by creation time, so that an index on it stays compact."""
    return uuid_utils.uuid7()


def first_uid_of(moment: datetime) -> uuid.UUID:
    """The lowest UUIDv7 of that millisecond: the unique index of `uid` finds rows by when they were made."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)


class PublicModel(models.Model):
    """A row that the outside may name, by `uid` and never by its integer key."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.uid}>"
