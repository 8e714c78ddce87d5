"""What every encoder must do; a test class per encoder inherits it and gives the `encoder` fixture."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from apps.models.inference.interfaces import Encoder

TEXTS = [
    "How do I reset my password?",
    "Resetting a password takes one minute.",
    "The cafeteria serves lunch at noon.",
    "",
    "Łódź, naïve café ☃ 😀 你好 مرحبا",
    "word " * 400,
    "short",
]


class EncoderContract:
    @pytest.fixture
    def encoder(self) -> Encoder:
        raise NotImplementedError

    def test_one_unit_row_a_text(self, encoder: Encoder) -> None:
        vectors = encoder.encode(TEXTS)
        assert vectors.shape == (len(TEXTS), encoder.dimensions)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_no_text_gives_no_row(self, encoder: Encoder) -> None:
        assert encoder.encode([]).shape == (0, encoder.dimensions)
        assert encoder.count_tokens([]) == []

    def test_a_vector_depends_on_its_text_alone(self, encoder: Encoder) -> None:
        together = encoder.encode(TEXTS)
        alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
        np.testing.assert_allclose(together, alone, atol=2e-6)

    def test_similar_texts_are_near(self, encoder: Encoder) -> None:
        question, answer, other = encoder.encode(TEXTS[:3])
        assert question @ answer > question @ other + 0.1

    def test_text_past_max_tokens_changes_nothing(self, encoder: Encoder) -> None:
        start = "word " * encoder.max_tokens
        long, longer = encoder.encode([start, start + "quite different matter"])
        np.testing.assert_allclose(long, longer, atol=1e-6)
        kept, changed = encoder.encode(["word " * 20, "word " * 20 + "quite different matter"])
        assert kept @ changed < 0.999

    def test_tokens_are_counted_past_the_cut(self, encoder: Encoder) -> None:
        assert encoder.count_tokens(["", "one", "one one one", "one " * 400]) == [2, 3, 5, 402]

    def test_threads_get_the_same_vectors(self, encoder: Encoder) -> None:
        expected = encoder.encode(TEXTS)
        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(encoder.encode, [TEXTS] * 12))
        for vectors in results:
            np.testing.assert_allclose(vectors, expected, atol=2e-6)

    def test_identity(self, encoder: Encoder) -> None:
        assert encoder.name
        assert len(encoder.digest) == 64
        assert set(encoder.digest) <= set("0123456789abcdef")
