"""PDFs that ReportLab writes from a known text: every word and number is in the stored text, in order, none joined."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from apps.knowledge.documents.parsed_document import BlockKind
from apps.knowledge.parsing.parse import parse

WORDS = (
    "anchor bridge candle dancer engine forest garden harbour island jacket kettle ladder meadow needle orchard "
    "pepper quarry ribbon saddle timber useful valley window yellow copper silver between through without against"
).split()
STYLES = getSampleStyleSheet()
ITEM = ParagraphStyle("item", parent=STYLES["BodyText"], leftIndent=18, bulletIndent=4)
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

word = st.sampled_from(WORDS)
number = st.integers(0, 99_999).map(str)
power = st.tuples(st.integers(2, 900), st.integers(2, 99)).map(lambda pair: f"{pair[0]}^{pair[1]}")
sentence = st.lists(st.one_of(word, word, word, number, power), min_size=4, max_size=24).map(
    lambda words: ["The", *words, "ends."]
)
cell = st.lists(st.one_of(word, number), min_size=1, max_size=5)


@dataclass(frozen=True)
class Part:
    """`rows` are the words of a heading, of a paragraph, of each item, or of each cell, row by row."""

    kind: str
    rows: list[list[str]]
    columns: int = 1


def heading_part() -> st.SearchStrategy[Part]:
    return st.lists(word, min_size=1, max_size=4).map(lambda words: Part("heading", [["Chapter", *words]]))


def text_part(sentences: int = 1) -> st.SearchStrategy[Part]:
    found = st.lists(sentence, min_size=sentences, max_size=sentences + 4)
    return found.map(lambda drawn: Part("text", [[each for words in drawn for each in words]]))


def list_part(kind: str) -> st.SearchStrategy[Part]:
    return st.lists(sentence, min_size=2, max_size=5).map(lambda items: Part(kind, items))


@st.composite
def table_part(draw: st.DrawFn) -> Part:
    columns, count = draw(st.integers(2, 3)), draw(st.integers(3, 6))
    return Part("table", [draw(cell) for _ in range(columns * count)], columns)


any_part = st.one_of(text_part(), heading_part(), list_part("bullets"), list_part("numbers"), table_part())
# The text outweighs the headings, so that its size is that of the body.
parts = st.tuples(text_part(8), st.lists(any_part, min_size=1, max_size=9)).map(
    lambda drawn: [drawn[0], *drawn[1]]
)


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(parts, st.integers(1, 2))
def test_all_words_and_numbers_are_kept_in_order(content: list[Part], columns: int) -> None:
    document = parse(_pdf(content, columns), "known.pdf")
    assert document.text.split() == [word for part in content for word in _expected(part)]
    cells = [cell for block in document.blocks for cell in block.cells if cell.start < cell.end]
    known = [" ".join(words) for part in content if part.kind == "table" for words in part.rows]
    assert [document.text[cell.start : cell.end] for cell in cells] == known
    assert sum(block.kind is BlockKind.HEADING for block in document.blocks) == sum(
        part.kind == "heading" for part in content
    )


def test_a_heading_does_not_go_on_at_the_top_of_the_next_column() -> None:
    """The lower end of a column keeps a heading apart from the one above the next column, as a new page does."""
    first, second = "Chapter engine anchor saddle useful", "Chapter dancer"
    text = [Paragraph("The anchor is a bridge without a candle. " * 30, STYLES["BodyText"])]
    headings = [Paragraph(first, STYLES["Heading2"]), FrameBreak(), Paragraph(second, STYLES["Heading2"])]
    document = parse(_written([*text, *headings, *text], 2), "known.pdf")
    found = [block for block in document.blocks if block.kind is BlockKind.HEADING]
    assert [document.text[block.start : block.end] for block in found] == [first, second]


SHORT = [["The", "anchor", "ends."], ["The", "candle", "ends."]]
NARROW = Part("table", [["anchor"], ["12"], ["candle"], ["7"], ["forest"], ["90", "silver"]], 2)


@pytest.mark.parametrize(
    "between",
    [
        [Part("bullets", SHORT)],
        [Part("numbers", SHORT)],
        [Part("text", SHORT[:1])],
        [Part("table", [["6", "94991", "meadow", "yellow", "bridge"] for _ in range(9)], 3)],
    ],
)
def test_what_stands_between_two_boxed_tables_is_read_apart(between: list[Part]) -> None:
    text = Part("text", [["The", "anchor", "is", "a", "bridge", "ends."] * 40])
    content = [text, NARROW, *between, NARROW]
    document = parse(_pdf(content, 1), "known.pdf")
    assert document.text.split() == [word for part in content for word in _expected(part)]
    rows = [len(block.cells) for block in document.blocks if block.cells]
    tables = [part for part in content if part.kind == "table"]
    assert rows == [part.columns for part in tables for _ in range(len(part.rows) // part.columns)]


def _expected(part: Part) -> list[str]:
    labels = {"numbers": [[f"{n}."] for n in range(1, len(part.rows) + 1)]}.get(
        part.kind, [[]] * len(part.rows)
    )
    rows = zip(labels, part.rows, strict=True)
    return [_as_read(word) for label, words in rows for word in (*label, *words)]


def _as_read(word: str) -> str:
    base, _, power = word.partition("^")
    return base + power.translate(RAISED)


def _markup(words: Sequence[str]) -> str:
    split = (word.partition("^") for word in words)
    return " ".join(f"{base}<super>{power}</super>" if power else base for base, _, power in split)


def _pdf(content: Sequence[Part], columns: int) -> bytes:
    width = _column_width(columns)
    return _written([flowable for part in content for flowable in _flowables(part, width)], columns)


def _column_width(columns: int) -> float:
    return float((A4[0] - 60 - 20 * (columns - 1)) / columns)


def _written(story: Sequence[Flowable], columns: int) -> bytes:
    buffer = io.BytesIO()
    page = BaseDocTemplate(buffer, pagesize=A4, invariant=1)
    width = _column_width(columns)
    frames = [Frame(30 + at * (width + 20), 40, width, A4[1] - 80, 0, 0, 0, 0) for at in range(columns)]
    page.addPageTemplates([PageTemplate("page", frames)])
    page.build(list(story))
    return buffer.getvalue()


def _flowables(part: Part, width: float) -> list[Flowable]:
    match part.kind:
        case "heading":
            return [Paragraph(_markup(part.rows[0]), STYLES["Heading2"])]
        case "text":
            return [Paragraph(_markup(part.rows[0]), STYLES["BodyText"])]
        case "bullets":
            return [Paragraph(_markup(row), ITEM, bulletText="•") for row in part.rows]
        case "numbers":
            return [Paragraph(_markup(row), ITEM, bulletText=f"{n}.") for n, row in enumerate(part.rows, 1)]
    return [Spacer(1, 8), _table(part, width), Spacer(1, 8)]


def _table(part: Part, width: float) -> Table:
    cells = [Paragraph(_markup(words), STYLES["BodyText"]) for words in part.rows]
    rows = [cells[at : at + part.columns] for at in range(0, len(cells), part.columns)]
    style = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    return Table(rows, colWidths=[width / part.columns] * part.columns, style=style)
