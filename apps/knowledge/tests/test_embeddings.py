from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from apps.accounts.services import ensure_workspace
from apps.knowledge.embeddings import TEXTS_AT_ONCE, ensure_embeddings, known_hashes, load_vectors
from apps.knowledge.models import Embedding
from apps.models.inference.fake import FakeEncoder
from apps.models.inference.interfaces import Vectors

pytestmark = pytest.mark.django_db
TEXTS = {f"{number:064d}": f"text number {number}" for number in range(TEXTS_AT_ONCE + 3)}


class CountingEncoder(FakeEncoder):
    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.calls.append(len(texts))
        return super().encode(texts)


def test_vectors_come_back_as_they_were_encoded() -> None:
    workspace, encoder = ensure_workspace("acme"), CountingEncoder()
    ensure_embeddings(workspace.pk, encoder, TEXTS, lambda hashes: None)
    found = load_vectors(workspace.pk, encoder.digest, list(TEXTS))
    assert found.keys() == TEXTS.keys()
    key = next(iter(TEXTS))
    np.testing.assert_array_equal(found[key], encoder.encode([TEXTS[key]])[0])


def test_only_what_is_missing_is_encoded_and_all_is_reported() -> None:
    workspace, encoder = ensure_workspace("acme"), CountingEncoder()
    first = dict(list(TEXTS.items())[:10])
    ensure_embeddings(workspace.pk, encoder, first, lambda hashes: None)
    seen: list[str] = []
    ensure_embeddings(workspace.pk, encoder, TEXTS, seen.extend)
    assert encoder.calls == [10, TEXTS_AT_ONCE - 7]
    assert sorted(seen) == sorted(TEXTS)


def test_each_workspace_and_encoder_has_its_own() -> None:
    one, other = ensure_workspace("acme"), ensure_workspace("other")
    encoder = FakeEncoder()
    ensure_embeddings(one.pk, encoder, {"0" * 64: "secret"}, lambda hashes: None)
    assert not known_hashes(other.pk, encoder.digest, ["0" * 64])
    assert not load_vectors(other.pk, encoder.digest, ["0" * 64])
    assert not load_vectors(one.pk, "another digest", ["0" * 64])


def test_another_process_may_have_stored_the_text_meanwhile() -> None:
    workspace = ensure_workspace("acme")

    class Racing(FakeEncoder):
        def encode(self, texts: Sequence[str]) -> Vectors:
            row = {"workspace_id": workspace.pk, "text_hash": "0" * 64, "encoder_digest": self.digest}
            Embedding.objects.create(**row, vector=b"\0" * 512)
            return super().encode(texts)

    ensure_embeddings(workspace.pk, Racing(), {"0" * 64: "text"}, lambda hashes: None)
    assert Embedding.objects.count() == 1
