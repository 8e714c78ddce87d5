"""Names that people give: paths, titles, collections, workspaces, themselves."""

from __future__ import annotations

import re

LINE_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
# Control characters, soft hyphen, and what is invisible or changes the direction of the text around it. The
# zero-width joiner and non-joiner (U+200C, U+200D) stay: Persian, Indic scripts and emoji are written with them.
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)


def without_unsafe(text: str) -> str:
    """Without characters that hide, reorder or break the text around a name."""
    return UNSAFE.sub("", text)


def clean_name(text: str) -> str:
    """As `without_unsafe`, on one line and without space around it; "" when nothing is left."""
    return without_unsafe(LINE_BREAKS.sub(" ", text)).strip()
