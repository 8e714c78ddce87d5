"""Opens a WebSocket with a one-use ticket in its address instead of a cookie.

A browser adds no ticket of its own to the handshake of another site's page, so that the origin does not matter here.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from redis.exceptions import RedisError

from apps.accounts.socket_tickets import redeem_ticket
from apps.chat.sockets.consumers import reading
from apps.common.errors import AppError
from chatbot_saas.serving.replies import is_allowed_host

REFUSED = {"type": "websocket.close"}  # before it was accepted: the server answers 403


class TicketSession:
    """`sockets` get the session of the ticket; a handshake without one goes to `others`."""

    def __init__(self, sockets: Any, others: Any) -> None:
        self._sockets, self._others = sockets, others

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        ticket = parse_qs(scope["query_string"].decode("latin1")).get("ticket", [""])[-1]
        if not ticket:
            await self._others(scope, receive, send)
            return
        if not is_allowed_host(scope):
            await send(REFUSED)
            return
        try:
            session_key = await reading.run(redeem_ticket, ticket)
        except (RedisError, AppError):
            await send(REFUSED)
            return
        session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
        await self._sockets(scope | {"session": session}, receive, send)
