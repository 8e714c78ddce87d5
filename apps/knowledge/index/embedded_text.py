"""What is encoded and indexed for a passage and for a sentence: its words, and where in the document they stand.

Title and headings before the text find more (measured: docs/decisions); they are never part of a quote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

RULES_VERSION = 2


@dataclass(frozen=True)
class EmbeddedText:
    """`words_from` is where the words begin that are kept one by one; None keeps none, as for a passage: its
    sentences' words are kept.
    """

    text: str
    words_from: int | None = None


def embedded_passage(context: str, text: str) -> EmbeddedText:
    return EmbeddedText(passage_text(context, text))


def embedded_sentence(place: str, headers: str, text: str) -> EmbeddedText:
    whole = sentence_text(place, headers, text)
    return EmbeddedText(whole, len(whole) - len(sentence_text("", headers, text)))


def passage_context(title: str, heading_path: Sequence[str]) -> str:
    """Title and headings in one line; a first heading that repeats the title is named once."""
    parts = [title, *heading_path]
    return ". ".join(part for place, part in enumerate(parts) if part and part not in parts[:place])


def passage_text(context: str, text: str) -> str:
    return f"{context}\n{text}" if context else text


def sentence_text(place: str, headers: str, text: str) -> str:
    """`place` is the passage's context; `headers` are those of a table row, and empty for other sentences."""
    return "\n".join(part for part in (place, headers, text) if part)


def text_hash(text: str) -> str:
    """Key of a text's embedding: sha256 of exactly the encoded string, as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()
