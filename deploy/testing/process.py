"""Runs a server as a child process: starts it, waits until it answers, and always stops it."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 30


@dataclass(frozen=True)
class Probe:
    """`ask` raises `silence` until the server answers."""

    ask: Callable[[], object]
    silence: type[Exception]


@contextmanager
def running(command: Sequence[str], *, log: Path, probe: Probe, user: str | None = None) -> Iterator[None]:
    """Run the server inside the block. Raises RuntimeError with the end of its log if it never answers."""
    with log.open("wb") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=user,
            group=user,
            extra_groups=[] if user else None,
            start_new_session=True,  # Ctrl-C reaches the tests first; this stops the server afterwards
        )
        try:
            _wait(child, probe, log)
            yield
        finally:
            _stop(child)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(child: subprocess.Popen[bytes], probe: Probe, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while not _answers(probe):
        if child.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{child.args!r} did not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.1)


def _answers(probe: Probe) -> bool:
    try:
        probe.ask()
    except probe.silence:
        return False
    return True


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
