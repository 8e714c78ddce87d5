"""The ZIP package of a Word document: its limits, parts and relationships. Elements are found by local name, because
the strict and the transitional format differ only in namespaces.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element, TreeBuilder, XMLParser
from xml.etree.ElementTree import ParseError as XMLError

from apps.knowledge.documents.parsed_document import FailureCode, Figure, ParseError

_MAX_ENTRIES = 1000
_MAX_UNPACKED = 100 * 1024 * 1024
_MAX_RATIO = (
    100  # compression ratio of a part: real documents have a much lower one, ZIP bombs reach DEFLATE's 1032
)
_FREE_RATIO_BYTES = 1024 * 1024  # a small part may have any ratio
_HEAD_BYTES = 64 * 1024  # of a picture, which say its size
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError)
_MAIN_TYPE = "wordprocessingml.document.main+xml"


class Package:
    """Raises ParseError: MALFORMED, ENCRYPTED, OVERSIZED, or MISLABELLED for other packages and for macros."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError) as error:
            raise ParseError(FailureCode.MALFORMED, "not a complete ZIP file") from error
        self._unpacked = 0
        self.pictures: dict[
            str, Figure
        ] = {}  # those that were measured, by part: each once, in whatever story it is
        self._relationships: dict[str, dict[str, tuple[str, str]]] = {}
        self._check_entries()
        self._check_type()

    def main_part(self) -> str:
        for kind, target in self.relationships("").values():
            if kind == "officeDocument":
                return target
        raise ParseError(FailureCode.MALFORMED, "no main document in the package")

    def part_of(self, part: str, kind: str) -> Element | None:
        """The root of the part that is related to `part` as `kind`, such as styles or numbering."""
        return self.xml(self.part_named(part, kind))

    def part_named(self, part: str, kind: str) -> str:
        """The name of the part that is related to `part` as `kind`; "" if there is none."""
        return next((target for found, target in self.relationships(part).values() if found == kind), "")

    def relationships(self, part: str) -> dict[str, tuple[str, str]]:
        """{id: (last word of the type, target)}. Targets inside the package are names of parts."""
        if part not in self._relationships:
            self._relationships[part] = self._read_relationships(part)
        return self._relationships[part]

    def _read_relationships(self, part: str) -> dict[str, tuple[str, str]]:
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = {}
        for item in root if root is not None else ():
            target = item.get("Target", "")
            if item.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[item.get("Id", "")] = (item.get("Type", "").rpartition("/")[2], target)
        return found

    def xml(self, part: str) -> Element | None:
        """The root of a part; None if there is no such part."""
        try:
            info = self._zip.getinfo(part)
        except KeyError:
            return None
        try:
            return _root(self._unpack(info))
        except (_DoctypeFound, XMLError, LookupError) as error:
            raise ParseError(FailureCode.MALFORMED, f"{type(error).__name__} in {part}") from error

    def __contains__(self, part: str) -> bool:
        return part in self._zip.NameToInfo

    def picture_head(self, part: str) -> tuple[int, bytes]:
        """The size of a part that is a picture, as the package says, and its first bytes; none if it cannot be read."""
        try:
            info = self._picture_info(part)
            with self._zip.open(info) as stream:
                return info.file_size, stream.read(_HEAD_BYTES)
        except _DAMAGE:
            return 0, b""

    def picture(self, part: str, most_bytes: int) -> bytes:
        """At most one byte more than `most_bytes`. Raises ParseError."""
        try:
            with self._zip.open(self._picture_info(part)) as stream:
                return stream.read(most_bytes + 1)
        except (KeyError, *_DAMAGE) as error:
            raise ParseError(FailureCode.MALFORMED, f"{type(error).__name__} in the package") from error

    def _picture_info(self, part: str) -> zipfile.ZipInfo:
        """Other methods than those of Office files may take any amount of memory, and raise errors of their own."""
        info = self._zip.getinfo(part)
        if info.compress_type not in _METHODS:
            raise NotImplementedError(f"method {info.compress_type}")
        return info

    def _unpack(self, info: zipfile.ZipInfo) -> bytes:
        """Counts bytes while reading, because the sizes in a ZIP directory may be false."""
        room = _MAX_UNPACKED - self._unpacked
        if info.compress_size:
            room = min(room, max(info.compress_size * _MAX_RATIO, _FREE_RATIO_BYTES))
        try:
            with self._zip.open(info) as stream:
                data = stream.read(room + 1)
        except _DAMAGE as error:
            raise ParseError(FailureCode.MALFORMED, f"{type(error).__name__} in the package") from error
        if len(data) > room:
            raise ParseError(FailureCode.OVERSIZED, "unpacks to too much")
        self._unpacked += len(data)
        return data

    def _check_entries(self) -> None:
        entries = self._zip.infolist()
        if len(entries) > _MAX_ENTRIES:
            raise ParseError(FailureCode.OVERSIZED, f"{len(entries)} entries in the package")
        if any(entry.flag_bits & 1 for entry in entries):
            raise ParseError(FailureCode.ENCRYPTED, "encrypted entries")
        if any(posixpath.basename(entry.filename).lower() == "vbaproject.bin" for entry in entries):
            raise ParseError(FailureCode.MISLABELLED, "macros inside")

    def _check_type(self) -> None:
        types = self.xml("[Content_Types].xml")
        if types is None:
            raise ParseError(FailureCode.MISLABELLED, "a ZIP file, but no Office document")
        if not any(item.get("ContentType", "").endswith(_MAIN_TYPE) for item in types):
            raise ParseError(FailureCode.MISLABELLED, "another Office document, or one with macros")


class _DoctypeFound(Exception):
    """A part declares a document type, which could define entities. No program writes one into a Word document."""


class _StrictBuilder(TreeBuilder):
    def doctype(self, *_: object) -> None:
        raise _DoctypeFound


def _root(data: bytes) -> Element:
    """Parses in C, at half the time of a parser with handlers in Python."""
    parser = XMLParser(target=_StrictBuilder())  # noqa: S314 without a document type there are no entities
    parser.feed(data)
    return parser.close()


def local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def attribute(element: Element | None, name: str, default: str = "") -> str:
    """An attribute by local name: `w:val` is `val` in any namespace."""
    if element is not None:
        for key, value in element.attrib.items():
            if key.rpartition("}")[2] == name:
                return value
    return default


def child(element: Element | None, *path: str) -> Element | None:
    """The first child by local name, then its child, and so on."""
    for name in path:
        for item in element if element is not None else ():
            if local(item) == name:
                element = item
                break
        else:
            return None
    return element


def children(element: Element | None, name: str) -> Iterator[Element]:
    return (it for it in (element if element is not None else ()) if local(it) == name)


def descendants(root: Element | None, *names: str) -> Iterator[Element]:
    """The root and all elements in it by local name, in the order of the document."""
    endings = tuple(f"}}{name}" for name in names)
    return (it for it in (root.iter() if root is not None else ()) if it.tag.endswith(endings))


def number(text: str, default: int = 0) -> int:
    return int(text) if text.isdecimal() and len(text) < 8 else default
