"""Every model says how its rows are deleted, and after an erasure no planted word is left in any table or file."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, models
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from apps.accounts.closing import close_own_account
from apps.accounts.erasing import erase_closed
from apps.accounts.models import Role, User, Workspace
from apps.accounts.services import register, set_role
from apps.accounts.viewer import Viewer
from apps.chat.answering.drafts import Status
from apps.chat.answering.verification import verify_answer
from apps.chat.models import Answer, Conversation
from apps.chat.selectors import conversations_for
from apps.chat.services import send_message
from apps.chat.tests.cast import Cast, answered, ask, client_of, finish, make_cast, share, span
from apps.common.deletion import Fate, rules
from apps.common.proof import Problem
from apps.common.tests.html import get
from apps.knowledge.deletion.collections import delete_collection
from apps.knowledge.deletion.erasing import erase_deleted
from apps.knowledge.deletion.grace import SLACK, grace_period
from apps.knowledge.faq.entries import FaqFields, save_entry
from apps.knowledge.models import Collection, Document, DocumentVersion, Embedding, Ingestion
from apps.knowledge.search.results import MissingWord
from apps.knowledge.services import delete_document, ensure_collection
from apps.knowledge.tests.files import load, loaded
from apps.knowledge.tests.pictures import data_address, picture

SUBJECTS: dict[str, type[models.Model]] = {
    "user": User,
    "workspace": Workspace,
    "collection": Collection,
    "document": Document,
}
LOOSE = (models.SET_NULL, models.RESTRICT)
PLANTED = ("zyxplant", "qvorblat")  # in the text, and in names
TEXT = "# Qvorblat rules\n\nEvery zyxplant is watered on Mondays. Ask the zyxplant team. Keep your tickets.\n"
HTML = (
    f'<title>Qvorblat shed</title><h1>Zyxplant shed</h1><p>It is open.<img src="{data_address(picture())}">'
)
SAID = "Every zyxplant is watered on Mondays."


def test_every_model_says_how_it_is_deleted() -> None:
    assert {model._meta.label for model in apps.get_models()} == {model._meta.label for model in rules()}


def test_every_rule_finds_what_it_erases() -> None:
    for model, rule in rules().items():
        assert rule.why
        for subject, lookups in rule.of.items():
            assert subject in {*SUBJECTS, "some_documents"}
            for lookup in [lookups] if isinstance(lookups, str) else lookups:
                str(model._default_manager.filter(**{lookup: 1}).query)  # raises FieldError
        assert (rule.fate is Fate.KEPT) == (not rule.of)
        assert set(rule.blank) <= set(rule.of)


def test_what_refers_to_something_goes_with_it() -> None:
    """A row that would go by a cascade is declared, so that it goes in batches and with what belongs to it."""
    for model, rule in rules().items():
        needed = {
            subject
            for field in model._meta.concrete_fields
            for subject, of in SUBJECTS.items()
            if field.related_model is of and getattr(field.remote_field, "on_delete", None) not in LOOSE
        }
        assert needed <= set(rule.of), model._meta.label


def over(rows: type[Document] | type[Collection]) -> None:
    passed = grace_period() + SLACK + timedelta(minutes=1)
    rows.objects.exclude(deleted_at=None).update(deleted_at=F("deleted_at") - passed)
    Ingestion.objects.update(created_at=F("created_at") - passed)


def places() -> list[str]:
    """Tables and files that still have a planted word, in any case."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = [table for table in tables if _has_it(cursor, table)]
    files = [path for path in Path(default_storage.path("")).rglob("*") if path.is_file()]
    return found + [str(path) for path in files if _is_planted(path.read_bytes())]


def _has_it(cursor: object, table: str) -> bool:
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # type: ignore[attr-defined] # noqa: S608
    return any(_is_planted(repr(row).encode()) for row in cursor.fetchall())  # type: ignore[attr-defined]


def _is_planted(data: bytes) -> bool:
    return any(word.encode() in data.lower() for word in PLANTED)


@pytest.fixture
def cast(db: None, fake_encoder: None) -> Cast:
    return make_cast()


