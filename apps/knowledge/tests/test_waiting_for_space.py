"""Work on files leaves the reserve of free disk space: it waits and goes on when there is space again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import QueryDict

from apps.common.disk_space import NO_ROOM, reserve_bytes
from apps.knowledge.index.cleaning import clean_versions
from apps.knowledge.index.embeddings import known_hashes
from apps.knowledge.ingestion.turns import take_turn
from apps.knowledge.models import DocumentVersion, Ingestion, IngestionState, Sentence
from apps.knowledge.pages.upload_list import upload_list
from apps.knowledge.tasks import reembed
from apps.knowledge.tests.files import LEAVE, TRAVEL, bring, collection_in, load
from apps.models.inference.engine import get_encoder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]

LONG = b"\n\n".join(b"## Part %d\n\nText number %d of a long file." % (n, n) for n in range(300))
SetFree = Callable[[int], None]


@pytest.fixture
def set_free_bytes(monkeypatch: pytest.MonkeyPatch) -> SetFree:
    return lambda size: monkeypatch.setattr("apps.common.disk_space.free_bytes", lambda: size)


def test_no_file_begins_without_the_reserve(set_free_bytes: SetFree) -> None:
    collection = collection_in()
    ingestion = bring(collection, "leave.md", LEAVE)
    set_free_bytes(reserve_bytes() - 1)
    assert not take_turn()
    ingestion.refresh_from_db()
    assert (ingestion.state, ingestion.attempt) == (IngestionState.QUEUED, 0)
    [row] = upload_list(collection, QueryDict()).page
    assert row.detail == "Waiting for free disk space"
    set_free_bytes(reserve_bytes())
    assert take_turn()
    ingestion.refresh_from_db()
    assert ingestion.state == IngestionState.READY


def test_a_file_that_is_being_read_begins_again_when_there_is_space(
    set_free_bytes: SetFree, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingestion = bring(collection_in(), "long.md", LONG)
    left = [2 * reserve_bytes()] * 4
    monkeypatch.setattr("apps.common.disk_space.free_bytes", lambda: left.pop() if left else 0)
    take_turn()
    ingestion.refresh_from_db()
    assert (ingestion.state, ingestion.attempt, ingestion.version) == (IngestionState.QUEUED, 0, None)
    clean_versions()
    assert not DocumentVersion.objects.exists()
    set_free_bytes(reserve_bytes())
    take_turn()
    ingestion.refresh_from_db()
    assert ingestion.state == IngestionState.READY


def test_a_file_that_is_being_indexed_goes_on_where_it_stopped(
    set_free_bytes: SetFree, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingestion = bring(collection_in(), "long.md", LONG)
    monkeypatch.setattr("apps.knowledge.ingestion.indexing.WINDOW_PASSAGES", 5)
    with monkeypatch.context() as patch:
        patch.setattr("apps.knowledge.ingestion.pipeline.has_reserve", lambda: not _is_indexed(ingestion))
        take_turn()
    ingestion.refresh_from_db()
    assert (ingestion.state, ingestion.attempt, ingestion.lease_until) == (IngestionState.INDEXING, 0, None)
    assert ingestion.indexed_passages == 5
    take_turn()
    ingestion.refresh_from_db()
    assert ingestion.state == IngestionState.READY


def _is_indexed(ingestion: Ingestion) -> bool:
    ingestion.refresh_from_db()
    return ingestion.indexed_passages > 0


def test_re_embedding_stops_at_the_reserve_and_goes_on_when_there_is_space(
    monkeypatch: pytest.MonkeyPatch, set_free_bytes: SetFree, caplog: pytest.LogCaptureFixture
) -> None:
    collection = collection_in()
    load(collection, "leave.md", LEAVE)
    load(collection, "travel.md", TRAVEL)
    old, encoder = collection.encoder_digest, get_encoder()
    monkeypatch.setattr(encoder, "digest", "f" * 64)
    left = [reserve_bytes()]  # for the check before the first document
    monkeypatch.setattr("apps.common.disk_space.free_bytes", lambda: left.pop() if left else 0)
    reembed()
    collection.refresh_from_db()
    hashes = sorted(set(Sentence.objects.values_list("text_hash", flat=True)))
    stored = known_hashes(collection.workspace_id, encoder.digest, hashes)
    assert (collection.encoder_digest, 0 < len(stored) < len(hashes)) == (old, True)
    assert str(NO_ROOM) in caplog.text
    set_free_bytes(reserve_bytes())
    reembed()
    collection.refresh_from_db()
    assert collection.encoder_digest == encoder.digest
