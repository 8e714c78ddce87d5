"""HTML: what a reader of the page sees, in blocks."""

import pytest

from apps.knowledge.documents.parsed_document import (
    Block,
    BlockKind,
    FailureCode,
    ParsedDocument,
    ParseError,
    StyleKind,
)
from apps.knowledge.parsing.builder import MOST_STYLES
from apps.knowledge.parsing.parse import parse


def read(html: str) -> ParsedDocument:
    return parse(html.encode(), "page.html")


def texts(document: ParsedDocument, kind: BlockKind) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks if block.kind is kind]


def rows(document: ParsedDocument) -> list[Block]:
    return [block for block in document.blocks if block.kind is BlockKind.TABLE_ROW]


def test_code_navigation_and_hidden_parts_are_no_text() -> None:
    document = read(
        "<title>T</title><style>p{}</style><nav>Menu</nav><p>Seen</p><p hidden>No</p><script>x()</script>"
        '<div style="display: none">No</div><template>No</template><!-- No --><button>Click</button>'
        "<body><footer>Imprint</footer>"
    )
    assert document.text == "Seen"
    assert document.title == "T"


def test_the_first_heading_names_the_page_before_its_title_does() -> None:
    assert read("<title>Duck - Wiki</title><h1>Duck</h1><p>x").title == "Duck"
    assert read("<p>x").title == "page"


def test_a_page_hidden_until_a_script_runs_is_read() -> None:
    assert read("<html hidden><body aria-hidden=true><p>Seen").text == "Seen"


def test_main_is_preferred() -> None:
    assert read("<div>Around</div><main><p>Inside</p></main>").text == "Inside"


def test_white_space_is_collapsed_and_breaks_are_kept() -> None:
    assert read("<p>one\n   two <b>three</b>  four<br>five</p>").text == "one two three four\nfive"


def test_lists_keep_depth_and_numbers() -> None:
    document = read('<ol start="3"><li>three<ul><li>inner</ul><li>four<p>more</ol>')
    items = [(block.kind, block.level, block.label) for block in document.blocks]
    assert document.text == "3. three\ninner\n4. four\n\nmore"
    assert items == [
        (BlockKind.LIST_ITEM, 1, 3),
        (BlockKind.LIST_ITEM, 2, 0),
        (BlockKind.LIST_ITEM, 1, 3),
        (BlockKind.PARAGRAPH, 1, 0),
    ]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ol type=a><li>x<li>y</ol>", "a. x\nb. y"),
        ("<ol type=A start=26><li>x<li>y</ol>", "Z. x\nAA. y"),
        ("<ol type=i start=3><li>x<li>y</ol>", "iii. x\niv. y"),
        ("<ol type=I start=1999><li>x</ol>", "MCMXCIX. x"),
        ("<ol reversed><li>x<li>y<li>z</ol>", "3. x\n2. y\n1. z"),
        ("<ol><li>x<li value=7>y<li>z</ol>", "1. x\n7. y\n8. z"),
        ("<ol start=0><li>x</ol>", "0. x"),
        ("<ol start=-1><li>x</ol>", "-1. x"),
        ('<ol style="list-style-type: lower-roman"><li>x<li>y</ol>', "i. x\nii. y"),
        ("<ol style='list-style: none'><li>x</ol>", "x"),
        ("<ol><li><h3>Step</h3><p>Text</ol>", "1. Step\n\nText"),
        ("<ol><li><pre>a = 1</pre><li>x</ol>", "1.\n\na = 1\n\n2. x"),
        ("<ol><li><ol type=a><li>x</ol></ol>", "1.\na. x"),
        ("<table><tr><td>Do<ol><li>x<li>y</ol>then</table>", "Do 1. x 2. y then"),
    ],
)
def test_the_number_of_an_item_is_text(html: str, text: str) -> None:
    assert read(html).text == text


def test_links_and_styles_of_an_item_stand_after_its_label() -> None:
    document = read('<ol start=10><li>See <a href="/x">this</a> <b>now</b></ol>')
    (link,), (style,) = document.links, document.styles
    assert document.text[link.start : link.end] == "this"
    assert document.text[style.start : style.end] == "now"


def test_quotes_and_code_keep_their_kind() -> None:
    document = read("<blockquote><p>Said</p></blockquote><pre><code>a\n  b\n</code></pre>")
    assert texts(document, BlockKind.QUOTE) == ["Said"]
    assert texts(document, BlockKind.CODE) == ["a\n  b"]


