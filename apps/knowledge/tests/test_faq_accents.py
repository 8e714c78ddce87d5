"""Wordings that differ in accents alone."""

from __future__ import annotations

import numpy as np
import pytest

from apps.knowledge.faq.matching import index_of, match_in
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
    index = index_of([(plain, 1), (accented, 2), ("Where is the printer room?", 3)], vectors)
    for text, entry in (
        (plain, 1),
        (accented, 2),
        (accented.upper(), 2),
        (plain.replace("?", " please?"), 1),
    ):
        match = match_in(index, text, same)
        assert match is not None
        assert (match.entry_id, match.margin >= 0.4) == (entry, True)
