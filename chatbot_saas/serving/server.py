"""The web server, with the limits that its defaults lack."""

from __future__ import annotations

import os
import socket
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from django.conf import settings
from django.utils.translation import gettext as _

from apps.chat.config import chat_config
from apps.common import health
from apps.common.config import config
from chatbot_saas.serving.http_protocol import HEADER_BYTES, WebSockets, http_protocol

STOP_SECONDS = 5
OTHER_FILES = 256  # the database's, the log's, what is being uploaded
FRAMES_LARGER = (
    16  # than the protocol allows: so large they are refused by it, and larger ones close the socket
)
MAX_PORT = 65535


class NotServed(Exception):
    """It never came up; the message says why or where to look."""


class PortTaken(NotServed):
    pass


def serve(host: str, port: int, *, on_ready: Callable[[], None]) -> None:
    """Serve until a signal ends it. Raises ConfigError and NotServed; PortTaken before anything is started."""
    config()
    _check_database()
    _allow_open_files(2 * settings.QUOTH_MAX_CONNECTIONS + OTHER_FILES)
    listener = bind(host, port)
    options = uvicorn.Config(
        "chatbot_saas.asgi:application",
        lifespan="on",
        http=http_protocol(),
        ws=WebSockets,
        h11_max_incomplete_event_size=HEADER_BYTES,
        ws_max_size=FRAMES_LARGER * chat_config().max_frame_bytes,
        ws_per_message_deflate=False,  # a small frame could unpack to a large one
        server_header=False,
        proxy_headers=False,  # whom to believe is for settings to say: apps.common.addresses
        access_log=False,
        log_config=None,
        log_level="warning",
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    server = _Server(options, on_ready)
    with suppress(SystemExit):  # uvicorn's own way to say that the lifespan did not begin
        server.run(sockets=[listener])
    if not server.started:
        raise NotServed(_("The server did not start; the reason is above. `manage.py doctor` says more."))


def _allow_open_files(count: int) -> None:
    """As far as the system lets this process: each connection is an open file. Windows has no such limit."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):  # macOS has a limit of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _check_database() -> None:
    """In the full profile a database that is away does not prevent the start: `/readyz` reports it until it is back."""
    if (settings.EMBEDDED or health.database()) and (problem := health.database_problem()):
        raise NotServed(problem)


class _Server(uvicorn.Server):
    def __init__(self, options: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(options)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()


def port_number(text: str) -> int:
    """A type of argparse's."""
    if not (text.isdecimal() and 1 <= int(text) <= MAX_PORT):
        raise ArgumentTypeError(_("A port is a number from 1 to 65535."))
    return int(text)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortTaken."""
    # With the protocol named, asyncio sets TCP_NODELAY on what is accepted: else a second frame waits 40 ms for the
    # first one's acknowledgement.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # Without it a restart would have to wait; on Windows it would let two servers share the port.
    if os.name != "nt":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) else error
        message = _("Port %(port)d of %(host)s cannot be used (%(reason)s). Choose another with --port.")
        raise PortTaken(message % {"port": port, "host": host, "reason": reason}) from error
    return listener
