"""What the document page shows: one part of a version, its outline, and the other versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import Count, Max
from django.urls import reverse

from apps.knowledge.documents.excerpts import Excerpt, NumberedBlock, part_excerpt
from apps.knowledge.documents.links import linked_paths
from apps.knowledge.documents.media_types import name_of
from apps.knowledge.documents.parsed_document import BlockKind
from apps.knowledge.documents.parts import OutlineEntry, heading_text
from apps.knowledge.models import DocumentVersion, VersionState
from apps.knowledge.pages.figures import page_figures
from apps.knowledge.pages.page_marks import page_pictures
from apps.knowledge.pages.rendering import DocumentRenderer, RenderedBlock, TextRange
from apps.knowledge.selectors import documents_of

TOP_HEADING = 2
VERSIONS_SHOWN = 50


@dataclass(frozen=True)
class ContentsEntry:
    """A line of the table of contents; `level` and `part` count from 1."""

    text: str
    level: int
    anchor: str
    part: int


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
    contents: list[ContentsEntry]
    blocks: list[RenderedBlock]
    part: int
    parts: int
    versions: list[VersionEntry]


def document_page(version: DocumentVersion, *, part: int = 0, mark: TextRange | None = None) -> DocumentPage:
    """A version from a selector; the part asked for, else the one that holds the mark, else the first.

    A fixed number of queries, and work that is bounded by a part's size.
    """
    parts, end = version.parts.aggregate(count=Count("pk"), end=Max("end")).values()
    mark = mark if mark is not None and mark.end <= (end or 0) else None
    shown = min(max(part or _part_at(version, mark), 1), max(parts, 1))
    excerpt = part_excerpt(version, shown - 1)
    renderer = DocumentRenderer(
        excerpt,
        mark,
        _addresses(version, excerpt),
        page_pictures(version, mark),
        page_figures(version, excerpt),
    )
    return DocumentPage(
        title=version.title,
        path=version.document.path,
        kind=name_of(version.media_type),
        page_count=len(excerpt.layout.pages),
        contents=_contents(excerpt.layout.outline, version.title),
        blocks=renderer.render(_without_title(excerpt, version), top=TOP_HEADING),
        part=shown,
        parts=parts,
        versions=_versions(version),
    )


def _part_at(version: DocumentVersion, mark: TextRange | None) -> int:
    """The 1-based number of the part that holds the mark's start."""
    if mark is None:
        return 1
    return version.parts.filter(start__lte=mark.start).count()


def _contents(outline: Sequence[OutlineEntry], title: str) -> list[ContentsEntry]:
    """Without the heading that is the page's title: the text of the page does not repeat it."""
    below = [entry for entry in outline if entry.block or entry.text != heading_text(title)]
    top = min((entry.level for entry in below), default=1)
    contents = [
        ContentsEntry(entry.text, entry.level - top + 1, f"b{entry.block}", entry.part + 1) for entry in below
    ]
    return contents if len(contents) > 1 else []


def _without_title(excerpt: Excerpt, version: DocumentVersion) -> Sequence[NumberedBlock]:
    """The page has the title as its own heading."""
    if not excerpt.blocks:
        return ()
    number, first = excerpt.blocks[0]
    is_title = (
        number == 0
        and first.kind == BlockKind.HEADING
        and excerpt.words(first.start, first.end) == version.title
    )
    return excerpt.blocks[1:] if is_title else excerpt.blocks


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
        for number, moment, state in rows.values_list("number", "published_at", "state")[:VERSIONS_SHOWN]
    ]


def _in_order(one: int, other: int) -> tuple[int, int] | None:
    return (min(one, other), max(one, other)) if one != other else None


def _version_url(version: DocumentVersion, number: int) -> str:
    return reverse("version", args=[version.document.uid, number])


def _addresses(version: DocumentVersion, excerpt: Excerpt) -> Mapping[str, str]:
    """Where the part's links lead: documents of the same collection, or pages of the web; any other leads nowhere."""
    targets = {link.target for link in excerpt.links}
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
