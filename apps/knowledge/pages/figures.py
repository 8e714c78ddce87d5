"""The pictures that stand in documents: what a page shows of each, and the picture itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.common.errors import NotFound
from apps.knowledge.documents.excerpts import Excerpt, PlacedFigure
from apps.knowledge.documents.layout import figure_from_row
from apps.knowledge.documents.parsed_document import Figure, ParseError, PictureFault
from apps.knowledge.documents.picture_files import picture_path, picture_paths
from apps.knowledge.models import DocumentPicture, DocumentVersion
from apps.knowledge.pages.pictures import cached_picture, drawing, remember_picture
from apps.knowledge.pages.rendering import RenderedFigure

DRAWN_AHEAD = 7  # pictures after the one that is asked for, which the same reading process draws
AHEAD_SECONDS = 2.0  # after which no further one is begun: others wait for their pictures
_JPEG = b"\xff\xd8\xff"
SENTENCES: dict[PictureFault, Promise] = {
    PictureFault.FORMAT: gettext_lazy(
        "Picture left out: its format cannot be shown here. It is in the original file."
    ),
    PictureFault.DAMAGED: gettext_lazy("Picture left out: it is damaged."),
    PictureFault.LARGE: gettext_lazy("Picture left out: it is too large."),
    PictureFault.NO_ROOM: gettext_lazy("Picture left out: the workspace has no more space for files."),
    PictureFault.ELSEWHERE: gettext_lazy("Picture left out: it was not loaded with this document."),
}


class FigurePicture(NamedTuple):
    data: bytes
    media_type: str


def page_figures(
    version: DocumentVersion, excerpt: Excerpt
) -> Callable[[PlacedFigure], RenderedFigure | None]:
    """A function of a picture of the excerpt; None for one that cannot be shown and that nothing describes.

    Runs one query if pictures are in other files, else none.
    """
    names = set(picture_paths(placed.figure for placed in excerpt.figures))
    files = _files(version, names) if names else {}

    def rendered(placed: PlacedFigure) -> RenderedFigure | None:
        figure, (is_there, fault) = placed.figure, _state(placed.figure, files)
        if not is_there and fault is PictureFault.ELSEWHERE and not (figure.alt or figure.has_caption):
            return None
        return RenderedFigure(
            url=_url(version, placed) if is_there else "",
            alt=figure.alt,
            width=figure.width,
            height=figure.height,
            sentence=str(SENTENCES[fault or PictureFault.DAMAGED]),
            has_caption=figure.has_caption,
        )

    return rendered


def drawn_figure(version: DocumentVersion, part: int, place: int) -> FigurePicture:
    """The picture with that place in a part of the version, both counted from 0. Raises NotFound, and AppError if it
    cannot be drawn.
    """
    figures = _figures_of(version, part)
    if not place < len(figures) or figures[place].fault or not figures[place].source:
        raise NotFound
    if path := picture_path(figures[place]):
        data = _of_file(version, path)
    else:
        data = _of_document(version, part, place, figures)
    return FigurePicture(data, "image/jpeg" if data.startswith(_JPEG) else "image/png")


def _figures_of(version: DocumentVersion, part: int) -> Sequence[Figure]:
    """Reads only the pictures of the part."""
    rows = version.parts.filter(number=part).values_list("layout__figures", flat=True).first()
    return [figure_from_row(row) for row in rows or ()]


def _files(version: DocumentVersion, paths: set[str]) -> Mapping[str, DocumentPicture]:
    return {picture.path: picture for picture in version.pictures.filter(path__in=paths)}


def _state(figure: Figure, files: Mapping[str, DocumentPicture]) -> tuple[bool, PictureFault | None]:
    """Whether the picture can be drawn, and why not."""
    path = picture_path(figure)
    if figure.fault or not path:
        return not figure.fault, figure.fault
    picture = files.get(path)
    if picture is None or not (picture.original or picture.fault):
        return False, PictureFault.ELSEWHERE
    return bool(picture.original), PictureFault(picture.fault) if picture.fault else None


def _url(version: DocumentVersion, placed: PlacedFigure) -> str:
    return reverse("figure", args=[version.document.uid, version.number, placed.part, placed.place])


def _of_document(version: DocumentVersion, part: int, place: int, figures: Sequence[Figure]) -> bytes:
    """The same reading process draws the pictures that follow, which the page asks for next."""
    name = version.document.path

    def draw() -> bytes:
        started = time.monotonic()
        with drawing(version.original) as (reader, original):
            data = reader.figure(original, name, figures[place].source)
            with suppress(ParseError):  # the page asks for each of them itself
                for number, figure in _next_of(figures, place):
                    if time.monotonic() - started > AHEAD_SECONDS:
                        break
                    following = partial(reader.figure, original, name, figure.source)
                    remember_picture((version.pk, part, number), following)
            return data

    return cached_picture((version.pk, part, place), draw, _failure())


def _next_of(figures: Sequence[Figure], place: int) -> Iterator[tuple[int, Figure]]:
    """The next pictures of the same file, with their places."""
    for number in range(place + 1, min(place + 1 + DRAWN_AHEAD, len(figures))):
        if figures[number].source and not figures[number].fault and not picture_path(figures[number]):
            yield number, figures[number]


def _of_file(version: DocumentVersion, path: str) -> bytes:
    picture = version.pictures.filter(path=path).exclude(original="").first()
    if picture is None:
        raise NotFound
    original = picture.original

    def draw() -> bytes:
        with drawing(original) as (reader, file):
            return reader.figure(file, "", "")

    return cached_picture((original,), draw, _failure())


def _failure() -> str:
    return _("This picture cannot be drawn. It is in the original file.")
