from __future__ import annotations

import pytest

from apps.knowledge.embeddings import known_hashes
from apps.knowledge.models import Collection, DocumentVersion, Passage, Sentence, StoreState
from apps.knowledge.tests.files import LEAVE, bring, collection_in, load
from apps.models.inference.fake import FakeEncoder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    collection = collection_in()
    load(collection, "leave.md", LEAVE)
    return collection


def _change_weights(monkeypatch: pytest.MonkeyPatch) -> FakeEncoder:
    changed = FakeEncoder()
    changed.digest = "f" * 64
    monkeypatch.setattr("apps.knowledge.services.get_encoder", lambda name: changed)
    monkeypatch.setattr("apps.knowledge.reencoding.get_encoder", lambda name: changed)
    return changed


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


def test_files_are_then_read_again(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    _change_weights(monkeypatch)
    again = bring(collection_in(), "leave.md", LEAVE)
    assert (again.state, again.unchanged) == ("queued", False)


def test_nothing_is_done_while_the_weights_are_the_same(collection: Collection) -> None:
    before = StoreState.objects.get().version
    assert collection_in() == collection
    assert (StoreState.objects.get().version, DocumentVersion.objects.count()) == (before, 1)
