"""HTTP by httptools, whose parser itself has no limit of size."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from chatbot_saas.serving.http_protocol import HEADER_BYTES, Deadlines


class HeadersTooLarge(Exception):
    pass


class HttpTools(Deadlines, HttpToolsProtocol):
    _are_headers_complete = False
    _unfinished_bytes = 0  # of headers that are not complete
    _refusal = 400

    def data_received(self, data: bytes) -> None:
        if not self._are_headers_complete:
            self._unfinished_bytes += len(data)
        super().data_received(data)
        if (
            self._awaits_headers()
            and self._unfinished_bytes > HEADER_BYTES
            and not self.transport.is_closing()
        ):
            self._refuse(431)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._are_headers_complete:  # a trailer after the body is nothing to go by
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._are_headers_complete = True
        self._unfinished_bytes = 0
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > HEADER_BYTES:
            self._refusal = 431
            raise HeadersTooLarge  # the parser ends, and send_400_response is called
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._are_headers_complete = False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            self.transport.abort()  # in the midst of another response it would be taken for a part of that
        else:
            self._refuse(self._refusal)

    def _awaits_headers(self) -> bool:
        return not self._are_headers_complete and self._unfinished_bytes > 0
