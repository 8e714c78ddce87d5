from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from apps.accounts.services import ensure_workspace
from apps.knowledge.index.embedded_text import EmbeddedText
from apps.knowledge.index.embeddings import (
    TEXTS_AT_ONCE,
    ensure_embeddings,
    known_hashes,
    load_encodings,
    load_vectors,
)
from apps.knowledge.models import Embedding
from apps.models.inference.fake import FakeEncoder
from apps.models.inference.interfaces import Vectors

pytestmark = pytest.mark.django_db
TEXTS = {f"{number:064d}": EmbeddedText(f"text number {number}") for number in range(TEXTS_AT_ONCE + 3)}


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
    np.testing.assert_array_equal(found[key], encoder.encode([TEXTS[key].text])[0])


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
    ensure_embeddings(one.pk, encoder, {"0" * 64: EmbeddedText("secret")}, lambda hashes: None)
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

    ensure_embeddings(workspace.pk, Racing(), {"0" * 64: EmbeddedText("text")}, lambda hashes: None)
    assert Embedding.objects.count() == 1


def words_of(workspace_id: int, encoder: FakeEncoder) -> int:
    return len(load_encodings(workspace_id, encoder.digest, ["0" * 64])["0" * 64].words)


def test_wanted_words_come_back() -> None:
    workspace, encoder = ensure_workspace("acme"), FakeEncoder()
    text = "Leave. Days off\nYou get 25 days in May."
    ensure_embeddings(
        workspace.pk,
        encoder,
        {"0" * 64: EmbeddedText(text, ((24, 26), (27, 31), (35, 38)))},
        lambda hashes: None,
    )
    stored = load_encodings(workspace.pk, encoder.digest, ["0" * 64])["0" * 64]
    (whole,) = encoder.encode_words([text], [[(24, 26), (27, 31), (35, 38)]])
    np.testing.assert_array_equal(stored.words, whole.words)
    np.testing.assert_array_equal(stored.vector, whole.vector)


def test_a_passage_that_becomes_a_sentence_gets_its_words_and_keeps_them() -> None:
    workspace, encoder = ensure_workspace("acme"), CountingEncoder()
    passage, sentence = ({"0" * 64: EmbeddedText("one two", words)} for words in (None, ((0, 3), (4, 7))))
    for texts, words in ((passage, 0), (sentence, 2), (passage, 2), (sentence, 2)):
        ensure_embeddings(workspace.pk, encoder, texts, lambda hashes: None)
        assert words_of(workspace.pk, encoder) == words
    assert encoder.calls == [1, 1]
    assert Embedding.objects.count() == 1
