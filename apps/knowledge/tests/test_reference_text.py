"""The reference that bench.readers compares readers with."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.knowledge.tests.parsing_files import docx, part
from bench.reference_text import (
    docx_reference,
    html_reference,
    markdown_reference,
    pdf_reference,
    without_labels,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("10⁶ H₂O", ["10", "⁶", "h", "₂", "o"]),
        ("10<sup>6</sup> and 10^6", ["10", "⁶", "and", "10", "⁶"]),
        ("exam-\nple, soft\u00adhyphen", ["example", "softhyphen"]),
        ("Non-\nZero 2031-\n2032", ["non", "zero", "2031", "2032"]),
        ("ﬁne snake_case", ["fine", "snake", "case"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_labels_of_list_items_do_not_count() -> None:
    assert words_of(without_labels("1. one\n2.2 two\n(b) three\n  - 4) four")) == [
        "one",
        "two",
        "three",
        "four",
    ]


def test_html_without_what_is_no_text() -> None:
    reference = html_reference(
        "<nav>Menu</nav><p>Area 150<sup>2</sup> <del>old</del><b>n</b>ew "
        'H<sub>2</sub>O<sup><a href="#n">1</a></sup><!-- no -->'
    )
    assert list(reference.words) == ["area", "150", "²", "new", "h", "₂", "o"]
    assert {"menu", "old", "n"} <= reference.known
    assert "no" not in reference.words


def test_markdown_without_front_matter_and_template_tags() -> None:
    reference = markdown_reference(
        "---\na: b\n---\n# One {#one}\n\n{% include x %}two ~~no~~[^1]\n\n[^1]: three\n"
    )
    assert [word for word in reference.words if not word.isdigit()] == ["one", "two", "three"]


def test_docx_without_deleted_struck_and_hidden_text(tmp_path: Path) -> None:
    def run(text: str, look: str = "") -> str:
        return f"<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r>"

    raised, not_struck = '<w:vertAlign w:val="superscript"/>', '<w:strike w:val="0"/>'
    body = (
        f"<w:p>{run('kept 10')}{run('6', raised)}{run(' struck', '<w:strike/>')}{run(' hidden', '<w:vanish/>')}"
        f"{run(' on', not_struck)}<w:del>{run(' deleted')}</w:del></w:p>"
    )
    notes = part("footnotes", f'<w:footnote w:type="separator"/><w:footnote>{run("note")}</w:footnote>')
    file = tmp_path / "a.docx"
    file.write_bytes(docx(body, {"footnotes.xml": notes}))
    assert list(docx_reference(file).words) == ["kept", "10", "⁶", "on", "note"]


def test_a_word_of_a_pdf_counts_as_often_as_two_extractors_have_it() -> None:
    reference = pdf_reference(["a b b c", "b a b", "a c b d"])
    assert list(reference.words) == ["a", "b", "b", "c"]
    assert reference.known == {"a", "b", "c", "d"}