@pytest.fixture
def planted(cast: Cast) -> DocumentVersion:
    """A document with an older version, a failed one, a picture, an answer that quotes it and one that names a word."""
    load(cast.private, "qvorblat.md", TEXT.replace("Mondays", "Sundays").encode())
    version = loaded(cast.private, "qvorblat.md", TEXT.encode())
    loaded(cast.private, "zyxplant.html", HTML.encode())
    load(cast.private, "qvorblat.md", b"")
    finish(ask(Viewer(user=cast.alice), cast.private, "When is it?"), Status.ANSWERED, (span(version, SAID),))
    unknown = ask(Viewer(user=cast.alice), cast.private, "What of zyxplnt?")
    finish(unknown, Status.REFUSED, missing=(MissingWord("zyxplnt", "zyxplant"),))
    assert len(places()) > 8
    return version


def delete_all(cast: Cast) -> None:
    for document in cast.private.documents.filter(path__in=["qvorblat.md", "zyxplant.html"]):
        response = client_of(cast.alice).post(reverse("delete_document", args=[document.uid]))
        assert response.status_code == 302


def test_no_word_of_an_erased_document_is_left(cast: Cast, planted: DocumentVersion) -> None:
    vectors = set(Embedding.objects.values_list("text_hash", flat=True))
    delete_all(cast)
    assert erase_deleted() == 0
    over(Document)
    assert (erase_deleted(), erase_deleted()) == (2, 0)
    assert places() == []
    assert set(Embedding.objects.values_list("text_hash", flat=True)) < vectors
    answer = Answer.objects.get(message__text="When is it?")
    assert {finding.problem for finding in verify_answer(answer).findings} == {Problem.SOURCE_DELETED}
    for address in (
        reverse("conversation", args=[answer.conversation.uid]),
        reverse("proof", args=[answer.uid]),
        reverse("export_markdown", args=[answer.conversation.uid]),
        reverse("export_json", args=[answer.conversation.uid]),
        reverse("why", args=[answer.uid]),
    ):
        response = client_of(cast.alice).get(address)
        assert response.status_code == 200
        assert not _is_planted(b"".join(response) if response.streaming else response.content)
    page = get(client_of(cast.alice), reverse("conversation", args=[answer.conversation.uid])).words
    assert "This document has been deleted." in page
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("verify", str(answer.uid), stdout=out)
    assert "documents that it quotes have been deleted" in out.getvalue()


def test_no_word_of_an_erased_collection_is_left(cast: Cast, planted: DocumentVersion) -> None:
    save_entry(cast.private, FaqFields(("Who is Qvorblat?",), "A zyxplant."), author=cast.alice)
    kept = Conversation.objects.exclude(collection=cast.private).count()
    assert delete_collection(cast.private)
    assert not delete_collection(cast.private)
    hidden = client_of(cast.alice).get(reverse("collection", args=[cast.private.uid]))
    assert hidden.status_code == 404
    assert erase_deleted() == 0
    over(Collection)
    for _run in range(3):
        erase_deleted()
    assert places() == []
    assert not Collection.objects.filter(pk=cast.private.pk).exists()
    assert Conversation.objects.count() == kept
    assert not Embedding.objects.filter(workspace=cast.private.workspace).exists()


def test_a_conversation_goes_with_any_collection_that_it_asks(cast: Cast) -> None:
    """Its quotes can be from each of them."""
    other = ensure_collection(cast.private.workspace, "shed", name="Shed")
    version = loaded(other, "qvorblat.md", TEXT.encode())
    viewer, both = Viewer(user=cast.alice), [cast.private.uid, other.uid]
    sent = send_message(viewer, client_id=uuid.uuid4(), text="When?", collections=both)
    finish(sent.message.answer, Status.ANSWERED, (span(version, SAID),))
    kept = Conversation.objects.exclude(pk=sent.message.conversation_id).count()
    assert delete_collection(other)
    assert not conversations_for(viewer).filter(pk=sent.message.conversation_id).exists()
    over(Collection)
    for _run in range(3):
        erase_deleted()
    assert not Collection.objects.filter(pk=other.pk).exists()
    assert Conversation.objects.count() == kept
    assert places() == []


