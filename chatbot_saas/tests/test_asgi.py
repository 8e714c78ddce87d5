"""Sockets with an address that nothing has."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.routing import get_default_application

Communicator: Any = ApplicationCommunicator  # asgiref gives it no types


@pytest.mark.parametrize("path", ["/", "/ws/v2/", "/ws/", "/ws/v1/other", "/ws/v1/\n", "//", "/\n", "/ws/v1"])
async def test_a_socket_of_an_unknown_address_is_refused(path: str) -> None:
    scope = {
        "type": "websocket",
        "scheme": "ws",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"origin", b"http://localhost")],
        "client": ("127.0.0.1", 1),
    }
    communicator = Communicator(get_default_application(), scope)
    await communicator.send_input({"type": "websocket.connect"})
    refused = await communicator.receive_output(5)
    assert (refused["type"], refused["status"]) == ("websocket.http.response.start", 404)
    assert b"There is nothing at this address." in (await communicator.receive_output(5))["body"]
    await communicator.wait(5)
