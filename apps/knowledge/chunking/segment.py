"""Cuts a parsed document into passages and sentences. It works on offsets only and is deterministic."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from apps.knowledge.chunking.plain_lists import without_wrapped_marks
from apps.knowledge.chunking.sentences import count_words, sentence_spans, trimmed
from apps.knowledge.chunking.statements import says_something
from apps.knowledge.chunking.units import SpannedBlock, Unit, Units, together, units_of
from apps.knowledge.documents.parsed_document import Block, BlockKind, Cell, ParsedDocument, StyleKind

RULES_VERSION = 6  # raise it when the same file would be read or cut differently: files are then read again
NAME_CHARS = 200  # of a heading or column header: each is stored again with every passage or row under it
CONTEXT_CHARS = 2_000  # of all headers of one table row together


class SentenceSpan(NamedTuple):
    """`context` contains the headers of a table row ("Grade; Hours"); "" for other sentences. `is_code` when the
    sentence is part of a code block. `unit` is the span that is quoted with it, and `more` the number of items of its
    list that are outside of the passage. `inline_code` are pairs (start, end) of code among its words.
    """

    start: int
    end: int
    context: str = ""
    is_code: bool = False
    unit: tuple[int, int] = (0, 0)
    more: int = 0
    inline_code: tuple[int, ...] = ()


@dataclass(frozen=True)
class PassageSpan:
    start: int
    end: int
    heading_path: tuple[str, ...]
    page: int | None
    sentences: tuple[SentenceSpan, ...]


@dataclass(frozen=True)
class _Opened:
    """A heading whose section has begun."""

    level: int
    title: str
    section_end: int


def segment(document: ParsedDocument, target_words: int, max_words: int) -> list[PassageSpan]:
    """Passages are runs of sentences under one heading, cut between units (apps.knowledge.chunking.units) unless one
    unit alone is too long.

    A heading that says something by itself is the first sentence below it. One without any text below is a passage.
    """
    passages = []
    code = sorted((style.start, style.end) for style in document.styles if style.kind is StyleKind.CODE)
    for path, section in _sections(document):
        blocks = _spanned(document, _without_header_rows(section), max_words)
        units = units_of(document.text, [block.spans for block in blocks])
        for sentences in _runs(document.text, _groups(blocks, units), target_words, max_words):
            page = _page_of(document.pages, sentences[0].start)
            passages.append(_passage(path, page, sentences, units, code))
    return passages


def _passage(
    path: tuple[str, ...],
    page: int | None,
    sentences: Sequence[SentenceSpan],
    units: Units,
    code: Sequence[tuple[int, int]],
) -> PassageSpan:
    start, end = sentences[0].start, sentences[-1].end
    placed = []
    for each in sentences:
        unit = units.get(each.start) or Unit(each.start, each.end)
        span, more = unit.within(start, end)
        placed.append(
            SentenceSpan(
                each.start, each.end, each.context, each.is_code, span, more, _inline_code(each, code)
            )
        )
    return PassageSpan(start, end, path, page, tuple(placed))


def _inline_code(sentence: SentenceSpan, code: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """The ranges of code in the sentence. `code` are those of the document, in order and without overlaps."""
    if sentence.is_code or not code:
        return ()
    first = bisect_right(code, sentence.start, key=lambda span: span[1])
    last = bisect_left(code, sentence.end, key=lambda span: span[0])
    spans = ((max(low, sentence.start), min(high, sentence.end)) for low, high in code[first:last])
    return tuple(offset for span in spans for offset in span)


def _sections(document: ParsedDocument) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    """The blocks between two headings, or a heading and the end of its section, with their heading path.

    A heading that says something is the first block of its section. If nothing is below it, it is a section by itself,
    as is every heading that only another of its level or a higher one follows.
    """
    path: list[_Opened] = []
    blocks: list[Block] = []
    for block, following in zip(document.blocks, [*document.blocks[1:], None], strict=True):
        is_heading = block.kind is BlockKind.HEADING
        open_path = _still_open(path, block.start)
        if blocks and (is_heading or len(open_path) < len(path)):
            yield _titles(path), blocks
            blocks = []
        path = open_path
        if not is_heading:
            blocks.append(block)
            continue
        heading = document.text[block.start : block.end]
        above = [opened for opened in path if opened.level < block.level]
        path = [*above, _Opened(block.level, _name(heading), block.section_end)]
        if following is not None and following.kind is not BlockKind.HEADING:
            blocks = [block] if says_something(heading[block.label :]) else []
        elif _is_empty(block, following) or says_something(heading[block.label :]):
            yield _titles(above), [block]
    if blocks:
        yield _titles(path), blocks


def _titles(path: Sequence[_Opened]) -> tuple[str, ...]:
    return tuple(opened.title for opened in path)


def _is_empty(heading: Block, following: Block | None) -> bool:
    """Whether nothing is below the heading, not even another heading. `following` is None or a heading."""
    return following is None or following.level <= heading.level


def _still_open(path: list[_Opened], offset: int) -> list[_Opened]:
    """The headings whose sections go on. What is below a heading ends with it."""
    for place, above in enumerate(path):
        if 0 < above.section_end <= offset:
            return path[:place]
    return path


def _name(heading: str) -> str:
    return " ".join(heading.split())[:NAME_CHARS].rstrip()


def _without_header_rows(blocks: Sequence[Block]) -> list[Block]:
    """Drops rows of column headers, which are the context of the rows below them."""
    kept = []
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        is_header = bool(block.cells) and all(
            cell.is_header or cell.start == cell.end for cell in block.cells
        )
        if not (is_header and following is not None and following.kind is BlockKind.TABLE_ROW):
            kept.append(block)
    return kept


@dataclass(frozen=True)
class _Sentences:
    """The sentences of a block, of which there is at least one."""

    spans: SpannedBlock
    sentences: list[SentenceSpan]


def _spanned(document: ParsedDocument, blocks: Iterable[Block], max_words: int) -> list[_Sentences]:
    found = ((block, _block_sentences(document, block, max_words)) for block in blocks)
    return [
        _Sentences(SpannedBlock(block, tuple((each.start, each.end) for each in sentences)), sentences)
        for block, sentences in found
        if sentences
    ]


def _groups(blocks: Sequence[_Sentences], units: Units) -> Iterator[list[list[SentenceSpan]]]:
    """The sentences of the blocks, in groups that should not be cut."""
    rest = iter(blocks)
    for group in together([block.spans for block in blocks], units):
        yield [next(rest).sentences for _ in group]


def _block_sentences(document: ParsedDocument, block: Block, max_words: int) -> list[SentenceSpan]:
    """The sentences of one block. A table row is one sentence, unless it is longer than a passage may be."""
    text = document.text[block.start : block.end]
    if block.kind is not BlockKind.TABLE_ROW:
        found = _labelled(_sentences(document, block.start + block.label, block.end, max_words), block)
        is_code = block.kind is BlockKind.CODE
        return [sentence._replace(is_code=True) for sentence in found] if is_code else found
    if count_words(text) <= max_words:
        # A row may begin or end with empty cells.
        start, end = trimmed(document.text, (block.start, block.end))
        return [SentenceSpan(start, end, _row_context(block))] if start < end else []
    return [
        sentence
        for cell in block.cells
        for sentence in _sentences(document, cell.start, cell.end, max_words, _cell_context(cell))
    ]


def _sentences(
    document: ParsedDocument, start: int, end: int, max_words: int, context: str = ""
) -> list[SentenceSpan]:
    text = without_wrapped_marks(document.text[start:end])
    spans = sentence_spans(text, document.language.split("-")[0].lower(), max_words)
    return [SentenceSpan(start + first, start + last, context) for first, last in spans]


def _labelled(sentences: list[SentenceSpan], block: Block) -> list[SentenceSpan]:
    """The first sentence begins with the label of its block: "4. Wait"."""
    if not sentences or sentences[0].start == block.start:
        return sentences
    return [sentences[0]._replace(start=block.start), *sentences[1:]]


def _cell_context(cell: Cell) -> str:
    return "; ".join(_name(header) for header in (cell.row_header, cell.column_header) if header)


def _row_context(row: Block) -> str:
    """The names of the row's cells: a first cell that spans several rows, then the column headers."""
    filled = [cell for cell in row.cells if cell.start < cell.end]
    names = [filled[0].row_header, *(cell.column_header for cell in filled)]
    return _joined_names(dict.fromkeys(_name(name) for name in names if name))


