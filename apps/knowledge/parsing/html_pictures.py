"""Pictures of an HTML page: where their bytes are, and what the page says about them."""

from __future__ import annotations

import binascii
import re
from urllib.parse import unquote_to_bytes

from selectolax.lexbor import LexborHTMLParser, LexborNode

from apps.knowledge.documents.parsed_document import Figure, PictureFault
from apps.knowledge.documents.vector_formats import is_vector_type
from apps.knowledge.parsing.html_lists import integer
from apps.knowledge.parsing.html_nodes import value
from apps.knowledge.parsing.inline import MAX_TARGET_CHARS
from apps.knowledge.parsing.normalise import normalise

_ALT_CHARS = 500
_SMALLEST = 24  # pixels: what a page shows smaller is a sign among its words, such as an emoji
_DATA = re.compile(r"data:(?P<type>[\w.+/-]*)(?P<more>[^,]*),", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
DRAWINGS = ("svg", "canvas", "object", "embed")  # elements that are pictures and are not drawn


def image_numbers(tree: LexborHTMLParser) -> dict[int, int]:
    """The number of each `img` element in the page, by its mem_id."""
    return {node.mem_id: number for number, node in enumerate(tree.css("img"))}


def figure_of(node: LexborNode, number: int) -> Figure | None:
    """The picture of an `img` element. None for a sign among words, and for a picture that only decorates."""
    if _is_sign(node):
        return None
    address = picture_address(node)
    alt = alternative(node, "alt")
    if address[:5].lower() == "data:":
        return _embedded(address, number, alt)
    if not address or _SCHEME.match(address) or len(address) > MAX_TARGET_CHARS:
        return Figure("", alt, fault=PictureFault.ELSEWHERE)
    return Figure(f"file:{address}", alt)


def drawing_of(node: LexborNode) -> Figure:
    """A picture that is not drawn: an inline SVG and its like."""
    return Figure("", alternative(node, "aria-label"), fault=PictureFault.FORMAT)


def picture_address(node: LexborNode) -> str:
    """Pages that load pictures late have the address of a stand-in in `src`."""
    first_of_set = value(node, "srcset").strip().split(" ", 1)[0]
    found = value(node, "data-src") or value(node, "src") or first_of_set
    return found.strip()


def data_of(address: str) -> bytes | None:
    """The content of a data address; None if it is none."""
    match = _DATA.match(address)
    if match is None:
        return None
    content = unquote_to_bytes(address[match.end() :])
    if not match["more"].lower().rstrip().endswith(";base64"):
        return content
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        return None


def alternative(node: LexborNode, attribute: str) -> str:
    return " ".join(normalise(value(node, attribute)).split())[:_ALT_CHARS]


def _is_sign(node: LexborNode) -> bool:
    sizes = (integer(node, "width", _SMALLEST + 1), integer(node, "height", _SMALLEST + 1))
    is_hidden = value(node, "role") in ("presentation", "none") or value(node, "aria-hidden") == "true"
    return is_hidden or min(sizes) <= _SMALLEST or "emoji" in value(node, "class")


def _embedded(address: str, number: int, alt: str) -> Figure:
    if is_vector_type(address[5:]):
        return Figure("", alt, fault=PictureFault.FORMAT)
    data = data_of(address)
    if not data:
        return Figure("", alt, fault=PictureFault.DAMAGED)
    from apps.knowledge.parsing.rasters import measured  # only pages with pictures need it

    return measured(Figure(f"image:{number}", alt, size=len(data)), data)
