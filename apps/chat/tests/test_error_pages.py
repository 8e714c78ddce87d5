"""What the pages for errors offer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from apps.chat.tests.cast import Cast, client_of, make_cast
from apps.common.tests.html import get, parse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
MISSING = "/nothing/?a=b"


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    return make_cast()


def offered(page: Any) -> list[str]:
    return [link.text.strip() for link in page.one("main").all(".actions a, .links a")]


def test_a_visitor_may_sign_in_and_come_back() -> None:
    page = get(Client(), MISSING, 404)
    assert offered(page) == ["Ask a question", "Sign in"]
    assert page.one(".actions a:last-child")["href"] == "/accounts/login/?next=%2Fnothing%2F%3Fa%3Db"


def test_someone_signed_in_finds_their_collections_and_no_sign_in(cast: Cast) -> None:
    page = get(client_of(cast.alice), MISSING, 404)
    assert offered(page) == ["Ask a question", "Guide", "Staff handbook"]
    assert "sign in" not in page.one("main").text.lower()


def test_someone_without_a_collection_learns_how_to_add_documents(cast: Cast) -> None:
    cast.public.delete()
    page = get(client_of(cast.charlie), MISSING, 404)
    assert offered(page) == ["Ask a question"]
    assert page.one('main a[href="/welcome/"]').text == "Add your own documents"


def _fails(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "status", "heading"),
    [
        (OperationalError("gone"), 503, "The database does not answer. Try again in a minute."),
        (ValueError("a bug"), 500, "Something went wrong on our side"),
    ],
)
def test_what_failed_can_be_tried_again(
    error: Exception, status: int, heading: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.chat.pages.views.choice_for", _fails(error))
    client = Client(raise_request_exception=False)
    page = get(client, "/?a=b", status)
    assert page.one("h1").text == heading
    assert page.one("main a.primary")["href"] == "/?a=b"
    posted = client.post("/ask/", {"choose": "1"})
    assert posted.status_code == status
    assert not parse(posted.content).has("main a.primary")
