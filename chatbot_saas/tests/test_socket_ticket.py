"""A ticket of the API opens one socket without cookies and origin, and lives as long as its session."""

from __future__ import annotations

import logging

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from apps.accounts.models import User
from apps.accounts.services import end_sessions, register
from apps.api.tests.calling import person
from apps.chat.tests.sockets import Refused, socket
from apps.common.logs import LinkKeyFilter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alice(transactional_db: None) -> User:
    return register("alice@example.org", password="x")


def ticket_of(user: User) -> bytes:
    ticket: str = person(user)("POST", "socket-tickets", {}).json()["ticket"]
    return f"ticket={ticket}".encode()


async def test_it_opens_one_socket(alice: User) -> None:
    ticket = await sync_to_async(ticket_of)(alice)
    async with socket(Client(), origin=None, query=ticket) as opened:
        await opened.send(type="ping")
        assert (await opened.receive())["type"] == "pong"
        await sync_to_async(end_sessions)(alice)
        assert await opened.receive() == {}
        assert opened.closed == 4401
    for query in (ticket, b"ticket=unknown"):
        async with socket(Client(), origin=None, query=query, welcome=False) as refused:
            assert await refused.receive() == {}
        assert refused.closed == 4401
    with pytest.raises(Refused):
        async with socket(Client(), origin=None):
            """Without a ticket, the origin decides."""


def test_no_log_line_has_a_ticket() -> None:
    line = '%s - "WebSocket %s" [accepted]'
    record = logging.LogRecord(
        "uvicorn.error", logging.INFO, "", 0, line, ("::1", "/ws/v1/?html=1&ticket=secret"), None
    )
    assert LinkKeyFilter().filter(record)
    assert record.getMessage() == '::1 - "WebSocket /ws/v1/?html=1&ticket=..." [accepted]'
