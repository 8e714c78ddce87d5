"""Draws a picture that stands in a document, or a picture file."""

from __future__ import annotations

from apps.knowledge.documents.parsed_document import FailureCode, ParseError
from apps.knowledge.parsing.crops import split_crop
from apps.knowledge.parsing.detect import Format, decode_text, detect_format
from apps.knowledge.parsing.docx_package import Package
from apps.knowledge.parsing.html import parse_tree
from apps.knowledge.parsing.html_pictures import data_of, picture_address
from apps.knowledge.parsing.markdown import markdown_tree
from apps.knowledge.parsing.normalise import normalise
from apps.knowledge.parsing.rasters import drawn
from apps.knowledge.parsing.wire import FigureRequest


def figure_picture(content: bytes, request: FigureRequest) -> bytes:
    """As a PNG or JPEG. Raises ParseError."""
    source, crop = split_crop(request.source)
    data = _data(content, request, source)
    if len(data) > request.most_bytes:
        raise ParseError(FailureCode.OVERSIZED, f"{len(data)} bytes")
    return drawn(data, request.most_pixels, crop)


def _data(content: bytes, request: FigureRequest, source: str) -> bytes:
    kind, _, name = source.partition(":")
    match kind:
        case "":
            return content
        case "part":
            return Package(content).picture(name, request.most_bytes)
        case "image":
            return _of_page(content, request.path, int(name))
    raise ParseError(FailureCode.MALFORMED, "unknown source of a picture")


def _of_page(content: bytes, path: str, number: int) -> bytes:
    found = detect_format(content, path)
    text = normalise(decode_text(content, found)[0])
    tree = markdown_tree(text) if found is Format.MARKDOWN else parse_tree(text)
    images = tree.css("img")
    data = data_of(picture_address(images[number])) if number < len(images) else None
    if data is None:
        raise ParseError(FailureCode.MALFORMED, "no picture in the page")
    return data
