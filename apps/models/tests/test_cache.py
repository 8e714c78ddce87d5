from collections.abc import Sequence

import numpy as np
import pytest

from apps.models.inference import cache
from apps.models.inference.cache import CachedEncoder
from apps.models.inference.fake import FakeEncoder
from apps.models.inference.interfaces import Vectors


class CountingEncoder(FakeEncoder):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.seen += texts
        return super().encode(texts)


@pytest.fixture
def inner() -> CountingEncoder:
    return CountingEncoder()


def test_a_question_is_encoded_once(inner: CountingEncoder) -> None:
    cached = CachedEncoder(inner)
    first = cached.encode(["one", "two", "one"])
    again = cached.encode(["two", "three", "one"])
    assert inner.seen == ["one", "two", "three"]
    np.testing.assert_array_equal(again, FakeEncoder().encode(["two", "three", "one"]))
    np.testing.assert_array_equal(first[0], first[2])


def test_a_caller_cannot_change_what_is_cached(inner: CountingEncoder) -> None:
    cached = CachedEncoder(inner)
    cached.encode(["one"])[:] = 0
    with pytest.raises(ValueError, match="read-only"):
        cached.encode_words(["one"], [()])[0].vector[:] = 0
    np.testing.assert_array_equal(cached.encode(["one"]), FakeEncoder().encode(["one"]))


def test_other_words_of_the_same_question_are_another_encoding(inner: CountingEncoder) -> None:
    cached = CachedEncoder(inner)
    words = [
        len(cached.encode_words(["one two"], [spans])[0].words)
        for spans in ([], [(0, 3)], [(0, 7)], [(0, 3)])
    ]
    assert words == [0, 1, 2, 1]
    assert len(inner.seen) == 3


def test_documents_are_not_cached(inner: CountingEncoder) -> None:
    cached = CachedEncoder(inner)
    document = [f"sentence {number}" for number in range(cache.LARGEST_CALL + 1)]
    cached.encode(document)
    cached.encode(document)
    assert inner.seen == document * 2


def test_a_long_call_uses_what_is_cached(inner: CountingEncoder) -> None:
    """A batch with follow-ups, whose questions were encoded before, has more readings than questions."""
    cached = CachedEncoder(inner)
    cached.encode(["one"])
    readings = ["one", *(f"reading {number}" for number in range(cache.LARGEST_CALL))]
    found = cached.encode_words(readings, [()] * len(readings))
    assert inner.seen == readings
    np.testing.assert_array_equal(found[0].vector, FakeEncoder().encode(["one"])[0])


def test_the_least_recently_asked_goes_first(inner: CountingEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "ENTRIES", 2)
    cached = CachedEncoder(inner)
    for text in ("one", "two", "one", "three", "one", "two"):
        cached.encode([text])
    assert inner.seen == ["one", "two", "three", "two"]
