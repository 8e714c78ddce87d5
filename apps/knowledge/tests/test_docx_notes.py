"""Footnotes and endnotes of Word documents."""

from apps.knowledge.parsing.parse import parse
from apps.knowledge.tests.parsing_files import docx, paragraph, part, table, word_field, word_run

UP = '<w:vertAlign w:val="superscript"/>'


def mark(number: int, kind: str = "footnote", more: str = "") -> str:
    return f'<w:r><w:rPr>{UP}</w:rPr><w:{kind}Reference w:id="{number}" {more}/></w:r>'


def notes(kind: str, *texts: str) -> dict[str, str]:
    """The notes have the numbers 1, 2, ..."""
    items = "".join(
        f'<w:{kind} w:id="{number}">{paragraph(text)}</w:{kind}>'
        for number, text in enumerate(texts, start=1)
    )
    return {f"{kind}s.xml": part(f"{kind}s", items)}


def text(body: str, parts: dict[str, str]) -> str:
    return parse(docx(body, parts), "file.docx").text


def test_a_note_follows_the_paragraph_that_refers_to_it() -> None:
    body = f"<w:p>{word_run('The fee is 150')}{mark(2)}{word_run(' euro.')}</w:p>{paragraph('It is due in May.')}"
    parts = notes("footnote", "Unused.", "Children pay half.")
    assert text(body, parts) == "The fee is 150 euro.\n\nChildren pay half.\n\nIt is due in May.\n\nUnused."


def test_a_note_follows_the_list_or_table_that_refers_to_it() -> None:
    item = "<w:p><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>{}</w:p>".format
    body = item(word_run("rope") + mark(1)) + item(word_run("knot")) + paragraph("End.")
    assert text(body, notes("footnote", "Of hemp.")) == "rope\nknot\n\nOf hemp.\n\nEnd."
    cells = table([["rope", "5"], ["knot", "6"]]).replace(
        "<w:t>5</w:t></w:r>", f"<w:t>5</w:t></w:r>{mark(1, 'endnote')}"
    )
    assert (
        text(cells + paragraph("End."), notes("endnote", "Of hemp."))
        == "rope\t5\nknot\t6\n\nOf hemp.\n\nEnd."
    )


def test_a_note_that_only_deleted_or_hidden_text_refers_to_is_no_text() -> None:
    hidden = mark(2).replace(UP, "<w:vanish/>")
    body = f"<w:p>{word_run('Text')}<w:del>{mark(1)}</w:del>{hidden}</w:p>"
    assert text(body, notes("footnote", "Old.", "Secret.")) == "Text"


def test_a_note_may_refer_to_another_one() -> None:
    parts = notes("footnote", "First.", "Second.")
    parts["footnotes.xml"] = parts["footnotes.xml"].replace(
        "First.</w:t></w:r>", f"First.</w:t></w:r>{mark(2)}"
    )
    assert (
        text(f"<w:p>{word_run('Text')}{mark(1)}</w:p>{paragraph('End.')}", parts)
        == "Text\n\nFirst.\n\nSecond.\n\nEnd."
    )


def test_marks_of_notes_are_no_text() -> None:
    own = '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="1"/><w:t>7</w:t></w:r>'
    linked = f'<w:hyperlink w:anchor="_ftn3">{word_run("3", UP)}</w:hyperlink>'
    again = word_field("NOTEREF _Ref1", word_run("4", UP))
    body = (
        f"<w:p>{word_run('fines of 150')}{own}{word_run(', 160')}{linked}{word_run(' and 170')}{again}</w:p>"
    )
    assert text(body, notes("footnote", "Each.")) == "fines of 150, 160 and 170\n\nEach."


def test_links_of_notes_are_their_own() -> None:
    parts = notes("footnote", "See there.")
    parts["footnotes.xml"] = (
        parts["footnotes.xml"]
        .replace("<w:p>", '<w:p><w:hyperlink id="link">')
        .replace("</w:p>", "</w:hyperlink></w:p>")
    )
    assert parse(docx(f"<w:p>{word_run('Text')}{mark(1)}</w:p>", parts), "file.docx").links == ()
