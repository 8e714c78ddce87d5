"""What is encoded and indexed for a passage and for a sentence: its words, and where in the document they stand.

Title and headings before the text find more (measured: docs/decisions); they are never part of a quote. Used by the
reading process too: standard library only.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass

RULES_VERSION = 2
_OFFSET = struct.Struct("<H")


@dataclass(frozen=True)
class EmbeddedText:
    """`words` are the [start, end) spans whose vectors are kept one by one; None keeps none, as for a passage, whose
    sentences' words are kept.
    """

    text: str
    words: tuple[tuple[int, int], ...] | None = None


def embedded_passage(context: str, text: str) -> EmbeddedText:
    return EmbeddedText(passage_text(context, text))


def embedded_sentence(place: str, headers: str, text: str, word_offsets: bytes) -> EmbeddedText:
    """`word_offsets` count within headers and text, as `Sentence.word_offsets` stores them."""
    whole = sentence_text(place, headers, text)
    shift = len(whole) - len(sentence_text("", headers, text))
    offsets = [shift + offset for (offset,) in _OFFSET.iter_unpack(word_offsets)]
    return EmbeddedText(whole, tuple(zip(offsets[::2], offsets[1::2], strict=True)))


def pack_offsets(offsets: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(offsets)}H", *offsets)


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
