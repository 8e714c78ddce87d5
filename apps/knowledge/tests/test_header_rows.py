"""Tables: header rows that are not marked as such."""

import pytest

from apps.knowledge.documents.parsed_document import BlockKind
from apps.knowledge.parsing.parse import parse


def headers(html: str) -> list[list[tuple[str, str]]]:
    document = parse(f"<table>{html}</table>".encode(), "page.html")
    rows = [block for block in document.blocks if block.kind is BlockKind.TABLE_ROW]
    return [[(cell.row_header, cell.column_header) for cell in row.cells] for row in rows]


def row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}" for cell in cells)


@pytest.mark.parametrize(
    "first", [row("<b>Boat</b>", "<strong>Seats</strong>"), row("Boat", "Seats"), row("", "<b>Seats</b>")]
)
def test_a_first_row_in_bold_or_over_numbers_is_a_header(first: str) -> None:
    found = headers(first + row("Swan", "4") + row("Duck", "6 seats"))
    assert [cells[1] for cells in found[1:]] == [("Swan", "Seats"), ("Duck", "Seats")]


def test_a_bold_header_may_have_two_rows_and_merged_cells() -> None:
    top = "<tr><td rowspan=2><b>Boat</b><td colspan=2><b>Price</b>" + row("<b>day</b>", "<b>week</b>")
    found = headers(top + "<tr><td rowspan=2>Swan<td>dear<td>cheap" + row("dearer", "cheaper"))
    assert found[-1] == [("Swan", "Price day"), ("Swan", "Price week")]


@pytest.mark.parametrize(
    "rows",
    [
        row("Swan", "red") + row("Duck", "blue") + row("Goose", "green"),
        row("Seats", "4") + row("Length", "7 m") + row("Price", "80"),
        row("<b>Swan</b>", "red") + row("<b>Duck</b>", "blue"),
        row("<b>All</b>", "<b>bold</b>") + row("<b>in</b>", "<b>here</b>"),
        row("Swan", "4"),
    ],
)
def test_other_tables_have_no_header_row(rows: str) -> None:
    assert {column for cells in headers(rows) for _, column in cells} == {""}
