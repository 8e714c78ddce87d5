"""Names of media types."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PDF = "application/pdf"
NAMES: dict[str, Promise] = {
    PDF: _("PDF"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": _("Word document"),
    "text/html": _("Web page"),
    "text/markdown": _("Markdown"),
    "text/plain": _("Plain text"),
}


def name_of(media_type: str) -> str:
    return str(NAMES.get(media_type, media_type))
