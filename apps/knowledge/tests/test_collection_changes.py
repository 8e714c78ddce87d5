"""What the script of a collection's page is sent: only the rows that it does not show as they are."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.common.tests.html import get, parse
from apps.knowledge.models import Collection, Document, Ingestion
from apps.knowledge.services import delete_document, dismiss_failed
from apps.knowledge.tests.files import LEAVE, TRAVEL, bring, collection_in, load
from apps.knowledge.tests.people import editor_of, home, member_of, stranger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    return collection_in()


@pytest.fixture
def editor(collection: Collection) -> Client:
    return editor_of(collection)


def shown_by(client: Client, collection: Collection) -> dict[str, Any]:
    """What the page's script says about the page that it is on."""
    soup = get(client, home(collection))
    return {
        "state": soup.one("main")["data-state"],
        "upload": [f"{row['data-row']}.{row['data-tag']}" for row in soup.all("#uploads tbody tr")],
        "document": [f"{row['data-row']}.{row['data-tag']}" for row in soup.all("#documents tbody tr")],
    }


def changes(
    client: Client, collection: Collection, known: dict[str, Any] | None = None, query: str = ""
) -> dict[str, Any]:
    address = reverse("files_json", args=[collection.uid]) + query
    response = client.get(address) if known is None else client.post(address, known)
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    return body


def test_nothing_new_is_nothing(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    load(collection, "empty.md", b"")
    bring(collection, "travel.md", TRAVEL)
    found = changes(editor, collection, shown_by(editor, collection))
    assert found["uploads"] == {}
    assert "list" not in found
    assert (found["open"], found["failed"]) == (1, 1)
    assert (found["summary"], found["documents"]) == ("1 document, 1 passage", "1")


def test_without_a_word_everything_is_sent_as_the_page_shows_it(
    collection: Collection, editor: Client
) -> None:
    load(collection, "leave.md", LEAVE)
    failed = load(collection, "empty.md", b"")
    found = changes(editor, collection)
    page = get(editor, home(collection))
    assert parse(found["uploads"][str(failed.uid)]).words == page.one("#uploads tbody tr").words
    ((uid, row),) = found["list"]["rows"]
    assert uid == str(Document.objects.get().uid)
    assert parse(row).one("tr").words == page.one("#documents tbody tr").words


def test_a_file_is_followed_to_its_end(collection: Collection, editor: Client) -> None:
    row = bring(collection, "leave.md", LEAVE)
    known = shown_by(editor, collection)
    Ingestion.objects.filter(pk=row.pk).update(state="reading", progress=1, total=2)
    assert "Reading page 1 of 2" in changes(editor, collection, known)["uploads"][str(row.uid)]
    Ingestion.objects.filter(pk=row.pk).update(state="queued")
    load(collection, "leave.md", LEAVE)
    found = changes(editor, collection, known)
    document = Document.objects.get()
    assert reverse("document", args=[document.uid]) in found["uploads"][str(row.uid)]
    assert [uid for uid, _ in found["list"]["rows"]] == [str(document.uid)]
    assert found["open"] == 0


def test_the_order_of_the_documents_is_sent_and_new_rows_only(collection: Collection, editor: Client) -> None:
    load(collection, "travel.md", TRAVEL)
    known = shown_by(editor, collection)
    load(collection, "leave.md", LEAVE)
    (first, new), (second, old) = changes(editor, collection, known)["list"]["rows"]
    assert (first, second) == tuple(
        str(Document.objects.get(path=path).uid) for path in ("leave.md", "travel.md")
    )
    assert "leave.md" in new
    assert old == ""


def test_what_is_gone_is_told(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    removed, replaced = load(collection, "empty.md", b""), bring(collection, "travel.md", b"# Old\n\nOld.\n")
    known = shown_by(editor, collection)
    dismiss_failed(removed)
    again = bring(collection, "travel.md", TRAVEL)
    delete_document(Document.objects.get())
    found = changes(editor, collection, known)
    assert {uid: bool(row) for uid, row in found["uploads"].items()} == {
        str(removed.uid): False,
        str(replaced.uid): False,
        str(again.uid): True,
    }
    assert found["list"]["rows"] == []
    assert "No documents yet." in found["list"]["foot"]


def test_the_list_is_that_of_the_pages_address(collection: Collection, editor: Client) -> None:
    for path, content in (("leave.md", LEAVE), ("travel.md", TRAVEL)):
        load(collection, path, content)
    found = changes(editor, collection, query="?q=travel")
    assert [uid for uid, _ in found["list"]["rows"]] == [str(Document.objects.get(path="travel.md").uid)]
    assert "1 of 2 documents" in found["list"]["foot"]


@pytest.mark.parametrize("number", [1, 40])
def test_a_look_costs_the_same_however_many_files_there_are(
    collection: Collection, editor: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(number):
        bring(collection, f"{place}.md", LEAVE)
    known = shown_by(editor, collection)
    with django_assert_num_queries(
        8
    ):  # session, user, access, statistic, uploads and two counts, files that ended
        changes(editor, collection, known)


def test_what_is_not_understood_is_ignored(collection: Collection, editor: Client) -> None:
    load(collection, "leave.md", LEAVE)
    known = {"upload": ["", "x", "x.y", "\x00."], "document": ["%%.%%"] * 300, "state": "nothing"}
    assert len(changes(editor, collection, known, query="?page=x&uploads=-1&sort=")["list"]["rows"]) == 1


def test_rows_of_another_collection_are_not_told(collection: Collection, editor: Client) -> None:
    other = load(collection_in("other"), "empty.md", b"")
    assert changes(editor, collection, {"upload": f"{other.uid}.x"})["uploads"] == {str(other.uid): ""}


def test_only_editors_follow_files(collection: Collection) -> None:
    address = reverse("files_json", args=[collection.uid])
    for client in (member_of(collection), stranger(), Client()):
        assert client.get(address).status_code == 404
