"""Guarded transitions: the database decides who wins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar

from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

Row = TypeVar("Row", bound=models.Model)


def transition(rows: models.QuerySet[Row], **changes: Any) -> bool:
    """UPDATE the one row that `rows` still selects (filter it by the old state); False when another won."""
    return rows.update(**changes) == 1


def seconds_from_now(seconds: float) -> Combinable:
    """By the database's clock: the machines' own differ."""
    return models.ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=models.DateTimeField())
