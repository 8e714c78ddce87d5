"""What changed between two texts, in words a reader can follow and in a time that nobody can stretch."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.knowledge.documents.excerpts import Excerpt
from apps.knowledge.documents.layout import DocumentLayout
from apps.knowledge.documents.parsed_document import Block, BlockKind
from apps.knowledge.pages.sequence_diff import Effort, matched
from apps.knowledge.pages.version_diff import LONGEST, MOST_CHANGES, Paragraph, Row, compare, paragraphs

FEW = st.lists(st.sampled_from("abcdef"), max_size=30)


def rows(old: list[str], new: list[str]) -> list[Row]:
    return compare([Paragraph(text) for text in old], [Paragraph(text) for text in new]).rows


def told(row: Row) -> str:
    """-removed- and +added+ words."""
    signs = {"removed": "-", "added": "+", "": ""}
    return "".join(f"{signs[run.kind]}{run.text}{signs[run.kind]}" for run in row.runs)


@given(FEW, FEW)
def test_matches_are_equal_and_rise(old: list[str], new: list[str]) -> None:
    pairs = matched(old, new, Effort())
    assert all(old[a] == new[b] for a, b in pairs)
    assert pairs == sorted(pairs)
    assert len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)


@given(FEW)
def test_what_is_equal_matches_whole(items: list[str]) -> None:
    assert matched(items, items, Effort(0)) == [(n, n) for n in range(len(items))]


@given(st.text("ab .,"), st.text("ab .,"))
def test_both_texts_can_be_read_from_a_change(old: str, new: str) -> None:
    before, after = (" ".join(text.split()) for text in (old, new))
    runs = [run for row in rows([before], [after]) for run in row.runs]
    for kind, text in (("removed", before), ("added", after)):
        kept = "".join(run.text for run in runs if run.kind in {"", kind})
        assert kept.replace(" ", "") == text.replace(" ", "")


def test_words_that_changed_stand_in_their_paragraph() -> None:
    (row,) = rows(["You get 25 days of leave a year."], ["You get 30 days of paid leave a year!"])
    assert (row.kind, told(row)) == ("changed", "You get -25- +30+ days of +paid+ leave a year-.-+!+")


def test_a_paragraph_that_came_between_is_no_change_of_its_neighbour() -> None:
    found = rows(["Book trains a week ahead."], ["Quite another matter.", "Book trains two weeks ahead."])
    assert [row.kind for row in found] == ["added", "changed"]
    gone, come = rows(["Book trains a week ahead."], ["Quite another matter."])
    assert (told(gone), told(come)) == ("-Book trains a week ahead.-", "+Quite another matter.+")


def test_what_stayed_the_same_is_folded() -> None:
    old = [f"Paragraph {n}." for n in range(20)]
    new = [*old[:10], "Something new.", *old[10:]]
    found = rows(old, new)
    assert [row.kind for row in found] == ["fold", "same", "same", "added", "same", "same", "fold"]
    assert [row.count for row in found if row.kind == "fold"] == [8, 8]


def excerpt(text: str) -> Excerpt:
    """One paragraph."""
    return Excerpt(0, text, ((0, Block(BlockKind.PARAGRAPH, 0, len(text))),), (), DocumentLayout((), ()))


def test_lines_broken_elsewhere_are_no_change() -> None:
    assert paragraphs(excerpt("one two\nsix")) == paragraphs(excerpt("one\ntwo six"))


def test_a_long_list_of_changes_is_cut() -> None:
    found = compare([], [Paragraph(f"Line {n}.") for n in range(MOST_CHANGES + 1)])
    assert (len(found.rows), found.changes, found.is_cut) == (MOST_CHANGES, MOST_CHANGES, True)
    assert not compare([], [Paragraph("Line.")] * MOST_CHANGES).is_cut


def test_a_giant_paragraph_is_compared_in_pieces() -> None:
    text = "a" * (3 * LONGEST)
    assert [len(each.text) for each in paragraphs(excerpt(text))] == [LONGEST] * 3


def _shuffled(items: list[str], seed: int) -> list[str]:
    return random.Random(seed).sample(items, len(items))


LINES = [f"line {n}" for n in range(20_000)]
HOSTILE = {
    "few lines, often": (_shuffled(["a", "b"] * 20_000, 1), _shuffled(["a", "b"] * 20_000, 2)),
    "each line twice": (_shuffled(LINES * 2, 1), _shuffled(LINES * 2, 2)),
    "another order": (LINES, _shuffled(LINES, 3)),
    "few words, often": tuple(
        [" ".join(_shuffled([*"ab"] * 55, seed + n)) + f" {n}" for n in range(400)] for seed in (0, 7_000)
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_holds_the_comparison_up(name: str) -> None:
    old, new = HOSTILE[name]
    began = time.process_time()
    rows(list(old), list(new))
    assert time.process_time() - began < 5
