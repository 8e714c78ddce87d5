"""Guarded transitions and leases. The database decides which of several updates succeeds, and its clock ends leases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

Row = TypeVar("Row", bound=models.Model)


def transition(rows: models.QuerySet[Row], **changes: Any) -> bool:
    """UPDATE the one row that `rows` selects, filtered by the old state. False if another process has changed it
    before.
    """
    return rows.update(**changes) == 1


CLOCK_SLACK_SECONDS = 5.0


def seconds_from_now(seconds: float) -> Combinable:
    """A time by the clock of the database, because the clocks of the machines differ."""
    return models.ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=models.DateTimeField())


def is_over(lease_end: str, *, length: float) -> models.Q:
    """Rows whose lease has ended. `lease_end` is a field; no lease is longer than `length`, in seconds.

    An end further in the future than that was written before the database's clock was set back. Such a lease counts as
    ended; a worker that still holds it renews it with the new time.
    """
    unreachable = seconds_from_now(length + CLOCK_SLACK_SECONDS)
    return models.Q((f"{lease_end}__lte", Now())) | models.Q((f"{lease_end}__gt", unreachable))


def is_older_than(moment: str, seconds: float) -> models.Q:
    """Rows whose field `moment` is that old, or is in the future because the clock was set back since."""
    return models.Q((f"{moment}__lt", seconds_from_now(-seconds))) | models.Q(
        (f"{moment}__gt", seconds_from_now(CLOCK_SLACK_SECONDS))
    )


def lock_until_commit(subject: str) -> None:
    """One transaction at a time goes on from here for each subject, such as what a limit counts.

    SQLite does not need it, because its write transactions exclude each other.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [subject])


@contextmanager
def after_others(subject: str) -> Iterator[None]:
    """What is read here comes after every transaction that has locked the subject: see `lock_until_commit`."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        lock_until_commit(subject)
        yield


TIME_LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


def lift_time_limits(alias: str = DEFAULT_DB_ALIAS) -> None:
    """Let statements of this connection take as long as they need, for migrations and rebuilding. PostgreSQL only."""
    _set_time_limits(alias, "SET {} = 0")


def restore_time_limits(alias: str = DEFAULT_DB_ALIAS) -> None:
    """Set the limits of the settings again."""
    _set_time_limits(alias, "RESET {}")


def _set_time_limits(alias: str, statement: str) -> None:
    database = connections[alias]
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("; ".join(statement.format(name) for name in TIME_LIMITS))
