"""The path of a document in its collection, by which people and links refer to it."""

from __future__ import annotations

import posixpath
import unicodedata

from django.utils.translation import gettext_lazy as _

from apps.common.errors import AppError, Code
from apps.common.names import without_unsafe
from apps.knowledge.documents.links import is_storable

SHORT_CHARS = 400  # at most 1,600 bytes


def clean_path(path: str) -> str:
    """Relative, with forward slashes, NFC, without characters that are unsafe in a name. Raises AppError."""
    clean = _clean(path)
    if not is_storable(clean):
        raise AppError(Code.TOO_LONG, _("The file's name is too long."))
    return clean


def shortened_path(path: str) -> str:
    """As `clean_path`; of a path that is too long, the end. Raises AppError for an empty one."""
    clean = _clean(path)
    return clean if is_storable(clean) else f"…{clean[-SHORT_CHARS:]}"


def _clean(path: str) -> str:
    printable = without_unsafe(path.encode("utf-8", "replace").decode().replace("\\", "/"))
    clean = posixpath.normpath("/" + unicodedata.normalize("NFC", printable)).lstrip("/")
    if not clean:
        raise AppError(Code.INVALID, _("The file has no name."))
    return clean
