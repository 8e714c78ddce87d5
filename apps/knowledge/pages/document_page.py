"""What the document page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.urls import reverse

from apps.knowledge.documents.layout import Layout, layout_from_json
from apps.knowledge.documents.links import linked_paths
from apps.knowledge.documents.media_types import name_of
from apps.knowledge.models import DocumentVersion, VersionState
from apps.knowledge.pages.outline import Entry, Part, contents_of, part_at, parts_of
from apps.knowledge.pages.rendering import DocumentRenderer, RenderedBlock, TextRange
from apps.knowledge.parsing.document import BlockKind
from apps.knowledge.selectors import documents_of

TOP_HEADING = 2


@dataclass(frozen=True)
class VersionEntry:
    """`changes` are the numbers to compare, this one's and that of the version shown, the older first."""

    number: int
    published_at: datetime | None
    is_current: bool
    url: str
    changes: tuple[int, int] | None


@dataclass(frozen=True)
class DocumentPage:
    """`part` of `parts`, counted from 1: a long document is shown in several. `kind` is the file's type in words.

    `page_count` counts the pages of a format that has them. `contents` is empty when there is nothing to choose from.
    """

    title: str
    path: str
    kind: str
    page_count: int
    contents: list[Entry]
    blocks: list[RenderedBlock]
    part: int
    parts: int
    versions: list[VersionEntry]


def document_page(version: DocumentVersion, *, part: int = 0, mark: TextRange | None = None) -> DocumentPage:
    """A version from a selector; the part asked for, else the one that holds the mark, else the first."""
    layout = layout_from_json(version.layout)
    parts = parts_of(layout)
    wanted = part or (part_at(parts, mark.start) if mark else 1)
    shown = min(max(wanted, 1), len(parts))
    renderer = DocumentRenderer(version.text, layout, mark, _addresses(version, layout))
    blocks = _without_title(parts[shown - 1], version)
    return DocumentPage(
        title=version.title,
        path=version.document.path,
        kind=name_of(version.media_type),
        page_count=len(layout.pages),
        contents=_worth_showing(contents_of(version.text, parts), version.title),
        blocks=renderer.render(blocks, top=TOP_HEADING),
        part=shown,
        parts=len(parts),
        versions=_versions(version),
    )


def _worth_showing(contents: list[Entry], title: str) -> list[Entry]:
    return contents if sum(entry.text != title for entry in contents) > 1 else []


def _without_title(blocks: Part, version: DocumentVersion) -> Part:
    """The page has the title as its own heading."""
    first = blocks[0][1] if blocks else None
    is_title = (
        first is not None
        and first.kind == BlockKind.HEADING
        and version.text[first.start : first.end] == version.title
    )
    return blocks[1:] if is_title else blocks


def _versions(version: DocumentVersion) -> list[VersionEntry]:
    rows = version.document.versions.exclude(state=VersionState.DRAFT).order_by("-number")
    return [
        VersionEntry(
            number,
            moment,
            state == VersionState.PUBLISHED,
            _version_url(version, number),
            _in_order(number, version.number),
        )
        for number, moment, state in rows.values_list("number", "published_at", "state")
    ]


def _in_order(one: int, other: int) -> tuple[int, int] | None:
    return (min(one, other), max(one, other)) if one != other else None


def _version_url(version: DocumentVersion, number: int) -> str:
    return reverse("version", args=[version.document.uid, number])


def _addresses(version: DocumentVersion, layout: Layout) -> Mapping[str, str]:
    """Where the links lead: documents of the same collection, or pages of the web; any other leads nowhere."""
    targets = {link.target for link in layout.links}
    paths = {target: linked_paths(version.document.path, target) for target in targets}
    wanted = {path for candidates in paths.values() for path in candidates}
    found = dict(documents_of(version.document.collection).filter(path__in=wanted).values_list("path", "uid"))
    inside = {
        target: reverse("document", args=[found[path]])
        for target, candidates in paths.items()
        for path in candidates[::-1]
        if path in found
    }
    return {target: target for target in targets if _is_web(target)} | inside


def _is_web(target: str) -> bool:
    """Documents are strangers' text: no address but of the web becomes a link (never javascript:)."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
