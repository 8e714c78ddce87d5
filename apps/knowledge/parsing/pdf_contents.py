"""Finds contents lists: lines that end with the number of a page. They repeat the headings and say nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, groupby

from apps.knowledge.parsing.pdf_edges import PdfPage
from apps.knowledge.parsing.pdf_lines import Line
from apps.knowledge.parsing.pdf_tables import Table, cell_text

_LEADER_SIGNS = ".·…_"
_FEWEST_SIGNS = 4
_SIGNS = re.compile(rf"(?:[{_LEADER_SIGNS}]\s?){{{_FEWEST_SIGNS},}}")
_LEADER = re.compile(rf"(?P<title>\S.*?)\s*{_SIGNS.pattern}\s*(?P<number>\S{{1,12}})?\s*")
_ARABIC = re.compile(r"\d{1,4}")
_ROMAN = re.compile(r"[ivxlc]{1,8}")
_NAMES = re.compile(
    r"(?:table of )?contents|contents list|inhalt(?:sverzeichnis)?|sommaire|table des matières|índice|indice|sommario|"
    r"innehåll|indhold|innhold|sisällys|spis treści|obsah|inhoud(?:sopgave)?|tartalom",
    re.IGNORECASE,
)
_FEWEST = 3

_Item = Line | Table
_Entry = tuple[str, str]  # title, page


def without_contents(pages: Sequence[PdfPage]) -> None:
    """Drop the entries of contents lists, and the name above them."""
    lines = [page.lines for page in pages]
    texts = cache(lambda: _texts(lines))  # most documents have no such list
    for page in pages:
        if not _may_hold_entries(page.items):
            continue
        kept: list[_Item] = []
        for run, entries in _runs(page.items):
            if _is_contents(entries, texts, kept[-1] if kept else None):
                if kept and _is_name(kept[-1]):
                    kept.pop()
            else:
                kept += run
        page.items = kept


def _may_hold_entries(items: Sequence[_Item]) -> bool:
    texts = "\n".join(item.text for item in items if isinstance(item, Line))
    return bool(_SIGNS.search(texts)) or any(isinstance(item, Table) for item in items)


def _runs(items: Sequence[_Item]) -> Iterator[tuple[list[_Item], list[_Entry]]]:
    """Items that follow each other and are entries, as one run with these; all others, as runs of their own."""
    for is_entry, group in groupby(
        ((item, _entries(item)) for item in items), key=lambda pair: bool(pair[1])
    ):
        if is_entry:
            run, found = zip(*group, strict=True)
            yield list(run), list(chain.from_iterable(found))
        else:
            yield [item for item, _ in group], []


def _entries(item: _Item) -> list[_Entry]:
    """The entry of a line with a leader, or those of a table's rows; empty if the item is no list of entries."""
    if isinstance(item, Line):
        match = _leader(item.text)
        return [(match["title"], match["number"] or "")] if match else []
    numbers = [cell_text(row[-1]) for row in item.rows]
    if any(_value(number) is None for number in numbers):
        return []
    titles = (" ".join(map(cell_text, row[:-1])).strip(" .…·") for row in item.rows)
    return list(zip(titles, numbers, strict=True))


def _leader(text: str) -> re.Match[str] | None:
    """Most lines have too few of its signs, which takes less time to find out."""
    return _LEADER.fullmatch(text) if _SIGNS.search(text) else None


def _is_contents(entries: Sequence[_Entry], texts: Callable[[], set[str]], before: _Item | None) -> bool:
    values = [value for _, number in entries if (value := _value(number)) is not None]
    if len(entries) < _FEWEST or len(values) < 0.8 * len(entries) or values != sorted(values):
        return False
    known = sum(_folded(title) in texts() for title, _ in entries)
    return known >= len(entries) / 2 or _is_name(before)


def _is_name(item: _Item | None) -> bool:
    return isinstance(item, Line) and bool(_NAMES.fullmatch(item.text.strip(" :")))


def _texts(pages: Iterable[Sequence[Line]]) -> set[str]:
    return {_folded(line.text) for lines in pages for line in lines if not _leader(line.text)}


def _value(number: str) -> tuple[int, int] | None:
    """Roman numbers come before the others."""
    number = number.strip()
    if _ARABIC.fullmatch(number):
        return 1, int(number)
    return (0, _roman(number.lower())) if _ROMAN.fullmatch(number.lower()) else None


def _roman(number: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}[letter] for letter in number]
    return sum(-value if value < max(values[at:], default=0) else value for at, value in enumerate(values))


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace(".", " ").split())
