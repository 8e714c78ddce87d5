"""Quoth as its users have it: folders of its own, commands and servers as processes, a browser's cookies."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from deploy.testing.process import free_port
from deploy.testing.variables import settings_variables

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 90
ANSWER_SECONDS = 60
UNSET = {"DJANGO_SETTINGS_MODULE", *settings_variables()}


class Installation:
    """`settings` are environment variables beside QUOTH_DATA_DIR."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if name not in UNSET}
        self.environment = kept | {"QUOTH_DATA_DIR": str(folder), **settings}

    def manage(self, *arguments: str) -> str:
        """Standard output of a command that must succeed."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._command(*arguments),
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    @contextmanager
    def serving(self) -> Iterator[Server]:
        port = free_port()
        with self.process("serve", "--port", str(port), until="ready") as child:
            yield Server(child, port)

    @contextmanager
    def process(
        self, *arguments: str, until: str, program: str = "manage.py"
    ) -> Iterator[subprocess.Popen[str]]:
        """Runs inside the block; begins when its output holds the word `until`."""
        log = self.folder / f"{uuid.uuid4().hex}.log"
        with log.open("w") as output:
            child = subprocess.Popen(
                self._command(*arguments, program=program),
                env=self.environment | {"PYTHONUNBUFFERED": "1"},
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        try:
            _wait(child, log, until)
            yield child
        finally:
            _stop(child)

    def _command(self, *arguments: str, program: str = "manage.py") -> list[str]:
        return [sys.executable, *(("-m", "celery") if program == "celery" else (program,)), *arguments]


class Server:
    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.address = f"http://127.0.0.1:{port}"

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def browser(self) -> Browser:
        return Browser(self.address)


class Browser:
    """Keeps cookies, and opens sockets with them."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        self.get("/")

    def at(self, server: Server) -> Browser:
        """The same person's browser at another web server."""
        copy = Browser(server.address)
        copy._cookies, copy._opener = self._cookies, self._opener
        return copy

    def get(self, path: str) -> str:
        with self._opener.open(self._address + path, timeout=ANSWER_SECONDS) as response:
            text: str = response.read().decode()
            return text

    def sign_in(self, email: str, password: str) -> None:
        self.get("/accounts/login/")
        form = {"login": email, "password": password, "csrfmiddlewaretoken": self._cookie("csrftoken")}
        request = urllib.request.Request(  # noqa: S310 - the test's own server
            f"{self._address}/accounts/login/",
            urllib.parse.urlencode(form).encode(),
            {"Referer": self._address},
        )
        self._opener.open(request, timeout=ANSWER_SECONDS).close()

    def upload(self, path: str, name: str, content: bytes) -> None:
        """One file, as the page's form sends it."""
        border = uuid.uuid4().hex
        head = f'--{border}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
        request = urllib.request.Request(  # noqa: S310 - the test's own server
            self._address + path,
            head.encode() + content + f"\r\n--{border}--\r\n".encode(),
            {
                "Content-Type": f"multipart/form-data; boundary={border}",
                "X-CSRFToken": self._cookie("csrftoken"),
                "Referer": self._address,
            },
        )
        self._opener.open(request, timeout=ANSWER_SECONDS).close()

    def begin_upload(self, path: str, content: bytes, *, announced: int) -> http.client.HTTPConnection:
        """Send less of a body than was announced."""
        connection = http.client.HTTPConnection(
            urllib.parse.urlsplit(self._address).netloc, timeout=ANSWER_SECONDS
        )
        connection.putrequest("POST", path)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)
        headers = {
            "Cookie": cookies,
            "X-CSRFToken": self._cookie("csrftoken"),
            "Content-Length": str(announced),
        }
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(content)
        return connection

    def ask(self, text: str, collection: str) -> str:
        """Path of the conversation that a question by form begins; a visitor's session begins with it."""
        form = {"text": text, "collection": collection, "csrfmiddlewaretoken": self._cookie("csrftoken")}
        request = urllib.request.Request(  # noqa: S310 - the test's own server
            f"{self._address}/ask/",
            urllib.parse.urlencode(form).encode(),
            {"Referer": self._address, "Accept": "application/json"},
        )
        with self._opener.open(request, timeout=ANSWER_SECONDS) as response:
            return str(json.load(response)["url"])

    @contextmanager
    def socket(self) -> Iterator[Socket]:
        headers = {"Cookie": f"sessionid={self._cookie('sessionid')}"}
        address = self._address.replace("http", "ws") + "/ws/v1/"
        with connect(address, origin=Origin(self._address), additional_headers=headers) as connection:
            opened = Socket(connection)
            assert opened.receive()["type"] == "welcome"
            yield opened

    def _cookie(self, name: str) -> str:
        return next(cookie.value or "" for cookie in self._cookies if cookie.name == name)


class Socket:
    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def send(self, **frame: Any) -> None:
        self._connection.send(json.dumps(frame))

    def receive(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(self._connection.recv(ANSWER_SECONDS))
        assert frame["type"] != "error", frame
        return frame

    def until(self, kind: str) -> dict[str, Any]:
        while (frame := self.receive())["type"] != kind:
            pass
        return frame

    def begin(self, text: str, **where: str) -> dict[str, Any]:
        """The frame that accepts the question."""
        self.send(type="message.send", client_id=str(uuid.uuid4()), text=text, **where)
        return self.until("message.accepted")

    def ask(self, text: str, **where: str) -> dict[str, Any]:
        """The answer."""
        self.begin(text, **where)
        answer: dict[str, Any] = self.until("answer.done")["answer"]
        return answer


def _wait(child: subprocess.Popen[str], log: Path, word: str) -> None:
    until = time.monotonic() + READY_SECONDS
    while word not in log.read_text():
        assert child.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.05)


def _stop(child: subprocess.Popen[str]) -> None:
    child.terminate()
    try:
        child.wait(30)
    finally:
        child.kill()
