from __future__ import annotations

import asyncio
import os
import socket

import pytest
from pytest_django import Settings

from apps.common import health
from chatbot_saas.serving.server import NotServed, PortTaken, bind, serve


async def _accepted_without_delay(listener: socket.socket) -> bool:
    """Whether a connection that asyncio accepts from the listener sends each frame at once."""
    found: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        found.set_result(bool(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
        writer.close()

    async with await asyncio.start_server(connected, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname()[:2])
        writer.close()
        return await found


def test_a_second_frame_does_not_wait_for_the_firsts_acknowledgement() -> None:
    assert asyncio.run(_accepted_without_delay(bind("127.0.0.1", 0)))


def test_a_taken_port_is_named_with_a_way_out() -> None:
    with bind("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortTaken, match=f"{port} .* --port"):
            bind("127.0.0.1", port)


def test_a_port_that_does_not_exist_is_named_with_a_way_out() -> None:
    with pytest.raises(PortTaken, match=r"99999 .* --port"):
        bind("127.0.0.1", 99999)


@pytest.mark.parametrize(("system", "reused"), [("posix", True), ("nt", False)])
def test_no_second_server_shares_the_port_on_windows(
    system: str, reused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", system)
        listener = bind("127.0.0.1", 0)
    with listener:
        assert bool(listener.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR)) == reused


@pytest.mark.parametrize("embedded", [True, False])
def test_only_the_embedded_server_needs_its_database_at_once(
    embedded: bool, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMBEDDED = embedded
    monkeypatch.setattr(health, "database", lambda: False)
    with bind("127.0.0.1", 0) as taken:
        refusal = "database does not answer" if embedded else "cannot be used"
        with pytest.raises(NotServed, match=refusal):
            serve("127.0.0.1", taken.getsockname()[1], on_ready=lambda: None)
