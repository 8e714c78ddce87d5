"""The title of a PDF: from its metadata where that is one, else the largest text of its first page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from apps.knowledge.documents.parsed_document import BlockKind
from apps.knowledge.parsing.normalise import normalise
from apps.knowledge.parsing.pdf_blocks import Item, PdfBlock

_MAX_CHARS = 200
_LETTERS = re.compile(r"[^\W\d_]{2}")
# What programs write there of themselves: names of files, and of their own.
_NOT_A_TITLE = re.compile(
    r"^(untitled|microsoft \w+ - |powerpoint |slide 1$)|\.\w{2,5}$|[\\/]", re.IGNORECASE
)


def pdf_title(metadata_title: str, first_page: Sequence[Item]) -> str:
    """The metadata's title if it is printed on the first page; "" if there is no title at all."""
    written = " ".join(normalise(metadata_title).split())
    is_title = (
        len(written) <= _MAX_CHARS and bool(_LETTERS.search(written)) and not _NOT_A_TITLE.search(written)
    )
    blocks = [block for block in first_page if isinstance(block, PdfBlock)]
    if is_title and _folded(written) in _folded(" ".join(_text(block) for block in blocks)):
        return written
    return _largest_heading(blocks) or (written if is_title else "")


def _largest_heading(blocks: Sequence[PdfBlock]) -> str:
    headings = [block for block in blocks if block.kind is BlockKind.HEADING]
    return _text(max(headings, key=lambda block: round(block.size))) if headings else ""


def _text(block: PdfBlock) -> str:
    return " ".join(f"{block.label} {block.text()}".split())


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