def _joined_names(names: Iterable[str]) -> str:
    """As many complete names as CONTEXT_CHARS allows, because a wide table repeats all of its headers in every row."""
    kept, length = list[str](), 0
    for name in names:
        length += len(name) + 2
        if length > CONTEXT_CHARS:
            break
        kept.append(name)
    return "; ".join(kept)


def _runs(
    text: str, groups: Iterable[list[list[SentenceSpan]]], target_words: int, max_words: int
) -> Iterator[list[SentenceSpan]]:
    """The sentences of each passage: complete groups of blocks. Of a group that is too long for one passage complete
    blocks, and of such a block single sentences.
    """

    def parts() -> Iterator[list[SentenceSpan]]:
        for group in groups:
            if len(group) > 1 and sum(_size(text, block) for block in group) > max_words:
                pieces = (piece for block in group for piece in pieces_of(block))
                yield from _grouped(text, pieces, max_words, max_words)
            else:
                yield from pieces_of([sentence for block in group for sentence in block])

    def pieces_of(block: list[SentenceSpan]) -> Iterator[list[SentenceSpan]]:
        if _size(text, block) <= max_words:
            yield block
        else:
            yield from _grouped(text, ([sentence] for sentence in block), target_words, max_words)

    return _grouped(text, parts(), target_words, max_words)


def _grouped(
    text: str, groups: Iterable[list[SentenceSpan]], target_words: int, max_words: int
) -> Iterator[list[SentenceSpan]]:
    """Joins groups until the target is reached. A group that would exceed the maximum begins the next run."""
    run: list[SentenceSpan] = []
    words = 0
    for group in groups:
        size = _size(text, group)
        if run and (words >= target_words or words + size > max_words):
            yield run
            run, words = [], 0
        run.extend(group)
        words += size
    if run:
        yield run


def _size(text: str, sentences: Sequence[SentenceSpan]) -> int:
    return sum(count_words(text[sentence.start : sentence.end]) for sentence in sentences)


def _page_of(pages: Sequence[int], offset: int) -> int | None:
    return max(1, bisect_right(pages, offset)) if pages else None
