"""A person's browser: cookies, forms, uploads and a socket. Answers of any status are returned, none is raised."""

from __future__ import annotations

import http.cookiejar
import json
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from typing import Any, cast

from websockets.sync.client import connect
from websockets.typing import Origin

from checks.chat_socket import Socket
from checks.markup import Form, page_of

TIMEOUT = 120
PASSWORD = "a long and unusual password"  # noqa: S105 - of accounts that live for one check


@dataclass(frozen=True)
class Response:
    status: int
    headers: Message
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    def json(self) -> Any:
        return json.loads(self.body)


class _AsIs(urllib.request.HTTPErrorProcessor):
    """Neither follows redirects nor raises for errors."""

    def http_response(self, request: urllib.request.Request, response: HTTPResponse) -> HTTPResponse:
        return response


class _From(urllib.request.HTTPHandler):
    """Connects from an address of the loopback network, so that one machine can play several."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self._connection = partial(HTTPConnection, source_address=(source, 0))

    def http_open(self, request: urllib.request.Request) -> HTTPResponse:
        return self.do_open(self._connection, request)


class Browser:
    """`source` is the network address that requests come from."""

    def __init__(self, address: str, source: str = "127.0.0.1") -> None:
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            _AsIs,
            _From(source),
            urllib.request.HTTPCookieProcessor(self.cookies),
            urllib.request.ProxyHandler({}),
        )

    def request(
        self,
        method: str,
        path: str,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = TIMEOUT,
    ) -> Response:
        """`path` may be a whole address."""
        address = path if path.startswith("http") else self.address + path
        request = urllib.request.Request(address, data, dict(headers or {}), method=method)  # noqa: S310
        started = time.perf_counter()
        with cast(HTTPResponse, self._opener.open(request, timeout=timeout)) as response:
            body = response.read()
            return Response(response.status, response.headers, body, time.perf_counter() - started)

    def get(self, path: str, **options: Any) -> Response:
        return self.request("GET", path, **options)

    def post(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Response:
        """A form's fields with the token against forgery that the cookie holds."""
        sent = {"csrfmiddlewaretoken": self.cookie("csrftoken"), **fields}
        data = urllib.parse.urlencode(sent).encode()
        return self.request("POST", path, data, {"Referer": f"{self.address}/", **(headers or {})})

    def form(self, path: str, *, field: str) -> Form:
        """The page's form that holds a field of this name or type."""
        response = self.get(path)
        for form in page_of(response.text).forms:
            if form.method == "post" and (field in form.fields or field in form.kinds.values()):
                return form
        raise AssertionError(f"{path} ({response.status}) has no form with a field {field}")

    def fill(self, path: str, values: Mapping[str, str], *, press: str = "") -> Response:
        """Send the form at `path`; `values` are by the name of a field or by its type (email, password)."""
        form = self.form(path, field=next(iter(values)))
        filled = {
            name: values.get(name, values.get(kind, form.fields[name])) for name, kind in form.kinds.items()
        }
        pressed = {press: ""} if press else {}
        return self.post(urllib.parse.urljoin(path, form.action), filled | pressed)

    def cookie(self, name: str) -> str:
        return next((cookie.value or "" for cookie in self.cookies if cookie.name == name), "")

    def cookie_header(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)

    def sign_up(self, email: str, password: str = PASSWORD) -> Response:
        return self.fill("/accounts/signup/", {"email": email, "password": password})

    def sign_in(self, email: str, password: str = PASSWORD) -> Response:
        return self.fill("/accounts/login/", {"login": email, "password": password})

    @property
    def is_signed_in(self) -> bool:
        return self.get("/collections/new/").status == 200

    def follow(self, response: Response) -> Response:
        """Where redirects lead in the end."""
        for _ in range(5):
            if not 300 <= response.status < 400:
                break
            response = self.get(urllib.parse.urljoin(self.address, response.location))
        return response

    def new_collection(self, name: str) -> str:
        """Its id. Raises AssertionError."""
        response = self.fill("/collections/new/", {"name": name})
        assert response.status == 302, f"no collection was made: {response.status}"
        return response.location.rstrip("/").rsplit("/", 1)[-1]

    def upload(
        self, collection: str, name: str, content: bytes, fields: Mapping[str, str] | None = None
    ) -> Response:
        """One file, as the page's script sends it."""
        border, body = multipart(name, content, fields or {})
        headers = {
            "Content-Type": f"multipart/form-data; boundary={border}",
            "X-CSRFToken": self.cookie("csrftoken"),
            "Referer": f"{self.address}/",
            "Accept": "application/json",
        }
        return self.request("POST", f"/collections/{collection}/files/", body, headers)

    @contextmanager
    def socket(self, origin: str = "") -> Iterator[Socket]:
        """Raises websockets.exceptions.InvalidStatus where the handshake is refused."""
        with connect(
            self.address.replace("http", "ws", 1) + "/ws/v1/",
            origin=Origin(origin or self.address),
            additional_headers={"Cookie": self.cookie_header()},
            proxy=None,
            max_size=None,
            ping_interval=None,  # browsers send none either
        ) as connection:
            socket = Socket(connection)
            socket.until("welcome")
            yield socket


def multipart(name: str, content: bytes, fields: Mapping[str, str]) -> tuple[str, bytes]:
    """(boundary, body) of a form with one file."""
    border = uuid.uuid4().hex
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    head = f'--{border}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    return border, "".join([*parts, head]).encode() + content + f"\r\n--{border}--\r\n".encode()
