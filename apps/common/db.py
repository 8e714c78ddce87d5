"""Guarded transitions and leases: the database decides who wins, and its clock when a lease is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

Row = TypeVar("Row", bound=models.Model)


def transition(rows: models.QuerySet[Row], **changes: Any) -> bool:
    """UPDATE the one row that `rows` still selects (filter it by the old state); False when another won."""
    return rows.update(**changes) == 1


CLOCK_SLACK_SECONDS = 5.0


def seconds_from_now(seconds: float) -> Combinable:
    """By the database's clock: the machines' own differ."""
    return models.ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=models.DateTimeField())


def is_over(lease_end: str, *, length: float) -> models.Q:
    """Rows whose lease has ended. `lease_end` is a field; no lease is longer than `length`, in seconds.

    An end further away than that was written before the database's clock was set back: nobody holds such a lease
    any more, or whoever does renews it by the new time.
    """
    unreachable = seconds_from_now(length + CLOCK_SLACK_SECONDS)
    return models.Q((f"{lease_end}__lte", Now())) | models.Q((f"{lease_end}__gt", unreachable))


def is_older_than(moment: str, seconds: float) -> models.Q:
    """Rows whose field `moment` lies so far back, or in the future: then the clock was set back since."""
    return models.Q((f"{moment}__lt", seconds_from_now(-seconds))) | models.Q(
        (f"{moment}__gt", seconds_from_now(CLOCK_SLACK_SECONDS))
    )


TIME_LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


def lift_time_limits(alias: str = DEFAULT_DB_ALIAS) -> None:
    """Let statements of this connection take as long as they need: for migrations and rebuilding. PostgreSQL only."""
    _set_time_limits(alias, "SET {} = 0")


def restore_time_limits(alias: str = DEFAULT_DB_ALIAS) -> None:
    """As the settings have them."""
    _set_time_limits(alias, "RESET {}")


def _set_time_limits(alias: str, statement: str) -> None:
    connection = connections[alias]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("; ".join(statement.format(name) for name in TIME_LIMITS))
