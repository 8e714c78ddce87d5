"""Formats of drawings that are not shown: they need programs that a server should not run on files of strangers."""

from __future__ import annotations

from pathlib import PurePosixPath

_SUFFIXES = frozenset((".svg", ".svgz", ".emf", ".emz", ".wmf", ".wmz", ".wdp", ".eps", ".ai", ".drawio"))
_TYPES = ("image/svg", "image/emf", "image/x-emf", "image/wmf", "image/x-wmf")


def is_vector_file(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in _SUFFIXES


def is_vector_type(media_type: str) -> bool:
    """Whatever parameters follow the type."""
    return media_type.lower().startswith(_TYPES)
