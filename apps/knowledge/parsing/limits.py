"""Limits that the operating system keeps for the reading process.

Windows has none of them, and macOS none of memory: there the parent's clock remains.
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress

NICENESS = 10  # questions go first on a busy machine

if sys.platform == "win32":

    def limit_process(memory_mb: int) -> None:
        """Not available here."""

    def limit_cpu(seconds: int) -> None:
        """Not available here."""

else:
    import os
    import resource

    _REFUSALS: dict[str, tuple[type[Exception], ...]] = {"darwin": (ValueError, OSError)}

    def limit_process(memory_mb: int) -> None:
        """Bounds the address space, forbids to write files and core dumps, and lowers the priority.

        macOS refuses to limit the address space, and files are read without that limit there. Elsewhere a refusal
        raises.
        """
        memory = memory_mb * 1024 * 1024
        with suppress(*_REFUSALS.get(sys.platform, ())):
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold a customer's text
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        os.nice(NICENESS)

    def limit_cpu(seconds: int) -> None:
        """From now on: the kernel counts from the start of the process, so the soft limit moves with each file."""
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds + 1, hard))
