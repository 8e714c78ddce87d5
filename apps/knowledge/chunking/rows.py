"""Turns a parsed document into the plain rows that are stored: passages, sentences, parts, links and terms.

It runs in the reading process, under its limits, and imports only the standard library, the stemmer and sentencex. The
server that receives the rows only stores them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from apps.common.names import clean_name
from apps.knowledge.chunking.segment import PassageSpan, SentenceSpan, segment
from apps.knowledge.chunking.shown_figures import with_shown_figures
from apps.knowledge.documents.links import linked_paths
from apps.knowledge.documents.parsed_document import FailureCode, ParsedDocument, ParseError, Range
from apps.knowledge.documents.parts import OutlineEntry, Part, cut_into_parts, outline_of
from apps.knowledge.index.analyzer import count_stems, word_spans
from apps.knowledge.index.embedded_text import passage_context, passage_text, sentence_text, text_hash

TITLE_CHARS = 500
LANGUAGE_CHARS = 35
METADATA_KEYS = 100
METADATA_CHARS = 500  # of a key and of a value
PAGES = 50_000


@dataclass(frozen=True)
class RowLimits:
    """The limits of one document. `terms` counts different stems. More and larger pictures are left out."""

    target_words: int
    max_words: int
    text_chars: int
    passages: int
    sentences: int
    links: int
    blocks: int
    terms: int
    pictures: int
    picture_bytes: int
    picture_pixels: int


class SentenceRow(NamedTuple):
    """`word_offsets` are pairs (start, end) of the words to compare, within context and text of the sentence.
    `unit_start` to `unit_end` is quoted with it; `more` items of its list are outside of the passage.
    `inline_code` are pairs (start, end) of code among its words.
    """

    start: int
    end: int
    context: str
    text_hash: str
    word_offsets: tuple[int, ...]
    is_code: bool = False
    unit_start: int = 0
    unit_end: int = 0
    more: int = 0
    inline_code: tuple[int, ...] = ()


@dataclass(frozen=True)
class PassageRow:
    start: int
    end: int
    page: int | None
    heading_path: tuple[str, ...]
    context: str
    text_hash: str
    terms: dict[str, int]
    sentences: tuple[SentenceRow, ...]


class LinkRow(NamedTuple):
    start: int
    end: int
    target_path: str


@dataclass(frozen=True)
class DocumentHead:
    """The fields of the version's row, except for its text. The last four count what follows: `length` is the sum of
    the passages' lengths, `terms` is the number of different stems.
    """

    title: str
    media_type: str
    language: str
    metadata: dict[str, str]
    pages: tuple[int, ...]
    page_labels: tuple[str, ...]
    unreliable: tuple[Range, ...]
    outline: tuple[OutlineEntry, ...]
    passages: int
    sentences: int
    length: int
    terms: int


@dataclass(frozen=True)
class DocumentRows:
    head: DocumentHead
    text: str
    parts: list[Part]
    links: list[LinkRow]
    passages: list[PassageRow]


def document_rows(document: ParsedDocument, path: str, limits: RowLimits) -> DocumentRows:
    """`path` is the document's path in its collection, from which relative links start. Raises ParseError."""
    _check(len(document.text), limits.text_chars, FailureCode.OVERSIZED)
    _check(len(document.pages), PAGES, FailureCode.OVERSIZED)
    _check(len(document.links), limits.links, FailureCode.TOO_MANY_LINKS)
    _check(len(document.blocks), limits.blocks, FailureCode.TOO_MANY_BLOCKS)
    spans = segment(document, limits.target_words, limits.max_words)
    _check(len(spans), limits.passages, FailureCode.TOO_MANY_PASSAGES)
    _check(sum(len(span.sentences) for span in spans), limits.sentences, FailureCode.TOO_MANY_PASSAGES)
    title = clean_name(document.title)[:TITLE_CHARS]
    passages = [passage_row(document.text, title, span) for span in spans]
    document = with_shown_figures(document, path, limits)
    parts = cut_into_parts(document)
    head = _head(document, title, parts, passages)
    _check(head.terms, limits.terms, FailureCode.TOO_MANY_WORDS)
    return DocumentRows(head, document.text, parts, list(_links(document, path, spans)), passages)


def _check(size: int, limit: int, code: FailureCode) -> None:
    if size > limit:
        raise ParseError(code, f"{size} of at most {limit}")


def _head(
    document: ParsedDocument, title: str, parts: Sequence[Part], passages: Sequence[PassageRow]
) -> DocumentHead:
    return DocumentHead(
        title=title,
        media_type=document.media_type,
        language=document.language[:LANGUAGE_CHARS],
        metadata=_short(document.metadata),
        pages=document.pages,
        page_labels=document.page_labels,
        unreliable=document.unreliable,
        outline=tuple(outline_of(document.text, parts)),
        passages=len(passages),
        sentences=sum(len(passage.sentences) for passage in passages),
        length=sum(sum(passage.terms.values()) for passage in passages),
        terms=len({term for passage in passages for term in passage.terms}),
    )


def _short(metadata: dict[str, str]) -> dict[str, str]:
    kept = list(metadata.items())[:METADATA_KEYS]
    return {key[:METADATA_CHARS]: value[:METADATA_CHARS] for key, value in kept}


def passage_row(text: str, title: str, span: PassageSpan) -> PassageRow:
    context = passage_context(title, span.heading_path)
    embedded = passage_text(context, text[span.start : span.end])
    return PassageRow(
        start=span.start,
        end=span.end,
        page=span.page,
        heading_path=span.heading_path,
        context=context,
        text_hash=text_hash(embedded),
        terms=dict(count_stems(embedded)),
        sentences=tuple(_sentence(text, context, sentence) for sentence in span.sentences),
    )


def _sentence(text: str, place: str, span: SentenceSpan) -> SentenceRow:
    words = text[span.start : span.end]
    own = sentence_text("", span.context, words)
    return SentenceRow(
        start=span.start,
        end=span.end,
        context=span.context,
        text_hash=text_hash(sentence_text(place, "", own)),
        word_offsets=tuple(chain.from_iterable(word_spans(own))),
        is_code=span.is_code,
        unit_start=span.unit[0],
        unit_end=span.unit[1],
        more=span.more,
        inline_code=span.inline_code,
    )


def _links(document: ParsedDocument, path: str, spans: Sequence[PassageSpan]) -> Iterator[LinkRow]:
    """Links to other paths of the collection, each target once for each passage. Search follows them."""
    places = iter(spans)
    place = next(places, None)
    seen: set[str] = set()
    for link in sorted(document.links, key=lambda link: link.start):
        while place is not None and link.start >= place.end:
            place, seen = next(places, None), set()
        for target in linked_paths(path, link.target):
            if target != path and target not in seen:
                seen.add(target)
                yield LinkRow(link.start, link.end, target)
