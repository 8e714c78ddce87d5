"""Every word and number of a known text is read from a Word document, in order, and nothing else."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.knowledge.parsing.parse import parse
from apps.knowledge.tests.docx_writer import (
    Block,
    Heading,
    List,
    Paragraph,
    Piece,
    Sentence,
    Table,
    WordWriter,
    margin,
)
from apps.knowledge.tests.parsing_files import docx

WORDS = "anchor bell dock eel ferry gull harbour ice jetty kelp lamp mast net oar pier quay rope sail tide".split()
words = st.sampled_from(WORDS)
numbers = st.integers(0, 99_999).map(str)
cuts = st.lists(st.integers(1, 20), max_size=3).map(tuple)
phrases = st.lists(st.one_of(words, numbers), min_size=1, max_size=5).map(" ".join)


@st.composite
def sentences(draw: st.DrawFn) -> Sentence:
    """It begins with a word, and holds numbers with exponents or notes and words that were taken back."""
    pieces = [Piece(f"{draw(words)} ", cuts=draw(cuts))]
    for look in draw(st.lists(st.sampled_from(LOOKS), max_size=5)):
        if look in ("raised", "note"):
            pieces.append(Piece(draw(numbers), cuts=draw(cuts)))
            pieces.append(
                Piece(draw(st.integers(0, 999).map(str) if look == "raised" else phrases), look, draw(cuts))
            )
            pieces.append(Piece(" "))
        else:
            pieces.append(Piece(f"{draw(phrases)} ", look, draw(cuts)))
    return tuple(pieces)


LOOKS = ("plain", "bold", "raised", "note", "struck", "hidden", "deleted", "inserted")


@st.composite
def lists(draw: st.DrawFn) -> List:
    items, level = [(0, draw(sentences()))], 0
    for _ in range(draw(st.integers(0, 5))):
        level = draw(st.integers(0, min(level + 1, 2)))
        items.append((level, draw(sentences())))
    return List(tuple(items), draw(st.booleans()))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns, rows = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    return Table(tuple(tuple(draw(sentences()) for _ in range(columns)) for _ in range(rows)))


blocks: st.SearchStrategy[Block] = st.one_of(
    st.builds(Heading, st.integers(1, 3), phrases),
    st.builds(Paragraph, sentences(), st.one_of(st.just(""), phrases)),
    lists(),
    tables(),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    content=st.lists(blocks, min_size=1, max_size=6),
    header=phrases,
    footer=phrases,
    has_contents=st.booleans(),
)
def test_every_word_and_number_is_read_once_and_in_order(
    content: list[Block], header: str, footer: str, has_contents: bool
) -> None:
    header, footer = f"top {header}", f"bottom {footer}"
    writer = WordWriter(words=[*header.split(), *footer.split()])
    if has_contents:
        writer.contents([block.text for block in content if isinstance(block, Heading)])
    for block in content:
        writer.write(block)
    writer.end_list()
    section = '<w:sectPr><w:headerReference r:id="header1"/><w:footerReference r:id="footer1"/></w:sectPr>'
    parts = {
        **writer.parts(),
        "header1.xml": margin("hdr", header),
        "footer1.xml": margin("ftr", footer),
    }
    assert parse(docx("".join([*writer.body, section]), parts), "file.docx").text.split() == writer.words
