"""What begins and ends with the web server's process."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from apps.common import health
from apps.common.events import use_server_loop
from apps.common.storage import DurableFileStorage

OTHERS_SECONDS = 600  # in the full profile other web processes may be taking uploads


class Lifespan:
    """The ASGI lifespan protocol."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        await asyncio.to_thread(remove_leftovers)
        use_server_loop(asyncio.get_running_loop())
        workers = await asyncio.to_thread(_start_workers)  # what it raises ends the server, which prints it
        await send({"type": "lifespan.startup.complete"})
        await receive()
        use_server_loop(None)
        if workers is not None:
            await asyncio.to_thread(workers.stop)
        await send({"type": "lifespan.shutdown.complete"})


def remove_leftovers() -> None:
    """Of uploads that an earlier process did not bring to their end."""
    oldest = time.time() - (0 if settings.EMBEDDED else OTHERS_SECONDS)
    for file in settings.INCOMING.iterdir():
        with suppress(OSError):  # another process was quicker
            if file.stat().st_mtime <= oldest:
                file.unlink()
    if isinstance(default_storage, DurableFileStorage):
        default_storage.remove_leftovers()


def _start_workers() -> Any:
    """In the embedded profile the workers live in this process; elsewhere none of their code is loaded."""
    if not settings.EMBEDDED:
        return None
    from chatbot_saas.celery import app
    from chatbot_saas.serving.embedded import EmbeddedWorkers

    workers = EmbeddedWorkers(app)
    workers.start()
    health.register("workers", workers.are_alive)
    return workers
