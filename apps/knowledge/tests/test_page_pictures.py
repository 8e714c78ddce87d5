"""The pictures of a PDF's pages on the document page, and who may see them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from apps.common.tests.html import get
from apps.knowledge import services
from apps.knowledge.models import Collection, DocumentPart, DocumentVersion
from apps.knowledge.pages import pictures
from apps.knowledge.tests.files import LEAVE, collection_in, loaded
from apps.knowledge.tests.parsing_files import pdf, pdf_text
from apps.knowledge.tests.people import member_of, stranger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
PAGES = [
    [(12.0, 72.0, 700.0, "The ramp closes at nine."), (12.0, 72.0, 600.0, "Ask the porter for a key.")],
    [(12.0, 72.0, 700.0, "The gate is never locked.")],
]


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    cache.clear()
    pictures.clear_pictures()
    return collection_in()


@pytest.fixture
def version(collection: Collection) -> DocumentVersion:
    return loaded(collection, "gate.pdf", pdf([pdf_text(page) for page in PAGES]))


@pytest.fixture
def member(collection: Collection) -> Client:
    return member_of(collection)


def picture_url(version: DocumentVersion, page: int) -> str:
    return reverse("page_picture", args=[version.document.uid, version.number, page])


def test_a_page_is_a_picture_for_those_who_may_read_it(version: DocumentVersion, member: Client) -> None:
    response = member.get(picture_url(version, 2))
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert {"private", "no-cache"} <= set(response["Cache-Control"].split(", "))
    again = member.get(picture_url(version, 2), headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert response.content.startswith(b"\x89PNG")
    assert member.get(picture_url(version, 1)).content != response.content


def test_a_stranger_sees_the_same_as_for_a_missing_document(version: DocumentVersion) -> None:
    client = stranger()
    foreign = client.get(picture_url(version, 1))
    missing = client.get(picture_url(version, 1).replace(str(version.document.uid), str(uuid.uuid4())))
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert shown(foreign.content) == shown(missing.content)
    assert Client().get(picture_url(version, 1)).status_code == 404


def shown(page: bytes) -> str:
    """Without nonces, tokens and addresses."""
    return re.sub(r'nonce="[^"]*"|value="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}', "", page.decode())


@pytest.mark.parametrize("page", [0, 3, 10**9])
def test_no_page_beyond_the_document(page: int, version: DocumentVersion, member: Client) -> None:
    assert member.get(picture_url(version, page)).status_code == 404


def test_other_formats_have_no_pictures(collection: Collection, member: Client) -> None:
    version = loaded(collection, "leave.md", LEAVE)
    assert member.get(picture_url(version, 1)).status_code == 404
    assert not get(member, reverse("document", args=[version.document.uid])).all(".page-picture")


def test_a_picture_is_drawn_once_and_gone_with_its_document(version: DocumentVersion, member: Client) -> None:
    first = member.get(picture_url(version, 1)).content
    default_storage.delete(version.original)
    assert member.get(picture_url(version, 1)).content == first
    missing = member.get(picture_url(version, 2))
    assert missing.status_code == 404
    assert "missing from this site" in missing.content.decode()
    services.delete_document(version.document)
    assert member.get(picture_url(version, 1)).status_code == 404


def test_a_page_that_cannot_be_drawn_says_so(version: DocumentVersion, member: Client) -> None:
    with default_storage.open(version.original, "wb") as file:
        file.write(b"%PDF-1.7 damaged later")
    response = member.get(picture_url(version, 1))
    assert response.status_code == 503
    assert "This page cannot be drawn" in response.content.decode()


def test_pictures_are_limited(
    version: DocumentVersion, member: Client, change_config: Callable[..., None]
) -> None:
    change_config("documents", pictures_per_minute=2)
    assert [member.get(picture_url(version, page)).status_code for page in (1, 1, 1)] == [200, 200, 429]


def test_the_lines_of_a_passage_are_marked_on_its_page(version: DocumentVersion, member: Client) -> None:
    start = version.text.index("Ask the porter")
    soup = get(member, f"{reverse('document', args=[version.document.uid])}?start={start}&end={start + 10}")
    assert [image["src"] for image in soup.all(".page-picture img")] == [
        picture_url(version, page) for page in (1, 2)
    ]
    assert {image["loading"] for image in soup.all(".page-picture img")} == {"lazy"}
    first, second = soup.all(".page-picture")
    assert first.one("summary .to-open").text == "Show the page with the passage marked"
    assert second.one("summary .to-open").text == "Show the page"
    (mark,) = first.all("rect")
    assert (mark["x"], mark["y"]) == ("118", "228")  # 72 of 612 points; 792 - 600 less the height, of 792
    assert not second.all("svg")


def test_versions_read_earlier_have_no_marks(version: DocumentVersion, member: Client) -> None:
    DocumentPart.objects.filter(version=version).update(lines=[])
    soup = get(member, f"{reverse('document', args=[version.document.uid])}?start=0&end=10")
    assert len(soup.all(".page-picture img")) == 2
    assert not soup.all(".page-picture svg")
