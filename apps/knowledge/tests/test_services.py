from __future__ import annotations

import io

import pytest

from apps.accounts.services import ensure_workspace
from apps.common.errors import AppError, Code
from apps.common.tests.queue_recorder import QueueRecorder
from apps.knowledge.documents.parsed_document import FailureCode
from apps.knowledge.ingestion import submission
from apps.knowledge.ingestion.lease import claim
from apps.knowledge.models import Collection, Document, DocumentVersion, Ingestion, StoreState, VersionState
from apps.knowledge.services import (
    cancel_ingestion,
    delete_document,
    ensure_collection,
    request_ingest,
    retry_ingestion,
)
from apps.knowledge.tests.files import (
    LEAVE,
    TRAVEL,
    bring,
    collection_in,
    counted_statistics,
    kept_statistics,
    load,
    published,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
TASK = "apps.knowledge.tasks.ingest_file"


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    return collection_in()


def test_ensure_collection_makes_one_and_finds_it_again() -> None:
    workspace = ensure_workspace("acme")
    made = ensure_collection(workspace, "docs", name="Documents")
    assert (made.name, made.is_public, made.encoder) == ("Documents", False, "minilm")
    assert ensure_collection(workspace, "docs") == made


def test_ensure_collection_publishes_and_never_hides() -> None:
    workspace = ensure_workspace("acme")
    ensure_collection(workspace, "docs")
    assert ensure_collection(workspace, "docs", is_public=True).is_public
    assert ensure_collection(workspace, "docs").is_public


@pytest.mark.django_db(transaction=True)
def test_request_enqueues_after_the_commit(collection: Collection, queue: QueueRecorder) -> None:
    ingestion = request_ingest(collection, path="leave.md", file=io.BytesIO(LEAVE))
    assert ingestion.state == "queued"
    assert queue.sent == [(TASK, (ingestion.pk,))]


def test_the_same_file_on_its_way_is_not_taken_in_twice(collection: Collection) -> None:
    assert bring(collection, "leave.md", LEAVE) == bring(collection, "leave.md", LEAVE)


def test_two_requests_at_one_moment_are_one(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    first = bring(collection, "leave.md", LEAVE)
    hidden = [Ingestion.objects.none() for _ in range(3)]
    seen = submission.open_of
    monkeypatch.setattr(submission, "open_of", lambda *args: hidden.pop() if hidden else seen(*args))
    assert bring(collection, "leave.md", LEAVE) == first


def test_another_file_at_the_same_moment_takes_the_place_of_the_first(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = bring(collection, "leave.md", LEAVE)
    hidden = [Ingestion.objects.none() for _ in range(3)]
    seen = submission.open_of
    monkeypatch.setattr(submission, "open_of", lambda *args: hidden.pop() if hidden else seen(*args))
    second = bring(collection, "leave.md", TRAVEL)
    first.refresh_from_db()
    assert (first.state, first.reason, second.state) == ("failed", FailureCode.SUPERSEDED, "queued")


def test_a_newer_copy_takes_the_place_of_one_on_its_way(collection: Collection) -> None:
    older = bring(collection, "leave.md", LEAVE)
    newer = bring(collection, "leave.md", TRAVEL)
    older.refresh_from_db()
    assert (older.state, older.reason, newer.state) == ("failed", FailureCode.SUPERSEDED, "queued")


def test_an_unchanged_file_is_ready_at_once(collection: Collection) -> None:
    first = load(collection, "leave.md", LEAVE)
    again = bring(collection, "leave.md", LEAVE)
    assert (again.state, again.unchanged, again.version) == ("ready", True, first.version)
    assert again.finished_at is not None
    assert DocumentVersion.objects.count() == 1


def test_the_same_bytes_elsewhere_are_another_document(collection: Collection) -> None:
    load(collection, "leave.md", LEAVE)
    assert bring(collection, "copy.md", LEAVE).state == "queued"
    assert bring(collection_in("other"), "leave.md", LEAVE).state == "queued"


def test_an_oversized_file_fails_without_being_kept(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.knowledge.services.size_of", lambda file: 10**9)
    ingestion = bring(collection, "large.md", LEAVE)
    assert (ingestion.state, ingestion.reason, ingestion.original) == ("failed", FailureCode.OVERSIZED, "")
    with pytest.raises(AppError) as caught:
        retry_ingestion(ingestion)
    assert caught.value.code is Code.CONFLICT


def test_retry_takes_the_stored_original(collection: Collection, queue: QueueRecorder) -> None:
    failed = load(collection, "broken.pdf", b"%PDF-1.4 nothing more")
    again = retry_ingestion(failed)
    assert failed.state == "failed"
    assert again != failed
    assert (again.state, again.original_sha256) == ("queued", failed.original_sha256)


def test_only_a_failed_file_is_tried_again(collection: Collection) -> None:
    with pytest.raises(AppError):
        retry_ingestion(bring(collection, "leave.md", LEAVE))


def test_cancel_ends_it_once(collection: Collection) -> None:
    ingestion = bring(collection, "leave.md", LEAVE)
    assert cancel_ingestion(ingestion)
    assert not cancel_ingestion(ingestion)
    ingestion.refresh_from_db()
    assert (ingestion.state, ingestion.reason) == ("failed", FailureCode.CANCELLED)
    assert claim(ingestion.pk) is None


def test_delete_takes_it_out_of_every_answer_and_keeps_the_text(collection: Collection) -> None:
    load(collection, "leave.md", LEAVE)
    load(collection, "travel.md", TRAVEL)
    before = StoreState.objects.get().version
    document = Document.objects.get(path="leave.md")
    assert delete_document(document)
    assert not delete_document(document)
    version = document.versions.get()
    assert (version.state, version.live_until) == (VersionState.RETIRED, before + 1)
    assert "25 days" in version.text
    assert kept_statistics(collection) == counted_statistics(collection)


def test_delete_stops_a_copy_on_its_way(collection: Collection) -> None:
    load(collection, "leave.md", LEAVE)
    newer = bring(collection, "leave.md", TRAVEL)
    delete_document(Document.objects.get(path="leave.md"))
    newer.refresh_from_db()
    assert (newer.state, newer.reason) == ("failed", FailureCode.CANCELLED)


def test_a_deleted_document_comes_back_when_it_is_loaded_again(collection: Collection) -> None:
    load(collection, "leave.md", LEAVE)
    delete_document(Document.objects.get())
    assert load(collection, "leave.md", LEAVE).state == "ready"
    version = published(collection, "leave.md")
    assert version is not None
    assert version.document.deleted_at is None


def test_what_was_deleted_stays_closed_when_another_file_takes_its_path(collection: Collection) -> None:
    load(collection, "leave.md", LEAVE)
    deleted = Document.objects.get()
    delete_document(deleted)
    load(collection, "leave.md", TRAVEL)
    deleted.refresh_from_db()
    assert deleted.deleted_at is not None
    alive = Document.objects.get(deleted_at=None)
    assert not alive.versions.filter(text__contains="25 days").exists()


@pytest.mark.django_db(transaction=True)
def test_suggestions_are_looked_for_when_the_last_file_is_in(
    collection: Collection, queue: QueueRecorder
) -> None:
    waiting = bring(collection, "travel.md", TRAVEL)
    load(collection, "leave.md", LEAVE)
    assert "apps.chat.tasks.suggest_questions" not in queue.tasks()
    cancel_ingestion(waiting)
    load(collection, "other.md", b"# Other\n\nOther things are written here.\n")
    assert ("apps.chat.tasks.suggest_questions", (collection.pk,)) in queue.sent
