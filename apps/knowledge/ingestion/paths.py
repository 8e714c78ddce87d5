"""A document's path in its collection: how people and links name it."""

from __future__ import annotations

import posixpath
import unicodedata

from django.utils.translation import gettext_lazy as _

from apps.common.errors import AppError, Code
from apps.common.names import without_unsafe
from apps.knowledge.documents.links import is_storable


def clean_path(path: str) -> str:
    """Relative, with forward slashes, NFC, without characters that are unsafe in a name. Raises AppError."""
    printable = without_unsafe(path.encode("utf-8", "replace").decode().replace("\\", "/"))
    clean = posixpath.normpath("/" + unicodedata.normalize("NFC", printable)).lstrip("/")
    if not clean:
        raise AppError(Code.INVALID, _("The file has no name."))
    if not is_storable(clean):
        raise AppError(Code.TOO_LONG, _("The file's name is too long."))
    return clean
