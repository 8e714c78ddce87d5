"""Deleted documents and collections: restored within the grace period, erased after it, words and vectors too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F

from apps.common.errors import AppError, NotFound
from apps.knowledge.deletion.erasing import erase_deleted
from apps.knowledge.deletion.grace import SLACK, grace_period
from apps.knowledge.deletion.restoring import restore_document
from apps.knowledge.models import Collection, Document, Embedding, OutboxEntry
from apps.knowledge.services import delete_document
from apps.knowledge.tests.files import (
    LEAVE,
    TRAVEL,
    collection_in,
    counted_statistics,
    kept_statistics,
    load,
    loaded,
    published,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    chosen = collection_in()
    load(chosen, "leave.md", LEAVE)
    load(chosen, "travel.md", TRAVEL)
    return chosen


def deleted(collection: Collection, path: str) -> Document:
    document = Document.objects.get(collection=collection, path=path, deleted_at=None)
    assert delete_document(document)
    return document


def after_the_grace_period(rows: type[Document] | type[Collection] = Document) -> None:
    passed = grace_period() + SLACK + timedelta(minutes=1)
    rows.objects.exclude(deleted_at=None).update(deleted_at=F("deleted_at") - passed)


def test_a_restored_document_is_as_before(collection: Collection) -> None:
    before, version = kept_statistics(collection), published(collection, "leave.md")
    assert version is not None
    document = deleted(collection, "leave.md")
    restore_document(document)
    restore_document(document)
    after = published(collection, "leave.md")
    assert after is not None
    assert (after.pk, after.published_at) == (version.pk, version.published_at)
    assert (after.live_from or 0) > (version.live_from or 0)
    assert kept_statistics(collection) == counted_statistics(collection) == before


def test_one_is_not_restored_over_another_or_too_late(collection: Collection) -> None:
    document = deleted(collection, "leave.md")
    load(collection, "leave.md", LEAVE)
    with pytest.raises(AppError, match="loaded since"):
        restore_document(document)
    other = deleted(collection, "travel.md")
    after_the_grace_period()
    with pytest.raises(NotFound):
        restore_document(other)


def test_one_of_another_encoder_is_read_again(
    collection: Collection, change_config: Callable[..., None]
) -> None:
    document = deleted(collection, "leave.md")
    change_config("passages", max_words=50)
    restore_document(document)
    assert published(collection, "leave.md") is None
    assert collection.ingestions.filter(path="leave.md", state="queued").exists()


def test_only_what_is_over_is_erased(collection: Collection) -> None:
    document = deleted(collection, "leave.md")
    assert erase_deleted() == 0
    restore_document(document)
    after_the_grace_period()
    assert erase_deleted() == 0


def test_vectors_that_another_document_needs_stay(collection: Collection) -> None:
    loaded(collection, "copy.md", LEAVE)
    before = Embedding.objects.count()
    deleted(collection, "leave.md")
    after_the_grace_period()
    assert erase_deleted() == 1
    assert Embedding.objects.count() == before
    deleted(collection, "copy.md")
    after_the_grace_period()
    assert erase_deleted() == 1
    assert 0 < Embedding.objects.count() < before


def test_it_waits_for_the_graph(collection: Collection) -> None:
    document = deleted(collection, "leave.md")
    after_the_grace_period()
    entry = OutboxEntry.objects.create(workspace=collection.workspace, version=document.versions.get())
    assert erase_deleted() == 0
    entry.delete()
    assert (erase_deleted(), erase_deleted()) == (1, 0)
