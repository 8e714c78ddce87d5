"""Finds contents lists: lines that end with the number of a page. They repeat the headings and say nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from apps.knowledge.parsing.pdf_edges import PdfPage
from apps.knowledge.parsing.pdf_lines import Line
from apps.knowledge.parsing.pdf_tables import Table

_LEADER_SIGNS = ".·…_"
_FEWEST_SIGNS = 4
_LEADER = re.compile(
    rf"(?P<title>\S.*?)\s*(?:[{_LEADER_SIGNS}]\s?){{{_FEWEST_SIGNS},}}\s*(?P<number>\S{{1,12}})?\s*"
)
_ARABIC = re.compile(r"\d{1,4}")
_ROMAN = re.compile(r"[ivxlc]{1,8}")
_NAMES = re.compile(
    r"(?:table of )?contents|contents list|inhalt(?:sverzeichnis)?|sommaire|table des matières|índice|indice|sommario|"
    r"innehåll|indhold|innhold|sisällys|spis treści|obsah|inhoud(?:sopgave)?|tartalom",
    re.IGNORECASE,
)
_FEWEST = 3

_Item = Line | Table


def without_contents(pages: Sequence[PdfPage]) -> None:
    """Drop the entries of contents lists, and the name above them."""
    texts = _texts(pages)
    before: _Item | None = None
    for page in pages:
        kept: list[_Item] = []
        for run in _runs(page.items):
            if _is_contents(run, texts, kept[-1] if kept else before):
                if kept and _is_name(kept[-1]):
                    kept.pop()
            else:
                kept += run
        page.items = kept


def _runs(items: Sequence[_Item]) -> Iterator[list[_Item]]:
    """Entries that follow each other are one run; all others are runs of their own."""
    run: list[_Item] = []
    for item in items:
        if _entries(item):
            run.append(item)
            continue
        if run:
            yield run
            run = []
        yield [item]
    if run:
        yield run


def _entries(item: _Item) -> list[tuple[str, str]]:
    """(title, page) of a line with a leader or of a table's rows; empty if the item is no list of entries."""
    if isinstance(item, Line):
        match = _leader(item.text)
        return [(match["title"], match["number"] or "")] if match else []
    rows = [[" ".join(line.text.strip() for line in cell) for cell in row] for row in item.rows]
    numbered = [(" ".join(row[:-1]).strip(" .…·"), row[-1]) for row in rows]
    return numbered if all(_value(number) is not None for _, number in numbered) else []


def _leader(text: str) -> re.Match[str] | None:
    """Most lines have too few of its signs, which is known at once."""
    return _LEADER.fullmatch(text) if sum(map(text.count, _LEADER_SIGNS)) >= _FEWEST_SIGNS else None


def _is_contents(run: Sequence[_Item], texts: set[str], before: _Item | None) -> bool:
    entries = [entry for item in run for entry in _entries(item)]
    values = [value for _, number in entries if (value := _value(number)) is not None]
    if len(entries) < _FEWEST or len(values) < 0.8 * len(entries) or values != sorted(values):
        return False
    known = sum(_folded(title) in texts for title, _ in entries)
    return known >= len(entries) / 2 or _is_name(before)


def _is_name(item: _Item | None) -> bool:
    return isinstance(item, Line) and bool(_NAMES.fullmatch(item.text.strip(" :")))


def _texts(pages: Iterable[PdfPage]) -> set[str]:
    return {_folded(line.text) for page in pages for line in page.lines if not _leader(line.text)}


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
    return " ".join(re.sub(r"[\s.]+", " ", text.casefold()).split())
