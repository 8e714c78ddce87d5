"""What is encoded and indexed for a passage and for a sentence: its words, and where in the document they stand.

A title before the text finds more (measured: docs/decisions); it is never part of a quote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

RULES_VERSION = 1


def passage_context(title: str, heading_path: Sequence[str]) -> str:
    """Title and headings in one line; a first heading that repeats the title is named once."""
    parts = [title, *heading_path]
    return ". ".join(part for place, part in enumerate(parts) if part and part not in parts[:place])


def passage_text(context: str, text: str) -> str:
    return f"{context}\n{text}" if context else text


def sentence_text(title: str, context: str, text: str) -> str:
    """`context` names the headers of a table row, and is empty for other sentences."""
    return "\n".join(part for part in (title, context, text) if part)


def text_hash(text: str) -> str:
    """Key of a text's embedding: sha256 of exactly the encoded string, as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()
