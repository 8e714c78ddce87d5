"""Pictures of a Word document: where their bytes are, and the alternative text."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import Element

from apps.knowledge.documents.parsed_document import Figure, PictureFault
from apps.knowledge.documents.vector_formats import is_vector_file
from apps.knowledge.parsing.crops import WHOLE, Crop
from apps.knowledge.parsing.docx_package import Package, attribute, child, number
from apps.knowledge.parsing.normalise import normalise

_ALT_CHARS = 500


class Pictures:
    """Those of one part of the package; they are collected until the block that they stand in is written."""

    def __init__(self, package: Package, part: str) -> None:
        self._package = package
        self._targets = {
            key: target for key, (kind, target) in package.relationships(part).items() if kind == "image"
        }
        self._found: list[Figure] = []

    def add(self, key: str, alt: str, crop: Crop = WHOLE) -> None:
        """A picture by the id of its relationship."""
        self._found.append(self._figure(self._targets.get(key, ""), alt, crop))

    def add_filling(self, filling: Element, alt: str) -> None:
        """The picture of an `a:blipFill`, as Word shows it: cut at its edges."""
        blip = child(filling, "blip")
        if blip is not None:
            edges = child(filling, "srcRect")
            sides = (number(attribute(edges, side, "0")) for side in ("l", "t", "r", "b"))
            self.add(attribute(blip, "embed"), alt, Crop(*sides))

    def add_drawing(self, alt: str) -> None:
        """A chart or a diagram, which only Word can draw."""
        self._found.append(Figure("", alt, fault=PictureFault.FORMAT))

    def take(self) -> list[Figure]:
        found, self._found = self._found, []
        return found

    def _figure(self, target: str, alt: str, crop: Crop) -> Figure:
        measured = self._package.pictures
        if target not in measured:
            measured[target] = self._measured(target)
        known = measured[target]
        figure = replace(known, alt=alt)
        if not known.source or not crop.is_cut:
            return figure
        left, top, right, bottom = crop.box(known.width, known.height)
        return replace(figure, source=f"{known.source}{crop}", width=right - left, height=bottom - top)

    def _measured(self, target: str) -> Figure:
        """Imports what only documents with pictures need."""
        from apps.knowledge.parsing.rasters import measured

        if target not in self._package:  # it is linked, and not embedded
            return Figure("", fault=PictureFault.ELSEWHERE)
        if is_vector_file(target):
            return Figure("", fault=PictureFault.FORMAT)
        size, head = self._package.picture_head(target)
        if not head:
            return Figure("", fault=PictureFault.DAMAGED)
        return measured(Figure(f"part:{target}", size=size), head)


def alternative_of(drawing: Element) -> str:
    """The alternative text of a drawing (`wp:inline`, `wp:anchor`)."""
    properties = child(drawing, "docPr")
    return clean_alternative(attribute(properties, "descr") or attribute(properties, "title"))


def clean_alternative(text: str) -> str:
    return " ".join(normalise(text).split())[:_ALT_CHARS]
