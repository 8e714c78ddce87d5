"""The chat's socket: frames as docs/developer/protocol.md describes them."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

ANSWER_SECONDS = 90


@dataclass
class Asked:
    """`seconds` of each question, of one without an answer those until that was clear; `problems` says why there was
    none.
    """

    seconds: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Socket:
    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, **frame: Any) -> None:
        self.connection.send(json.dumps(frame))

    def receive(self, timeout: float = ANSWER_SECONDS) -> dict[str, Any]:
        """Raises TimeoutError and ConnectionClosed."""
        frame: dict[str, Any] = json.loads(self.connection.recv(timeout))
        return frame

    def until(self, *kinds: str, timeout: float = ANSWER_SECONDS) -> dict[str, Any]:
        """The next frame of these types; others are passed over."""
        end = time.monotonic() + timeout
        while (frame := self.receive(max(0.01, end - time.monotonic())))["type"] not in kinds:
            pass
        return frame

    def question(self, text: str, **where: str) -> str:
        """Send it; its client_id."""
        client_id = str(uuid.uuid4())
        self.send(type="message.send", client_id=client_id, text=text, **where)
        return client_id

    def ask(self, text: str, timeout: float = ANSWER_SECONDS, **where: str) -> dict[str, Any]:
        """The frame that ends it: answer.done, or an error."""
        self.question(text, **where)
        accepted = self.until("message.accepted", "error", timeout=timeout)
        return accepted if accepted["type"] == "error" else self.until("answer.done", timeout=timeout)

    def ping(self) -> float:
        """Seconds until the pong."""
        started = time.perf_counter()
        self.send(type="ping")
        self.until("pong")
        return time.perf_counter() - started

    def ask_at_pace(
        self,
        questions: Sequence[str],
        collection: str,
        *,
        every: float,
        go_on: Callable[[int], bool] = lambda asked: True,
    ) -> Asked:
        """Ask one question every so many seconds, whether or not the one before was answered.

        So a pause of the server delays every question that falls into it, as it would delay people. Ends with the
        questions, or when `go_on(number asked)` is false.
        """
        pacer = _Pacer(self)
        pacer.start()
        begun = time.monotonic()
        for number, text in enumerate(questions):
            if not go_on(number):
                break
            time.sleep(max(0.0, begun + number * every - time.monotonic()))
            pacer.ask(text, collection)
        return pacer.finish()


class _Pacer(threading.Thread):
    """Receives while another thread sends: matches answers to questions by their conversation."""

    def __init__(self, socket: Socket) -> None:
        super().__init__(daemon=True)
        self._socket = socket
        self._sent: dict[str, float] = {}
        self._conversations: dict[str, str] = {}
        self._asked = Asked()
        self._end: float | None = None

    def ask(self, text: str, collection: str) -> None:
        client_id = str(uuid.uuid4())
        self._sent[client_id] = time.perf_counter()
        frame = {"type": "message.send", "client_id": client_id, "text": text, "collection": collection}
        with suppress(ConnectionClosed):  # counted as never answered
            self._socket.connection.send(json.dumps(frame))

    def finish(self) -> Asked:
        self._end = time.monotonic() + ANSWER_SECONDS
        self.join()
        self._asked.problems += ["never answered"] * len(self._sent)
        self._asked.seconds += [float(ANSWER_SECONDS)] * len(self._sent)
        return self._asked

    def run(self) -> None:
        while self._end is None or (self._sent and time.monotonic() < self._end):
            try:
                self._take(self._socket.receive(0.2))
            except TimeoutError:
                continue
            except ConnectionClosed as closed:
                self._asked.problems.append(f"socket closed: {closed}")
                return

    def _take(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "message.accepted":
                self._conversations[frame["conversation"]] = frame["client_id"]
            case "answer.done":
                self._done(frame)
            case "error":
                self._asked.problems.append(frame["code"])
                self._note(frame.get("client_id") or "")

    def _done(self, frame: dict[str, Any]) -> None:
        self._note(self._conversations.get(frame["conversation"], ""))
        if frame.get("answer", {}).get("state") == "dead":
            self._asked.problems.append("given up")

    def _note(self, client_id: str) -> None:
        started = self._sent.pop(client_id, None)
        if started is not None:
            self._asked.seconds.append(time.perf_counter() - started)
