"""Passages and sentences are offsets inside the text, in order, that cover it, and are the same each time."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.knowledge.chunking.segment import PassageSpan, segment
from apps.knowledge.chunking.sentences import MOST_AT_ONCE, count_words, portions, sentence_spans
from apps.knowledge.chunking.statements import says_something
from apps.knowledge.documents.parsed_document import Block, BlockKind, ParsedDocument, ParseError
from apps.knowledge.parsing.parse import parse
from apps.knowledge.tests.parsing_files import pdf, pdf_text

WORDS = st.lists(
    st.sampled_from(
        ["leave", "You", "may", "e.g.", "Dr.", "3.", "go!", "Why?", "end.", "“Yes.”", "日本語。", "—"]
    ),
    min_size=1,
    max_size=60,
).map(" ".join)
BLOCKS = st.one_of(
    WORDS,
    WORDS.map(lambda words: f"## {words}"),
    WORDS.map(lambda words: f"- {words}"),
    WORDS.map(lambda words: f"| A | B |\n|--|--|\n| {words} | x |"),
    WORDS.map(lambda words: f"```\n{words}\n```"),
)
SOURCES = st.lists(BLOCKS, min_size=1, max_size=12).map("\n\n".join)


def read(source: str) -> ParsedDocument | None:
    try:
        return parse(source.encode(), "a.md")
    except ParseError:
        return None  # punctuation without a letter


def cut(source: str, target: int = 80, most: int = 160) -> tuple[ParsedDocument, list[PassageSpan]]:
    document = parse(source.encode(), "a.md")
    return document, segment(document, target, most)


def texts(document: ParsedDocument, passages: list[PassageSpan]) -> list[str]:
    return [document.text[it.start : it.end] for passage in passages for it in passage.sentences]


@given(SOURCES)
def test_spans_lie_in_the_text_in_order(source: str) -> None:
    document = read(source)
    end = 0
    for passage in segment(document, 20, 40) if document else ():
        assert passage.start >= end
        assert (passage.sentences[0].start, passage.sentences[-1].end) == (passage.start, passage.end)
        for sentence in passage.sentences:
            assert end <= sentence.start < sentence.end <= len(document.text if document else "")
            end = sentence.end


@given(SOURCES)
def test_sentences_cover_all_text_but_names_of_sections(source: str) -> None:
    document = read(source)
    if document is None:
        return
    covered = [False] * len(document.text)
    for passage in segment(document, 20, 40):
        for sentence in passage.sentences:
            covered[sentence.start : sentence.end] = [True] * (sentence.end - sentence.start)
    for block, following in zip(document.blocks, [*document.blocks[1:], None], strict=True):
        words = document.text[block.start : block.end]
        alone = following is None or (following.kind is BlockKind.HEADING and following.level <= block.level)
        names = block.kind is BlockKind.HEADING and not (alone or says_something(words))
        heads = block.cells and all(cell.is_header for cell in block.cells)
        for place in range(block.start, block.end):
            if not document.text[place].isspace():
                assert covered[place] is not bool(names or heads)


@given(SOURCES, st.integers(1, 50), st.integers(1, 80))
def test_passages_keep_to_their_size_and_heading(source: str, target: int, most: int) -> None:
    document = read(source)
    if document is None:
        return
    headings = [block.start for block in document.blocks if block.kind is BlockKind.HEADING]
    for passage in segment(document, target, most):
        words = sum(count_words(document.text[it.start : it.end]) for it in passage.sentences)
        assert words <= most or len(passage.sentences) == 1
        assert not any(passage.start < heading < passage.end for heading in headings)


@given(SOURCES)
def test_the_same_document_is_cut_the_same_way(source: str) -> None:
    document = read(source)
    if document is not None:
        assert segment(document, 20, 40) == segment(document, 20, 40)


@given(st.text(), st.integers(1, 30))
def test_sentences_of_any_text_cover_it(text: str, most: int) -> None:
    spans = sentence_spans(text, "en", most)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    outside = set(range(len(text))).difference(*(range(start, end) for start, end in spans))
    assert all(text[place].isspace() for place in outside)


def test_headings_give_the_path() -> None:
    _, passages = cut("# A\n\none\n\n## B\n\n### C\n\ntwo\n\n## D\n\nthree")
    assert [passage.heading_path for passage in passages] == [("A",), ("A", "B", "C"), ("A", "D")]


def test_blocks_are_joined_until_the_target() -> None:
    document, passages = cut(
        "\n\n".join(["Ten words make this one paragraph, and no word more."] * 5), 20, 30
    )
    assert [len(passage.sentences) for passage in passages] == [2, 2, 1]
    assert len(texts(document, passages)) == 5


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Ask Dr. Smith, e.g. by mail. Then go.", ["Ask Dr. Smith, e.g. by mail.", "Then go."]),
        ("Is it paid? Yes! It is.", ["Is it paid?", "Yes!", "It is."]),
        ("1. Sign the form.", ["1. Sign the form."]),
        ("One (see 2.1). Two — three.", ["One (see 2.1).", "Two — three."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in sentence_spans(text, "en", 100)] == sentences


def test_sentences_of_a_code_block_are_known_as_code() -> None:
    document, passages = cut("Run this:\n\n```\nwaffle --clean\n```\n\nThen `wait`.")
    sentences = [it for passage in passages for it in passage.sentences]
    assert [document.text[it.start : it.end] for it in sentences if it.is_code] == ["waffle --clean"]
    assert len(sentences) == 3
    code = [document.text[slice(*it.inline_code)] for it in sentences if it.inline_code]
    assert code == ["wait"]


def test_a_label_begins_the_first_sentence_of_its_item() -> None:
    document, passages = cut("Do this:\n\n2. Wait. Then go.\n3. Sit.")
    assert texts(document, passages) == ["Do this:", "2. Wait.", "Then go.", "3. Sit."]


def test_a_number_at_the_start_of_a_wrapped_line_ends_its_sentence() -> None:
    source = "It was built in\n1911. It has room for 3\n- 4 boats in\n2. Ask first."
    document = parse(source.encode(), "a.txt")
    assert texts(document, segment(document, 80, 160)) == [
        "It was built in\n1911.",
        "It has room for 3\n- 4 boats in\n2.",
        "Ask first.",
    ]


def test_a_section_that_ends_early_gives_its_place_back() -> None:
    words = ("Top", "Panel", "inside", "outside")
    starts = [0, 5, 12, 20]
    kinds = (BlockKind.HEADING, BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.PARAGRAPH)
    blocks = [
        Block(kind, start, start + len(word), level=level)
        for kind, start, word, level in zip(kinds, starts, words, (1, 2, 0, 0), strict=True)
    ]
    blocks[1] = replace(blocks[1], section_end=18)
    document = ParsedDocument("Top\n\nPanel\n\ninside\n\noutside", "x", tuple(blocks), "text/html")
    assert [passage.heading_path for passage in segment(document, 80, 160)] == [("Top", "Panel"), ("Top",)]


def test_a_row_is_one_sentence_beside_its_headers() -> None:
    document, passages = cut("| Grade | Hours |\n|--|--|\n| 7. Or 8. | 40 |\n| 6 | 38 |")
    assert texts(document, passages) == ["7. Or 8.\t40", "6\t38"]
    assert [it.context for passage in passages for it in passage.sentences] == ["Grade; Hours"] * 2


def test_a_row_longer_than_a_passage_is_cut_by_its_cells() -> None:
    document, passages = cut(f"| Grade | Duty |\n|--|--|\n| 7 | {'Work all day. ' * 20} |", 10, 20)
    contexts = [it.context for passage in passages for it in passage.sentences]
    assert texts(document, passages)[:2] == ["7", "Work all day."]
    assert contexts[:2] == ["Grade", "7; Duty"]


def test_a_heading_with_nothing_below_it_is_a_passage_under_the_headings_above() -> None:
    document, passages = cut("# A\n\n## B\n\n## C\n\nText.\n\n## D")
    assert texts(document, passages) == ["B", "Text.", "D"]
    assert [passage.heading_path for passage in passages] == [("A",), ("A", "C"), ("A",)]


def test_a_heading_that_says_something_is_quoted_with_the_text_below_it() -> None:
    document, passages = cut(
        "# Pool\n\n## Lockers cost 2 crowns a day\n\nAsk at the desk.\n\n## Towels\n\nNone."
    )
    assert texts(document, passages) == ["Lockers cost 2 crowns a day", "Ask at the desk.", "None."]
    first = passages[0].sentences[0]
    assert document.text[slice(*first.unit)] == "Lockers cost 2 crowns a day\n\nAsk at the desk."
    assert passages[0].heading_path == ("Pool", "Lockers cost 2 crowns a day")


def test_passages_know_their_page() -> None:
    lines = [pdf_text([(12, 72, 700, f"Text of page {number}.")]) for number in (1, 2, 3)]
    passages = segment(parse(pdf([lines[0], "", lines[2]]), "a.pdf"), 1, 10)
    assert [passage.page for passage in passages] == [1, 3]


def test_pages_of_other_formats_are_unknown() -> None:
    assert cut("text")[1][0].page is None


@given(st.text(st.sampled_from("ab \n日"), max_size=200), st.integers(1, 20))
def test_portions_are_the_text_and_break_words_only_if_they_must(text: str, most: int) -> None:
    pieces = [text[start:end] for start, end in portions(text, most)]
    assert "".join(pieces) == text
    assert max(map(len, pieces)) <= most
    assert all(piece[-1] in " \n" or not set(piece) & set(" \n") for piece in pieces[:-1])


@pytest.mark.parametrize("text", ["You may go. Dr. Ray said so! ", "日本語の文。", "x"])
def test_a_block_of_any_length_is_covered_in_order(text: str) -> None:
    text *= 3 * MOST_AT_ONCE // len(text)
    spans = sentence_spans(text, "en", 160)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())


def test_a_long_heading_is_cut_where_it_is_repeated() -> None:
    long = "word " * 2000
    document, passages = cut(f"# {long}\n\nFirst.\n\n## Short\n\n| {long} |\n|--|\n| cell |\n")
    assert [len(name) for passage in passages for name in passage.heading_path] == [199, 199, 5]
    assert len(passages[1].sentences[0].context) == 199
    assert texts(document, passages) == ["First.", "cell"]
