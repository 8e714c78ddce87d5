"""Limits the operating system keeps for the reading process. Windows has none of them: the parent's clock remains."""

from __future__ import annotations

import sys
import time

if sys.platform == "win32":

    def limit_memory(megabytes: int) -> None:
        """Not available here."""

    def limit_cpu(seconds: int) -> None:
        """Not available here."""

else:
    import resource

    def limit_memory(megabytes: int) -> None:
        """Address space of this process; also no core dumps, which would hold a customer's text."""
        limit = megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def limit_cpu(seconds: int) -> None:
        """From now on: the kernel counts from the start of the process, so the soft limit moves with each file."""
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds + 1, hard))
