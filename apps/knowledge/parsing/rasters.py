"""Measures and draws the pictures of documents with Pillow. Only the reading process does this, under its limits."""

from __future__ import annotations

import io
from dataclasses import replace

from PIL import (  # the readers and writers of FORMATS, while files may still be opened
    AvifImagePlugin,  # noqa: F401
    BmpImagePlugin,  # noqa: F401
    GifImagePlugin,  # noqa: F401
    Image,
    ImageOps,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

from apps.knowledge.documents.parsed_document import FailureCode, Figure, ParseError, PictureFault
from apps.knowledge.parsing.crops import WHOLE, Crop

MOST_BYTES = 2 * 1024 * 1024
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")
_WIDTHS = (1_400, 700, 350)  # pixels; the narrower ones for pictures that are larger than MOST_BYTES
_HEIGHT = 4_000  # at most
_JPEG_QUALITY = 85
_DEEP = ("I", "I;16", "I;16B", "I;16L", "F")  # modes of more than 8 bits, as X-rays and maps have
_DEEP_WHITE, _WHITE = 65_535, 255

Image.MAX_IMAGE_PIXELS = None  # the limits of the request apply


def measured(figure: Figure, head: bytes) -> Figure:
    """With its size in pixels, from the first bytes of the picture, or with its fault if these are all. Decodes nothing
    of it.
    """
    try:
        with Image.open(io.BytesIO(head), formats=FORMATS) as image:
            return replace(figure, width=image.width, height=image.height)
    except (
        Exception
    ):  # a boundary: damaged pictures raise many kinds of errors, and none may fail the document
        return replace(figure, fault=PictureFault.DAMAGED) if figure.size <= len(head) else figure


def drawn(data: bytes, most_pixels: int, crop: Crop = WHOLE) -> bytes:
    """The picture as a PNG, or as a JPEG if it is one, without its metadata. Of an animation, the first frame.

    Raises ParseError: OVERSIZED, and MALFORMED for what is no picture or is damaged.
    """
    sizes = (_drawn(data, width, most_pixels, crop) for width in _WIDTHS)
    picture = next((picture for picture in sizes if len(picture) <= MOST_BYTES), None)
    if picture is None:
        raise ParseError(FailureCode.OVERSIZED, "picture")
    return picture


def _drawn(data: bytes, width: int, most_pixels: int, crop: Crop) -> bytes:
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > most_pixels:
                raise ParseError(FailureCode.OVERSIZED, f"{image.width} x {image.height} pixels")
            return _encoded(image, width, crop)
    except (OSError, ValueError, SyntaxError) as error:  # what Pillow raises for damaged pictures
        raise ParseError(FailureCode.MALFORMED, type(error).__name__) from error


def _encoded(image: Image.Image, width: int, crop: Crop) -> bytes:
    is_photo = image.format == "JPEG"
    if not crop.is_cut:
        image.draft("RGB", (width, _HEIGHT))  # reads a JPEG at a lower resolution
    shown = _plain(image.crop(crop.box(*image.size)) if crop.is_cut else image)
    shown.thumbnail((width, _HEIGHT))
    shown = ImageOps.exif_transpose(shown)
    file = io.BytesIO()
    if is_photo:
        shown.convert("RGB").save(file, "JPEG", quality=_JPEG_QUALITY)
    else:
        shown.save(file, "PNG")
    return file.getvalue()


def _plain(image: Image.Image) -> Image.Image:
    """In grey, in colour, or in colour with transparency. Copies only if needed."""
    if image.mode in _DEEP:
        return image.convert("F").point(lambda value: value * (_WHITE / _DEEP_WHITE)).convert("L")
    if image.mode in ("L", "RGB", "RGBA") and "transparency" not in image.info:
        return image
    is_clear = image.has_transparency_data
    return image.convert("RGBA" if is_clear else "L" if image.mode == "1" else "RGB")
