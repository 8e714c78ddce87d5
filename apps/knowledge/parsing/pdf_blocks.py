"""Paragraphs, list items and headings from the lines of PDF pages: by distance, by size, by bullets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from apps.knowledge.documents.parsed_document import BlockKind
from apps.knowledge.parsing.pdf_lines import HYPHEN, Line

_BULLET = re.compile(r"\s*[•◦▪▫‣●○■□–⁃\uf0b7\uf0a7-]\s+(?=\S)")
_NUMBER = re.compile(r"\s*\(?(?:\d{1,2}|[a-z])[.)]\s+\S")
_SENTENCE_END = (".", "!", "?", ":", "…", ".”", '."', ".)")
_HEADING_RATIO = 1.15  # of the body's size
_MAX_HEADING_CHARS = 200
_FULL_PAGE_LINES = 8
_BROKEN_WORD = re.compile(rf"(\w+)(?:{HYPHEN}\s*|-\n)(\w+)")
_EDGE_DIGITS = re.compile(r"[\d\s./|-]+")


@dataclass
class PdfBlock:
    lines: list[Line]
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0

    @property
    def size(self) -> float:
        return self.lines[0].size

    @property
    def text(self) -> str:
        """Lines joined by LF."""
        joined = "\n".join(line.text.strip() for line in self.lines)
        return _BULLET.sub("", joined, count=1) if self.kind is BlockKind.LIST_ITEM else joined


def page_blocks(lines: Sequence[Line]) -> list[PdfBlock]:
    """Lines of one page grouped into paragraphs and list items."""
    pitch = _pitch(lines)
    blocks: list[PdfBlock] = []
    for line in lines:
        bullet = _BULLET.match(line.text) is not None
        begins = bullet or _NUMBER.match(line.text) is not None
        if blocks and not begins and _continues(blocks[-1], line, pitch):
            blocks[-1].lines.append(line)
        else:
            blocks.append(PdfBlock([line], BlockKind.LIST_ITEM if bullet else BlockKind.PARAGRAPH))
    return blocks


def mark_headings(pages: Iterable[Sequence[PdfBlock]]) -> None:
    """Short blocks set larger than the body are headings; the largest size is level 1."""
    blocks = [block for page in pages for block in page]
    body = _body_size(blocks)
    headings = [block for block in blocks if body and _is_heading(block, body)]
    sizes = sorted({round(block.size) for block in headings}, reverse=True)
    for block in headings:
        block.kind = BlockKind.HEADING
        block.level = min(sizes.index(round(block.size)) + 1, 6)


def first_page_title(blocks: Sequence[PdfBlock]) -> str:
    """The largest heading of the first page; "" if none."""
    headings = [block for block in blocks if block.kind is BlockKind.HEADING]
    return max(headings, key=lambda block: round(block.size)).text if headings else ""


def without_running_lines(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """Drops the first and last line of full pages where they repeat, page numbers apart.

    A quarter of the pages is enough: left and right pages often differ, and so do chapters.
    """
    full = [page for page in pages if len(page) >= _FULL_PAGE_LINES]
    if len(full) < 3:
        return list(pages)
    heads, feet = (
        {
            key
            for key, times in Counter(_edge_key(page, at) for page in full).items()
            if times >= max(3, len(full) / 4)
        }
        for at in (0, -1)
    )
    return [_trimmed(page, heads, feet) if len(page) >= _FULL_PAGE_LINES else page for page in pages]


def dehyphenated(text: str, words: set[str]) -> str:
    """Words broken at line ends made whole; lines joined. A hyphen stays where the document writes one elsewhere."""

    def whole(match: re.Match[str]) -> str:
        first, second = match[1], match[2]
        keeps = f"{first}-{second}".lower() in words or not second[0].islower()
        return f"{first}-{second}" if keeps and f"{first}{second}".lower() not in words else first + second

    return _BROKEN_WORD.sub(whole, text).replace(HYPHEN, "-")


def words_of(lines: Iterable[Line]) -> set[str]:
    """Whole words, also those with a hyphen inside, in lower case."""
    return {word.lower() for line in lines for word in re.findall(r"\w+(?:-\w+)*(?![\w\x02-])", line.text)}


def _continues(block: PdfBlock, line: Line, pitch: float) -> bool:
    last = block.lines[-1]
    if abs(line.size - last.size) > 0.12 * max(line.size, last.size):
        return False
    gap = last.last_bottom - line.bottom
    ended = last.text.rstrip().endswith(_SENTENCE_END)
    if gap < -0.3 * line.size:  # up again: the next column
        return not ended and line.text.lstrip()[:1].islower()
    if gap > 1.3 * pitch:
        return False
    indented = line.left > last.last_left + 0.8 * line.size
    return not (ended and indented and block.kind is BlockKind.PARAGRAPH)


def _pitch(lines: Sequence[Line]) -> float:
    """The distance of lines inside paragraphs: the lower quartile, because gaps between paragraphs count too."""
    gaps = sorted(
        gap
        for above, below in pairwise(lines)
        if 0.8 * above.size < (gap := above.last_bottom - below.bottom) < 3 * above.size
    )
    return gaps[len(gaps) // 4] if gaps else max((line.size for line in lines), default=0.0)


def _body_size(blocks: Sequence[PdfBlock]) -> float:
    weights: Counter[float] = Counter()
    for block in blocks:
        for line in block.lines:
            weights[line.size] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 0.0


def _is_heading(block: PdfBlock, body: float) -> bool:
    text = block.text
    return (
        block.size >= _HEADING_RATIO * body
        and len(text) <= _MAX_HEADING_CHARS
        and sum(character.isalpha() for character in text) > max(2, len(text) / 2)
    )


def _edge_key(page: Sequence[Line], at: int) -> str:
    return _EDGE_DIGITS.sub("", page[at].text)


def _trimmed(page: list[Line], heads: set[str], feet: set[str]) -> list[Line]:
    start = 1 if _edge_key(page, 0) in heads else 0
    end = -1 if _edge_key(page, -1) in feet else None
    return page[start:end]
