"""What is too large is refused before Django keeps it, announced or not."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.routing import get_default_application
from django.test import Client
from django.urls import reverse

from apps.accounts.services import register
from apps.chat.tests.cast import client_of
from apps.common.config import config
from chatbot_saas.body_limit import BodyLimit, limit_for

Communicator: Any = ApplicationCommunicator  # asgiref gives it no types
SMALL = limit_for("/ask/")


def post(path: str, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    return {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}


async def test_a_body_announced_as_too_large_is_refused() -> None:
    announced = post("/ask/", [(b"content-length", str(SMALL + 1).encode())])
    communicator = Communicator(get_default_application(), announced)
    await communicator.send_input({"type": "http.request", "body": b"", "more_body": False})
    assert (await communicator.receive_output(5))["status"] == 413
    assert b"smaller files" in (await communicator.receive_output(5))["body"]


async def test_a_body_that_grows_too_large_is_cut_off() -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.extend([(await receive())["type"], (await receive())["type"]])

    communicator = Communicator(BodyLimit(app), post("/ask/", []))
    for _ in range(2):
        await communicator.send_input({"type": "http.request", "body": b"x" * SMALL, "more_body": True})
    await communicator.wait(5)
    assert seen == ["http.request", "http.disconnect"]


def test_only_uploads_may_be_large() -> None:
    assert limit_for(reverse("upload", args=[uuid.uuid4()])) >= 10 * config().uploads.max_bytes
    assert limit_for("/anything/files/") == SMALL


@pytest.mark.django_db(transaction=True)
async def test_only_people_who_are_signed_in_may_upload_much() -> None:
    alice = await database_sync_to_async(register)("alice@example.org", password="x")
    assert await _sent(await database_sync_to_async(client_of)(alice)) == "http.request"
    assert await _sent(Client()) == "http.disconnect"


async def _sent(client: Client) -> str:
    """What the application is given of a body that is larger than others may be."""
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append((await receive())["type"])

    cookie = client.cookies.output(header="", sep=";").strip().encode()
    upload = post(reverse("upload", args=[uuid.uuid4()]), [(b"cookie", cookie)])
    communicator = Communicator(BodyLimit(app), upload)
    await communicator.send_input({"type": "http.request", "body": b"x" * (SMALL + 1), "more_body": False})
    await communicator.wait(5)
    return seen[0]
