"""Finds what pages repeat at their edges: running heads and feet, page numbers, and what browsers print there."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from apps.knowledge.parsing.pdf_lines import Line, pitch
from apps.knowledge.parsing.pdf_tables import Table

_ROWS = 3  # at each edge
_LARGER = 1.15
_APART = 1.3  # of the line distance: between a running head and the text
_NUMBER = re.compile(r"\d+")
_PAGE_WORD = r"(?:page|seite|p\.|s\.|pagina|página|strana|sida|side|sivu|oldal)"
_PAGE_NUMBER = re.compile(
    rf"[\s\-–—|·•]*{_PAGE_WORD}?\s*(\d+|[ivxlc]+|[A-Z]-?\d+)\s*(?:(?:/|of|von|de|di|z|av|af|/)\s*\d+)?[\s\-–—|·•.]*",
    re.IGNORECASE,
)
_BESIDE_NUMBER = re.compile(r"^\d{1,4}(?= \S)|(?<=\S )\d{1,4}$")
_ANY_NAME = "# "
_ADDRESS = re.compile(r"(?:https?|file)://\S*|about:blank")
_PRINTED_AT = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}:\d\d(?: ?[AP]M)?", re.IGNORECASE)


@dataclass
class PdfPage:
    """`number` counts sheets from 1; `label` is the number that the document gives the page, "" if none.
    `is_unmapped` if the file does not tell what most of its characters are.
    """

    number: int
    label: str
    items: list[Line | Table]
    turned: list[Line | Table] = field(default_factory=list)  # text that runs in another direction
    is_unmapped: bool = False

    @property
    def lines(self) -> list[Line]:
        return [item for item in self.items if isinstance(item, Line)]


_Row = list[Line]
_Key = tuple[int, str, int]  # edge, text without numbers, height on the page


def without_edges(pages: Sequence[PdfPage], title: str) -> None:
    """Drop the repeated lines at the edges of the pages. `title` is that of the file's metadata."""
    edges = {edge: [_edge_rows(page, edge) for page in pages] for edge in (0, -1)}
    body = _body_size(pages)
    for edge, rows in edges.items():
        repeated = _repeated(pages, rows, edge, body)
        for page, candidates in zip(pages, rows, strict=True):
            dropped = _dropped(page, candidates, repeated, edge) or _printed(page, candidates, edge, title)
            gone = {id(line) for row in dropped for line in row}
            page.items = [item for item in page.items if id(item) not in gone]


def _body_size(pages: Iterable[PdfPage]) -> float:
    weights: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            weights[line.size] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 0.0


def _edge_rows(page: PdfPage, edge: int) -> list[_Row]:
    """Up to four rows of lines from the edge inwards: the last shows how far the others are apart from the text."""
    lines = sorted(page.lines, key=attrgetter("bottom"), reverse=edge == 0)
    rows: list[_Row] = []
    for line in lines:
        if rows and abs(rows[-1][0].bottom - line.bottom) <= 0.35 * line.size:
            rows[-1].append(line)
        elif len(rows) > _ROWS:
            break
        else:
            rows.append([line])
    return rows


def _repeated(
    pages: Sequence[PdfPage], rows: Sequence[Sequence[_Row]], edge: int, body: float
) -> set[tuple[int, int]]:
    """(page, place of the row) of each row that stands on a quarter of the pages, in three at least."""
    found: defaultdict[_Key, list[tuple[int, int, str]]] = defaultdict(list)
    for page, candidates in zip(pages, rows, strict=True):
        for at, row in enumerate(candidates[:_ROWS]):
            text = " ".join(line.text.strip() for line in row)
            for form in _forms(text):
                found[edge, form, round(row[0].bottom / 4)].append((page.number, at, text))
    least = max(3, len(pages) / 4)
    return {
        (number, at)
        for (_, key, _), places in found.items()
        if len(places) >= least and _is_running(key, places, pages, rows, body)
        for number, at, _ in places
    }


def _forms(text: str) -> list[str]:
    """What must be equal on several pages: the text without numbers, or a number beside the name of a section."""
    if _PAGE_NUMBER.fullmatch(text):
        return ["#"]
    beside = _BESIDE_NUMBER.search(text)
    return [_NUMBER.sub("#", text), *([_ANY_NAME] if beside else [])]


def _is_running(
    key: str,
    places: Sequence[tuple[int, int, str]],
    pages: Sequence[PdfPage],
    rows: Sequence[Sequence[_Row]],
    body: float,
) -> bool:
    """Whether the texts are the same, or differ only in the number of the page and the name beside it."""
    if key == "#" or len({text for _, _, text in places}) == 1:
        return True
    number, at, _ = places[0]
    if rows[number - 1][at][0].size > _LARGER * body:
        return False
    if key == _ANY_NAME:
        places = [(page, at, found[0]) for page, at, text in places if (found := _BESIDE_NUMBER.search(text))]
    return all(_counts(text, pages[page - 1]) for page, _, text in places) or _count_on(places)


def _counts(text: str, page: PdfPage) -> bool:
    return bool({str(page.number), page.label} & set(_NUMBER.findall(text)))


def _count_on(places: Sequence[tuple[int, int, str]]) -> bool:
    """Whether a number in the texts grows as the sheets do, as in a chapter of a longer work."""
    rows = [[int(number) - sheet for number in _NUMBER.findall(text)] for sheet, _, text in places]
    return any(len(set(column)) == 1 for column in zip(*rows, strict=False))


def _dropped(
    page: PdfPage, candidates: Sequence[_Row], repeated: set[tuple[int, int]], edge: int
) -> list[_Row]:
    """The rows outside a wide gap, if all are repeated; else the outermost."""
    for count in range(min(_ROWS, len(candidates)), 0, -1):
        if not all((page.number, at) in repeated for at in range(count)):
            continue
        if _gap(candidates, count) > _APART * pitch(page.lines) or (count == 1 and _looks_other(candidates)):
            return list(candidates[:count])
    return []


def _looks_other(candidates: Sequence[_Row]) -> bool:
    """Whether the outermost row has another size than the next. A row alone on its page is its text."""
    if len(candidates) < 2:
        return False
    one, other = candidates[0][0].size, candidates[1][0].size
    return abs(one - other) > 0.08 * max(one, other)


def _gap(candidates: Sequence[_Row], count: int) -> float:
    if count >= len(candidates):
        return 0.0 if count < _ROWS else float("inf")
    return abs(candidates[count - 1][0].bottom - candidates[count][0].bottom)


def _printed(page: PdfPage, candidates: Sequence[_Row], edge: int, title: str) -> list[_Row]:
    """The outermost row if it is the number of the page alone, or what a browser prints: date, title, address."""
    if len(page.items) < 2 or not candidates:
        return []
    texts = [line.text.strip() for line in candidates[0]]
    numbers = [text for text in texts if _is_page_number(text, page)]
    browser = [text for text in texts if _ADDRESS.fullmatch(text) or _PRINTED_AT.fullmatch(text)]
    rest = len(texts) - len(numbers) - len(browser) - (bool(browser) and texts.count(title))
    is_apart = rest == 0 and _gap(candidates, 1) > _APART * pitch(page.lines)
    return [candidates[0]] if is_apart else []


def _is_page_number(text: str, page: PdfPage) -> bool:
    match = _PAGE_NUMBER.fullmatch(text)
    return match is not None and match[1].lower() in {str(page.number), page.label.lower()}
