"""The wording that a question is compared with."""

from __future__ import annotations

import numpy as np
import pytest

from apps.knowledge.faq import particulars
from apps.knowledge.faq.matching import match_in, wordings_of
from apps.knowledge.index.embeddings import Vector


@pytest.mark.parametrize(
    ("plain", "accented"),
    [
        ("Where is my resume?", "Where is my résumé?"),
        ("Wie lange soll ich drucken?", "Wie lange soll ich drücken?"),
    ],
)
def test_two_entries_that_differ_in_an_accent_both_answer(plain: str, accented: str) -> None:
    """Also with an encoder that does not see accents."""
    same: Vector = np.ones(4, np.float32) * np.float32(0.5)
    vectors = [same, same, np.array([1, 0, 0, 0], np.float32)]
    known = wordings_of([(plain, 1), (accented, 2), ("Where is the printer room?", 3)], vectors)
    for text, entry in (
        (plain, 1),
        (accented, 2),
        (accented.upper(), 2),
        (plain.replace("?", " please?"), 1),
    ):
        match = match_in(known, text, same)
        assert match is not None
        assert (match.entry_id, match.margin >= 0.4) == (entry, True)


def test_only_particulars_of_similar_wordings_are_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a large FAQ, those of all would take a second."""
    seen: list[str] = []

    def words(text: str) -> list[tuple[str, str]]:
        seen.append(text)
        return []

    monkeypatch.setattr(particulars, "words", words)
    texts = ["How much in 2031?", "How much in 2032?", "How much in 2033?"]
    known = wordings_of(
        [(text, entry) for entry, text in enumerate(texts)], list(np.eye(3, dtype=np.float32))
    )
    match_in(known, "How much in 2034?", np.array([1, 0, 0], np.float32), 0.7)
    assert sorted(seen) == ["How much in 2031?", "How much in 2034?"]
