"""Markdown of Docusaurus, MkDocs, Sphinx and Obsidian: titles and labels are text, the rest of their markup is not."""

import time

import pytest

from apps.knowledge.chunking.segment import segment
from apps.knowledge.parsing.parse import parse


def text(source: str) -> str:
    return parse(source.encode(), "page.md").text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (":::danger Never dive here\n\nRocks.\n\n:::\n\nEnd.", "Never dive here\n\nRocks.\n\nEnd."),
        (":::note[Boats *leave* at 9]\nDaily.\n:::", "Boats leave at 9\n\nDaily."),
        ("::: tip Title {.x}\nBody.\n:::", "Title\n\nBody."),
        (":::::info Out\n:::note In\nx\n:::\ny\n:::::", "Out\n\nIn\n\nx\n\ny"),
        ('!!! tip "Take a rope"\n\n    A long one.\n\nEnd.', "Take a rope\n\nA long one.\n\nEnd."),
        ("```{warning} Mind the step\n:class: big\nIt is wet.\n```", "Mind the step\n\nIt is wet."),
        (":::{admonition} Rule 4\n:class: tip\nKnock.\n:::", "Rule 4\n\nKnock."),
        ("```{toctree}\n:maxdepth: 2\nintro\nusage\n```\n\nText.", "Text."),
        ("```{code-block} python\nx = 1\n```", "x = 1"),
        ("> [!warning] Thin ice\n> Stay off.", "Thin ice\n\nStay off."),
        ("> [!faq]- Folded\n> Yes.", "Folded\n\nYes."),
        ("See [[Boats/Swan|the swan]] and [[Rules#Night]].", "See the swan and Rules > Night."),
        ("Before ![[plan.png]] after.", "Before after."),
        ("Text %%not this%% here.\n\n%%\nnor this\n%%\n\nEnd.", "Text here.\n\nEnd."),
        ("An array is [[1, 2], [3, 4]] and 5%% of 10%%.", "An array is [[1, 2], [3, 4]] and 5%% of 10%%."),
        ("import A from '@x/A';\nimport {\n  B,\n} from \"./b\";\n\nText.", "Text."),
        ("export const f = () => {\n  return 1;\n\n};\n\nText.", "Text."),
        (
            "We\nimport tea from 'China' and\nexport const goods.",
            "We import tea from 'China' and export const goods.",
        ),
        ("{/* not *this* */}\n\nText {/* nor this */} here.", "Text here."),
        ('*[SLA]: Service Level\n\nThe SLA.\n\n--8<-- "a.md"\n', "The SLA."),
        (
            "(my-label)=\n# Title\n\nSee {ref}`the rules <rules>` or {doc}`start`.",
            "Title\n\nSee the rules or start.",
        ),
        ("You run <Version />.\n\n<Banner />\n\nEnd.", "You run […].\n\nEnd."),
        ("Press ++ctrl+s++ :material-check: in C++ ==now==.", "Press ctrl+s in C++ now."),
        ("| a | b |\n|--|--|\n| [[X\\|y]] | 2 |", "a\tb\ny\t2"),
        (
            "```\nimport x from 'y';\n[[a|b]] %%c%% :::\n=== \"t\"\n```",
            "import x from 'y';\n[[a|b]] %%c%% :::\n=== \"t\"",
        ),
    ],
)
def test_markup_of_site_generators(source: str, expected: str) -> None:
    assert text(source) == expected


def test_a_range_over_a_line_end_is_no_list() -> None:
    source = "It holds between 4\n- 6 people.\nIt has 3\n+ 1 oars."
    assert text(source) == "It holds between 4 - 6 people. It has 3 + 1 oars."
    assert text("We have 2\n- 4 oars\n- 6 ropes") == "We have 2\n\n4 oars\n6 ropes"
    assert text("- 3\n- 5 oars") == "3\n5 oars"


FOLDED = {
    "mkdocs tab": '=== "Lake"\n\n    It is sweet.\n\n',
    "mkdocs details": '??? question "Lake"\n\n    It is sweet.\n\n',
    "docusaurus": "<Tabs>\n<TabItem value='x' label='Lake'>\n\nIt is sweet.\n\n</TabItem>\n</Tabs>\n\n",
    "tight": '<TabItem value="Lake">\nIt is sweet.\n</TabItem>\n\n',
    "one line": '<Accordion title="Lake">It is sweet.</Accordion>\n\n',
    "container": ":::details Lake\nIt is sweet.\n:::\n\n",
    "sphinx": "::::{tab-set}\n:::{tab-item} Lake\nIt is sweet.\n:::\n::::\n\n",
    "html": "<details>\n<summary>Lake</summary>\n\nIt is sweet.\n\n</details>\n\n",
}


@pytest.mark.parametrize("folded", FOLDED.values(), ids=FOLDED)
def test_folded_parts_stand_under_their_label(folded: str) -> None:
    document = parse(f"# Water\n\nBefore.\n\n{folded}After.".encode(), "page.md")
    assert [(document.text[it.start : it.end], it.heading_path) for it in segment(document, 80, 160)] == [
        ("Before.", ("Water",)),
        ("It is sweet.", ("Water", "Lake")),
        ("After.", ("Water",)),
    ]


@pytest.mark.parametrize(
    "prose",
    [
        "Write Dear {{ name }}, then {{order.id}}.",
        "The token is ${{ secrets.KEY }}.",
        "Type {% include %} there.",
        "Run waffle login <username> <your-token>.",
        "The set {#a} and {.b} are small.",
        "Sizes are [a-z]{2,3} and {x: 1}.",
    ],
)
def test_braces_and_brackets_in_prose_are_text(prose: str) -> None:
    assert text(prose) == prose


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Version {{ site.version }} is out.", "Version […] is out."),
        ("{% assign v = 3 %}\n\nIt is {{ v }} now.", "It is […] now."),
        ("Ask {{ page.owner | escape }}.", "Ask […]."),
        ("{% if x %}Yes.{% else %}No.{% endif %}", "Yes.No."),
        ('{% include "a.html" %}\n\nText.', "Text."),
        ('<img src="{{ site.url }}/a.png"> Text.', "Text."),
        ("{{< figure src=a.png >}}\n\nText.", "Text."),
    ],
)
def test_a_tag_that_stood_for_words_leaves_a_mark(source: str, expected: str) -> None:
    assert text(source) == expected


@pytest.mark.parametrize(
    "opening",
    [
        '=== "a"\n',
        ":::note a\n",
        "```{note}\n",
        "[[a",
        "%%a ",
        '<Tab label="x">\n',
        "export const {\n",
        "> [!a] b\n",
    ],
)
def test_openings_without_an_end_cost_little(opening: str) -> None:
    started = time.process_time()
    text(opening * 3_000 + "word")
    assert time.process_time() - started < 10
