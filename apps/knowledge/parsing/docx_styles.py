"""Reads Word's styles: what kind of block a paragraph is, and how its characters look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict
from xml.etree.ElementTree import Element

from apps.knowledge.documents.parsed_document import BlockKind
from apps.knowledge.parsing.docx_package import attribute, child, children, local, number

_HEADING_NAME = re.compile(r"heading\s*(\d)", re.IGNORECASE)
_CONTENTS_NAME = re.compile(
    r"(?:toc|contents|index|table of figures|table of authorities|(?:illustration|figure|table|user) index)( ?\d+)?$",
    re.IGNORECASE,
)
_CONTENTS_TITLE = re.compile(
    r"(?:toc|toa|index|contents|(?:illustration|figure) index) ?heading$", re.IGNORECASE
)
_QUOTE, _PARAGRAPH = (BlockKind.QUOTE, 0), (BlockKind.PARAGRAPH, 0)
_QUOTES = {"quote", "intense quote"}
_TITLE, _CAPTION = "title", "caption"
_MAX_CHAIN = 20  # of styles based on each other, which may form a cycle
_OFF = {"0", "false", "off"}
_RAISED_FROM = 4  # half-points: text that is moved less stands on its line
_RAISED = {"superscript": 1, "subscript": -1, "baseline": 0}


class Look(TypedDict, total=False):
    """How characters look; what is missing is said elsewhere. `raised` is 1, -1 (lowered) or 0."""

    bold: bool
    italic: bool
    struck: bool
    hidden: bool
    raised: int
    font: str


@dataclass(frozen=True)
class _Facts:
    """What a paragraph is by its style. `named` is what it is without the outline level of the style."""

    kind: tuple[BlockKind, int]
    named: tuple[BlockKind, int]
    is_contents: bool
    is_contents_title: bool
    is_title: bool
    is_caption: bool


class Styles:
    def __init__(self, styles: Element | None) -> None:
        self._styles = {attribute(style, "styleId"): style for style in children(styles, "style")}
        self._default = next((key for key, style in self._styles.items() if _is_default_paragraph(style)), "")
        self._looks: dict[str, Look] = {}
        self._known: dict[str, _Facts] = {}
        self.language = attribute(child(styles, "docDefaults", "rPrDefault", "rPr", "lang"), "val")

    def paragraph_style(self, paragraph: Element) -> str:
        return attribute(child(paragraph, "pPr", "pStyle"), "val") or self._default

    def chain(self, style_id: str) -> Iterator[tuple[str, Element]]:
        """The style and the styles that it is based on, with their ids."""
        for _ in range(_MAX_CHAIN):
            if style_id not in self._styles:
                return
            yield style_id, self._styles[style_id]
            style_id = attribute(child(self._styles[style_id], "basedOn"), "val")

    def look(self, style_id: str) -> Look:
        """How the characters of a style look."""
        if style_id not in self._looks:
            merged = Look()
            for _, style in reversed(list(self.chain(style_id))):
                merged.update(look_of(child(style, "rPr")))
            self._looks[style_id] = merged
        return self._looks[style_id]

    def paragraph_look(self, paragraph: Element) -> Look:
        """How the characters of a paragraph look by its style. That a heading is bold or italic goes without saying."""
        style_id = self.paragraph_style(paragraph)
        look = self.look(style_id)
        if self._facts(style_id).kind[0] is not BlockKind.HEADING:
            return look
        return Look(**{**look, "bold": False, "italic": False})

    def marks_first_row(self, style_id: str) -> bool:
        """Whether a style of tables shows the first row in a way of its own."""
        return any(
            attribute(part, "type") == "firstRow" and len(part) > 0
            for _, style in self.chain(style_id)
            for part in children(style, "tblStylePr")
        )

    def kind(self, paragraph: Element) -> tuple[BlockKind, int]:
        """HEADING with its level, QUOTE or PARAGRAPH."""
        style_id = self.paragraph_style(paragraph)
        outline = child(paragraph, "pPr", "outlineLvl")
        level = _outline_level(outline) if outline is not None else 0
        if level:
            return BlockKind.HEADING, level
        return self._facts(style_id).named if outline is not None else self._facts(style_id).kind

    def joins_next(self, paragraph: Element) -> bool:
        """Whether the paragraph goes on in the next one: its end is deleted or hidden, or it is a drop cap."""
        properties = child(paragraph, "pPr")
        end = child(properties, "rPr")
        if child(end, "del") is not None or child(end, "moveFrom") is not None:
            return True
        if attribute(child(properties, "framePr"), "dropCap") in ("drop", "margin"):
            return True
        is_hidden = look_of(end).get("hidden", self.look(self.paragraph_style(paragraph)).get("hidden"))
        return bool(is_hidden) and not is_on(child(end, "specVanish"))

    def is_contents(self, paragraph: Element) -> bool:
        """Whether the paragraph has the style of entries of a table of contents or an index."""
        return self._facts(self.paragraph_style(paragraph)).is_contents

    def is_contents_title(self, paragraph: Element) -> bool:
        return self._facts(self.paragraph_style(paragraph)).is_contents_title

    def is_title(self, paragraph: Element) -> bool:
        return self._facts(self.paragraph_style(paragraph)).is_title

    def is_caption(self, paragraph: Element) -> bool:
        return self._facts(self.paragraph_style(paragraph)).is_caption

    def _facts(self, style_id: str) -> _Facts:
        if style_id not in self._known:
            self._known[style_id] = _facts(style_id, [style for _, style in self.chain(style_id)])
        return self._known[style_id]


def look_of(properties: Element | None) -> Look:
    """What an `w:rPr` element says itself."""
    look = Look()
    for item in properties if properties is not None else ():
        match local(item):
            case "b":
                look["bold"] = is_on(item)
            case "i":
                look["italic"] = is_on(item)
            case "strike" | "dstrike":
                look["struck"] = is_on(item) or look.get("struck", False)
            case "vanish":
                look["hidden"] = is_on(item)
            case "vertAlign":
                look["raised"] = _RAISED.get(attribute(item, "val"), 0)
            case "position":
                look.setdefault("raised", _moved(attribute(item, "val")))
            case "rFonts":
                look["font"] = attribute(item, "ascii") or attribute(item, "hAnsi")
    return look


def is_on(mark: Element | None) -> bool:
    """Whether a property that is on or off is there and on."""
    return mark is not None and attribute(mark, "val", "1") not in _OFF


def _moved(position: str) -> int:
    half_points = number(position.lstrip("-"))
    if half_points < _RAISED_FROM:
        return 0
    return -1 if position.startswith("-") else 1


def _facts(style_id: str, styles: list[Element]) -> _Facts:
    names = [attribute(child(style, "name"), "val") for style in styles]
    heading = next((level for name in names if (level := _named_level(name))), 0)
    is_quote = not _QUOTES.isdisjoint(name.lower() for name in names)
    named = (BlockKind.HEADING, heading) if heading else (_QUOTE if is_quote else _PARAGRAPH)
    outlines = (child(style, "pPr", "outlineLvl") for style in styles)
    level = _outline_level(next((it for it in outlines if it is not None), None))
    own = names[0] if names else style_id
    return _Facts(
        kind=(BlockKind.HEADING, level) if level else named,
        named=named,
        is_contents=bool(_CONTENTS_NAME.match(own)),
        is_contents_title=bool(_CONTENTS_TITLE.match(own)),
        is_title=any(name.lower() == _TITLE for name in names),
        is_caption=any(name.lower() == _CAPTION for name in names),
    )


def _outline_level(outline: Element | None) -> int:
    level = number(attribute(outline, "val", "9"), 9)
    return level + 1 if level < 6 else 0


def _named_level(name: str) -> int:
    match = _HEADING_NAME.match(name)
    return min(max(int(match[1]), 1), 6) if match else int(name.lower() == _TITLE)


def _is_default_paragraph(style: Element) -> bool:
    return attribute(style, "type") == "paragraph" and attribute(style, "default") in ("1", "true", "on")
