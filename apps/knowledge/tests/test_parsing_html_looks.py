"""HTML: raised, lowered, struck-out and hidden text, and what a page only folds."""

import pytest

from apps.knowledge.chunking.segment import segment
from apps.knowledge.documents.parsed_document import ParsedDocument
from apps.knowledge.parsing.parse import parse


def read(html: str) -> ParsedDocument:
    return parse(html.encode(), "page.html")


def places(html: str) -> dict[str, tuple[str, ...]]:
    """The heading path of each passage."""
    document = read(html)
    return {
        document.text[passage.start : passage.end]: passage.heading_path
        for passage in segment(document, 80, 160)
    }


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>About 10<sup>12</sup> stars", "About 10¹² stars"),
        ("<p>120 m<sup>2</sup> of CO<sub>2</sub>", "120 m² of CO₂"),
        ("<p>the 3<sup>rd</sup> day", "the 3rd day"),
        ("<p>x<sup>1.5</sup>", "x^(1.5)"),
        ("<p>5<sup><b>3</b></sup>", "5³"),
        ("<p>7<span style='vertical-align: super; color: red'>4</span>", "7⁴"),
        ("<style>.up, p.x{vertical-align:super}</style><p>8<span class='a up'>5</span>", "8⁵"),
        ("<style>@media print{.up{vertical-align:super}}</style><p>8<span class=up>5</span>", "85"),
        ("<table><tr><td>10<sup>3</sup></td></tr></table>", "10³"),
        ("<p>now 12<sup>valid until the end of 2030</sup>5", "now 12 valid until the end of 2030 5"),
        ("<math><msup><mn>2</mn><mn>8</mn></msup><mo>=</mo><mn>256</mn></math>", "2⁸=256"),
        ("<math><mfrac><mn>3</mn><mn>4</mn></mfrac></math>", "3/4"),
        ("<math><msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup></math>", "x₁²"),
    ],
)
def test_raised_and_lowered_text_joins_no_number(html: str, text: str) -> None:
    assert read(html).text == text


@pytest.mark.parametrize(
    "struck",
    [
        "<del>9 crowns</del>",
        "<s>9 crowns</s>",
        "<strike>9 <b>crowns</b></strike>",
        "<span style='text-decoration:line-through'>9 crowns</span>",
        "<span style='text-decoration-line: underline line-through'>9 crowns</span>",
        "<span style='mso-hide:all'>9 crowns</span>",
        "<span class='old'>9 crowns</span>",
        "<!-- 9 crowns -->",
        "<sup><a href='#cmnt1' id='cmnt_ref1'>[9]</a></sup>",
    ],
)
def test_struck_out_text_is_no_text(struck: str) -> None:
    style = "<style>b{color:red} span.old{color:#999;text-decoration:line-through}</style>"
    assert read(f"{style}<p>The rope costs {struck} 11 crowns.</p>").text == "The rope costs 11 crowns."


def test_a_comment_of_a_reader_is_no_text() -> None:
    note = "<div><p><a href='#cmnt_ref1' id='cmnt1'>[a]</a><span>Is this so?</span></p></div>"
    assert read(f"<p>It is.</p>{note}").text == "It is."


