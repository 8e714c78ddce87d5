"""Guarded transitions: the database decides who wins."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


def transition(rows: models.QuerySet[Row], **changes: Any) -> bool:
    """UPDATE the one row that `rows` still selects (filter it by the old state); False when another won."""
    return rows.update(**changes) == 1
