from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.core.cache import cache
from pytest_django import Settings

from apps.knowledge.index.embeddings import known_hashes
from apps.knowledge.index.reembedding import EncoderChanged, outdated_collections
from apps.knowledge.ingestion.indexing import Draft, OnEncoded, index_window
from apps.knowledge.models import (
    Collection,
    DocumentVersion,
    Ingestion,
    OutboxEntry,
    Passage,
    Sentence,
    StoreState,
)
from apps.knowledge.search.retrieval import retrieve
from apps.knowledge.selectors import scope_of
from apps.knowledge.tasks import reembed
from apps.knowledge.tests.files import LEAVE, TRAVEL, bring, collection_in, load
from apps.models.inference.engine import get_encoder
from apps.models.inference.interfaces import Encoder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    collection = collection_in()
    load(collection, "leave.md", LEAVE)
    return collection


def _change_weights(monkeypatch: pytest.MonkeyPatch) -> Encoder:
    encoder = get_encoder()
    monkeypatch.setattr(encoder, "digest", "f" * 64)
    return encoder


def test_a_collection_follows_its_encoder(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    before = StoreState.objects.get().version
    encoder = _change_weights(monkeypatch)
    assert collection_in().encoder_digest == encoder.digest
    texts = {
        *Passage.objects.values_list("text_hash", flat=True),
        *Sentence.objects.values_list("text_hash", flat=True),
    }
    assert known_hashes(collection.workspace_id, encoder.digest, sorted(texts)) == texts
    assert StoreState.objects.get().version == before + 1


def test_a_collection_moves_to_the_encoder_that_the_file_names(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then it is asked with its earlier one."""
    other = _name_another(monkeypatch)
    (found,) = retrieve(scope_of(collection), ["How many days of leave?"])
    assert [passage.document_path for passage in found.passages] == ["leave.md"]
    assert list(outdated_collections()) == [collection]
    reembed()
    reembed()
    collection.refresh_from_db()
    assert (collection.encoder, collection.encoder_digest) == ("other", other.digest)
    assert not outdated_collections().exists()
    (found,) = retrieve(scope_of(collection), ["How many days of leave?"])
    assert [passage.document_path for passage in found.passages] == ["leave.md"]


def test_it_moves_too_if_its_encoder_is_no_longer_in_the_file(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    Collection.objects.update(encoder="gone")
    collection.refresh_from_db()
    monkeypatch.setattr("apps.models.inference.engine.encoder_configs", dict)
    reembed()
    collection.refresh_from_db()
    assert collection.encoder == get_encoder().name


def _name_another(monkeypatch: pytest.MonkeyPatch) -> Encoder:
    """Let quoth.yaml name another encoder, with other vectors."""
    other = get_encoder("other")
    monkeypatch.setattr(other, "digest", "f" * 64)
    monkeypatch.setattr("apps.models.inference.engine.default_encoder", lambda: "other")
    return other


def test_files_are_then_read_again(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    _change_weights(monkeypatch)
    again = bring(collection_in(), "leave.md", LEAVE)
    assert (again.state, again.unchanged) == ("queued", False)


def test_nothing_is_done_while_the_weights_are_the_same(collection: Collection) -> None:
    before = StoreState.objects.get().version
    assert collection_in() == collection
    assert (StoreState.objects.get().version, DocumentVersion.objects.count()) == (before, 1)


def test_vectors_of_two_encoders_are_never_compared(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    _change_weights(monkeypatch)
    with pytest.raises(EncoderChanged, match="being prepared for a new encoder"):
        retrieve(scope_of(collection), ["How many days of leave?"])


def test_the_task_brings_a_collection_back_and_may_run_twice(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = _change_weights(monkeypatch)
    reembed()
    reembed()
    collection.refresh_from_db()
    assert collection.encoder_digest == encoder.digest
    (found,) = retrieve(scope_of(collection), ["How many days of leave?"])
    assert [passage.document_path for passage in found.passages] == ["leave.md"]


def test_a_file_that_comes_first_brings_the_collection_along(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    _change_weights(monkeypatch)
    assert load(collection, "travel.md", TRAVEL).state == "ready"
    collection.refresh_from_db()
    (found,) = retrieve(scope_of(collection), ["How many days of leave?"])
    assert {passage.document_path for passage in found.passages} == {"leave.md", "travel.md"}


def test_a_file_waits_while_another_worker_encodes(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    _change_weights(monkeypatch)
    guard = f"re-embedding-{collection.pk}"
    cache.set(guard, 1)
    waiting = load(collection, "travel.md", TRAVEL)
    cache.delete(guard)
    assert (waiting.state, waiting.attempt) == ("queued", 0)


def test_what_was_encoded_for_the_old_vectors_is_not_published(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def switched(drafts: Sequence[Draft], on_encoded: OnEncoded) -> None:
        index_window(drafts, on_encoded)
        Collection.objects.update(encoder_digest="e" * 64)

    monkeypatch.setattr("apps.knowledge.ingestion.pipeline.index_window", switched)
    load(collection, "travel.md", TRAVEL)
    assert Ingestion.objects.get(path="travel.md").state == "indexing"
    assert DocumentVersion.objects.get(document__path="travel.md").state == "draft"


def test_a_store_outside_of_the_database_gets_the_new_vectors(
    collection: Collection, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.QUOTH_STORE = "neo4j"
    _change_weights(monkeypatch)
    reembed()
    assert OutboxEntry.objects.get().version == DocumentVersion.objects.get()
