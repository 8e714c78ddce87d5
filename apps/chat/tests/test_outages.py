"""Pages while the database or Redis fails: 503 with a sentence, as a page or as JSON, and never a 500."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.services import register
from apps.chat.tests.cast import client_of, public_collection
from apps.common.tests.html import parse
from apps.knowledge.models import Collection

JSON = {"Accept": "application/json"}


@pytest.fixture
def collection(transactional_db: None, fake_encoder: None) -> Collection:
    return public_collection()


@pytest.fixture
def alice(transactional_db: None) -> User:
    return register("alice@example.org", password="x")


@pytest.fixture
def locked(collection: Collection, alice: User) -> Iterator[None]:
    """Another connection writes; waiting for it is not worth the test's time."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    connection.close()


def browser(user: User) -> Client:
    client = client_of(user)
    client.raise_request_exception = False
    return client


@pytest.fixture
def signed_in(alice: User) -> Client:
    return browser(alice)


def ask(client: Client, collection: Collection, **headers: str) -> Any:
    form = {"collection": collection.uid, "text": "How long do I keep tickets?", "client_id": uuid.uuid4()}
    return client.post(reverse("ask"), form, headers=headers)


@pytest.mark.sqlite
@pytest.mark.usefixtures("signed_in", "locked")
def test_asking_while_the_database_is_locked_keeps_the_question(
    signed_in: Client, collection: Collection
) -> None:
    response = ask(signed_in, collection)
    page = parse(response.content)
    assert response.status_code == 503
    assert "The database is busy." in page.words
    assert page.one("textarea").text == "How long do I keep tickets?"
    problem = ask(signed_in, collection, **JSON)
    assert (problem.status_code, problem["Content-Type"]) == (503, "application/problem+json")
    assert problem.json()["code"] == "unavailable"


@pytest.mark.sqlite
@pytest.mark.usefixtures("signed_in", "locked")
def test_pages_are_read_while_the_database_is_locked(signed_in: Client, collection: Collection) -> None:
    assert signed_in.get(reverse("collection", args=[collection.uid])).status_code == 200


def test_a_database_that_is_away_is_a_page_that_does_not_ask_it(
    signed_in: Client, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
        for address in ("/", reverse("collection", args=[collection.uid]), "/admin/"):
            response = signed_in.get(address)
            assert response.status_code == 503, address
            assert "The database does not answer." in parse(response.content).words
            assert response["Retry-After"]
            assert signed_in.get(address, headers=JSON).json()["code"] == "unavailable"
        assert signed_in.get("/no/such/page/").status_code == 503  # whose it is cannot be looked up
        assert Client().get("/no/such/page/", headers=JSON).status_code == 404


def test_a_bug_stays_a_500(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.chat.pages.views._new_page", lambda *_: 1 / 0)
    assert signed_in.get("/").status_code == 500


@pytest.mark.django_db
def test_signing_in_without_redis(monkeypatch: pytest.MonkeyPatch, mail_server: None) -> None:
    away = RedisCache("redis://127.0.0.1:1", {})
    for name in ("add", "get", "set", "incr", "delete"):
        monkeypatch.setattr(caches["default"], name, getattr(away, name))
    client = Client(raise_request_exception=False)
    form = {"login": "alice@example.org", "password": "x"}
    for page in ("account_login", "account_signup", "account_reset_password"):
        response = client.post(
            reverse(page), form | {"email": "alice@example.org", "password1": "correct horse"}
        )
        assert response.status_code == 503, page
        assert "does not answer" in parse(response.content).words
