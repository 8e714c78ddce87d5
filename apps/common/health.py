"""Checks the dependencies of this process. Each probe returns within two seconds or so, and reveals no contents."""

from __future__ import annotations

from collections.abc import Callable

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from apps.common.disk_space import has_room

Probe = Callable[[], bool]

NEWER_DATABASE = _lazy(
    "The database was made by a newer version of Quoth: install that version, or restore a backup of this one."
)

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
    if _is_newer(executor.loader):
        return str(NEWER_DATABASE)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return _("The database is not up to date: run `manage.py migrate`.")
    return ""


def newer_database_problem() -> str:
    """Set for a database that this code must not write to, else "". Raises what the database raises."""
    return str(NEWER_DATABASE) if _is_newer(MigrationLoader(connection)) else ""


def _is_newer(loader: MigrationLoader) -> bool:
    """Whether an installed app has a migration applied that comes after all that this code knows."""
    newest: dict[str, str] = {}
    for app, name in loader.disk_migrations:
        newest[app] = max(name, newest.get(app, ""))
    return any(app in newest and name > newest[app] for app, name in loader.applied_migrations)


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
    found: dict[str, Probe] = {"database": database, "disk": has_room}
    return (found if settings.EMBEDDED else found | {"broker": broker, "cache": shared_cache}) | _more


def readiness() -> dict[str, bool]:
    return {name: probe() for name, probe in probes().items()}
