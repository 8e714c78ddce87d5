"""Footnotes and endnotes of a Word document, and which of them the text has referred to."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from apps.knowledge.parsing.docx_package import attribute, children, descendants, local

KINDS = ("footnote", "endnote")


class Notes:
    """`parts` are the roots of the parts by kind; `body` is searched for references."""

    def __init__(self, parts: dict[str, Element | None], body: Element | None) -> None:
        self._notes = {
            (kind, attribute(note, "id")): note for kind in KINDS for note in _texts(parts.get(kind), kind)
        }
        roots = [body, *parts.values()] if self._notes else []
        self._mentioned = {key for root in roots if root is not None for key in _references(root)}
        self._waiting: list[tuple[str, Element]] = []

    def refer(self, reference: Element) -> None:
        """The text refers to a note."""
        kind, key = _key(reference)
        note = self._notes.pop((kind, key), None)
        if note is not None:
            self._waiting.append((kind, note))

    def take(self) -> list[tuple[str, Element]]:
        """(kind, note) of each note that was referred to for the first time since the last call."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def without_reference(self) -> list[tuple[str, Element]]:
        """Notes that nothing refers to. A note that only deleted or hidden text refers to is not among them."""
        return [
            (kind, note) for (kind, key), note in self._notes.items() if (kind, key) not in self._mentioned
        ]


def _texts(part: Element | None, kind: str) -> Iterator[Element]:
    """The notes of a part without its separator lines."""
    return (note for note in children(part, kind) if attribute(note, "type", "normal") == "normal")


def _references(root: Element) -> Iterator[tuple[str, str]]:
    return (_key(it) for it in descendants(root, *(f"{kind}Reference" for kind in KINDS)))


def _key(reference: Element) -> tuple[str, str]:
    return local(reference).removesuffix("Reference"), attribute(reference, "id")
