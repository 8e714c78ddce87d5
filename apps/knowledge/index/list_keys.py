"""What a list of documents is searched and sorted by. The database compares these strings byte by byte.

Made here and not by the database: SQLite ignores case in ASCII only.
"""

from __future__ import annotations

import re
import unicodedata

SORTED_CHARS = 120  # of the title and of the path each: PostgreSQL indexes no more than 2,704 bytes of a row
DIGITS = 8
_ACCENT = re.compile("[\u0300-\u036f]")
_NUMBER = re.compile(r"\d+", re.ASCII)


def folded(text: str) -> str:
    """Without differences of case, of accents on Latin, Greek and Cyrillic letters, and of white space."""
    bare = _ACCENT.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return " ".join(unicodedata.normalize("NFC", bare).split())


def search_text(title: str, path: str) -> str:
    """What a search for documents looks into: one line each for the title and the path."""
    return f"{folded(title)}\n{folded(path)}"


def sort_key(title: str, path: str) -> str:
    """Sorts by title, then by path, and "Chapter 2" before "Chapter 10"."""
    return "\n".join(_padded(folded(text))[:SORTED_CHARS] for text in (title or path, path))


def _padded(text: str) -> str:
    return _NUMBER.sub(lambda number: number[0].zfill(DIGITS), text)
