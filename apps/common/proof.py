"""The verifier: checks an answer from its manifest, independently of how the answer was found.

Standard library only. It imports neither the engine nor the chat, so that it can be read, copied and run alone.
A manifest (format quoth-manifest/2) is described in docs/developer/proof.md; those of format 1 also have the words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

FORMAT = "quoth-manifest/2"
WITH_WORDS = "quoth-manifest/1"
FORMATS = (FORMAT, WITH_WORDS)
STATUSES = ("answered", "partial", "refused", "smalltalk", "approved")
WITHOUT_QUOTES = ("refused", "smalltalk")
WITH_QUOTES = ("answered", "partial")  # an approved answer may have a quote


class Problem(StrEnum):
    MANIFEST_MALFORMED = "manifest_malformed"
    MANIFEST_CHANGED = "manifest_changed"
    STATUS_CHANGED = "status_changed"
    QUOTES_MISSING = "quotes_missing"
    REFUSAL_WITH_QUOTE = "refusal_with_quote"
    QUOTE_MALFORMED = "quote_malformed"
    ROW_CHANGED = "row_changed"
    SOURCE_MISSING = "source_missing"
    SOURCE_DELETED = "source_deleted"
    FILE_CHANGED = "file_changed"
    TEXT_CHANGED = "text_changed"
    SPAN_OUTSIDE = "span_outside"
    WORDS_CHANGED = "words_changed"


@dataclass(frozen=True)
class Source:
    """What is stored of one document version now: the bytes of the original, the text, and the recorded digests.

    Each call of `original` reads the file from the start and yields it in chunks.
    """

    original: Callable[[], Iterable[bytes]]
    original_sha256: str
    text: str
    text_sha256: str


class Deleted:
    """Stands for a document version that people deleted and that was then erased: nothing is left to compare."""


Sources = Mapping[str, Source | Deleted]


@dataclass(frozen=True)
class QuoteRow:
    """A quote as it is stored in the database, separately from the manifest."""

    version: str
    start: int
    end: int
    sha256: str


@dataclass(frozen=True)
class Record:
    """An answer as stored. `manifest` is whatever was read and is not trusted."""

    status: str
    manifest: Any
    manifest_sha256: str
    rows: Sequence[QuoteRow]


@dataclass(frozen=True)
class Finding:
    """`quote` counts from 1; 0 means the answer as a whole."""

    problem: Problem
    quote: int = 0


@dataclass(frozen=True)
class Verdict:
    """`unreliable` are the numbers of the quotes whose text may differ from what a reader sees in the original: they
    are unchanged, but nobody claims that the original has these words.
    """

    findings: tuple[Finding, ...]
    quotes: int
    unreliable: tuple[int, ...] = ()

    @property
    def verified(self) -> bool:
        return not self.findings


def canonical(manifest: Any) -> bytes:
    """The bytes whose sha256 addresses a manifest: JSON, sorted keys, no spaces, UTF-8, no NaN. Raises ValueError."""
    return json.dumps(
        manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest(manifest: Any) -> str:
    return _sha256(canonical(manifest))


def span_sha256(text: str) -> str:
    return _sha256(text.encode())


def verify(record: Record, sources: Sources) -> Verdict:
    """Check everything and name each problem. Never raises: malformed input is a finding."""
    findings = tuple(_findings(record, sources))
    quotes = _quotes(record.manifest)
    return Verdict(findings, len(quotes or []), _unreliable(quotes or []))


def _findings(record: Record, sources: Sources) -> Iterator[Finding]:
    quotes = _quotes(record.manifest)
    if quotes is None:
        yield Finding(Problem.MANIFEST_MALFORMED)
        return
    yield from _whole(record, quotes)
    for number, quote in enumerate(quotes, start=1):
        row = record.rows[number - 1] if number <= len(record.rows) else None
        for problem in _quote_problems(quote, record.manifest["format"], row, sources):
            yield Finding(problem, number)


def _quotes(manifest: Any) -> list[Any] | None:
    """The manifest's quotes, or None if it is not a manifest of a known format."""
    if not isinstance(manifest, dict) or manifest.get("format") not in FORMATS:
        return None
    quotes = manifest.get("quotes")
    return quotes if isinstance(quotes, list) and manifest.get("status") in STATUSES else None


def _unreliable(quotes: list[Any]) -> tuple[int, ...]:
    numbered = enumerate(quotes, start=1)
    return tuple(n for n, quote in numbered if isinstance(quote, dict) and quote.get("unreliable") is True)


def _whole(record: Record, quotes: list[Any]) -> Iterator[Finding]:
    if not _has_digest(record.manifest, record.manifest_sha256):
        yield Finding(Problem.MANIFEST_CHANGED)
    if record.status != record.manifest["status"]:
        yield Finding(Problem.STATUS_CHANGED)
    if record.manifest["status"] in WITHOUT_QUOTES and (quotes or record.rows):
        yield Finding(Problem.REFUSAL_WITH_QUOTE)
    if record.manifest["status"] in WITH_QUOTES and not quotes:
        yield Finding(Problem.QUOTES_MISSING)
    if len(quotes) != len(record.rows):
        yield Finding(Problem.ROW_CHANGED)


def _has_digest(manifest: Any, expected: str) -> bool:
    try:
        return digest(manifest) == expected
    except (ValueError, TypeError, RecursionError):  # UnicodeEncodeError of a lone surrogate is a ValueError
        return False


def _quote_problems(
    quote: Any, manifest_format: str, row: QuoteRow | None, sources: Sources
) -> Iterator[Problem]:
    if not _well_formed(quote, manifest_format):
        yield Problem.QUOTE_MALFORMED
        return
    if row is not None and row != QuoteRow(quote["version"], quote["start"], quote["end"], quote["sha256"]):
        yield Problem.ROW_CHANGED
    source = sources.get(quote["version"])
    if source is None:
        yield Problem.SOURCE_MISSING
        return
    if isinstance(source, Deleted):
        yield Problem.SOURCE_DELETED
        return
    yield from _source_problems(quote, source)


def _well_formed(quote: Any, manifest_format: str) -> bool:
    if not isinstance(quote, dict):
        return False
    words = ("text",) if manifest_format == WITH_WORDS else ()
    strings = ("version", "original_sha256", "text_sha256", "sha256", *words)
    numbers = ("start", "end")
    return all(isinstance(quote.get(key), str) for key in strings) and all(
        type(quote.get(key)) is int
        for key in numbers  # a bool is an int but not an offset
    )


def _source_problems(quote: dict[str, Any], source: Source) -> Iterator[Problem]:
    if not quote["original_sha256"] == source.original_sha256 == _sha256_of(source.original()):
        yield Problem.FILE_CHANGED
    if not quote["text_sha256"] == source.text_sha256 == _text_sha256(source.text):
        yield Problem.TEXT_CHANGED
    start, end = quote["start"], quote["end"]
    if not 0 <= start < end <= len(source.text):
        yield Problem.SPAN_OUTSIDE
        return
    words = source.text[start:end]
    if words != quote.get("text", words) or _text_sha256(words) != quote["sha256"]:
        yield Problem.WORDS_CHANGED


def _text_sha256(text: str) -> str:
    return _sha256(text.encode(errors="surrogatepass"))


def _sha256_of(chunks: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for chunk in chunks:
        found.update(chunk)
    return found.hexdigest()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
