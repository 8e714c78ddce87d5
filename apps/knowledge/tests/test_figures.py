"""Pictures that stand in a document: on its page, for whom, and files beside a page that is loaded with its folder."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from apps.common.tests.html import Html, get
from apps.knowledge import services
from apps.knowledge.documents.parsed_document import FailureCode, ParseError
from apps.knowledge.documents.quota import stored_bytes
from apps.knowledge.models import Collection, Document, DocumentPicture, DocumentVersion
from apps.knowledge.pages import pictures
from apps.knowledge.pages.figures import drawn_figure
from apps.knowledge.pages.pictures import clear_pictures
from apps.knowledge.pages.upload_list import upload_row
from apps.knowledge.parsing.reader import DocumentReader
from apps.knowledge.tests.files import collection_in, load, loaded, published
from apps.knowledge.tests.parsing_files import docx, paragraph
from apps.knowledge.tests.people import member_of, stranger
from apps.knowledge.tests.pictures import (
    CAPTION,
    CAPTION_STYLE,
    data_address,
    drawing,
    picture,
    with_files,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
FILES = {"p1.png": picture(), "p2.png": picture(colour="blue"), "p3.wmf": b"\xd7\xcd\xc6\x9a"}
WORD = with_files(
    docx(
        paragraph("Open the valve.")
        + drawing("p1", "A red valve")
        + paragraph("Figure 1: The valve.", CAPTION)
        + drawing("p2")
        + drawing("p3", "A plan"),
        {"styles.xml": CAPTION_STYLE},
    ),
    FILES,
)


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    cache.clear()
    pictures.clear_pictures()
    return collection_in()


@pytest.fixture
def version(collection: Collection) -> DocumentVersion:
    return loaded(collection, "valve.docx", WORD)


@pytest.fixture
def member(collection: Collection) -> Client:
    return member_of(collection)


def figures(member: Client, version: DocumentVersion) -> list[Html]:
    return get(member, reverse("document", args=[version.document.uid])).all("figure.picture")


def figure_url(version: DocumentVersion, place: int, part: int = 0) -> str:
    return reverse("figure", args=[version.document.uid, version.number, part, place])


def test_pictures_stand_in_their_document_with_their_captions(
    version: DocumentVersion, member: Client
) -> None:
    first, second, third = figures(member, version)
    assert first.one("figcaption").text == "Figure 1: The valve."
    image = first.one("img")
    assert (image["alt"], image["src"], image["loading"]) == (
        "A red valve",
        figure_url(version, 0),
        "lazy",
    )
    assert (image["width"], image["height"]) == ("60", "40")
    assert second.one("img")["alt"] == "Picture without a description"
    assert not third.all("img")
    assert third.one(".left-out").text.startswith("Picture left out: its format cannot be shown here.")
    assert "A plan" in third.text
    assert version.text == "Open the valve.\n\nFigure 1: The valve."
    responses = [member.get(figure_url(version, place)) for place in range(2)]
    assert [response["Content-Type"] for response in responses] == ["image/png"] * 2
    assert responses[0].content != responses[1].content
    assert {"private", "no-cache"} <= set(responses[0]["Cache-Control"].split(", "))
    assert responses[0]["X-Content-Type-Options"] == "nosniff"
    missing = [figure_url(version, 2), figure_url(version, 9), figure_url(version, 0, part=10**12)]
    assert [member.get(address).status_code for address in missing] == [404] * 3


def test_a_stranger_sees_the_same_as_for_a_missing_document(version: DocumentVersion, member: Client) -> None:
    assert member.get(figure_url(version, 0)).status_code == 200
    client = stranger()
    foreign = client.get(figure_url(version, 0))
    missing = client.get(figure_url(version, 0).replace(str(version.document.uid), str(uuid.uuid4())))
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert unnamed(foreign.content) == unnamed(missing.content)
    services.delete_document(version.document)
    assert member.get(figure_url(version, 0)).status_code == 404


def unnamed(page: bytes) -> str:
    """Without nonces, tokens and addresses."""
    return re.sub(r'nonce="[^"]*"|value="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}', "", page.decode())


def test_the_row_of_a_file_counts_the_pictures_left_out(collection: Collection) -> None:
    row = upload_row(load(collection, "valve.docx", WORD))
    assert row.detail == "1 picture was left out. The document's page says why."


def test_a_picture_that_cannot_be_drawn_says_so(collection: Collection, member: Client) -> None:
    damaged = picture((400, 400))[:-60]
    version = loaded(collection, "a.html", f'<p>Words.<img src="{data_address(damaged)}">'.encode())
    response = member.get(figure_url(version, 0))
    assert response.status_code == 503
    assert "This picture cannot be drawn" in response.content.decode()


def test_a_picture_that_cannot_be_drawn_is_not_tried_again_at_once(
    collection: Collection, member: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def failing(reader: DocumentReader, source: Path | bytes, path: str, place: str) -> bytes:
        tried.append(place)
        raise ParseError(FailureCode.TOO_SLOW)

    page = f'<p>Words.<img src="{data_address(picture())}" alt="a">'
    version = loaded(collection, "slow.html", page.encode())
    monkeypatch.setattr(DocumentReader, "figure", failing)
    clear_pictures()
    answers = [member.get(figure_url(version, 0)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503] * 3
    assert all("This picture cannot be drawn" in answer.content.decode() for answer in answers)
    assert len(tried) == 1


def test_pictures_beside_a_page_are_loaded_with_its_folder(
    collection: Collection, member: Client, tmp_path: Path, change_config: Callable[..., None]
) -> None:
    change_config("uploads", max_picture_bytes=2000)
    outside = tmp_path / "outside.png"
    outside.write_bytes(picture())
    folder = tmp_path / "site"
    names = ("img/a.png", "img/secret.png", "img/large.png", "img/broken.png")
    write(folder, ".quothignore", b"secret.png")
    write(folder, "img/a.png", picture())
    write(folder, "img/secret.png", picture())
    write(folder, "img/large.png", bytes(3000))
    write(folder, "img/broken.png", b"no picture")
    (folder / "img" / "link.png").symlink_to(outside)
    images = "".join(
        f'<img alt="{name}" src="../{name}">' for name in (*names, "img/link.png", "../outside.png")
    )
    write(folder, "guide/page.html", f"<p>Words.</p>{images}".encode())
    ingest(collection, folder)
    version = published(collection, "guide/page.html")
    assert version is not None
    kept, secret, large, broken, link, beyond = figures(member, version)
    assert kept.one("img")["alt"] == "img/a.png"
    assert member.get(figure_url(version, 0)).content.startswith(b"\x89PNG")
    assert "it is too large" in large.text
    assert "it is damaged" in broken.text
    assert all("it was not loaded" in each.text for each in (secret, link, beyond))
    assert [member.get(figure_url(version, place)).status_code for place in range(1, 6)] == [404] * 5
    assert stored_bytes(collection.workspace) == version.original_bytes + len(picture())


def test_a_picture_is_replaced_when_its_file_changes_and_kept_when_not(
    collection: Collection, member: Client, tmp_path: Path
) -> None:
    write(tmp_path, "a.png", picture())
    write(tmp_path, "page.md", b"# Valve\n\n![The valve](a.png)\n\nOpen it.")
    ingest(collection, tmp_path)
    version = published(collection, "page.md")
    assert version is not None
    first = member.get(figure_url(version, 0)).content
    ingest(collection, tmp_path)
    assert member.get(figure_url(version, 0)).content == first
    old = DocumentPicture.objects.get().original
    write(tmp_path, "a.png", picture(colour="blue"))
    ingest(collection, tmp_path)
    assert member.get(figure_url(version, 0)).content != first
    assert not default_storage.exists(old)
    Document.objects.all().delete()
    assert not DocumentPicture.objects.exists()


def test_a_picture_waits_for_space(
    collection: Collection, member: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.png", picture())
    write(tmp_path, "page.md", b"# Valve\n\n![The valve](a.png)")
    load(collection, "page.md", (tmp_path / "page.md").read_bytes())
    with monkeypatch.context() as full:
        full.setattr("apps.knowledge.documents.quota.MIB", 0)
        ingest(collection, tmp_path)
    version = published(collection, "page.md")
    assert version is not None
    assert "no more space" in figures(member, version)[0].text
    ingest(collection, tmp_path)
    assert figures(member, version)[0].all("img")


def write(folder: Path, path: str, content: bytes) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(content)


def ingest(collection: Collection, folder: Path) -> None:
    names = {"workspace": collection.workspace.slug, "collection": collection.slug}
    call_command("ingest", str(folder), **names)


@pytest.mark.parametrize(("seconds", "drawn"), [(60.0, 2), (-1.0, 1)])
def test_pictures_are_drawn_ahead_only_for_a_while(
    collection: Collection, monkeypatch: pytest.MonkeyPatch, seconds: float, drawn: int
) -> None:
    """Nobody else's picture is drawn in the meantime."""
    page = "<p>Words.</p>" + f'<img src="{data_address(picture())}" alt="a">' * 2
    version = loaded(collection, "ahead.html", page.encode())
    places: list[str] = []
    draw = DocumentReader.figure

    def counted(reader: DocumentReader, source: Path | bytes, path: str, place: str) -> bytes:
        places.append(place)
        return draw(reader, source, path, place)

    monkeypatch.setattr("apps.knowledge.pages.figures.AHEAD_SECONDS", seconds)
    monkeypatch.setattr(DocumentReader, "figure", counted)
    clear_pictures()
    drawn_figure(version, 0, 0)
    assert len(places) == drawn
