"""Expensive pages are limited: per person who is signed in, and per network address for visitors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from apps.chat.tests.cast import HANDBOOK, Cast, client_of, make_cast
from apps.knowledge.tests.files import load, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
LIMITED = ("proof", "changes", "original")


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    cache.clear()
    cast = make_cast()
    load(cast.private, "guide/leave.md", HANDBOOK + b"\nKeep them for a year.\n")  # a second version
    return cast


@pytest.fixture(autouse=True)
def _few(change_config: Callable[..., None]) -> None:
    change_config("chat", proofs_per_minute=2)
    change_config("documents", changes_per_minute=2, originals_per_minute=2)


def addresses(cast: Cast) -> dict[str, str]:
    document = cast.version.document.uid
    return {
        "proof": reverse("proof", args=[cast.answer.uid]),
        "changes": reverse("changes", args=[document, 1, 2]),
        "original": reverse("original", args=[document, 1]),
    }


@pytest.mark.parametrize("name", LIMITED)
def test_a_person_is_limited_whatever_the_session(name: str, cast: Cast) -> None:
    address = addresses(cast)[name]
    statuses = [client_of(cast.alice).get(address).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    others = {other for other in LIMITED if other != name}
    assert {client_of(cast.alice).get(addresses(cast)[other]).status_code for other in others} == {200}
    assert client_of(cast.bob).get(address).status_code == (404 if name == "proof" else 200)


def test_the_refusal_says_when_to_try_again(cast: Cast) -> None:
    client = client_of(cast.alice)
    for _ in range(3):
        refused = client.get(addresses(cast)["proof"], headers={"Accept": "application/json"})
    assert refused.json() | {"type": ""} == {
        "type": "",
        "status": 429,
        "code": "too_many",
        "detail": "That was too often. Try again in a minute.",
    }


def test_visitors_are_limited_by_address(cast: Cast) -> None:
    version = published(cast.public, "tickets.md")
    assert version is not None
    address = reverse("original", args=[version.document.uid, 1])
    here = [Client(REMOTE_ADDR="203.0.113.7").get(address).status_code for _ in range(3)]
    assert here == [200, 200, 429]
    assert Client(REMOTE_ADDR="203.0.113.8").get(address).status_code == 200
    assert client_of(cast.bob).get(address).status_code == 200
