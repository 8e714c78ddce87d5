"""Limits of the reading process that the operating system enforces.

Windows has none of them, and macOS has none for memory. The parent's limit on elapsed time applies everywhere.
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress

EXIT_OUT_OF_MEMORY = 77
NICENESS = 10  # lower priority than the processes that answer questions

if sys.platform == "win32":

    def limit_process(memory_mb: int, cpu_seconds: int) -> None:
        """Not available here."""

    def limit_cpu(seconds: int) -> None:
        """Not available here."""

else:
    import os
    import resource

    _REFUSALS: dict[str, tuple[type[Exception], ...]] = {"darwin": (ValueError, OSError)}

    def limit_process(memory_mb: int, cpu_seconds: int) -> None:
        """Limit the address space and the processor time, forbid writing files, core dumps and new processes, and lower
        the priority. `cpu_seconds` is for the whole life of the process, which cannot ignore or raise this limit.

        Linux lets root start processes in spite of the limit. macOS cannot limit the address space; files are read
        without that limit there. On other systems a failure raises.
        """
        memory = memory_mb * 1024 * 1024
        with suppress(*_REFUSALS.get(sys.platform, ())):
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would contain the text of a document
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
        os.nice(NICENESS)

    def limit_cpu(seconds: int) -> None:
        """Limit the processor time from now on. The kernel counts from the start of the process, so the soft limit is
        set again for each file.
        """
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        soft = int(time.process_time()) + seconds + 1
        resource.setrlimit(resource.RLIMIT_CPU, (min(soft, hard), hard))
