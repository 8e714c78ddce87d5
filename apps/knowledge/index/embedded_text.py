"""The text that is encoded and indexed for a passage or a sentence: its context in the document and its words.

With title and headings before the text, more is found (measured, see docs/decisions). They are never part of a quote.
The reading process uses this module, so it imports the standard library only.
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
    """`words` are the [start, end) spans of the words whose vectors are stored. It is None for passages, because the
    words of their sentences are stored.
    """

    text: str
    words: tuple[tuple[int, int], ...] | None = None


def embedded_passage(context: str, text: str) -> EmbeddedText:
    return EmbeddedText(passage_text(context, text))


def embedded_sentence(place: str, headers: str, text: str, word_offsets: bytes) -> EmbeddedText:
    """`word_offsets` count within headers and text, in the format of `Sentence.word_offsets`."""
    whole = sentence_text(place, headers, text)
    shift = len(whole) - len(sentence_text("", headers, text))
    offsets = [shift + offset for (offset,) in _OFFSET.iter_unpack(word_offsets)]
    return EmbeddedText(whole, tuple(zip(offsets[::2], offsets[1::2], strict=True)))


def pack_offsets(offsets: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(offsets)}H", *offsets)


def passage_context(title: str, heading_path: Sequence[str]) -> str:
    """Title and headings in one line. A first heading that repeats the title is left out."""
    parts = [title, *heading_path]
    return ". ".join(part for place, part in enumerate(parts) if part and part not in parts[:place])


def passage_text(context: str, text: str) -> str:
    return f"{context}\n{text}" if context else text


def sentence_text(place: str, headers: str, text: str) -> str:
    """`place` is the context of the passage; `headers` are those of a table row, and "" for other sentences."""
    return "\n".join(part for part in (place, headers, text) if part)


def text_hash(text: str) -> str:
    """The key of a text's embedding: the sha256 of exactly the encoded string, as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()
