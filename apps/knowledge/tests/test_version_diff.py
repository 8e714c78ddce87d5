"""What changed between two texts, in words a reader can follow and in a time that nobody can stretch."""

from __future__ import annotations

import random
import time

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from apps.knowledge.documents.excerpts import Excerpt
from apps.knowledge.documents.layout import DocumentLayout
from apps.knowledge.documents.parsed_document import Block, BlockKind
from apps.knowledge.pages.compared_text import LONGEST, Paragraph, Words, paragraphs
from apps.knowledge.pages.sequence_diff import Effort, matched
from apps.knowledge.pages.version_diff import MOST_CHANGES, Row, compare
from apps.knowledge.parsing.parse import parse

FEW = st.lists(st.sampled_from("abcdef"), max_size=30)


def paragraph(text: str) -> Paragraph:
    return Paragraph((Words(text),))


def rows(old: list[str], new: list[str]) -> list[Row]:
    return compare([paragraph(text) for text in old], [paragraph(text) for text in new]).rows


def told(row: Row) -> str:
    """-removed- and +added+ words."""
    signs = {"removed": "-", "added": "+", "": ""}
    cells = [
        "".join(f"{signs[run.kind]}{run.text}{signs[run.kind]}" for run in cell.changes) for cell in row.cells
    ]
    return " | ".join(cells)


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
    runs = [run for row in rows([before], [after]) for cell in row.cells for run in cell.changes]
    for kind, text in (("removed", before), ("added", after)):
        kept = "".join(run.text for run in runs if run.kind in {"", kind})
        assert kept.replace(" ", "") == text.replace(" ", "")


def test_words_that_changed_stand_in_their_paragraph() -> None:
    (row,) = rows(["You get 25 days of leave a year."], ["You get 30 days of paid leave a year!"])
    assert (row.kind, told(row)) == ("changed", "You get -25- +30+ days of +paid+ leave a year-.- +!+")


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
    folds = [[each.text for each in row.rows] for row in found if row.kind == "fold"]
    assert folds == [old[:8], old[12:]]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("We run it with Docker", "We run it with Podman", "We run it with -Docker- +Podman+"),
        ("Use Docker Compose", "Use Docker", "Use Docker -Compose-"),
        ("Use Docker", "Use Docker Compose", "Use Docker +Compose+"),
        ("Docker starts", "Podman starts", "-Docker- +Podman+ starts"),
        ("Docker, then", "Podman, then", "-Docker- +Podman+, then"),
    ],
)
def test_removed_and_added_words_do_not_run_together(old: str, new: str, shown: str) -> None:
    (row,) = rows([old], [new])
    assert told(row) == shown


def excerpt(text: str) -> Excerpt:
    """One paragraph."""
    return Excerpt(0, text, ((0, Block(BlockKind.PARAGRAPH, 0, len(text))),), (), DocumentLayout((), ()))


def test_lines_broken_elsewhere_are_no_change() -> None:
    assert paragraphs(excerpt("one two\nsix")) == paragraphs(excerpt("one\ntwo six"))


def compared(old: str, new: str) -> list[Row]:
    """Markdown, as its document page would show it."""
    return compare(*(paragraphs(_excerpt_of(text)) for text in (old, new))).rows


def _excerpt_of(markdown: str) -> Excerpt:
    document = parse(markdown.encode(), "a.md")
    blocks = tuple(enumerate(document.blocks))
    return Excerpt(0, document.text, blocks, (), DocumentLayout((), ()), document.styles)


CODE = "```\nif ready:\n    press(the, {}, button)\n\nwait()\n```\n"


def test_code_keeps_its_lines() -> None:
    (row,) = compared(CODE.format("red"), CODE.format("green"))
    assert (row.kind, row.block) == ("changed", BlockKind.CODE)
    assert told(row) == "if ready:\n    press(the, -red- +green+, button)\n\nwait()"
    lines = compared("```\na b c\nx\nd\n```", "```\na b c\ny\nd\n```")
    assert told(lines[0]) == "a b c\n-x-\n+y+\nd"


def test_a_table_keeps_its_cells_and_headings() -> None:
    table = "| Room | Rent |\n|---|---|\n| Attic | 650 |\n| Cellar | {} |\n{}"
    (shown,) = compared(table.format(300, "| Shed | 90 |"), table.format(310, ""))
    assert (shown.kind, shown.count) == ("table", 4)
    assert [(row.kind, row.is_head, told(row)) for row in shown.rows] == [
        ("same", True, "Room | Rent"),
        ("same", False, "Attic | 650"),
        ("changed", False, "Cellar | -300- +310+"),
        ("removed", False, "-Shed- | -90-"),
    ]


def test_a_row_with_another_number_of_cells_is_another_row() -> None:
    table = "| Room | Rent |\n|---|---|\n| Attic | 650 |"
    shown = compared(table, "| Room | Rent | From |\n|---|---|---|\n| Attic | 650 | May |")
    assert [[(row.kind, len(row.cells)) for row in each.rows] for each in shown] == [
        [("removed", 2)] * 2,
        [("added", 3)] * 2,
    ]


def test_looks_stay_with_their_words() -> None:
    (row,) = compared("Never run `rm -r` on **the old** disk.", "Never run `rm -f` on **the new** disk.")
    html = render_to_string("knowledge/compared_row.html", {"row": row})
    assert "<code>rm </code><del>" in html
    assert html.count("<strong>the </strong><del>") == 1
    assert "<strong>new</strong>" in html


def test_a_folded_table_counts_its_rows() -> None:
    table = "| A | B |\n|---|---|\n" + "".join(f"| {n} | x |\n" for n in range(9))
    fold, *_ = compared(f"{table}\nOne.\n\nTwo.", f"{table}\nOne.\n\nThree.")
    assert (fold.kind, fold.count, [row.kind for row in fold.rows]) == ("fold", 9, ["table"])


def test_a_long_list_of_changes_is_cut() -> None:
    found = compare([], [paragraph(f"Line {n}.") for n in range(MOST_CHANGES + 1)])
    assert (len(found.rows), found.changes, found.is_cut) == (MOST_CHANGES, MOST_CHANGES, True)
    assert not compare([], [paragraph("Line.")] * MOST_CHANGES).is_cut


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
