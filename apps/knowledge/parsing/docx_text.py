"""Writes the characters of Word's runs: groups raised and lowered text, and keeps symbols and styles."""

from __future__ import annotations

from collections.abc import Callable

from apps.knowledge.documents.parsed_document import StyleKind
from apps.knowledge.parsing.docx_math import touch
from apps.knowledge.parsing.docx_styles import Look
from apps.knowledge.parsing.docx_symbols import in_unicode
from apps.knowledge.parsing.inline import Fragment, InlineWriter
from apps.knowledge.parsing.raised import lowered, raised

_SOFT_HYPHEN = "\u00ad"
_WRITERS: dict[int, Callable[[str], str]] = {1: raised, -1: lowered}


class TextWriter:
    """Text at one height is collected until the height or the style changes, because Word cuts "10⁻⁶" into runs as it
    likes.
    """

    def __init__(self) -> None:
        self._inline = InlineWriter()
        self._waiting: list[str] = []
        self._height = 0
        self._styles: frozenset[StyleKind] = frozenset()
        self._written: list[str] = []
        self._after_equation = False

    def text(self, text: str, look: Look, styles: frozenset[StyleKind] = frozenset()) -> None:
        height = look.get("raised", 0)
        if height != self._height or (styles != self._styles and not height):
            self._flush()
            self._height = height
            self._set_styles(styles)
        self._waiting.append(in_unicode(text.replace(_SOFT_HYPHEN, ""), look.get("font", "")))

    def equation(self, text: str) -> None:
        """A text that never joins the word or number before it or after it."""
        self._flush()
        self._set_styles(frozenset())
        self._height = 0
        if text and touch("".join(self._written[-1:]), text):
            self.space()
        self._waiting.append(text)
        self._flush()
        self._after_equation = True

    def space(self, sign: str = " ") -> None:
        """White space; `sign` says which in `plain`."""
        self._flush()
        self._written.append(sign)
        self._inline.space()

    def line_break(self) -> None:
        self._flush()
        self._written.append("\n")
        self._inline.line_break()

    def open_link(self, target: str) -> None:
        self._flush()
        self._inline.open_link(target)

    def close_link(self) -> None:
        self._flush()
        self._inline.close_link()

    @property
    def plain(self) -> str:
        """What was written since the last `take`, with tabs."""
        return "".join([*self._written, *self._waiting])

    def take(self) -> Fragment:
        self._flush()
        self._set_styles(frozenset())
        self._height, self._written = 0, []
        return self._inline.take()

    def _flush(self) -> None:
        text, self._waiting = "".join(self._waiting), []
        if not text:
            return
        if self._height:
            text = _at_height(text, _WRITERS[self._height])
        if self._after_equation and touch("".join(self._written[-1:]), text):
            self._inline.space()
        self._after_equation = False
        self._written.append(text)
        self._inline.write(text)

    def _set_styles(self, styles: frozenset[StyleKind]) -> None:
        for kind in sorted(self._styles - styles):
            self._inline.close_style(kind)
        for kind in sorted(styles - self._styles):
            self._inline.open_style(kind)
        self._styles = styles


def _at_height(text: str, write: Callable[[str], str]) -> str:
    """The text in raised or lowered characters, with the white space around it."""
    content = text.strip()
    start = text.index(content)
    return text[:start] + write(content) + text[start + len(content) :]
