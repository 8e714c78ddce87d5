"""Finds the characters of a PDF page whose meaning the file does not tell: their font maps them to no Unicode. PDFium
gives their codes in the font, which are other characters or none.
"""

from __future__ import annotations

import re
from itertools import compress

import pypdfium2.raw as pdfium

from apps.knowledge.parsing.pdf_calls import map_errors
from apps.knowledge.parsing.unreliable import UNREAD

# The first and last of small letters beside each other stand for those between them, because each call takes time.
_ASKED = re.compile(r"[^a-z ]|(?<![a-z])[a-z]|[a-z](?![a-z])")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_MOST = 0.25  # of the characters of a page: with more, the codes are kept, which may still be letters


def without_unmapped(textpage: pdfium.FPDF_TEXTPAGE, text: str) -> tuple[str, bool]:
    """The text with UNREAD for the characters that have no meaning, and whether they are so many that the page is not
    reliable at all. `text` has one character for each index of PDFium.
    """
    if 1 not in map_errors(textpage, map(re.Match.start, _ASKED.finditer(text))):
        return text, False
    indices = range(len(text))
    unmapped = list(compress(indices, map_errors(textpage, indices)))
    are_most = len(unmapped) > _MOST * len("".join(text.split()))
    characters = list(text)
    for at in unmapped:
        if not are_most or _CONTROL.match(characters[at]):
            characters[at] = UNREAD
    return "".join(characters), are_most
