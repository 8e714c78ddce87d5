from __future__ import annotations

import re

from playwright.sync_api import Page, WebSocketRoute


class Line:
    """The socket's way to the server, to be cut."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._open: list[WebSocketRoute] = []
        self._is_cut = False
        self._is_silent = False
        self._lost = ""
        page.route_web_socket(re.compile("/ws/v1/"), self._connect)

    def wait_until_open(self) -> None:
        while not self._open:
            self._page.wait_for_timeout(50)

    def cut(self) -> None:
        self._is_cut = True
        for socket in self._open:
            socket.close(code=1012)

    def cut_later(self) -> None:
        """What is open stays open; a new one is not let through."""
        self._is_cut = True

    def fall_silent(self) -> None:
        """As a network that is gone: what is open stays open, but nothing comes through."""
        self._is_cut = self._is_silent = True

    def lose(self, kind: str) -> None:
        """Frames of that type get lost until `mend`."""
        self._lost = f'"type":"{kind}"'

    def mend(self) -> None:
        self._is_cut = self._is_silent = False
        self._lost = ""

    def _connect(self, socket: WebSocketRoute) -> None:
        if self._is_cut:
            socket.close(code=1012)
            return
        server = socket.connect_to_server()
        server.on_message(lambda frame: None if self._loses(str(frame)) else socket.send(frame))
        self._open.append(socket)

    def _loses(self, frame: str) -> bool:
        return self._is_silent or bool(self._lost and self._lost in frame)
