"""Is what this process leans on there? Each probe returns within two seconds or so, and says nothing of contents."""

from __future__ import annotations

from collections.abc import Callable

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

Probe = Callable[[], bool]

_more: dict[str, Probe] = {}


def register(name: str, probe: Probe) -> None:
    """For what this layer does not know of."""
    _more[name] = probe


def database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def database_problem() -> str:
    """What is wrong with it and what to do; "" where all is well."""
    if not database():
        return _("The database does not answer: check DATABASE_URL and that the server runs.")
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return _("The database is not up to date: run `manage.py migrate`.")
    return ""


def broker() -> bool:
    try:
        with current_app.connection_for_write() as broker_connection:
            broker_connection.ensure_connection(max_retries=1, timeout=1)
    except (OperationalError, OSError):
        return False
    return True


def shared_cache() -> bool:
    try:
        cache.get("health")
    except RedisError:
        return False
    return True


def probes() -> dict[str, Probe]:
    """A web process speaks to no graph: its knowledge store is the database; workers open the rest."""
    found: dict[str, Probe] = {"database": database, "broker": broker}
    return (found if settings.EMBEDDED else found | {"cache": shared_cache}) | _more


def readiness() -> dict[str, bool]:
    return {name: probe() for name, probe in probes().items()}
