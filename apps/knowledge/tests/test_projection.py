from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from apps.common.tests.queue_recorder import QueueRecorder
from apps.knowledge.index import outbox as projection
from apps.knowledge.models import Document, OutboxEntry
from apps.knowledge.services import delete_document
from apps.knowledge.tests.files import LEAVE, TRAVEL, collection_in, load

TASK = "apps.knowledge.tasks.project_outbox"


class RecordingStore:
    """Remembers what it was asked to carry; stumbles over one version once."""

    def __init__(self) -> None:
        self.projected: list[int] = []
        self.stumbles_over: int | None = None

    def project(self, version_id: int) -> None:
        if version_id == self.stumbles_over:
            self.stumbles_over = None
            raise ConnectionError
        self.projected.append(version_id)


@pytest.fixture
def store(settings: Settings, monkeypatch: pytest.MonkeyPatch, fake_encoder: None) -> RecordingStore:
    settings.QUOTH_STORE = "neo4j"
    recorder = RecordingStore()
    monkeypatch.setattr(projection, "get_store", lambda: recorder)
    return recorder


@pytest.mark.django_db(transaction=True)
def test_each_change_goes_through_the_outbox_in_order(store: RecordingStore, queue: QueueRecorder) -> None:
    collection = collection_in()
    first, second = (load(collection, "leave.md", content).version_id for content in (LEAVE, TRAVEL))
    delete_document(Document.objects.get())
    assert queue.tasks().count(TASK) == 4
    assert projection.project_outbox() == 4
    assert store.projected == [first, first, second, second]
    assert not OutboxEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_could_not_be_carried_stays(store: RecordingStore) -> None:
    collection = collection_in()
    first = load(collection, "leave.md", LEAVE).version_id
    second = load(collection, "travel.md", TRAVEL).version_id
    store.stumbles_over = second
    third = load(collection, "more.md", TRAVEL).version_id
    with pytest.raises(ConnectionError):
        projection.project_outbox()
    assert projection.project_outbox() == 1
    assert OutboxEntry.objects.get().version_id == second
    OutboxEntry.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert projection.project_outbox() == 1
    assert store.projected == [first, third, second]


@pytest.mark.django_db(transaction=True)
def test_a_document_is_one_process_s_at_a_time(store: RecordingStore) -> None:
    collection = collection_in()
    load(collection, "leave.md", LEAVE)
    OutboxEntry.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
    load(collection, "leave.md", TRAVEL)
    assert projection.project_outbox() == 0


@pytest.mark.django_db(transaction=True)
def test_a_change_is_carried_after_the_clock_was_set_back(store: RecordingStore) -> None:
    load(collection_in(), "leave.md", LEAVE)
    OutboxEntry.objects.update(lease_until=timezone.now() + timedelta(hours=1))
    assert projection.project_outbox() == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_locked_while_the_store_writes(
    store: RecordingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(collection_in(), "leave.md", LEAVE)
    inside: list[bool] = []
    monkeypatch.setattr(store, "project", lambda version_id: inside.append(connection.in_atomic_block))
    projection.project_outbox()
    assert inside == [False]


@pytest.mark.django_db
def test_the_local_store_needs_no_outbox(fake_encoder: None) -> None:
    load(collection_in(), "leave.md", LEAVE)
    assert not OutboxEntry.objects.exists()
