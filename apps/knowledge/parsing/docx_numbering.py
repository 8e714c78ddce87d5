"""Counts numbered paragraphs as Word does, and writes their labels: "2.2", "(b)", "Article 3"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from apps.knowledge.parsing.docx_number_formats import formatted
from apps.knowledge.parsing.docx_package import attribute, child, children, local, number
from apps.knowledge.parsing.docx_styles import Styles, is_on

_DEEPEST = 8
_PLACE = re.compile(r"%([1-9])")
_MAX_LINKS = 5  # from a list to the style that defines it, which may form a cycle
_LEGAL = "decimal"
_SIGNS = {"chicago"}  # formats that count with signs instead of digits or letters


@dataclass(frozen=True)
class Level:
    """One level of a list. `restart` is the number of levels whose items restart it, None for all above it."""

    style: str
    text: str
    start: int = 1
    custom: str = ""
    restart: int | None = None
    is_legal: bool = False
    is_hidden: bool = False
    paragraph_style: str = ""


@dataclass(frozen=True)
class NumberedList:
    """`overrides` are the numbers with which levels begin when the list is first used."""

    abstract: str
    levels: dict[int, Level]
    overrides: dict[int, int]


class Numbering:
    """The lists that a document defines, and the place of a paragraph in them."""

    def __init__(self, numbering: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._abstract = {attribute(it, "abstractNumId"): it for it in children(numbering, "abstractNum")}
        self._items = {attribute(it, "numId"): it for it in children(numbering, "num")}
        self._lists: dict[str, NumberedList | None] = {}
        self._places: dict[str, tuple[str, int | None]] = {}

    def place(self, paragraph: Element) -> tuple[str, int] | None:
        """(list, level from 0) of the paragraph itself or of its style; None if it is in no list."""
        own_list, own_level = _numbered(child(paragraph, "pPr", "numPr"))
        list_id, level = own_list, own_level
        if not own_list:
            list_id, style_level = self._place_of_style(self._styles.paragraph_style(paragraph))
            level = style_level if own_level is None else own_level
        return (list_id, min(level or 0, _DEEPEST)) if list_id not in ("", "0") else None

    def _place_of_style(self, style_id: str) -> tuple[str, int | None]:
        if style_id not in self._places:
            self._places[style_id] = self._read_place(style_id)
        return self._places[style_id]

    def _read_place(self, style_id: str) -> tuple[str, int | None]:
        """The level that names the style counts more than the level that the style names."""
        list_id, level = "", None
        chain = list(self._styles.chain(style_id))
        for _, style in chain:
            list_id, style_level = _numbered(child(style, "pPr", "numPr"))
            level = style_level if level is None else level
            if list_id:
                break
        found = self.definition(list_id)
        named = {it.paragraph_style: depth for depth, it in found.levels.items()} if found else {}
        return list_id, next((named[it] for it, _ in chain if it in named), level)

    def definition(self, list_id: str) -> NumberedList | None:
        if list_id not in self._lists:
            self._lists[list_id] = self._read_list(list_id)
        return self._lists[list_id]

    def _read_list(self, list_id: str) -> NumberedList | None:
        item = self._items.get(list_id)
        abstract_id = self._linked(attribute(child(item, "abstractNumId"), "val"))
        if item is None or abstract_id not in self._abstract:
            return None
        levels = {_depth(it): _level(it) for it in children(self._abstract[abstract_id], "lvl")}
        overrides = {}
        for override in children(item, "lvlOverride"):
            depth, start = _depth(override), attribute(child(override, "startOverride"), "val")
            for own in children(override, "lvl"):
                levels[depth] = _level(own)
            if start and depth in levels:
                overrides[depth] = number(start, 1)
                levels[depth] = replace(levels[depth], start=overrides[depth])
        return NumberedList(abstract_id, levels, overrides)

    def _linked(self, abstract_id: str) -> str:
        """The list that a list refers to by the name of a style (`w:numStyleLink`), or itself."""
        for _ in range(_MAX_LINKS):
            link = attribute(child(self._abstract.get(abstract_id), "numStyleLink"), "val")
            if not link:
                break
            styles = (_numbered(child(style, "pPr", "numPr"))[0] for _, style in self._styles.chain(link))
            item = self._items.get(next(filter(None, styles), ""))
            abstract_id = attribute(child(item, "abstractNumId"), "val")
        return abstract_id


class Counter:
    """Counts through one story of a document: its body, its notes, or a header."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._numbers: dict[str, dict[int, int]] = {}  # of lists that continue each other, by level
        self._begun: set[tuple[str, int]] = set()

    def next_label(self, list_id: str, depth: int) -> str:
        """Counts one paragraph. Returns its label, "" for a bullet. Call it once for each paragraph, in order."""
        found = self._numbering.definition(list_id)
        if found is None or depth not in found.levels:
            return ""
        numbers = self._numbers.setdefault(found.abstract, {})
        self._count(list_id, found, depth, numbers)
        return _label(found.levels, depth, numbers)

    def _count(self, list_id: str, found: NumberedList, depth: int, numbers: dict[int, int]) -> None:
        for above in range(depth):  # a level that was left out counts as begun
            numbers.setdefault(above, found.levels[above].start if above in found.levels else 1)
        level = found.levels[depth]
        is_first = (list_id, depth) not in self._begun
        self._begun.add((list_id, depth))
        if is_first and depth in found.overrides:
            numbers[depth] = found.overrides[depth]
        else:
            numbers[depth] = numbers.get(depth, level.start - 1) + 1
        for deeper in [it for it in numbers if it > depth]:
            restart = found.levels[deeper].restart if deeper in found.levels else None
            if restart is None or depth < restart:
                del numbers[deeper]


def _label(levels: dict[int, Level], depth: int, numbers: dict[int, int]) -> str:
    level = levels[depth]
    if level.style == "bullet" or level.is_hidden:
        return ""

    def written(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        shown = levels.get(place, level)
        style = _LEGAL if level.is_legal else shown.style
        return formatted(numbers.get(place, shown.start), style, shown.custom) if place <= depth else ""

    label = " ".join(_PLACE.sub(written, level.text).split())
    return label if any(it.isalnum() for it in label) or level.style in _SIGNS else ""


def _numbered(properties: Element | None) -> tuple[str, int | None]:
    """(list, level) of an `w:numPr` element; "" and None where it does not say them."""
    level = attribute(child(properties, "ilvl"), "val")
    return attribute(child(properties, "numId"), "val"), number(level) if level else None


def _level(element: Element) -> Level:
    style = _format(element)
    restart = attribute(child(element, "lvlRestart"), "val")
    depth = _depth(element)
    return Level(
        style=attribute(style, "val", "decimal"),
        text=attribute(child(element, "lvlText"), "val"),
        start=number(attribute(child(element, "start"), "val", "0")),
        custom=attribute(style, "format"),
        restart=number(restart) if restart and number(restart) <= depth else None,
        is_legal=is_on(child(element, "isLgl")),
        is_hidden=is_on(child(element, "rPr", "vanish")),
        paragraph_style=attribute(child(element, "pStyle"), "val"),
    )


def _depth(element: Element) -> int:
    return number(attribute(element, "ilvl", "0"))


def _format(level: Element) -> Element | None:
    """The format of numbers, which newer programs write in two forms."""
    for item in level:
        if local(item) == "AlternateContent":
            found = child(item, "Choice", "numFmt")
            return found if found is not None else child(item, "Fallback", "numFmt")
    return child(level, "numFmt")
