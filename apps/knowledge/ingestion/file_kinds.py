"""Tells from a file's name what it is, if it is no document."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePath

from apps.knowledge.documents.parsed_document import ParseError
from apps.knowledge.parsing.detect import listed_format


class Kind(StrEnum):
    """Why something in a folder is not loaded."""

    HIDDEN = "hidden"
    IGNORED = "ignored"
    LINK = "link"
    LOCK = "lock"
    SYSTEM = "system"
    IMAGE = "image"
    MEDIA = "media"
    ARCHIVE = "archive"
    CODE = "code"
    OTHER = "other"


# Documents that cannot be read. A person who has one of them wants it loaded, so it is reported as failed.
UNSUPPORTED_DOCUMENTS = frozenset(
    ".adoc .asciidoc .azw3 .csv .djvu .doc .docm .dot .dotx .eml .epub .key .mdown .mdx .mediawiki .mht .mhtml .mkd "
    ".mobi .msg .numbers .odp .ods .odt .org .ott .pages .potx .pps .ppsx .ppt .pptm .pptx .ps .rst .rtf .tex .textile "
    ".tsv .wiki .wpd .wps .xhtml .xls .xlsb .xlsm .xlsx .xps".split()
)
SYSTEM_FILES = frozenset(
    [
        ".directory",
        ".ds_store",
        ".localized",
        "desktop.ini",
        "ehthumbs.db",
        "ehthumbs_vista.db",
        "icon\r",
        "thumbs.db",
    ]
)
SYSTEM_FOLDERS = frozenset(["$recycle.bin", "__macosx", "@eadir", "lost+found", "system volume information"])
_ENDINGS = {
    Kind.LOCK: ".bak .crdownload .lck .lock .part .partial .swo .swp .temp .tmp",
    Kind.IMAGE: ".ai .avif .bmp .cur .drawio .emf .eps .fig .gif .heic .heif .ico .jfif .jpeg .jpg .png .psd .svg "
    ".svgz .tif .tiff .webp .wmf .xcf",
    Kind.MEDIA: ".aac .aiff .avi .flac .m4a .m4v .mid .mkv .mov .mp3 .mp4 .mpeg .mpg .oga .ogg .ogv .opus .wav .webm "
    ".wma .wmv",
    Kind.ARCHIVE: ".7z .bz2 .cab .deb .dmg .gz .iso .jar .rar .rpm .tar .tgz .txz .war .xz .zip .zst",
    Kind.CODE: ".bat .c .cfg .class .cmd .conf .cpp .cs .css .dll .eot .exe .go .h .ini .ipynb .java .js .json .jsonl "
    ".jsx .kt .less .lua .map .mjs .otf .php .pl .properties .ps1 .py .pyc .r .rb .rs .sass .scss .sh .so .sql .sqlite "
    ".swift .toml .ts .tsx .ttf .vue .wasm .woff .woff2 .xml .xsd .xsl .yaml .yml",
}
_KINDS = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}


def kind_of_file(name: str) -> Kind | None:
    """None for a document, also for one of a format that cannot be read."""
    lower = name.lower()
    if lower in SYSTEM_FILES or lower.startswith("._"):  # macOS keeps the attributes of X in ._X
        return Kind.SYSTEM
    if _is_lock(lower):
        return Kind.LOCK
    if lower.startswith("."):
        return Kind.HIDDEN
    return None if _is_document(lower) else _KINDS.get(PurePath(lower).suffix, Kind.OTHER)


def kind_of_folder(name: str) -> Kind | None:
    """None for a folder that may hold documents."""
    if name.lower() in SYSTEM_FOLDERS:
        return Kind.SYSTEM
    return Kind.HIDDEN if name.startswith(".") else None


def _is_lock(name: str) -> bool:
    """Lock files of Word, LibreOffice and Emacs, and backups of editors."""
    return name.startswith(("~$", ".~lock.", ".#")) or name.endswith("~") or name[0] == name[-1] == "#"


def _is_document(name: str) -> bool:
    try:
        listed_format(name)
    except ParseError:
        return PurePath(name).suffix in UNSUPPORTED_DOCUMENTS
    return True
