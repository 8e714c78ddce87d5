"""HTTP by hand: requests that no client library would send, and how much of them a server takes."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from dataclasses import dataclass

CHUNK, PAUSE_SECONDS = 65_536, 0.01
ANSWER_SECONDS = 30


@dataclass(frozen=True)
class Sent:
    """`status` is 0 when the connection was closed without an answer; `sent` counts bytes of the body."""

    status: int
    sent: int
    body: str = ""


def connection(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, CHUNK)
    return made


def exchange(port: int, request: bytes) -> Sent:
    """Send the bytes and read the whole answer."""
    with closing(connection(port)) as made:
        try:
            made.sendall(request)
            answer = _rest(made)
        except OSError:
            return Sent(0, 0)
    return Sent(status_of(answer), len(request), answer.decode(errors="replace"))


def send_body(port: int, head: bytes, size: int, *, chunked: bool = False) -> Sent:
    """Send a body piece by piece until it is whole or the server answers."""
    with closing(connection(port)) as made:
        made.sendall(head)
        sent = 0
        piece = b"x" * CHUNK
        framed = b"%x\r\n" % CHUNK + piece + b"\r\n" if chunked else piece
        try:
            while sent < size and not _is_readable(made, PAUSE_SECONDS):
                made.sendall(framed)
                sent += CHUNK
            answer = _rest(made)
        except OSError:  # reset, or not read for long: nothing more is taken
            return Sent(0, sent)
    return Sent(status_of(answer), sent, answer.decode(errors="replace"))


def status_of(answer: bytes) -> int:
    words = answer.split(b" ", 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


def is_closed(made: socket.socket) -> bool:
    """Whether the other side has ended the connection; what it said before is passed over."""
    made.setblocking(False)
    try:
        while made.recv(CHUNK):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _is_readable(made: socket.socket, seconds: float) -> bool:
    made.settimeout(seconds)
    try:
        made.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        return False
    finally:
        made.settimeout(ANSWER_SECONDS)
    return True


def _rest(made: socket.socket) -> bytes:
    """Up to the end of a short answer: the server may keep the connection open behind it."""
    answer = b""
    until = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < until and not _is_whole(answer):
        piece = made.recv(CHUNK)
        if not piece:
            break
        answer += piece
    return answer


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.split(b":")[1])
    return body.endswith(b"0\r\n\r\n") if b"chunked" in head.lower() else False
