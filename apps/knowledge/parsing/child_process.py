"""A running reading process: sends it a file, receives frames, and explains why it ended."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

from apps.knowledge.documents.parsed_document import FailureCode
from apps.knowledge.parsing.sandbox import program_folders
from apps.knowledge.parsing.wire import (
    FrameTooLarge,
    PictureRequest,
    Reply,
    Request,
    decode_reply,
    encode_request,
    read_frame,
    write_frame,
)

_ROOT = Path(__file__).resolve().parents[3]
_PASSED_VARIABLES = ("SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")  # needed to start Python
_CHUNK = 1 << 20
_PROBE_SECONDS = 60
_WAITING_FRAMES = 8  # received and not yet asked for: the child waits when there are so many
_DEATHS = {
    "SIGXCPU": FailureCode.TOO_SLOW,
    "SIGKILL": FailureCode.TOO_MUCH_MEMORY,  # sent by the kernel when memory runs out
    "SIGABRT": FailureCode.TOO_MUCH_MEMORY,  # how C++ code ends when it gets no memory
    "SIGTRAP": FailureCode.TOO_MUCH_MEMORY,
    "SIGILL": FailureCode.TOO_MUCH_MEMORY,
}
Frame = bytes | None


class ChildDied(Exception):
    def __init__(self, code: FailureCode, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class ChildProcess:
    def __init__(self, memory_mb: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-m", "apps.knowledge.parsing.child", str(memory_mb), *_readable()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # may quote the document
            cwd=Path(sys.executable).anchor,
            env=child_environment(),
        )
        assert self._process.stdin is not None  # both are pipes
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._frames: queue.Queue[Frame] = queue.Queue(_WAITING_FRAMES)
        self._is_killed = False
        # A thread, because `select` supports only sockets on Windows.
        self._receiver = threading.Thread(target=self._receive_all, daemon=True, name="document-reader")
        self._receiver.start()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def send(self, request: Request | PictureRequest, content: IO[bytes], check: Callable[[], None]) -> None:
        """Send the file in chunks. `check` runs between them and may raise. Raises ChildDied."""
        try:
            write_frame(self._stdin, encode_request(request))
            while chunk := content.read(_CHUNK):
                check()
                write_frame(self._stdin, chunk)
            write_frame(self._stdin, b"")
        except BrokenPipeError as error:
            raise self._death() from error

    def receive(self, seconds: float) -> Reply | None:
        """The next reply; None if none arrives in time. Raises ChildDied."""
        try:
            frame = self._frames.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return None
        if frame is None:
            raise self._death()
        try:
            return decode_reply(frame)
        except Exception as error:  # process edge: a child that a file took over may send anything
            raise ChildDied(FailureCode.MALFORMED, f"unreadable reply: {type(error).__name__}") from error

    def kill(self) -> None:
        self._is_killed = True
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(queue.Empty):  # the receiver may wait for space in the queue
            while True:
                self._frames.get_nowait()
        self._receiver.join()
        with contextlib.suppress(OSError):  # a request that was not read is still in the buffer
            self._stdin.close()
        self._stdout.close()

    def _receive_all(self) -> None:
        try:
            while not self._is_killed and (frame := read_frame(self._stdout)) is not None:
                self._put(frame)
        except FrameTooLarge:
            self._process.kill()
        finally:
            self._put(None)

    def _put(self, frame: Frame) -> None:
        while not self._is_killed:
            with contextlib.suppress(queue.Full):
                self._frames.put(frame, timeout=0.2)
                return

    def _death(self) -> ChildDied:
        code = self._process.wait()
        name = signal.Signals(-code).name if code < 0 else f"exit {code}"
        return ChildDied(_DEATHS.get(name, FailureCode.MALFORMED), f"reading process ended: {name}")


def child_environment() -> dict[str, str]:
    """An environment without the parent's secrets, for the process that opens untrusted files."""
    passed = {name: os.environ[name] for name in _PASSED_VARIABLES if name in os.environ}
    return {**passed, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def reading_process_can_open(file: Path) -> bool:
    """Tried by a process with the same rights. Raises subprocess.SubprocessError or OSError where it does not run."""
    done = subprocess.run(
        [sys.executable, "-P", "-s", "-m", "apps.knowledge.parsing.sandbox", str(file), *_readable()],
        capture_output=True,
        text=True,
        cwd=Path(sys.executable).anchor,
        env=child_environment(),
        timeout=_PROBE_SECONDS,
        check=True,
    )
    return done.stdout.strip() == "open"


def _readable() -> list[str]:
    return [str(folder) for folder in program_folders()]
