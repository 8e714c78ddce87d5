"""Word's styles and numbering: which paragraph is a heading, which is a list item and of what number."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from apps.knowledge.documents.parsed_document import BlockKind
from apps.knowledge.parsing.docx_package import attribute, child, children, number

_HEADING_NAME = re.compile(r"heading\s*(\d)", re.IGNORECASE)
_UNNUMBERED = {"bullet", "none", ""}
_MAX_CHAIN = 20  # of styles based on one another; a circle has no end


@dataclass(frozen=True)
class Role:
    kind: BlockKind
    level: int = 0
    ordinal: int = 0


@dataclass(frozen=True)
class _Level:
    is_ordered: bool
    start: int


class Styles:
    def __init__(self, styles: Element | None, numbering: Element | None) -> None:
        self._styles = {attribute(style, "styleId"): style for style in children(styles, "style")}
        self._default = next((key for key, style in self._styles.items() if _is_default_paragraph(style)), "")
        self.language = attribute(child(styles, "docDefaults", "rPrDefault", "rPr", "lang"), "val")
        self._levels = _list_levels(numbering)
        self._counters: defaultdict[str, dict[int, int]] = defaultdict(dict)

    def role(self, paragraph: Element) -> Role:
        """Call once per paragraph, in order: it counts the items of ordered lists."""
        properties = child(paragraph, "pPr")
        chain = self._chain(attribute(child(properties, "pStyle"), "val") or self._default)
        heading = _heading_level(properties, chain)
        if heading:
            return Role(BlockKind.HEADING, heading)
        numbered = _first(properties, chain, "numPr")
        if numbered is not None and attribute(child(numbered, "numId"), "val", "0") != "0":
            return self._list_role(numbered)
        names = {attribute(child(style, "name"), "val").lower() for style in chain}
        return Role(BlockKind.QUOTE if names & {"quote", "intense quote"} else BlockKind.PARAGRAPH)

    def _list_role(self, numbered: Element) -> Role:
        list_id = attribute(child(numbered, "numId"), "val")
        depth = min(number(attribute(child(numbered, "ilvl"), "val", "0")), 8)
        level = self._levels.get((list_id, depth), _Level(is_ordered=False, start=1))
        counter = self._counters[list_id]
        counter[depth] = counter.get(depth, level.start - 1) + 1
        for deeper in [key for key in counter if key > depth]:
            del counter[deeper]
        return Role(BlockKind.LIST_ITEM, depth + 1, counter[depth] if level.is_ordered else 0)

    def _chain(self, style_id: str) -> list[Element]:
        """The style and those it is based on."""
        chain: list[Element] = []
        while style_id in self._styles and len(chain) < _MAX_CHAIN:
            chain.append(self._styles[style_id])
            style_id = attribute(child(chain[-1], "basedOn"), "val")
        return chain


def _heading_level(properties: Element | None, chain: list[Element]) -> int:
    outline = _first(properties, chain, "outlineLvl")
    level = number(attribute(outline, "val", "9"), 9)
    if level < 6:
        return level + 1
    for style in chain:
        name = attribute(child(style, "name"), "val")
        match = _HEADING_NAME.match(name)
        if match or name.lower() == "title":
            return min(max(int(match[1]), 1), 6) if match else 1
    return 0


def _first(properties: Element | None, chain: list[Element], name: str) -> Element | None:
    """A property of the paragraph itself, else of its style, else of what that is based on."""
    for holder in (properties, *(child(style, "pPr") for style in chain)):
        found = child(holder, name)
        if found is not None:
            return found
    return None


def _is_default_paragraph(style: Element) -> bool:
    return attribute(style, "type") == "paragraph" and attribute(style, "default") in ("1", "true", "on")


def _list_levels(numbering: Element | None) -> dict[tuple[str, int], _Level]:
    """(list id, depth) -> how the level counts."""
    abstract = {attribute(item, "abstractNumId"): item for item in children(numbering, "abstractNum")}
    levels = {}
    for item in children(numbering, "num"):
        pattern = abstract.get(attribute(child(item, "abstractNumId"), "val"))
        for level in children(pattern, "lvl"):
            is_ordered = attribute(child(level, "numFmt"), "val") not in _UNNUMBERED
            start = number(attribute(child(level, "start"), "val", "1"), 1)
            depth = number(attribute(level, "ilvl", "0"))
            levels[attribute(item, "numId"), depth] = _Level(is_ordered, start)
    return levels
