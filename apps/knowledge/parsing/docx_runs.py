"""Reads the text of a Word paragraph: runs, links, breaks, equations. Deleted and hidden text is left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from apps.knowledge.documents.parsed_document import StyleKind
from apps.knowledge.parsing.docx_package import attribute, child, local
from apps.knowledge.parsing.inline import InlineWriter

_STYLES = {"b": StyleKind.STRONG, "i": StyleKind.EMPHASIS}
_OFF = {"0", "false", "off"}
_NOT_TEXT = {"pPr", "rPr", "del", "moveFrom", "instrText", "delText", "sdtPr", "tbl"}


@dataclass(frozen=True)
class RunReader:
    """Writes text to `writer` and collects text boxes in `boxes`."""

    writer: InlineWriter
    links: dict[str, str]
    boxes: list[Element] = field(default_factory=list)

    def read(self, parent: Element) -> None:
        for element in parent:
            self._read_one(local(element), element)

    def _read_one(self, name: str, element: Element) -> None:
        if name == "t":
            self.writer.write(element.text or "")
        elif name in ("tab", "ptab"):
            self.writer.space()
        elif name in ("br", "cr"):
            self.writer.line_break()
        elif name == "noBreakHyphen":
            self.writer.write("\u2011")
        elif name == "hyperlink":
            self._link(element)
        elif name == "txbxContent":
            self.boxes.append(element)
        elif name == "AlternateContent":
            self.read(chosen(element))
        elif name not in _NOT_TEXT and not _is_set(element, "vanish"):
            self._styled(element)

    def _styled(self, run: Element) -> None:
        kinds = [kind for name, kind in _STYLES.items() if _is_set(run, name)]
        for kind in kinds:
            self.writer.open_style(kind)
        self.read(run)
        for kind in kinds:
            self.writer.close_style(kind)

    def _link(self, element: Element) -> None:
        anchor = attribute(element, "anchor")
        self.writer.open_link(
            self.links.get(attribute(element, "id"), "") or (f"#{anchor}" if anchor else "")
        )
        self.read(element)
        self.writer.close_link()


def chosen(alternatives: Element) -> Element:
    """The preferred form of content that is given in a new and an old form: the new one."""
    found = next((it for it in alternatives if local(it) == "Choice"), None)
    return found if found is not None else next(iter(alternatives), alternatives)


def _is_set(run: Element, name: str) -> bool:
    found = child(run, "rPr", name)
    return found is not None and attribute(found, "val", "1") not in _OFF
