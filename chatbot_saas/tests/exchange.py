"""One HTTP request to an ASGI application, as a server makes it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

HOST = (b"host", b"localhost")


class Exchange:
    """`parts` are the body's; `taken` are those that the application asked for."""

    def __init__(self, method: str, path: str, headers: dict[str, str], parts: list[bytes]) -> None:
        names = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [HOST, *names],
            "client": ("127.0.0.1", 1),
            "http_version": "1.1",
        }
        self._parts = parts or [b""]
        self.taken = 0
        self.status = 0
        self.headers: dict[str, str] = {}
        self.bodies: list[bytes] = []
        self.left = asyncio.Event()  # the client's end of the connection, or the response's

    async def run(self, app: Any) -> Exchange:
        await asyncio.wait_for(app(self.scope, self._receive, self._send), 20)
        return self

    @property
    def body(self) -> bytes:
        return b"".join(self.bodies)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    async def _receive(self) -> dict[str, Any]:
        if self.taken < len(self._parts):
            part = self._parts[self.taken]
            self.taken += 1
            return {"type": "http.request", "body": part, "more_body": self.taken < len(self._parts)}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
            return
        self.bodies.append(message.get("body", b""))
        if not message.get("more_body", False):
            self.left.set()


def request(
    method: str, path: str, *, parts: list[bytes] | None = None, announced: bool = True, **headers: str
) -> Exchange:
    """Header names with underscores for hyphens."""
    body = parts or []
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if announced and body:
        named.setdefault("content-length", str(sum(map(len, body))))
    elif body:
        named.setdefault("transfer-encoding", "chunked")
    return Exchange(method, path, named, body)
