"""A document's page, its versions, and its deletion, in plain HTML."""

from __future__ import annotations

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from apps.common.tests.html import get
from apps.knowledge.ingestion.pipeline import ingest_many
from apps.knowledge.models import Collection, Document, DocumentVersion, Ingestion
from apps.knowledge.tests.files import LEAVE, TRAVEL, collection_in, load, published
from apps.knowledge.tests.people import editor_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    return collection_in()


@pytest.fixture
def editor(collection: Collection) -> Client:
    return editor_of(collection)


def test_a_document_reads_as_a_get(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    load(
        collection,
        "travel.md",
        TRAVEL + b"\n## Abroad\n\n- one\n- [two](https://example.org/)\n\n## Back\n\nHome.\n",
    )
    version = published(collection, "travel.md")
    assert version is not None
    soup = get(editor, reverse("document", args=[version.document.uid]))
    article = soup.one("article.document-text")
    assert soup.one("h1").text == "Travel"
    assert [heading.text for heading in article.all("h2, h3")] == ["Abroad", "Back"]
    contents = soup.all(".contents a")
    assert [link.text for link in contents] == ["Abroad", "Back"]
    assert all(soup.all(str(link["href"])) for link in contents)
    assert {item["data-level"] for item in soup.all(".contents li")} == {"1"}
    assert not get(editor, reverse("document", args=[Document.objects.get(path="leave.md").uid])).all(
        ".contents"
    )
    assert [item.text for item in article.all("ul li")] == ["one", "two"]
    assert article.one("p a")["href"] == reverse("document", args=[Document.objects.get(path="leave.md").uid])


def test_two_versions_are_compared(collection: Collection, editor: Client) -> None:
    for content in (LEAVE, LEAVE.replace(b"25", b"30"), LEAVE.replace(b"25", b"31 `<b>`")):
        load(collection, "leave.md", content)
    document = Document.objects.get()
    newest = get(editor, reverse("document", args=[document.uid]))
    assert [link.text for link in newest.all(".compare")] == ["Changes from 2 to 3", "Changes from 1 to 3"]
    second = get(editor, reverse("version", args=[document.uid, 2]))
    assert [link.text for link in second.all(".compare")] == ["Changes from 2 to 3", "Changes from 1 to 2"]
    soup = get(editor, newest.all(".compare")[1]["href"])
    assert "1 paragraph differs." in soup.words
    assert soup.one(".changed").words.startswith(
        "You get removed: 25 (end) added: 31 <b> (end) days of leave"
    )
    assert [mark.words for mark in soup.all("del, ins")] == ["removed: 25 (end)", "added: 31 <b> (end)"]


@pytest.mark.parametrize(("older", "newer"), [(2, 1), (1, 1), (1, 3), (0, 1)])
def test_only_an_older_version_is_compared_with_a_newer(
    collection: Collection, editor: Client, older: int, newer: int
) -> None:
    for content in (LEAVE, TRAVEL):
        load(collection, "leave.md", content)
    DocumentVersion.objects.create(
        workspace=collection.workspace, document=Document.objects.get(), number=3, original_bytes=1
    )  # one that is being built
    get(editor, reverse("changes", args=[Document.objects.get().uid, older, newer]), 404)


def test_versions_stand_beside(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    load(collection, "leave.md", LEAVE.replace(b"25", b"30"))
    document = Document.objects.get()
    assert "30 days" in get(editor, reverse("document", args=[document.uid])).text
    old = get(editor, reverse("version", args=[document.uid, 1]))
    assert "25 days" in old.text
    assert "replaced by a newer one" in old.text
    assert [link["href"] for link in old.all(".about a:not(.compare)")] == [
        reverse("version", args=[document.uid, number]) for number in (2, 1)
    ]


def test_an_older_version_is_restored_as_the_newest(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    load(collection, "leave.md", LEAVE.replace(b"25", b"30"))
    document = Document.objects.get()
    old, newest = (reverse("version", args=[document.uid, number]) for number in (1, 2))
    address = get(editor, old).one("form[action$='/restore/']")["action"]
    assert not get(editor, newest).all("form[action$='/restore/']")
    assert "It becomes the newest version." in editor.post(address, follow=True).content.decode()
    ingest_many(Ingestion.objects.filter(state="queued").values_list("pk", flat=True))
    page = get(editor, reverse("document", args=[document.uid]))
    assert "25 days" in page.text
    assert "Version 3" in page.text
    assert editor.post(reverse("restore_version", args=[document.uid, 3])).status_code == 409


@pytest.mark.parametrize(
    "query", ["?start=5&end=2", "?start=0&end=99999999", "?start=-1&end=x", "?part=99", "?part=%F0"]
)
def test_a_mistyped_place_is_no_error(collection: Collection, editor: Client, query: str) -> None:
    load(collection, "leave.md", LEAVE)
    soup = get(editor, reverse("document", args=[Document.objects.get().uid]) + query)
    assert not soup.all("article mark")


def test_the_original_is_downloaded_and_never_shown(collection: Collection, editor: Client) -> None:
    load(collection, "guide/äpfel.html", b"<h1>Hi</h1><p>Some words here.</p><script>alert(1)</script>")
    version = DocumentVersion.objects.get()
    response = editor.get(reverse("original", args=[version.document.uid, 1]))
    assert b"".join(response).startswith(b"<h1>Hi")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%C3%A4pfel.html"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_an_original_that_is_missing_is_said_to_be(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    version = DocumentVersion.objects.get()
    default_storage.delete(version.original)
    page = get(editor, reverse("original", args=[version.document.uid, 1]), 404)
    assert "The original file is missing" in page.words


def test_deleting_asks_first(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    document = Document.objects.get()
    address = reverse("delete_document", args=[document.uid])
    asks = get(editor, address).text
    assert "Delete Leave?" in asks
    assert "You can restore it for 7 days" in asks
    assert Document.objects.filter(deleted_at=None).exists()
    assert "Leave was deleted." in editor.post(address, follow=True).content.decode()
    assert not Document.objects.filter(deleted_at=None).exists()
    assert editor.get(address).status_code == 404
