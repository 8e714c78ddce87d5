"""A server as a child process: started, waited for, always stopped."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 30


@contextmanager
def running(
    command: Sequence[str], *, log: Path, ready: Callable[[], object], user: str | None = None
) -> Iterator[None]:
    """Run the server inside the block. `ready` raises while it does not answer; a failure shows its log."""
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
            _wait(child, ready, log)
            yield
        finally:
            _stop(child)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(child: subprocess.Popen[bytes], ready: Callable[[], object], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            ready()
            return
        except Exception as error:  # each client has errors of its own; the last one is reported below
            if child.poll() is not None or time.monotonic() > until:
                tail = log.read_text(errors="replace")[-3000:]
                raise RuntimeError(f"{child.args!r} did not start:\n{tail}") from error
        time.sleep(0.1)


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