PANELS = {
    "details": "<details><summary>Sails</summary><p>They are red.</p></details>",
    "aria-controls": "<button aria-controls=p1>Sails</button><hr><div id=p1 hidden><p>They are red.</div>",
    "aria-hidden": "<a href='#p2' data-toggle=x>Sails</a><div id=p2 aria-hidden=true>They are red.</div>",
    "onclick": "<span onclick=\"show('p3')\">Sails</span><hr><div id=p3 style='display:none'>They are red.</div>",
    "neighbour": "<button class=accordion>Sails</button><div class=panel>They are red.</div>",
    "hidden neighbour": "<div class=question>Sails</div><div style='display: none'>They are red.</div>",
    "heading": "<h3><button aria-expanded=false>Sails</button></h3><div hidden=until-found>They are red.</div>",
    "definition": "<dl><dt>Sails</dt><dd hidden>They are red.</dd></dl>",
    "tabs": "<ul role=tablist><li role=tab>Sails</ul><div role=tabpanel hidden>They are red.</div>",
    "labelled by": "<a id=t1 role=tab>Sails</a><hr><div role=tabpanel aria-labelledby=t1>They are red.</div>",
    "mkdocs": "<div class=tabbed-set><input type=radio id=r><div class=tabbed-labels><label for=r>Sails</label></div>"
    "<div class=tabbed-content><div class=tabbed-block>They are red.</div></div></div>",
    "sphinx": "<div class=sd-tab-set><input id=r type=radio><label class=sd-tab-label for=r>Sails</label>"
    "<div class=sd-tab-content>They are red.</div></div>",
    "bootstrap": "<ul class='nav nav-tabs'><li><a data-toggle=tab href='#p4'>Sails</a></ul>"
    "<div class=tab-content><div class='tab-pane' id=p4>They are red.</div></div>",
}


@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)
def test_what_a_page_folds_is_text_under_its_label(panel: str) -> None:
    found = places(f"<h1>Boats</h1><h2>Ours</h2><p>Before.</p>{panel}<p>After.</p>")
    assert found == {
        "Before.": ("Boats", "Ours"),
        "They are red.": ("Boats", "Ours", "Sails"),
        "After.": ("Boats", "Ours"),
    }


def test_tabs_belong_to_their_panels_by_order() -> None:
    tabs = "".join(f"<li role=tab>{name}</li>" for name in ("Sea", "Lake"))
    panels = "<div role=tabpanel>Salt.</div><div role=tabpanel hidden><h2>More</h2>Sweet.</div>"
    found = places(f"<h2>Water</h2><ul role=tablist>{tabs}</ul><div>{panels}</div><p>End.</p>")
    assert found == {
        "Salt.": ("Water", "Sea"),
        "Sweet.": ("Water", "Lake", "More"),
        "End.": ("Water",),
    }


def test_a_panel_in_a_panel_ends_with_it() -> None:
    inner = "<details><summary>In</summary>deep</details>"
    found = places(f"<details><summary>Out</summary>{inner}<p>middle</p></details><p>End.</p>")
    assert found == {"deep": ("Out", "In"), "middle": ("Out",), "End.": ()}


@pytest.mark.parametrize(
    "hidden",
    [
        "<div hidden>no</div>",
        "<div style='display:none'>no</div>",
        "<div class=modal style='display:none'>no</div>",
        "<button aria-expanded=false aria-haspopup=menu>Menu</button><ul hidden><li>no</ul>",
        "<p>Do <span aria-hidden=true>no</span> it.",
        "<h2>Title</h2><div hidden>no</div>",
    ],
)
def test_hidden_parts_that_nothing_opens_are_no_text(hidden: str) -> None:
    assert "no" not in read(f"<p>Yes.</p>{hidden}").text.split()


def test_a_button_between_words_is_a_word() -> None:
    assert read("<p>Press <button>Save</button> to go on.<p>x<div><button>Copy</button></div>").text == (
        "Press Save to go on.\n\nx"
    )


def test_many_panels_cost_little() -> None:
    deep = "<details><summary>s</summary>" * 3_000 + "x"
    tabs = "<ul role=tablist><li role=tab>a</ul><div role=tabpanel hidden>b</div>" * 3_000
    document = read(deep + "</details>" * 3_000 + tabs)
    assert max(block.level for block in document.blocks) == 9


def test_a_label_of_a_panel_is_read_like_other_text() -> None:
    document = read(
        "<details><summary>Area of 150 m<sup>2</sup>, CO<sub>2</sub> <del>free</del></summary><p>Text.</details>"
    )
    assert document.text == "Area of 150 m², CO₂\n\nText."


def test_a_long_label_of_a_panel_is_read_whole() -> None:
    label = " ".join(f"word{number}" for number in range(200))
    assert read(f"<details><summary>{label}</summary><p>Text.</details>").text == f"{label}\n\nText."
