"""What is too large is refused before Django keeps it, announced or not."""

from __future__ import annotations

import uuid
from typing import Any

from asgiref.testing import ApplicationCommunicator
from channels.routing import get_default_application
from django.urls import reverse

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
