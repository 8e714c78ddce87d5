"""Finds headings among the blocks of a PDF: named by its outline, larger than the text, or bold and alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from apps.knowledge.documents.parsed_document import BlockKind
from apps.knowledge.parsing.pdf_blocks import Item, PdfBlock

_LARGER = 1.15  # than the font size of the body
_MAX_CHARS = 200
_MAX_BOLD_CHARS = 120
_MAX_BOLD_LINES = 2
_DEEPEST = 6

_Style = tuple[int, bool]
Outline = dict[str, int]  # level by text, as `folded` writes it


def mark_headings(pages: Sequence[Sequence[Item]], outline: Outline) -> None:
    """Headings of the same style have the same level: that of the outline, or by size from level 1 for the largest."""
    body = _body_size(pages)
    found: list[tuple[PdfBlock, int]] = []  # with the level by the outline, 0 if unknown
    blocks = [block for page in pages for block in page]
    for block, following in pairwise([*blocks, None]):
        if isinstance(block, PdfBlock) and body:
            level = outline.get(folded(block), 0) if outline else 0
            if level or _is_large(block, body) or _is_bold_line(block, following):
                found.append((block, level))
    levels = _levels(found)
    for block, level in found:
        block.kind = BlockKind.HEADING
        block.level = min(level or levels[_style(block)], _DEEPEST)


def folded(block: PdfBlock) -> str:
    return fold(f"{block.label} {block.text()}")


def fold(text: str) -> str:
    return " ".join(text.casefold().split())


def _levels(found: Sequence[tuple[PdfBlock, int]]) -> dict[_Style, int]:
    known: dict[_Style, Counter[int]] = {}
    for block, level in found:
        counted = known.setdefault(_style(block), Counter())
        if level:
            counted[level] += 1
    ranked = sorted(known, reverse=True)
    return {
        style: counted.most_common(1)[0][0] if counted else ranked.index(style) + 1
        for style, counted in known.items()
    }


def _style(block: PdfBlock) -> _Style:
    return round(block.size), block.is_bold


def _body_size(pages: Iterable[Sequence[Item]]) -> float:
    weights: Counter[float] = Counter()
    for block in (block for page in pages for block in page):
        for line in block.lines if isinstance(block, PdfBlock) else block.lines():
            weights[line.size] += line.characters
    return weights.most_common(1)[0][0] if weights else 0.0


def _is_large(block: PdfBlock, body: float) -> bool:
    return block.size >= _LARGER * body and _is_short(block, _MAX_CHARS)


def _is_bold_line(block: PdfBlock, following: Item | None) -> bool:
    """A short bold block without a sentence's end, above text that is not bold."""
    if not block.is_bold or len(block.lines) > _MAX_BOLD_LINES or not _is_short(block, _MAX_BOLD_CHARS):
        return False
    if block.text().rstrip().endswith((".", ",", ";")) or following is None:
        return False
    return not (isinstance(following, PdfBlock) and following.is_bold and following.size == block.size)


def _is_short(block: PdfBlock, most: int) -> bool:
    text = block.text()
    return len(text) <= most and sum(character.isalpha() for character in text) > max(2, len(text) / 2)
