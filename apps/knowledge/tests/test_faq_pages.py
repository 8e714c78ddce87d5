"""The pages on which editors write approved answers."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from apps.common.tests.html import parse
from apps.knowledge.models import Collection, FaqEntry
from apps.knowledge.services import delete_document
from apps.knowledge.tasks import prepare_faq
from apps.knowledge.tests.files import LEAVE, collection_in, load
from apps.knowledge.tests.people import editor_of, home, member_of, stranger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
QUOTE = "You get 25 days of leave a year."
FORM = {
    "wordings": "How much leave do I get?\r\nLeave?",
    "answer": "25 days.\r\n\r\nSee https://example.org",
    "document": "leave.md",
    "quote": QUOTE,
    "is_active": "on",
}


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    collection = collection_in()
    load(collection, "leave.md", LEAVE)
    return collection


@pytest.fixture
def editor(collection: Collection) -> Client:
    return editor_of(collection)


def _url(name: str, collection: Collection, *more: uuid.UUID) -> str:
    return reverse(name, args=[collection.uid, *more])


def test_an_editor_adds_changes_and_deletes_an_entry(collection: Collection, editor: Client) -> None:
    listed = _url("faq", collection)
    assert parse(editor.get(home(collection)).content.decode()).all(f"a[href='{listed}']")
    assert "No approved answers yet." in editor.get(listed).content.decode()
    assert editor.post(_url("new_faq_entry", collection), FORM)["Location"] == listed
    entry = FaqEntry.objects.get()
    page = parse(editor.get(listed).content.decode())
    assert [row["data-state"] for row in page.all("tbody tr")] == ["preparing"]
    prepare_faq()
    page = parse(editor.get(listed).content.decode())
    assert "Active" in page.one("tbody tr").words
    assert "2 questions" in page.one("tbody tr").words
    address = _url("faq_entry", collection, entry.uid)
    form = parse(editor.get(address).content.decode())
    assert QUOTE in form.one("#id_quote").words
    changed = editor.post(address, FORM | {"answer": "26 days.", "revision": "1"})
    assert changed["Location"] == listed
    entry.refresh_from_db()
    assert (entry.answer, entry.revision, entry.approved_role) == ("26 days.", 2, "editor")
    assert editor.post(_url("delete_faq_entry", collection, entry.uid))["Location"] == listed
    assert not FaqEntry.objects.exists()


def test_faults_are_shown_at_their_field(collection: Collection, editor: Client) -> None:
    for change, field in (
        ({"wordings": "?"}, "wordings"),
        ({"answer": ""}, "answer"),
        ({"document": "other.md"}, "document"),
        ({"quote": "Something else."}, "quote"),
        ({"revision": "x"}, "revision"),
    ):
        response = editor.post(_url("new_faq_entry", collection), FORM | change)
        assert response.status_code == 400
        assert field in response.context["form"].errors
    assert editor.post(_url("new_faq_entry", collection)).status_code == 400
    assert not FaqEntry.objects.exists()


def test_a_search_finds_words_of_questions_and_answers(collection: Collection, editor: Client) -> None:
    for number in range(3):
        wordings, answer = f"Question {number}?\nOther {number}", f"Answer {number}"
        editor.post(
            _url("new_faq_entry", collection), {"wordings": wordings, "answer": answer, "is_active": "on"}
        )
    for text, found in (("other 1", 1), ("ANSWER 2", 1), ("question", 3), ("nowhere", 0)):
        page = parse(editor.get(_url("faq", collection), {"q": text}).content.decode())
        assert len(page.all("tbody tr")) == found, text


def test_an_entry_says_that_its_quote_is_gone(collection: Collection, editor: Client) -> None:
    editor.post(_url("new_faq_entry", collection), FORM)
    address = _url("faq_entry", collection, FaqEntry.objects.get().uid)
    load(collection, "leave.md", b"# Leave\n\nYou get 30 days.\n")
    prepare_faq()
    assert (
        parse(editor.get(_url("faq", collection)).content.decode()).one("tbody tr")["data-state"]
        == "no-quote"
    )
    page = parse(editor.get(address).content.decode())
    assert "no longer has this quote" in page.one(".notice.error").words
    delete_document(collection.documents.get())
    page = parse(editor.get(address).content.decode())
    assert "was deleted" in page.one(".notice.error").words
    assert not page.one("#id_quote").words


def test_only_editors_find_the_pages(collection: Collection, editor: Client) -> None:
    editor.post(_url("new_faq_entry", collection), FORM)
    entry = FaqEntry.objects.get()
    addresses = [
        _url("faq", collection),
        _url("new_faq_entry", collection),
        _url("faq_entry", collection, entry.uid),
        _url("delete_faq_entry", collection, entry.uid),
    ]
    for client in (Client(), member_of(collection), stranger()):
        for address in addresses:
            assert client.get(address).status_code == 404
        for address in addresses[1:]:
            assert client.post(address, FORM).status_code == 404
    other = collection_in("acme", "other")
    assert editor.get(_url("faq_entry", other, entry.uid)).status_code == 404
    assert FaqEntry.objects.get().revision == 1


def test_what_was_typed_is_kept_when_somebody_else_has_changed_the_entry(
    collection: Collection, editor: Client
) -> None:
    editor.post(_url("new_faq_entry", collection), FORM)
    entry = FaqEntry.objects.get()
    address = _url("faq_entry", collection, entry.uid)
    editor.post(address, FORM | {"answer": "26 days.", "is_active": "", "revision": "1"})
    late = editor.post(address, FORM | {"answer": "27 <days>.", "wordings": "Leave?", "revision": "1"})
    page = parse(late.content.decode())
    assert late.status_code == 409
    assert page.one("#id_answer").words == "27 <days>."
    assert page.one("#id_wordings").words == "Leave?"
    assert page.one("#id_revision")["value"] == "2"
    assert [each.words for each in page.all("section dd")] == [
        "How much leave do I get? Leave?",
        "26 days.",
        "No",
    ]
    assert "Somebody has changed this entry meanwhile." in page.one("[role=alert]").words
    entry.refresh_from_db()
    assert entry.answer == "26 days."
    editor.post(address, FORM | {"answer": "27 <days>.", "revision": page.one("#id_revision")["value"] or ""})
    entry.refresh_from_db()
    assert entry.answer == "27 <days>."


def test_what_was_typed_is_kept_when_the_entry_was_deleted(collection: Collection, editor: Client) -> None:
    new = _url("new_faq_entry", collection)
    editor.post(new, FORM)
    address = _url("faq_entry", collection, FaqEntry.objects.get().uid)
    FaqEntry.objects.get().delete()
    late = editor.post(address, FORM | {"answer": "27 days.", "revision": "1"})
    page = parse(late.content.decode())
    assert late.status_code == 409
    assert (page.one("#id_answer").words, page.one("form.fields")["action"]) == ("27 days.", new)
    assert "Somebody has deleted this entry meanwhile." in late.content.decode()
    assert stranger().post(address, FORM).status_code == 404
    assert editor.get(address).status_code == 404
