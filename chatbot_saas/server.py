"""The web server, with the limits that its defaults lack."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from django.utils.translation import gettext as _

from apps.common.config import config

STOP_SECONDS = 5


class NotServed(Exception):
    """It never came up; the message says why or where to look."""


class PortTaken(NotServed):
    pass


def serve(host: str, port: int, *, on_ready: Callable[[], None]) -> None:
    """Serve until a signal ends it. Raises NotServed; PortTaken before anything is started."""
    listener = bind(host, port)
    settings = uvicorn.Config(
        "chatbot_saas.asgi:application",
        lifespan="on",
        ws_max_size=config().chat.max_frame_bytes,
        ws_per_message_deflate=False,  # a small frame could unpack to a large one
        server_header=False,
        proxy_headers=False,  # whom to believe is for settings to say: apps.common.addresses
        access_log=False,
        log_config=None,
        log_level="warning",
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    server = _Server(settings, on_ready)
    with suppress(SystemExit):  # uvicorn's own way to say that the lifespan did not begin
        server.run(sockets=[listener])
    if not server.started:
        raise NotServed(_("The server did not start; the reason is above. `manage.py doctor` says more."))


class _Server(uvicorn.Server):
    def __init__(self, settings: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(settings)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortTaken."""
    # With the protocol named, asyncio sets TCP_NODELAY on what is accepted: else a second frame waits 40 ms for the
    # first one's acknowledgement.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        message = _("Port %(port)d of %(host)s cannot be used (%(reason)s). Choose another with --port.")
        raise PortTaken(message % {"port": port, "host": host, "reason": error.strerror}) from error
    return listener
