"""Detects the format of a file, which its extension and its content must agree on, and decodes text."""

from __future__ import annotations

import codecs
import re
from enum import StrEnum
from pathlib import PurePath

from apps.knowledge.documents.parsed_document import FailureCode, ParseError


class Format(StrEnum):
    MARKDOWN = "markdown"
    HTML = "html"
    PLAIN = "plain"
    PDF = "pdf"
    DOCX = "docx"


EXTENSIONS = {
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".txt": Format.PLAIN,
    ".pdf": Format.PDF,
    ".docx": Format.DOCX,
}
# Files of plain text that customarily have no extension.
TEXT_NAMES = frozenset(
    "authors changelog changes contributing contributors copying copyright credits faq history install licence license "
    "maintainers news notice readme security thanks todo".split()
)

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_BINARY = (
    b"%PDF-",
    _ZIP,
    _OLE,
    b"{\\rtf",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"\x7fELF",
    b"7z\xbc\xaf",
)
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(
    rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]+encoding=[\"']([\w.:-]+)", re.I
)


def listed_format(name: str) -> Format:
    """The format that the file's extension stands for; README and its like have none. Raises
    ParseError(UNLISTED_TYPE).
    """
    if PurePath(name).name.lower() in TEXT_NAMES:
        return Format.PLAIN
    suffix = PurePath(name).suffix.lower()
    if suffix not in EXTENSIONS:
        raise ParseError(FailureCode.UNLISTED_TYPE, suffix)
    return EXTENSIONS[suffix]


def detect_format(data: bytes, name: str) -> Format:
    """Raises ParseError: UNLISTED_TYPE, EMPTY, ENCRYPTED, or MISLABELLED if the content does not match the name."""
    found = listed_format(name)
    if not data.strip():
        raise ParseError(FailureCode.EMPTY, "no bytes")
    if found is Format.PDF:
        _expect(b"%PDF-" in data[:1024], "no PDF header")
    elif found is Format.DOCX:
        _check_office(data)
    else:
        _expect(not data.startswith(_BINARY), "binary content in a file with a text extension")
    return found


def decode_text(data: bytes, found: Format) -> tuple[str, str]:
    """Decode by byte order mark, as UTF-8, with the charset that an HTML page declares, or with one that is recognised.
    Returns the text and the name of a recognised encoding, else "". Raises ParseError.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decode(data, encoding), ""
    declared = _META_CHARSET.search(data[:2048]) if found is Format.HTML else None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        if declared:
            return _decode(data, (declared[1] or declared[2]).decode("ascii")), ""
        return _recognised(data)
    return (text, "") if b"\x00" not in data[:4096] or _is_mostly_text(data) else _recognised(data)


def _check_office(data: bytes) -> None:
    if data.startswith(_OLE) and _ENCRYPTED_OFFICE in data:
        raise ParseError(FailureCode.ENCRYPTED, "an encrypted Office package")
    _expect(data.startswith(_ZIP), "no ZIP header")


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise ParseError(FailureCode.MALFORMED, f"not valid {encoding[:40]} text") from error


def _recognised(data: bytes) -> tuple[str, str]:
    """The library is imported only when it is needed."""
    from apps.knowledge.parsing.charset import decoded

    text, name = decoded(data)
    _expect(_is_mostly_text(text.encode()), "control characters")
    return text, name


def _is_mostly_text(data: bytes) -> bool:
    """False if there are many control bytes. Single NUL characters are allowed and removed later."""
    head = data[:4096]
    return sum(byte < 9 or 13 < byte < 32 for byte in head) * 50 < len(head)


def _expect(holds: bool, detail: str) -> None:
    if not holds:
        raise ParseError(FailureCode.MISLABELLED, detail)