def test_no_word_of_an_erased_account_is_left(cast: Cast) -> None:
    """Nor of the workspace in which there is nobody else, nor of what the person asked in another one."""
    dora = register("zyxplant@example.org", password="x", name="Dora Qvorblat")
    own = ensure_collection(dora.memberships.get().workspace, "zyxplant", name="Qvorblat")
    version = loaded(own, "qvorblat.md", TEXT.encode())
    share(dora, answered(dora, own, version, SAID))
    set_role(dora, cast.private.workspace, Role.EDITOR)
    load(cast.private, "later.md", b"# Later\n\nIt comes later.\n")
    Ingestion.objects.filter(path="later.md").update(uploaded_by=dora)
    finish(ask(Viewer(user=dora), cast.private, "Where is the zyxplant?"), Status.REFUSED)
    client_of(dora).get("/")
    LogEntry.objects.log_actions(cast.sam.pk, [dora], 2, "changed")
    close_own_account(dora)
    assert len(places()) > 8
    User.objects.filter(pk=dora.pk).update(closed_at=timezone.now() - timedelta(days=15))
    assert (erase_closed(), erase_closed()) == (1, 0)
    assert places() == []
    assert User.objects.count() == 4
    assert Document.objects.filter(path="later.md").exists()


def test_a_collection_in_its_grace_period(cast: Cast) -> None:
    """Nobody finds it, and everything is there again when it is restored."""
    client, bob = client_of(cast.alice), client_of(cast.bob)
    address = reverse("collection", args=[cast.private.uid])
    conversation = reverse("conversation", args=[cast.answer.conversation.uid])
    asks = get(client, reverse("delete_collection", args=[cast.private.uid])).words
    assert "1 conversation" in asks
    assert client.post(reverse("delete_collection", args=[cast.private.uid])).status_code == 302
    assert "Staff handbook" not in get(client, "/").one(".sidebar").words
    for each in (address, conversation, reverse("document", args=[cast.version.document.uid])):
        assert client.get(each).status_code == 404
    assert bob.post(reverse("restore_collection", args=[cast.private.uid])).status_code == 404
    assert "Staff handbook" in get(client, reverse("deleted_collections")).words
    Collection.objects.create(workspace=cast.private.workspace, slug="handbook", name="New one")
    assert client.post(reverse("restore_collection", args=[cast.private.uid])).status_code == 302
    assert "Staff handbook" in get(client, address).one("h1").words
    assert "25 days" in get(client, conversation).words
    again = Collection.objects.get(pk=cast.private.pk)
    assert again.slug.startswith("c-")


def test_settings_of_a_collection(cast: Cast) -> None:
    client, address = client_of(cast.alice), reverse("collection_settings", args=[cast.private.uid])
    fields = {"name": " Rules\u200b ", "description": "All <b>rules</b>", "is_public": "on"}
    assert client.post(address, fields | {"name": "\u200b"}).status_code == 400
    assert client.post(address, fields).status_code == 302
    header = get(client, reverse("collection", args=[cast.private.uid])).one("header")
    assert header.one("h1").text == "Rules"
    assert "All <b>rules</b>" in header.text
    changed = Collection.objects.get(pk=cast.private.pk)
    assert not changed.is_public
    assert get(client, reverse("deleted_documents", args=[cast.private.uid])).words


def test_a_document_is_restored_on_its_page(cast: Cast) -> None:
    client, document = client_of(cast.alice), cast.version.document
    client.post(reverse("delete_document", args=[document.uid]))
    listed = get(client, reverse("deleted_documents", args=[cast.private.uid]))
    action = listed.one("main form")["action"]
    assert action == reverse("restore_document", args=[document.uid])
    assert client_of(cast.bob).post(action).status_code == 404
    assert client.post(action).status_code == 302
    assert client.get(reverse("document", args=[document.uid])).status_code == 200
    delete_document(document)
    loaded(cast.private, document.path, b"# Other\n\nSomething else.\n")
    refused = client.post(action, follow=True)
    assert "loaded since" in refused.content.decode()
