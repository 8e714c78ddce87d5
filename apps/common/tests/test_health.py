from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from apps.common import health


@pytest.mark.django_db
def test_ready() -> None:
    response = Client().get("/readyz")
    assert (response.status_code, response.json()) == (
        200,
        {"ready": True, "checks": {"database": True, "disk": True}},
    )


@pytest.mark.django_db
def test_not_ready_names_what_is_missing(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.EMBEDDED = False
    monkeypatch.setattr(health, "broker", lambda: False)
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["checks"]["broker"]) == (503, False)


@pytest.mark.django_db
def test_a_dead_worker_thread_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_more", {})
    health.register("workers", lambda: False)
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["checks"]["workers"]) == (503, False)


def test_a_broker_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    from celery import Celery

    monkeypatch.setattr(
        health, "current_app", Celery("away", broker="redis://127.0.0.1:1", set_as_current=False)
    )
    assert not health.broker()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reserve_mb", "free_mb", "ready"), [(512, 63, False), (512, 64, True), (8, 7, False), (8, 9, True)]
)
def test_a_full_disk_is_named(
    reserve_mb: int, free_mb: int, ready: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.common.disk_space.reserve_bytes", lambda: reserve_mb << 20)
    monkeypatch.setattr("apps.common.disk_space.free_bytes", lambda: free_mb << 20)
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["checks"]["disk"]) == (200 if ready else 503, ready)
