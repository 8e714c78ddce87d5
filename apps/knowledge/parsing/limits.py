"""Limits the operating system keeps for the reading process.

Windows has none of them, and macOS none of memory: there the parent's clock remains.
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress

if sys.platform == "win32":

    def limit_memory(megabytes: int) -> None:
        """Not available here."""

    def limit_cpu(seconds: int) -> None:
        """Not available here."""

else:
    import resource

    _REFUSALS: dict[str, tuple[type[Exception], ...]] = {"darwin": (ValueError, OSError)}

    def limit_memory(megabytes: int) -> None:
        """Address space of this process; also no core dumps, which would hold a customer's text.

        macOS refuses to limit address space, and files are read without that limit there. Elsewhere a refusal raises.
        """
        limit = megabytes * 1024 * 1024
        with suppress(*_REFUSALS.get(sys.platform, ())):
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def limit_cpu(seconds: int) -> None:
        """From now on: the kernel counts from the start of the process, so the soft limit moves with each file."""
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds + 1, hard))