def styled(document: ParsedDocument) -> list[tuple[str, StyleKind]]:
    return [(document.text[style.start : style.end], style.kind) for style in document.styles]


def test_inline_styles_are_kept_beside_the_text() -> None:
    document = read(
        "<h1>Leave</h1><p>Run <code>make  test</code>, <b>never <i>alone</i></b>.</p>"
        "<table><tr><td><kbd>Esc</kbd></td></tr></table><pre><code>x = 1</code></pre><p><b> </b>end</p>"
    )
    assert document.text == "Leave\n\nRun make test, never alone.\n\nEsc\n\nx = 1\n\nend"
    assert styled(document) == [
        ("make test", StyleKind.CODE),
        ("alone", StyleKind.EMPHASIS),
        ("never alone", StyleKind.STRONG),
        ("Esc", StyleKind.CODE),
    ]


def test_a_style_over_two_paragraphs_is_one_in_each() -> None:
    assert styled(read("<b><p>one</p><p>two</p></b>three")) == [
        ("one", StyleKind.STRONG),
        ("two", StyleKind.STRONG),
    ]


def test_styles_beyond_the_limit_are_dropped_and_the_text_is_not() -> None:
    document = read("<p><b>x</b> y</p>" * (MOST_STYLES + 5))
    assert len(document.styles) == MOST_STYLES
    assert document.text.count("x") == MOST_STYLES + 5


def test_cells_know_their_headers() -> None:
    document = read(
        "<table><caption>Pay</caption><tr><th>Grade<th>Hours<tr><td>7<td>40<tr><td>6<td>38</table>"
    )
    assert texts(document, BlockKind.PARAGRAPH) == ["Pay"]
    assert texts(document, BlockKind.TABLE_ROW) == ["Grade\tHours", "7\t40", "6\t38"]
    last = rows(document)[-1].cells[1]
    assert (last.column_header, last.row_header) == ("Hours", "6")
    assert document.text[last.start : last.end] == "38"


def test_spanning_cells_reach_the_rows_below() -> None:
    document = read(
        "<table><tr><th>Leave<th colspan=2>Days<tr><th><th>new<th>old"
        "<tr><td rowspan=2>Sick<td>1<td>2<tr><td>3<td>4</table>"
    )
    below = rows(document)[-1].cells
    assert [(cell.column_header, cell.row_header) for cell in below] == [
        ("Days new", "Sick"),
        ("Days old", "Sick"),
    ]


def test_tables_that_only_arrange_a_page_are_opened() -> None:
    document = read("<table><tr><td><h2>News</h2><p>One</td><td><p>Two</td></tr></table>")
    assert [block.kind for block in document.blocks] == [
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
        BlockKind.PARAGRAPH,
    ]


def test_links_have_offsets_and_only_safe_targets() -> None:
    document = read(
        '<p>See <a href="../leave.md">the  leave\npage</a> or <a href="javascript:alert(1)">this</a>, '
        '<a href=" JavaScript:x">that</a>, <a href="data:text/html,x">those</a>.</p>'
    )
    assert [(document.text[it.start : it.end], it.target) for it in document.links] == [
        ("the leave page", "../leave.md")
    ]


def test_links_follow_their_text_when_characters_are_composed() -> None:
    document = read('<p>e<b>&#769;</b> <a href="/x">a&#769;b</a></p>')
    assert document.text == "é áb"
    assert [document.text[it.start : it.end] for it in document.links] == ["áb"]


def test_surrogates_and_controls_in_entities_never_reach_the_text() -> None:
    text = read("<p>a&#xD800;b&#x0;c&#7;d&#xFFFE;e</p>").text
    assert text.replace("\ufffd", "") == "abcde"
    text.encode()


def test_deep_nesting_is_read_without_recursion() -> None:
    assert read("<div>" * 10_000 + "deep").text == "deep"


def test_lists_inside_lists_go_only_so_deep() -> None:
    assert max(block.level for block in read("<ul><li>item" * 3_000).blocks) == 9


def test_a_long_header_is_not_repeated_whole_beside_each_cell() -> None:
    document = read(f"<table><tr><th>{'long ' * 5_000}<th>B<tr><td>1<td>2</table>")
    assert len(rows(document)[1].cells[0].column_header) == 300


def test_a_page_without_text_says_so() -> None:
    with pytest.raises(ParseError) as caught:
        read("<script>only()</script><img src=x alt=picture>")
    assert caught.value.code is FailureCode.EMPTY
