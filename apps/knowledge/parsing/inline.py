"""Text inside one block: white space collapsed as a browser does, links and styles kept with offsets."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import NamedTuple
from urllib.parse import urlsplit

from apps.knowledge.documents.parsed_document import Link, PlacedLine, Style, StyleKind
from apps.knowledge.parsing.normalise import normalise

_SPACE = re.compile(r"[ \t\n\r\f]+")
_SPACES = tuple(" \t\n\r\f")
_SAFE_SCHEMES = {"", "http", "https", "mailto", "tel"}
MAX_TARGET_CHARS = 2_000  # browsers do not follow longer URLs


class Fragment(NamedTuple):
    """A piece of normalised text with links, styles and lines of a page relative to its own start."""

    text: str = ""
    links: tuple[Link, ...] = ()
    styles: tuple[Style, ...] = ()
    lines: tuple[PlacedLine, ...] = ()


_NOTHING = Fragment()


class InlineWriter:
    """Collects the text of one block. `take` returns it and starts the next."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._links: list[Link] = []
        self._length = 0
        self._pending = ""  # white space that is kept only if a word follows
        self._target = ""
        self._link_start: int | None = None
        self._styles: list[Style] = []
        self._depths: Counter[StyleKind] = (
            Counter()
        )  # elements of the kind that are open, one inside the other
        self._style_starts: dict[StyleKind, int] = {}

    @property
    def is_empty(self) -> bool:
        return not self._parts

    def write(self, text: str, verbatim: bool = False) -> None:
        text = normalise(text)
        if verbatim:
            self._put(text)
            return
        words = " ".join(text.split()) if text.isascii() else _SPACE.sub(" ", text).strip(" ")
        if text.startswith(_SPACES):
            self.space()
        if words:
            self._put(words)
            if text.endswith(_SPACES):
                self.space()

    def space(self) -> None:
        self._pending = self._pending or " "

    def line_break(self) -> None:
        self._pending = "\n"

    def open_link(self, target: str) -> None:
        self.close_link()
        self._target = target.strip()

    def close_link(self) -> None:
        if self._link_start is not None and is_safe_target(self._target):
            self._links.append(Link(self._link_start, self._length, self._target))
        self._link_start = None
        self._target = ""

    def open_style(self, kind: StyleKind) -> None:
        self._depths[kind] += 1

    def close_style(self, kind: StyleKind) -> None:
        self._depths[kind] = max(0, self._depths[kind] - 1)
        if not self._depths[kind]:
            self._end_style(kind)

    def take(self) -> Fragment:
        """What was written, without white space at its ends. Styles that are open go on in the next fragment."""
        self.close_link()
        if not self._parts:
            self._pending = ""
            return _NOTHING
        for kind in list(self._style_starts):
            self._end_style(kind)
        fragment = _composed("".join(self._parts), self._links, self._styles)
        self._parts, self._links, self._styles, self._length, self._pending = [], [], [], 0, ""
        return fragment

    def _end_style(self, kind: StyleKind) -> None:
        start = self._style_starts.pop(kind, None)
        if start is not None:
            self._styles.append(Style(start, self._length, kind))

    def _put(self, text: str) -> None:
        if self._pending and self._parts:
            self._parts.append(self._pending)
            self._length += 1
        self._pending = ""
        if self._target and self._link_start is None:
            self._link_start = self._length
        for kind, depth in self._depths.items():
            if depth:
                self._style_starts.setdefault(kind, self._length)
        self._parts.append(text)
        self._length += len(text)


def is_safe_target(target: str) -> bool:
    """Whether a link may be shown: not a script or data URL, not empty and not too long."""
    try:
        return 0 < len(target) <= MAX_TARGET_CHARS and urlsplit(target).scheme.lower() in _SAFE_SCHEMES
    except ValueError:
        return False


def _composed(text: str, links: list[Link], styles: list[Style]) -> Fragment:
    """NFC over the seams of the pieces. Links follow the offsets; styles, of which there may be many, are dropped."""
    whole = normalise(text)
    if whole == text:
        return Fragment(text, tuple(links), tuple(styles))
    return Fragment(whole, tuple(_moved(link, text, len(whole)) for link in links))


def _moved(link: Link, text: str, limit: int) -> Link:
    start, end = (min(len(unicodedata.normalize("NFC", text[:at])), limit) for at in (link.start, link.end))
    return Link(start, max(start, end), link.target)
