"""Finds tables of contents in what was read of a Word document: their entries are no text of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from apps.knowledge.documents.parsed_document import BlockKind
from apps.knowledge.parsing.docx_drafts import Draft, TextDraft

_ENTRY = re.compile(r"(?P<title>.*\S)\s*?(?:\t\s*|\.{3,}\s*|…+\s*)(?:\d{1,4}|[ivxlc]{1,7})\s*", re.DOTALL)
_LONGEST_ENTRY = 300
_FEWEST = 2  # entries that were typed stand below one another


def entry_title(plain: str) -> str:
    """The title in a line such as "Charges ..... 4", "" if the line has another form. Tabs are still in `plain`."""
    match = _ENTRY.fullmatch(plain) if len(plain) <= _LONGEST_ENTRY else None
    return _folded(match["title"]) if match else ""


def without_typed_contents(drafts: list[Draft]) -> Iterator[Draft]:
    """Leaves out lines with page numbers that repeat headings of the document."""
    titles = {title for draft in drafts for title in _titles(draft)}
    for is_entry, run in groupby(drafts, lambda draft: isinstance(draft, TextDraft) and bool(draft.entry)):
        lines = list(run)
        repeats = sum(isinstance(line, TextDraft) and line.entry in titles for line in lines)
        if not (is_entry and len(lines) >= _FEWEST and 2 * repeats >= len(lines)):
            yield from lines


def _titles(draft: Draft) -> Iterator[str]:
    if isinstance(draft, TextDraft) and draft.kind is BlockKind.HEADING:
        yield _folded(draft.content.text)
        yield _folded(f"{draft.label} {draft.content.text}")


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(" .…")
