"""What every encoder must do; a test class per encoder inherits it and gives the `encoder` fixture."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from apps.models.inference.interfaces import WORD_DIMENSIONS, WORD_UNIT, Encoder

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

    def test_wanted_words_have_vectors_of_one_length(self, encoder: Encoder) -> None:
        all_of_it, nothing, word = encoder.encode_words(TEXTS[:3], [[(0, 27)], [], [(4, 13)]])
        assert all_of_it.words.dtype == np.int8
        assert [len(each.words) for each in (nothing, word)] == [
            0,
            encoder.count_tokens(["cafeteria"])[0] - 2,
        ]
        assert nothing.words.shape == (0, WORD_DIMENSIONS)
        lengths = np.linalg.norm(all_of_it.words.astype(float), axis=1) / WORD_UNIT
        assert len(lengths) >= 6
        np.testing.assert_allclose(lengths, 1, atol=0.05)

    def test_reading_and_encoding_give_the_same_vector(self, encoder: Encoder) -> None:
        read = np.stack(
            [each.vector for each in encoder.encode_words(TEXTS, [[(0, len(text))] for text in TEXTS])]
        )
        np.testing.assert_allclose(read, encoder.encode(TEXTS), atol=2e-6)

    def test_a_word_is_nearer_to_itself_elsewhere_than_to_others(self, encoder: Encoder) -> None:
        spans = [[(18, 26)], [(12, 20)], [(4, 13)]]  # password, password, cafeteria
        asked, answered, other = (
            each.words.astype(float)[0] for each in encoder.encode_words(TEXTS[:3], spans)
        )
        assert asked @ answered > asked @ other + 0.1 * WORD_UNIT**2

    def test_words_are_found_by_characters(self, encoder: Encoder) -> None:
        text = "\U0001f600 na\u00efve caf\u00e9 password"
        start = text.index("password")
        (found,) = encoder.encode_words([text], [[(start, start + 8)]])
        assert len(found.words) == encoder.count_tokens(["password"])[0] - 2

    def test_no_word_past_the_cut(self, encoder: Encoder) -> None:
        text = "word " * (encoder.max_tokens + 10)
        (found,) = encoder.encode_words([text], [[(0, len(text))]])
        assert len(found.words) == encoder.max_tokens - 2
        assert encoder.encode_words([], []) == []

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
