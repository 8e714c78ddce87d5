"""Markdown: front matter, template tags, link targets and markup are not text."""

import time

import pytest

from apps.knowledge.documents.parsed_document import BlockKind, FailureCode, ParsedDocument, ParseError
from apps.knowledge.parsing.parse import parse


def read(source: str, name: str = "docs/page.md") -> ParsedDocument:
    return parse(source.encode(), name)


def test_front_matter_is_metadata() -> None:
    document = read(
        "---\ntitle: Leave\nredirect_from:\n  - /a/\n  - /b/\nnested: {x: 1}\nn: 3\n---\n# Other\n\nText."
    )
    assert document.title == "Leave"
    assert document.metadata == {"title": "Leave", "redirect_from": "/a/, /b/", "n": "3"}
    assert document.text == "Other\n\nText."


def test_toml_front_matter_is_metadata() -> None:
    assert read('+++\ntitle = "Leave"\n+++\nText.').metadata == {"title": "Leave"}


def test_broken_front_matter_is_still_no_text() -> None:
    document = read("---\ntitle: a: b: [\n---\nText.")
    assert document.text == "Text."
    assert document.metadata == {}


def test_a_rule_is_no_front_matter() -> None:
    assert read("---\nJust words between rules\n\n---\n\nText.").text.startswith("Just words")


def test_a_page_of_front_matter_alone_has_its_title() -> None:
    document = read("---\ntitle: Moved\nredirect_to: /x/\n---\n")
    assert [block.kind for block in document.blocks] == [BlockKind.HEADING]
    assert document.text == "Moved"
    with pytest.raises(ParseError) as caught:
        read("---\nlayout: home\n---\n")
    assert caught.value.code is FailureCode.EMPTY


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('Ask in {% slack "x" %} or write.', "Ask in […] or write."),
        ("Ask in\n{% slack %}\nor write.", "Ask in or write."),
        ("{% alert %}\n  Careful.\n{% endalert %}\n\nNext.", "Careful.\n\nNext."),
        ("Do it {% comment %}TODO *later*{% endcomment %} now.", "Do it now."),
        ("Go to {{ site.url | absolute }}.", "Go to […]."),
        ("## Set up {#set-up}\n\nGo.\n{: .wide }", "Set up\n\nGo."),
        ("Use `{{ x }}` and {% raw %}{{ y }}{% endraw %}.", "Use {{ x }} and {{ y }}."),
        ("```\n{% raw %}{% page %}{% endraw %}\n${{ secrets.x }}\n```", "{% page %}\n${{ secrets.x }}"),
        ("> [!NOTE]\n> Read this.", "Read this."),
        (":::note\nRead this.\n:::", "Read this."),
        (r'See \[leave]({% page "/leave/" %}) there.', "See [leave]() there."),
    ],
)
def test_template_tags_are_not_text_but_code_is(source: str, text: str) -> None:
    assert read(source).text == text


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ('[leave]({% page "/leave/#sick" %})', "/leave/#sick"),
        ("[leave]({% link _en/leave.md %})", "_en/leave.md"),
        ("[leave]({{ site.baseurl }}/leave.pdf)", "/leave.pdf"),
        ('[leave]({% download\n  "x.pdf" %})', "x.pdf"),
        ('<a href="{% page "/leave/" %}">leave</a>', "/leave/"),
        ("[leave](../leave.md)", "../leave.md"),
        ("[leave][1]\n\n[1]: https://example.org/leave", "https://example.org/leave"),
    ],
)
def test_link_targets_are_links_and_not_text(source: str, target: str) -> None:
    document = read(source)
    assert document.text == "leave"
    assert [link.target for link in document.links] == [target]


def test_no_character_of_the_author_is_changed() -> None:
    words = "\"straight\" 'quotes' -- (c) ... “curly” it’s – naïve & <b>"
    assert read(words.replace("&", "&amp;").replace("<b>", "&lt;b>")).text == words


def test_headings_lists_code_and_raw_html() -> None:
    document = read(
        "# A\n\n1. one\n2. two\n   - in\n\n<details>\n<summary>More</summary>\n\n*body*\n</details>\n"
    )
    assert [block.kind for block in document.blocks] == [
        BlockKind.HEADING,
        *[BlockKind.LIST_ITEM] * 3,
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
    ]
    assert document.text == "A\n\n1. one\n2. two\nin\n\nMore\n\nbody"


def test_tables_and_footnotes() -> None:
    document = read("| Grade | Hours |\n|--|--|\n| **7** | 40[^1] |\n\n[^1]: A week.\n")
    assert document.text == "Grade\tHours\n7\t40\n\nA week."
    assert document.blocks[1].cells[1].column_header == "Hours"
    assert document.blocks[1].cells[1].row_header == "7"


def test_the_file_name_is_the_last_resort_for_a_title() -> None:
    assert read("Only text.").title == "page"
    assert read("## Second\n\n# First\n").title == "First"


@pytest.mark.parametrize("opening", ["{%", "{{", "{% raw %}", "{% comment %}", "`a``"])
def test_openings_without_an_end_cost_little(opening: str) -> None:
    started = time.process_time()
    read(opening * 5_000 + " word")
    assert time.process_time() - started < 10
