"""Resolves hyperlinks between documents of a collection to paths.

The reading process uses this module, so it imports the standard library only.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from urllib.parse import unquote, urlsplit

MAX_PATH_CHARS = 1000
MAX_PATH_BYTES = 2000  # PostgreSQL cannot index more than 2,704 bytes of a row
MOST_PATHS = 4  # that one link may mean
PAGE_SUFFIXES = (".md", ".markdown", ".html", ".htm", ".txt", ".pdf", ".docx")
# With site generators, the URL of a page may be in a tag: {% page "/leave/" %}, {{ site.url }}/leave/.
_TAG_ADDRESS = re.compile(r"""\{%-?\s*\w+\s+["']?([^"'%\s]+)["']?\s*-?%\}""")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")


def linked_paths(source_path: str, target: str) -> tuple[str, ...]:
    """Paths in the collection that the target may mean: several if it has no file extension, none if it leads outside.

    A target that begins with / is relative to the root of the collection, others to the folder of the source.
    """
    address = _TAG.sub("", _TAG_ADDRESS.sub(r"\1", target)).strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        return ()
    if parts.scheme or parts.netloc or not parts.path:
        return ()
    folder = "/" if parts.path.startswith("/") else f"/{posixpath.dirname(source_path)}"
    path = posixpath.normpath(posixpath.join(folder, unquote(parts.path).lstrip("/"))).strip("/")
    return tuple(page for page in _pages(path) if is_storable(page))


def path_of_target(source_path: str, target: str) -> str:
    """The one path in the collection that the address of a picture means; "" if it leads outside."""
    try:
        parts = urlsplit(_TAG.sub("", target).strip())
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or not parts.path:
        return ""
    folder = "" if parts.path.startswith("/") else posixpath.dirname(source_path)
    name = unicodedata.normalize("NFC", unquote(parts.path).replace("\\", "/").lstrip("/"))
    path = posixpath.normpath(posixpath.join(folder, name))
    is_inside = path not in (".", "..") and not path.startswith("../")
    return path if is_inside and is_storable(path) and path.isprintable() else ""


def is_storable(path: str) -> bool:
    """Whether a path is short enough for the database's index."""
    return len(path) <= MAX_PATH_CHARS and len(path.encode(errors="replace")) <= MAX_PATH_BYTES


def _pages(path: str) -> tuple[str, ...]:
    if path.lower().endswith(PAGE_SUFFIXES):
        return (path,)
    index = f"{path}/index" if path else "index"
    return (*([f"{path}.md", f"{path}.html"] if path else []), f"{index}.md", f"{index}.html")
