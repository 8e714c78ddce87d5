"""Threads that watch a server while a check keeps it busy."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil

from checks.browser import Browser
from checks.installation import Server

LOCK_SECONDS, MEMORY_SECONDS, HEALTH_SECONDS = 0.01, 0.05, 0.2
MB = 1024 * 1024


class _Probe(threading.Thread):
    def __init__(self, every: float) -> None:
        super().__init__(daemon=True)
        self._every = every
        self._over = threading.Event()

    def finish(self) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        while not self._over.wait(self._every):
            self.look()

    def look(self) -> None:
        raise NotImplementedError


class WriteLock(_Probe):
    """`longest`: seconds for which somebody else held SQLite's write lock at a stretch."""

    def __init__(self, file: Path) -> None:
        super().__init__(LOCK_SECONDS)
        self._file = file
        self.longest = 0.0
        self._free_at = time.perf_counter()

    def run(self) -> None:
        with closing(sqlite3.connect(self._file, timeout=0, isolation_level=None)) as self._connection:
            super().run()

    def look(self) -> None:
        now = time.perf_counter()
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:  # held: the stretch goes on
            self.longest = max(self.longest, now - self._free_at)
            return
        self._connection.execute("ROLLBACK")
        self._free_at = time.perf_counter()


class Memory(_Probe):
    """Resident memory of the serving process itself, without the processes that it starts. In megabytes."""

    def __init__(self, process: psutil.Process) -> None:
        super().__init__(MEMORY_SECONDS)
        self._process = process
        self.before = self.highest = resident_mb(process)

    def look(self) -> None:
        with suppress(psutil.NoSuchProcess):
            self.highest = max(self.highest, resident_mb(self._process))

    @property
    def grown(self) -> float:
        return self.highest - self.before


class Pages(_Probe):
    """Seconds of a page that is loaded again and again; one that fails counts as the time-out."""

    def __init__(self, browser: Browser, path: str = "/healthz", every: float = HEALTH_SECONDS) -> None:
        super().__init__(every)
        self._browser = browser
        self._path = path
        self.seconds: list[float] = []
        self.failed: list[str] = []

    def look(self) -> None:
        started = time.perf_counter()
        try:
            response = self._browser.get(self._path, timeout=30)
            if response.status != 200:
                self.failed.append(str(response.status))
        except OSError as error:
            self.failed.append(str(error))
        self.seconds.append(time.perf_counter() - started)


def resident_mb(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / MB


@contextmanager
def probing(*probes: _Probe) -> Iterator[None]:
    for probe in probes:
        probe.start()
    try:
        yield
    finally:
        for probe in probes:
            probe.finish()


def wait_until(condition: Callable[[], bool], timeout: float, every: float = 0.05) -> float:
    """Seconds until it holds; the time-out, and more, if it never does."""
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > timeout:
            break
        time.sleep(every)
    return time.monotonic() - started


def at_once(people: int, work: Callable[[], object]) -> None:
    """Run it in so many threads, to the end of them all."""
    threads = [threading.Thread(target=work, daemon=True) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def cpu_seconds(server: Server) -> float:
    """Processor time of the server and of the processes that it started and that still run."""
    total = 0.0
    for process in [server.process, *server.readers()]:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total
