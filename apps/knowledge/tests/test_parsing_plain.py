"""Plain text: lines as they are, paragraphs by empty lines, list items by their marks."""

from apps.knowledge.documents.parsed_document import BlockKind
from apps.knowledge.parsing.parse import parse


def test_paragraphs_and_list_items() -> None:
    document = parse(b"First line\nsecond line\n\n \nList:\n- one\n  more\n2. two\n", "notes.txt")
    assert document.text == "First line\nsecond line\n\nList:\n\none\n  more\n2. two"
    assert [(block.kind, block.label) for block in document.blocks] == [
        (BlockKind.PARAGRAPH, 0),
        (BlockKind.PARAGRAPH, 0),
        (BlockKind.LIST_ITEM, 0),
        (BlockKind.LIST_ITEM, 3),
    ]
    assert document.title == "notes"


def test_markup_in_plain_text_is_text() -> None:
    assert parse(b"<b>*not* markup</b> {{ x }}", "a.txt").text == "<b>*not* markup</b> {{ x }}"
