"""Counts the items of HTML lists and writes their labels as a browser shows them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from apps.knowledge.parsing.list_labels import letters, roman

_INTEGER = re.compile(r"\s*([+-]?\d{1,7})(?!\d)")
_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([^;]+)", re.IGNORECASE)
_TYPES: dict[str, Callable[[int], str]] = {
    "1": str,
    "a": letters,
    "A": lambda number: letters(number).upper(),
    "i": roman,
    "I": lambda number: roman(number).upper(),
}
_STYLE_TYPES = {
    "decimal": "1",
    "lower-alpha": "a",
    "lower-latin": "a",
    "upper-alpha": "A",
    "upper-latin": "A",
    "lower-roman": "i",
    "upper-roman": "I",
}
_NO_NUMBERS = {"none", "disc", "circle", "square"}


@dataclass
class OpenList:
    """A list that is being read. `label` is that of the item whose text has not begun yet."""

    write: Callable[[int], str] | None
    next_number: int
    step: int = 1
    label: str = ""
    item_is_open: bool = False

    def open_item(self, node: LexborNode) -> None:
        number = integer(node, "value", self.next_number)
        self.next_number = number + self.step
        self.item_is_open = True
        write = self.write and (_TYPES.get(node.attributes.get("type") or "") or self.write)
        self.label = f"{write(number)}." if write else ""

    def close_item(self) -> None:
        self.item_is_open, self.label = False, ""


def open_list(node: LexborNode) -> OpenList:
    if node.tag != "ol":
        return OpenList(None, 1)
    is_reversed = "reversed" in node.attributes
    first = _items(node) if is_reversed else 1
    return OpenList(_writer(node), integer(node, "start", first), -1 if is_reversed else 1)


def integer(node: LexborNode, attribute: str, default: int) -> int:
    match = _INTEGER.match(node.attributes.get(attribute) or "")
    return int(match[1]) if match else default


def _writer(node: LexborNode) -> Callable[[int], str] | None:
    styles = _STYLE.findall(node.attributes.get("style") or "")
    words = set(styles[-1].lower().split()) if styles else set()
    if words & _NO_NUMBERS or "footnote" in (node.attributes.get("class") or ""):
        return None
    types = [kind for name, kind in _STYLE_TYPES.items() if name in words]
    return _TYPES.get(types[0] if types else node.attributes.get("type") or "1", str)


def _items(node: LexborNode) -> int:
    return sum(child.tag == "li" for child in node.iter())
