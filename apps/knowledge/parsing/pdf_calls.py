"""The functions of PDFium that are called for each character or object of a page. pypdfium2 checks the types of the
arguments at each call, which takes twice as long as the call itself; here they are not checked.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any

import pypdfium2.raw as pdfium

Box = tuple[float, float, float, float]  # left, top, right, bottom

_BATCH = 2_048  # boxes that are read at once
_BOX_BYTES = ctypes.sizeof(pdfium.FS_RECTF)
_FLOAT_BYTES = ctypes.sizeof(ctypes.c_float)


class _Object(ctypes.c_void_p):
    """A pointer that stays one when a function returns it."""


def _unchecked(function: Any, result: Any = ctypes.c_int) -> Callable[..., Any]:
    """A function of PDFium that takes its arguments as they are: pointers of ctypes, and numbers as `int`."""
    return ctypes.CFUNCTYPE(result)(ctypes.cast(function, ctypes.c_void_p).value or 0)


character_angle = _unchecked(pdfium.FPDFText_GetCharAngle, ctypes.c_float)
font_info = _unchecked(pdfium.FPDFText_GetFontInfo)
_has_map_error = _unchecked(pdfium.FPDFText_HasUnicodeMapError)
_loose_box = _unchecked(pdfium.FPDFText_GetLooseCharBox)
_object = _unchecked(pdfium.FPDFPage_GetObject, _Object)
_object_type = _unchecked(pdfium.FPDFPageObj_GetType)
_object_bounds = _unchecked(pdfium.FPDFPageObj_GetBounds)

# The room for one batch is kept for all pages. PDFium may be called by one thread at a time only, and so may this.
_edges = (ctypes.c_float * (4 * _BATCH))()
_boxes: list[Any] = []  # pointers to the boxes in it; as many as were needed


def map_errors(textpage: pdfium.FPDF_TEXTPAGE, indices: Iterable[int]) -> Iterator[int]:
    """For each character: 1 if its font maps it to no Unicode."""
    return map(_has_map_error, repeat(textpage), indices)


def character_boxes(textpage: pdfium.FPDF_TEXTPAGE, indices: Sequence[int]) -> Iterator[Box]:
    """The box of each character, whose height is that of its font."""
    for first in range(0, len(indices), _BATCH):
        batch = indices[first : first + _BATCH]
        missing = range(_BOX_BYTES * len(_boxes), _BOX_BYTES * len(batch), _BOX_BYTES)
        _boxes.extend(map(ctypes.byref, repeat(_edges), missing))
        deque(map(_loose_box, repeat(textpage), batch, _boxes), maxlen=0)
        edges = iter(_edges[: 4 * len(batch)])
        yield from zip(edges, edges, edges, edges, strict=True)


def path_bounds(page: pdfium.FPDF_PAGE, most: int) -> Iterator[list[float]]:
    """[left, bottom, right, top] of the paths among the first objects of a page."""
    count = min(pdfium.FPDFPage_CountObjects(page), most)
    edges = (ctypes.c_float * 4)()
    pointers = [ctypes.byref(edges, _FLOAT_BYTES * at) for at in range(4)]
    for drawn in map(_object, repeat(page), range(count)):
        if _object_type(drawn) == pdfium.FPDF_PAGEOBJ_PATH and _object_bounds(drawn, *pointers):
            yield edges[:]
