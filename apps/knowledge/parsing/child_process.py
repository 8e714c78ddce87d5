"""A running reading process: sends it a file, receives frames, and explains why it ended."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, NoReturn

from apps.knowledge.documents.parsed_document import FailureCode
from apps.knowledge.parsing.limits import EXIT_OUT_OF_MEMORY
from apps.knowledge.parsing.sandbox import program_folders
from apps.knowledge.parsing.wire import (
    AnyRequest,
    FrameTooLarge,
    Reply,
    decode_reply,
    encode_request,
    read_frame,
    write_frame,
)

_ROOT = Path(__file__).resolve().parents[3]
_PASSED_VARIABLES = ("SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")  # needed to start Python
_CHUNK = 1 << 20
_PROBE_SECONDS = 60
CHECK_SECONDS = 0.25  # the longest time that a silent child can delay a cancellation
LIFETIME_SECONDS = 3600  # an older child reads no other file
_JOIN_SECONDS = 1.0  # for a thread whose process was killed; a process that escaped may hold its pipe open
_END_SECONDS = 2.0  # between closing the pipes and the end of the process
_WAITING_FRAMES = 8  # received and not yet asked for: the child waits when there are so many
_DEATHS = {
    "SIGXCPU": FailureCode.TOO_SLOW,
    "SIGKILL": FailureCode.TOO_MUCH_MEMORY,  # sent by the kernel when memory runs out
    "SIGABRT": FailureCode.TOO_MUCH_MEMORY,  # how C++ code ends when it gets no memory
    "SIGTRAP": FailureCode.TOO_MUCH_MEMORY,
    "SIGILL": FailureCode.TOO_MUCH_MEMORY,
    f"exit {EXIT_OUT_OF_MEMORY}": FailureCode.TOO_MUCH_MEMORY,
}
Frame = bytes | None


class ChildDied(Exception):
    def __init__(self, code: FailureCode, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class ChildProcess:
    """`seconds` is the limit for one file, `memory_mb` for the process."""

    def __init__(self, memory_mb: int, seconds: int) -> None:
        limits = [str(memory_mb), str(LIFETIME_SECONDS + seconds + 1)]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-m", "apps.knowledge.parsing.child", *limits, *_readable()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # may quote the document
            cwd=Path(sys.executable).anchor,
            env=child_environment(),
            start_new_session=True,  # its process group is killed with it
        )
        assert self._process.stdin is not None  # both are pipes
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._frames: queue.Queue[Frame] = queue.Queue(_WAITING_FRAMES)
        self._is_killed = False
        self._expires = time.monotonic() + LIFETIME_SECONDS
        # Threads, because `select` supports only sockets on Windows.
        self._sender: threading.Thread | None = None
        self._receiver = threading.Thread(target=self._receive_all, daemon=True, name="document-reader")
        self._receiver.start()

    @property
    def may_read_another(self) -> bool:
        return self._process.poll() is None and time.monotonic() < self._expires

    def send(
        self,
        request: AnyRequest,
        content: IO[bytes],
        seconds: float,
        check: Callable[[], None],
    ) -> bool:
        """Send the file; False if the child does not take it in time. `check` runs meanwhile and may raise.

        Raises ChildDied. The child must be killed after a failure.
        """
        errors: list[OSError] = []
        self._sender = threading.Thread(
            target=self._send_all, args=(request, content, errors), daemon=True, name="document-sender"
        )
        self._sender.start()
        deadline = time.monotonic() + seconds
        while self._sender.is_alive() and time.monotonic() < deadline:
            check()
            self._sender.join(CHECK_SECONDS)
        if errors:
            self._raise(errors[0])
        return not self._sender.is_alive()

    def _send_all(self, request: AnyRequest, content: IO[bytes], errors: list[OSError]) -> None:
        try:
            write_frame(self._stdin, encode_request(request))
            while chunk := content.read(_CHUNK):
                write_frame(self._stdin, chunk)
            write_frame(self._stdin, b"")
        except OSError as error:
            errors.append(error)
        except ValueError:  # the file was closed, because the child is being killed
            pass

    def _raise(self, error: OSError) -> NoReturn:
        if isinstance(error, BrokenPipeError):
            raise self._death() from error
        raise error  # the file could not be read

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
        self._kill_group()
        self._process.wait()
        with contextlib.suppress(queue.Empty):  # the receiver may wait for space in the queue
            while True:
                self._frames.get_nowait()
        _close_unused(self._receiver, self._stdout)
        _close_unused(self._sender, self._stdin)

    def _kill_group(self) -> None:
        """With the processes that it has started, if it could start any."""
        if sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    def _receive_all(self) -> None:
        try:
            while not self._is_killed and (frame := read_frame(self._stdout)) is not None:
                self._put(frame)
        except FrameTooLarge:
            self._kill_group()
        finally:
            self._put(None)

    def _put(self, frame: Frame) -> None:
        while not self._is_killed:
            with contextlib.suppress(queue.Full):
                self._frames.put(frame, timeout=0.2)
                return

    def _death(self) -> ChildDied:
        try:
            code = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            return ChildDied(FailureCode.MALFORMED, "reading process closed its pipes")
        name = signal.Signals(-code).name if code < 0 else f"exit {code}"
        return ChildDied(_DEATHS.get(name, FailureCode.MALFORMED), f"reading process ended: {name}")


def _close_unused(thread: threading.Thread | None, pipe: IO[bytes]) -> None:
    """Closing a pipe that a thread uses would block. The thread ends with the last process at its other end."""
    if thread is not None:
        thread.join(_JOIN_SECONDS)
    if thread is None or not thread.is_alive():
        with contextlib.suppress(OSError):  # a request that was not read is still in the buffer
            pipe.close()


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
