"""Prepares a received body for Django, which ignores a form without a length, and accepts one that was cut off."""

from __future__ import annotations

import os
from typing import IO, Any

from django.utils.http import parse_header_parameters

from chatbot_saas.serving.refusals import CutOff, UnknownType

CHUNKED, LENGTH = b"transfer-encoding", b"content-length"
TAIL_BYTES = 2048  # the last border of a form is expected here


def with_length(scope: dict[str, Any], body: IO[bytes]) -> dict[str, Any]:
    """The scope of a chunked request with the length of its body instead."""
    kept = [(name, value) for name, value in scope["headers"] if name != CHUNKED]
    if len(kept) == len(scope["headers"]):
        return scope
    return scope | {"headers": [*kept, (LENGTH, str(_size(body)).encode())]}


def check_end(scope: dict[str, Any], body: IO[bytes]) -> None:
    """Raises CutOff if a form of several parts does not end with its border."""
    border, size = border_of(scope), _size(body)
    if not border or not size:
        return
    body.seek(max(0, size - TAIL_BYTES))
    tail = body.read()
    body.seek(0)
    if b"--" + border + b"--" not in tail:
        raise CutOff


def border_of(scope: dict[str, Any]) -> bytes:
    """What separates the parts of the form, empty if it has none. Raises UnknownType."""
    content_type = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    try:
        kind, parameters = parse_header_parameters(content_type.decode("latin-1"))
    except ValueError as error:
        raise UnknownType from error
    border = parameters.get("boundary", "") if kind == "multipart/form-data" else ""
    return border.encode("latin-1", errors="replace")


def _size(body: IO[bytes]) -> int:
    size = body.seek(0, os.SEEK_END)
    body.seek(0)
    return size
