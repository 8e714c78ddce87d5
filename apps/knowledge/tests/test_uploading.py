"""Files that are uploaded or refused: what the page says, and what is left of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.common.tests.html import get, parse
from apps.knowledge.models import Collection, Ingestion
from apps.knowledge.parsing.failures import sentence_for
from apps.knowledge.tests.files import LEAVE, TRAVEL, bring, collection_in, load
from apps.knowledge.tests.people import editor_of, home, member_of, stranger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
JSON = {"Accept": "application/json"}
LARGE = 10**9


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    return collection_in()


@pytest.fixture
def editor(collection: Collection) -> Client:
    return editor_of(collection)


def upload(client: Client, collection: Collection, name: str, content: bytes, **headers: Any) -> Any:
    data = {"files": SimpleUploadedFile("file.md", content), "path": name}
    return client.post(reverse("upload", args=[collection.uid]), data, **headers)


def report(client: Client, collection: Collection, *files: tuple[str, object]) -> Any:
    data = {"path": [path for path, _ in files], "size": [size for _, size in files]}
    return client.post(reverse("refused", args=[collection.uid]), data, headers=JSON)


def uploads_shown(client: Client, collection: Collection) -> dict[str, str]:
    """What the page says of each file, after a reload."""
    return {
        row["data-path"]: row.one("small").text
        for row in get(client, home(collection)).all("#uploads tbody tr")
    }


def test_upload_by_form(collection: Collection, editor: Client) -> None:
    files = [SimpleUploadedFile("a.md", LEAVE), SimpleUploadedFile("b.md", TRAVEL)]
    response = editor.post(reverse("upload", args=[collection.uid]), {"files": files}, follow=True)
    assert response.redirect_chain == [(home(collection), 302)]
    assert "2 files were uploaded. The list shows their progress." in response.content.decode()
    assert set(Ingestion.objects.values_list("path", flat=True)) == {"a.md", "b.md"}


def test_upload_by_script_keeps_the_folder_and_answers_with_the_row(
    collection: Collection, editor: Client
) -> None:
    response = upload(editor, collection, "guide/a.md", LEAVE, headers=JSON)
    row = Ingestion.objects.get()
    assert (response.status_code, row.path) == (201, "guide/a.md")
    assert response.json()["uid"] == str(row.uid)
    assert parse(response.json()["row"]).one("tr")["data-path"] == "guide/a.md"


def test_more_files_than_a_form_may_hold(collection: Collection, editor: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    files = [SimpleUploadedFile(f"{n}.md", b"text") for n in range(3)]
    answer = editor.post(reverse("upload", args=[collection.uid]), {"files": files})
    assert answer.status_code == 400
    assert "Send at most 2" in answer.content.decode()


def test_an_upload_without_a_file_says_so(collection: Collection, editor: Client) -> None:
    address = reverse("upload", args=[collection.uid])
    page, problem = editor.post(address), editor.post(address, headers=JSON)
    assert (page.status_code, problem.status_code) == (400, 400)
    assert "Choose a file first." in page.content.decode()
    assert problem.json()["detail"] == "Choose a file first."


def test_a_file_of_an_unsupported_type_stays_listed_and_is_not_stored(
    collection: Collection, editor: Client
) -> None:
    response = upload(editor, collection, "table.csv", b"a,b", headers=JSON)
    assert response.status_code == 201
    assert uploads_shown(editor, collection) == {"table.csv": sentence_for("unlisted_type")}
    assert not stored(collection)


def test_a_file_over_the_quota_stays_listed_with_its_sentence(
    collection: Collection, editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.knowledge.documents.quota.MIB", 0)
    response = upload(editor, collection, "leave.md", LEAVE, headers=JSON)
    assert (response.status_code, response["Content-Type"]) == (413, "application/problem+json")
    assert response.json()["detail"] == sentence_for("over_quota")
    assert parse(response.json()["row"]).one("small").text == sentence_for("over_quota")
    assert uploads_shown(editor, collection) == {"leave.md": sentence_for("over_quota")}
    assert not stored(collection)


def test_without_script_a_refusal_is_told_and_stays_listed(
    collection: Collection, editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.common.disk_space.free_bytes", lambda: 0)
    response = upload(editor, collection, "leave.md", LEAVE, follow=True)
    assert sentence_for("no_room") in parse(response.content).one(".notice.error").words
    assert uploads_shown(editor, collection) == {"leave.md": sentence_for("no_room")}


def test_a_name_that_is_too_long_is_listed_by_its_end(collection: Collection, editor: Client) -> None:
    path = "folder/" * 400 + "leave.md"
    response = upload(editor, collection, path, LEAVE, headers=JSON)
    assert response.status_code == 400
    ((shown, sentence),) = uploads_shown(editor, collection).items()
    assert shown.startswith("…")
    assert shown.endswith("folder/leave.md")
    assert sentence == sentence_for("long_name")


def test_what_a_browser_did_not_send_stays_listed(collection: Collection, editor: Client) -> None:
    response = report(
        editor, collection, ("big.pdf", LARGE), ("table.csv", 3), ("fine.md", 3), ("odd.md", "x")
    )
    assert response.status_code == 201
    big, table, fine, odd = response.json()["rows"]
    assert parse(big["row"]).one("tr")["data-path"] == "big.pdf"
    assert parse(table["row"]).one("tr")["data-row"] == table["uid"]
    assert fine is odd is None
    assert uploads_shown(editor, collection) == {
        "table.csv": sentence_for("unlisted_type"),
        "big.pdf": sentence_for("oversized"),
    }
    assert set(Ingestion.objects.values_list("original", "original_bytes")) == {("", 3), ("", LARGE)}


def test_a_file_refused_again_is_listed_once(collection: Collection, editor: Client) -> None:
    for _ in range(3):
        report(editor, collection, ("big.pdf", LARGE))
    assert Ingestion.objects.count() == 1


def test_removing_a_refused_file_takes_it_off_the_list(collection: Collection, editor: Client) -> None:
    report(editor, collection, ("big.pdf", LARGE))
    editor.post(reverse("remove", args=[collection.uid, Ingestion.objects.get().uid]))
    assert uploads_shown(editor, collection) == {}
    assert not Ingestion.objects.exists()


def test_a_refusal_disturbs_neither_the_document_nor_the_copy_on_its_way(
    collection: Collection, editor: Client
) -> None:
    load(collection, "leave.pdf.md", LEAVE)
    waiting = bring(collection, "leave.pdf.md", LEAVE + b"\nMore.\n")
    report(editor, collection, ("leave.pdf.md", LARGE))
    waiting.refresh_from_db()
    assert waiting.state == "queued"
    soup = get(editor, home(collection))
    assert len(soup.all("#uploads tbody tr")) == 2
    assert len(soup.all("#documents tbody tr")) == 1


def test_a_refused_file_cannot_be_tried_again(collection: Collection, editor: Client) -> None:
    report(editor, collection, ("big.pdf", LARGE))
    address = reverse("retry", args=[collection.uid, Ingestion.objects.get().uid])
    response = editor.post(address, headers=JSON)
    assert (response.status_code, response.json()["code"]) == (409, "conflict")


def test_a_report_without_a_name_is_refused(collection: Collection, editor: Client) -> None:
    assert report(editor, collection, ("", LARGE)).status_code == 400


def test_only_editors_report(collection: Collection) -> None:
    for client in (member_of(collection), stranger(), Client()):
        assert report(client, collection, ("big.pdf", LARGE)).status_code == 404
    assert not Ingestion.objects.exists()


def test_a_stranger_does_not_see_what_was_refused(collection: Collection, editor: Client) -> None:
    report(editor, collection, ("big.pdf", LARGE))
    refused = Ingestion.objects.get()
    charlie = stranger()
    assert charlie.get(home(collection)).status_code == 404
    assert charlie.post(reverse("remove", args=[collection.uid, refused.uid])).status_code == 404
    assert Ingestion.objects.exists()


def test_retry_and_cancel(collection: Collection, editor: Client) -> None:
    failed = load(collection, "empty.md", b"")
    editor.post(reverse("retry", args=[collection.uid, failed.uid]))
    again = Ingestion.objects.latest("pk")
    assert (again.state, again.pk > failed.pk) == ("queued", True)
    assert editor.post(reverse("cancel", args=[collection.uid, again.uid]), headers=JSON).status_code == 204
    again.refresh_from_db()
    assert (again.state, again.reason) == ("failed", "cancelled")


def test_a_file_of_another_collection_cannot_be_reached_through_mine(
    collection: Collection, editor: Client
) -> None:
    other = load(collection_in("other"), "empty.md", b"")
    assert editor.post(reverse("retry", args=[collection.uid, other.uid])).status_code == 404


def test_a_page_may_be_asked_for_its_head(collection: Collection, editor: Client) -> None:
    for page in (reverse("collection", args=[collection.uid]), reverse("new")):
        answer = editor.head(page)
        assert (answer.status_code, answer.content) == (200, b"")


def stored(collection: Collection) -> list[Path]:
    folder = Path(default_storage.path(str(collection.workspace.uid)))
    return [path for path in folder.rglob("*") if path.is_file()]
