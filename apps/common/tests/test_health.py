from __future__ import annotations

import pytest
from django.test import Client

from apps.common import health


@pytest.mark.django_db
def test_ready() -> None:
    response = Client().get("/readyz")
    assert (response.status_code, response.json()) == (
        200,
        {"ready": True, "checks": {"database": True, "broker": True}},
    )


@pytest.mark.django_db
def test_not_ready_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_alive_needs_nothing() -> None:
    response = Client().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")
