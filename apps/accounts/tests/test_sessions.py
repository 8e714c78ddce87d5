"""Session keys that Django did not make, as anyone can write them into a cookie."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.selectors import viewer_of_session
from apps.accounts.sessions import SessionStore
from apps.accounts.viewer import NOBODY

MALFORMED = ["a" * 31 + "\0", "\0" * 32, "ä" * 32, "A" * 32, "a" * 31 + "\ud800"]


@pytest.mark.parametrize("key", MALFORMED)
def test_a_malformed_key_is_no_session(key: str) -> None:
    assert SessionStore(key).session_key is None


@pytest.mark.parametrize("key", MALFORMED)
@pytest.mark.django_db
def test_the_database_is_not_asked_for_it(key: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert viewer_of_session(key) == NOBODY
    assert not list(queries)


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/accounts/email/", "/collections/new/"])
@pytest.mark.django_db
def test_pages(path: str) -> None:
    cookie = settings.SESSION_COOKIE_NAME + '="' + "a" * 20 + '\\000"'
    with CaptureQueriesContext(connection) as queries:
        response = Client().get(path, HTTP_COOKIE=cookie)
    assert response.status_code == Client().get(path).status_code
    assert not [query for query in queries if Session._meta.db_table in query["sql"]]


@pytest.mark.django_db
def test_signing_in_with_one_begins_a_session() -> None:
    store = SessionStore("a" * 31 + "\0")
    store["visitor"] = "x"
    store.save()
    assert SessionStore(store.session_key)["visitor"] == "x"
