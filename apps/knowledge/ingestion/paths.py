"""A document's path in its collection: how people and links name it."""

from __future__ import annotations

import posixpath
import unicodedata

from django.utils.translation import gettext_lazy as _

from apps.common.errors import AppError, Code
from apps.common.names import without_unsafe

MAX_CHARS = 1000
MAX_BYTES = 2000  # PostgreSQL indexes no more than 2,704 bytes of a row


def clean_path(path: str) -> str:
    """Relative, with forward slashes, NFC, without characters that are unsafe in a name. Raises AppError."""
    printable = without_unsafe(path.encode("utf-8", "replace").decode().replace("\\", "/"))
    clean = posixpath.normpath("/" + unicodedata.normalize("NFC", printable)).lstrip("/")
    if not clean:
        raise AppError(Code.INVALID, _("The file has no name."))
    if not fits(clean):
        raise AppError(Code.TOO_LONG, _("The file's name is too long."))
    return clean


def fits(path: str) -> bool:
    return len(path) <= MAX_CHARS and len(path.encode()) <= MAX_BYTES
