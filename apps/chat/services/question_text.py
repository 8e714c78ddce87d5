from __future__ import annotations

import unicodedata

from django.utils.translation import gettext_lazy as _

from apps.chat.config import chat_config
from apps.common.errors import AppError, Code


def clean_question(text: str) -> str:
    """NFC with LF line ends, without space around it. Raises AppError when empty, too long or not text."""
    if "\x00" in text or any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise AppError(Code.INVALID, _("The question holds characters that are not text. Type it again."))
    cleaned = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not cleaned:
        raise AppError(Code.INVALID, _("Write a question first."))
    limit = chat_config().max_question_chars
    if len(cleaned) > limit:
        text_too_long = _("The question is longer than %(limit)d characters. Shorten it.") % {"limit": limit}
        raise AppError(Code.TOO_LONG, text_too_long)
    return cleaned
