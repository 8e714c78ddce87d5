"""Fields of Word: their results are text, their code is not. Neither are page numbers and tables of contents."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from apps.knowledge.parsing.docx_package import attribute, child, children, descendants, number
from apps.knowledge.parsing.docx_styles import is_on

PAGE_NUMBERS = {"PAGE", "NUMPAGES", "SECTIONPAGES"}
CONTENTS = {"TOC", "INDEX", "TOA"}
_LINK = re.compile(r'HYPERLINK\s+(?:"([^"]*)")?(?:.*?\\l\s+"([^"]*)")?', re.IGNORECASE | re.DOTALL)


@dataclass
class Field:
    """`begun` is the mark that begins it. `kind` and `link` are known when the result begins."""

    begun: Element
    code: list[str] = field(default_factory=list)
    has_result: bool = False
    is_text: bool = False
    kind: str = ""
    link: str = ""

    @property
    def is_formula(self) -> bool:
        return "".join(self.code[:2]).lstrip().startswith("=")


class Fields:
    """The fields that are open at one place of a story, the innermost last."""

    def __init__(self, story: Element) -> None:
        self._begun_by, self._complete = _pairs(story)
        self._open: list[Field] = []
        self._entered: set[Element] = set()
        self._silent = 0  # open fields in whose code or result nothing is text
        self._contents = 0  # open tables of contents

    @property
    def is_text(self) -> bool:
        return not self._silent

    @property
    def is_contents(self) -> bool:
        """Whether the place is in a table of contents or an index."""
        return self._contents > 0

    @property
    def innermost(self) -> str:
        """The kind of the innermost field, such as NOTEREF; "" outside fields."""
        return self._open[-1].kind if self._open else ""

    def begin(self, mark: Element) -> None:
        if mark in self._complete:
            self._entered.add(mark)
            self._open.append(Field(mark))
            self._silent += 1

    def write_code(self, text: str) -> None:
        if self._open and not self._open[-1].has_result:
            self._open[-1].code.append(text)

    def separate(self) -> Field | None:
        """The field whose result begins."""
        if not self._open or self._open[-1].has_result:
            return None
        current, code = self._open[-1], "".join(self._open[-1].code)
        current.has_result, current.kind, current.link = True, kind_of(code), link_of(code)
        self._contents += current.kind in CONTENTS
        if is_shown(current.kind):
            current.is_text = True
            self._silent -= 1
        return current

    def end(self, mark: Element) -> Field | None:
        """The field that ends. Fields in it whose ends were left out with deleted text end too."""
        begun = self._begun_by.get(mark)
        if begun is None or begun not in self._entered:
            return None
        while True:
            closed = self._open.pop()
            self._entered.discard(closed.begun)
            self._silent -= not closed.is_text
            self._contents -= closed.has_result and closed.kind in CONTENTS
            if closed.begun is begun:
                return self._ended(closed)

    def _ended(self, closed: Field) -> Field:
        if not closed.has_result:
            closed.kind = kind_of("".join(closed.code))
        outer = self._open[-1] if self._open else None
        if outer and not outer.has_result and closed.kind in PAGE_NUMBERS and outer.is_formula:
            outer.code = [closed.kind]  # a number that is computed from a page number is one
        return closed


def kind_of(code: str) -> str:
    return code.split(maxsplit=1)[0].upper() if code.strip() else ""


def is_shown(kind: str) -> bool:
    """Whether the result of such a field is text."""
    return kind not in PAGE_NUMBERS and kind not in CONTENTS


def link_of(code: str) -> str:
    match = _LINK.match(code.strip())
    return (match[1] or (f"#{match[2]}" if match[2] else "")) if match else ""


def form_value(mark: Element) -> str:
    """What a form field shows that keeps its value in the mark of its beginning: a check box or a choice."""
    data = child(mark, "ffData")
    box = child(data, "checkBox")
    if box is not None:
        checked = child(box, "checked")
        return "☒" if is_on(checked if checked is not None else child(box, "default")) else "☐"
    choices = child(data, "ddList")
    entries = [attribute(entry, "val") for entry in children(choices, "listEntry")]
    chosen = child(choices, "result")
    index = number(attribute(chosen if chosen is not None else child(choices, "default"), "val", "0"))
    return entries[index] if index < len(entries) else ""


def _pairs(story: Element) -> tuple[dict[Element, Element], set[Element]]:
    """{end: beginning} of the fields that have both, and their beginnings: a beginning without an end must not hide the
    text after it.
    """
    waiting, pairs = list[Element](), dict[Element, Element]()
    for mark in descendants(story, "fldChar"):
        kind = attribute(mark, "fldCharType")
        if kind == "begin":
            waiting.append(mark)
        elif kind == "end" and waiting:
            pairs[mark] = waiting.pop()
    return pairs, set(pairs.values())
