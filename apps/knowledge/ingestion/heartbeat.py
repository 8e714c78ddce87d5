"""Signs of life of the files a worker holds, from a thread: reading and encoding may be silent for half a minute."""

from __future__ import annotations

import logging
import threading
from types import TracebackType
from typing import Self

from django.db import Error, connection

from apps.common.config import config
from apps.knowledge.ingestion.lease import extend, release
from apps.knowledge.models import Ingestion

logger = logging.getLogger(__name__)


class Heartbeat:
    """Keeps leases until a file is dropped; on leaving, what is still held goes back to the queue."""

    def __init__(self, every: float | None = None) -> None:
        """`every` is in seconds; a quarter of a lease unless given."""
        self._every = every or config().uploads.lease_seconds / 4
        self._held: dict[int, Ingestion] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name="ingestion-heartbeat")

    def hold(self, ingestion: Ingestion) -> None:
        self._held[ingestion.pk] = ingestion

    def drop(self, ingestion: Ingestion) -> None:
        self._held.pop(ingestion.pk, None)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        for ingestion in self._held.values():
            release(ingestion)

    def _beat(self) -> None:
        try:
            while not self._stop.wait(self._every):
                self._extend()
        finally:
            connection.close()

    def _extend(self) -> None:
        """A database that is busy or away once must not end the beat."""
        try:
            extend(list(self._held.values()))
        except Error:
            logger.warning("leases could not be extended", exc_info=True)
            connection.close()
