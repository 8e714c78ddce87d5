"""One running reading process: frames to it, frames from it, its death explained."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from apps.knowledge.parsing.document import FailureCode
from apps.knowledge.parsing.wire import Reply, Request, decode_reply, encode_request, read_frame, write_frame

_ROOT = Path(__file__).resolve().parents[3]
_KEPT_VARIABLES = ("SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")  # what a Python needs to start
_DEATHS = {
    "SIGXCPU": FailureCode.TOO_SLOW,
    "SIGKILL": FailureCode.TOO_MUCH_MEMORY,  # the kernel's choice when memory runs out
    "SIGABRT": FailureCode.TOO_MUCH_MEMORY,  # how C++ code ends when it gets no memory
    "SIGTRAP": FailureCode.TOO_MUCH_MEMORY,
    "SIGILL": FailureCode.TOO_MUCH_MEMORY,
}


class ChildTimeout(Exception):
    """No reply before the deadline."""


class ChildDied(Exception):
    def __init__(self, code: FailureCode, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class ChildProcess:
    def __init__(self, memory_mb: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-s", "-m", "apps.knowledge.parsing.child", str(memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # may quote the document
            cwd=_ROOT,
            env=_environment(),
        )
        assert self._process.stdin is not None  # both are pipes
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._frames: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        # A thread and not `select`, which Windows has for sockets only.
        self._pump_thread = threading.Thread(target=self._pump, daemon=True, name="document-reader")
        self._pump_thread.start()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def send(self, request: Request, data: bytes | None) -> None:
        """Raises ChildDied."""
        try:
            write_frame(self._stdin, encode_request(request))
            if data is not None:
                write_frame(self._stdin, data)
        except OSError as error:
            raise self._death() from error

    def receive(self, deadline: float) -> Reply:
        """The next reply before time.monotonic() reaches the deadline. Raises ChildTimeout or ChildDied."""
        try:
            frame = self._frames.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty as error:
            raise ChildTimeout from error
        if frame is None:
            raise self._death()
        return decode_reply(frame)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._pump_thread.join()
        with contextlib.suppress(OSError):  # a request that was never read is still in the buffer
            self._stdin.close()
        self._stdout.close()

    def _pump(self) -> None:
        try:
            while (frame := read_frame(self._stdout)) is not None:
                self._frames.put(frame)
        finally:
            self._frames.put(None)

    def _death(self) -> ChildDied:
        code = self._process.wait()
        name = signal.Signals(-code).name if code < 0 else f"exit {code}"
        return ChildDied(_DEATHS.get(name, FailureCode.MALFORMED), f"reading process ended: {name}")


def _environment() -> dict[str, str]:
    """No secrets of the parent reach the process that opens strangers' files."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {**kept, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"}
