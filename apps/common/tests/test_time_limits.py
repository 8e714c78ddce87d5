from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from apps.common.db import lift_time_limits, restore_time_limits
from apps.common.errors import Code
from apps.common.outages import BUSY, outage_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
IN_FORCE = {"statement_timeout": "15s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "1min"}


def limits() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)", [list(IN_FORCE)]
        )
        return dict(cursor.fetchall())


def test_they_hold_for_every_connection() -> None:
    assert limits() == IN_FORCE


def test_they_are_lifted_and_restored() -> None:
    lift_time_limits()
    assert set(limits().values()) == {"0"}
    restore_time_limits()
    assert limits() == IN_FORCE


def test_migrating_lifts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str]] = []
    migrate = MigrationExecutor.migrate

    def recording(self: MigrationExecutor, *args: Any, **kwargs: Any) -> object:
        seen.append(limits())
        return migrate(self, *args, **kwargs)

    monkeypatch.setattr(MigrationExecutor, "migrate", recording)
    call_command("migrate", verbosity=0)
    assert [set(each.values()) for each in seen] == [{"0"}]
    assert limits() == IN_FORCE


def test_a_statement_that_is_cut_off_is_an_outage() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '10ms'")
        with pytest.raises(OperationalError) as cut:
            cursor.execute("SELECT pg_sleep(5)")
    restore_time_limits()
    outage = outage_of(cut.value)
    assert outage is not None
    assert (outage.code, outage.message) == (Code.UNAVAILABLE, BUSY)
