from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from pytest_django import DjangoAssertNumQueries

from apps.common.errors import AppError, Code
from apps.knowledge.documents import quota
from apps.knowledge.documents.originals import discard_originals
from apps.knowledge.documents.quota import check_quota, stored_bytes
from apps.knowledge.models import Collection, Document, Ingestion
from apps.knowledge.services import delete_document, dismiss_failed, request_ingest
from apps.knowledge.tests.files import LEAVE, TRAVEL, bring, collection_in, load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
BROKEN = b"%PDF-1.4 nothing more"


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    return collection_in()


def originals(collection: Collection) -> list[Path]:
    folder = Path(default_storage.path(str(collection.workspace.uid)))
    return [path for path in folder.rglob("*") if path.is_file()]


def test_an_original_counts_for_each_version_and_file_on_its_way(collection: Collection) -> None:
    load(collection, "leave.md", LEAVE)
    load(collection, "copy.md", LEAVE)
    load(collection, "leave.md", TRAVEL)
    load(collection, "broken.pdf", BROKEN)
    bring(collection, "later.md", b"# Later")
    load(collection_in("other"), "leave.md", LEAVE + LEAVE)
    bring(collection, "copy.md", LEAVE)  # unchanged
    expected = 2 * len(LEAVE) + len(TRAVEL) + len(BROKEN) + len(b"# Later")
    assert stored_bytes(collection.workspace) == expected
    assert sum(path.stat().st_size for path in originals(collection)) == expected - len(LEAVE)
    delete_document(Document.objects.filter(collection=collection, path="leave.md").get())
    assert stored_bytes(collection.workspace) == expected


def test_a_full_workspace_takes_what_it_has_and_nothing_more(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(collection, "leave.md", LEAVE)
    monkeypatch.setattr("apps.knowledge.documents.quota.MIB", 0)
    assert bring(collection, "leave.md", LEAVE).unchanged
    with pytest.raises(AppError) as full:
        bring(collection, "travel.md", TRAVEL)
    assert full.value.code is Code.QUOTA
    assert len(originals(collection)) == 1
    assert not Ingestion.objects.filter(path="travel.md").exists()


def test_the_same_bytes_at_many_paths_reach_the_limit(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.knowledge.documents.quota.MIB", 1)
    content = LEAVE.ljust(1500)
    for number in range(3):
        bring(collection, f"{number}/leave.md", content)
    with pytest.raises(AppError) as full:
        bring(collection, "3/leave.md", content)
    assert full.value.code is Code.QUOTA
    assert not Ingestion.objects.filter(path="3/leave.md").exists()
    assert len(originals(collection)) == 1
    assert bring(collection, "2/leave.md", content).path == "2/leave.md"  # it is on its way already


@pytest.mark.django_db(transaction=True)
def test_files_sent_at_the_same_time_count_each_other(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.knowledge.documents.quota.MIB", 1)
    together = threading.Barrier(4)

    def send(number: int) -> bool:
        together.wait(30)
        with closing(connection), suppress(AppError):
            bring(collection, f"{number}.md", f"# {number}".encode().ljust(2400))
            return True
        return False

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(send, range(4))) == 2
    assert stored_bytes(collection.workspace) == 4800
    assert len(originals(collection)) == 2


def test_the_limit_itself_may_be_reached(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.knowledge.documents.quota.MIB", 1)
    limit = 5120
    check_quota(collection.workspace, limit)
    with pytest.raises(AppError):
        check_quota(collection.workspace, limit + 1)


def test_far_below_the_limit_files_are_not_counted_each_time(
    collection: Collection,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr("apps.knowledge.documents.quota.MIB", 1)
    limit = 5120
    quota._counted.clear()
    check_quota(collection.workspace, 1000)
    with django_assert_num_queries(0):
        for _ in range(3):
            check_quota(collection.workspace, 1000)
    with django_assert_num_queries(1):  # 5,000 are more than nine tenths
        check_quota(collection.workspace, 1000)
    with pytest.raises(AppError):
        check_quota(collection.workspace, limit + 1)


def test_a_disk_without_room_refuses_and_stores_nothing(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.common.disk_space.free_bytes", lambda: 0)
    with pytest.raises(AppError) as full:
        bring(collection, "leave.md", LEAVE)
    assert full.value.code is Code.STORAGE_FULL
    assert originals(collection) == []


@pytest.mark.django_db(transaction=True)
def test_an_original_whose_row_could_not_be_written_is_removed(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Ingestion, *_: object, **__: object) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Ingestion, "save", full)
        with pytest.raises(OperationalError):
            bring(collection, "leave.md", LEAVE)
        assert originals(collection) == []
    load(collection, "leave.md", LEAVE)
    monkeypatch.setattr(Ingestion, "save", full)
    with pytest.raises(OperationalError):
        bring(collection, "copy.md", LEAVE)
    assert len(originals(collection)) == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_removed_while_the_database_is_locked(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("apps.knowledge.services.lock_originals", locked)
    monkeypatch.setattr("apps.knowledge.documents.originals.lock_originals", locked)
    with pytest.raises(OperationalError):
        bring(collection, "leave.md", LEAVE)
    assert originals(collection) == []


def test_a_failed_file_that_is_removed_from_the_list_frees_its_room(collection: Collection) -> None:
    failed = load(collection, "broken.pdf", BROKEN)
    kept = load(collection, "other.pdf", BROKEN)
    dismiss_failed(failed)
    assert len(originals(collection)) == 1
    dismiss_failed(kept)
    assert originals(collection) == []
    assert stored_bytes(collection.workspace) == 0


def test_an_original_in_use_stays(collection: Collection) -> None:
    load(collection, "leave.md", LEAVE)
    name = Ingestion.objects.get().original
    discard_originals(collection.workspace, [name])
    assert default_storage.exists(name)
    Ingestion.objects.all().delete()
    discard_originals(collection.workspace, [name])
    assert default_storage.exists(name)


@pytest.mark.django_db(transaction=True)
def test_an_original_that_vanishes_before_its_row_is_stored_again(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    vanishing = [True]

    def lock(workspace: object) -> None:
        if vanishing.pop() if vanishing else False:
            for path in originals(collection):
                path.unlink()

    monkeypatch.setattr("apps.knowledge.services.lock_originals", lock)
    ingestion = request_ingest(collection, path="leave.md", file=io.BytesIO(LEAVE), enqueue=False)
    assert default_storage.exists(ingestion.original)
