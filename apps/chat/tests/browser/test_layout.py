"""Nothing leaves the screen, whatever it is made of."""

from __future__ import annotations

import pytest
from playwright.sync_api import FloatRect, Page, expect

from apps.chat.tests.browser.asking import ask
from apps.chat.tests.browser.conftest import Person, shot
from apps.chat.tests.browser.site import CODE, LONG, LONG_TITLE, OFF_TOPIC, QUESTION, TABLE

pytestmark = pytest.mark.browser
LONG_WORD = "https://example.org/" + "Donaudampfschifffahrtsgesellschaft" * 8


@pytest.mark.parametrize("width", [1440, 390])
def test_a_long_word_breaks(person: Person, width: int) -> None:
    page = person.open(signed_in=True, width=width)
    question = ask(page, f"Where is {LONG_WORD}").locator(".asked p").first
    box, talk = question.bounding_box(), page.locator("main").bounding_box()
    assert box
    assert talk
    assert box["x"] >= talk["x"]
    assert box["x"] + box["width"] <= talk["x"] + talk["width"]
    if width < 500:
        menu = page.get_by_role("button", name="Menu").bounding_box()
        assert menu
        assert menu["width"] >= 40
    shot(page, f"long-word-light-{width}")


def test_another_collection_changes_the_whole_page(person: Person) -> None:
    page = person.open(signed_in=True)
    page.goto("/collections/new/")
    page.fill("[name=name]", f"Empty {id(page)}")
    page.get_by_role("button", name="Create collection").click()
    page.get_by_role("link", name="Ask a question").click()
    page.fill("#question", "Half a question")
    page.select_option("#collection", label="Staff handbook")
    expect(page.locator("#welcome")).to_contain_text("Staff handbook has")
    expect(page.locator("#question")).to_have_value("Half a question")
    expect(page.locator("#question")).to_have_attribute("placeholder", "Ask Staff handbook")


def test_coming_back_shows_the_beginning_of_the_last_turn(person: Person) -> None:
    page = person.open(signed_in=True, width=390)
    ask(page, OFF_TOPIC)
    ask(page, QUESTION)
    page.reload()
    page.wait_for_load_state()
    expect(page.locator(".turn").last.locator(".asked p").first).to_be_in_viewport(ratio=1)


def test_the_quote_stands_above_the_sheet_on_a_phone(person: Person) -> None:
    page = person.open(signed_in=True, width=390)
    quote = ask(page, QUESTION).locator("a.quote").last
    quote.click()
    sheet = page.locator(".source")
    expect(sheet.locator("mark#passage")).to_be_focused()
    upper, lower = quote.bounding_box(), sheet.bounding_box()
    assert upper
    assert lower
    assert 0 <= upper["y"] < lower["y"]
    mark = page.locator("mark#passage").bounding_box()
    assert mark
    assert mark["y"] < lower["y"] + lower["height"] / 2
    shot(page, "sheet-last-quote-light-390")


SMALL = {
    "phone": (390, 844),
    "phone-on-its-side": (844, 390),
    "tablet": (768, 1024),
    "zoomed-to-200": (720, 450),
}


@pytest.mark.parametrize("look", SMALL)
def test_a_source_with_a_long_title_can_be_read_and_closed(person: Person, look: str) -> None:
    width, height = SMALL[look]
    page = person.open(signed_in=True)
    page.set_viewport_size({"width": width, "height": height})
    ask(page, LONG).locator("a.quote", has_text="The president signs").first.click()
    expect(page.locator(".source h2")).to_have_text(LONG_TITLE)
    expect(page.locator("mark#passage")).to_be_focused()
    page.wait_for_timeout(300)  # it has arrived
    shot(page, f"source-long-title-{look}")
    close, text = _box(page, ".source [data-close]"), _box(page, ".source .document-text")
    passage, pager = _box(page, "mark#passage"), _box(page, ".source footer")
    assert close["x"] >= 0
    assert close["x"] + close["width"] <= width
    assert close["y"] + close["height"] <= text["y"]
    assert text["y"] + text["height"] <= pager["y"] + 0.5
    assert pager["y"] + pager["height"] <= height + 0.5
    assert text["height"] > 120
    assert text["y"] <= passage["y"] < passage["y"] + passage["height"] <= pager["y"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".source [data-close]").click()
    expect(page.locator(".source")).to_have_count(0)


def _box(page: Page, selector: str) -> FloatRect:
    box = page.locator(selector).bounding_box()
    assert box
    return box


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(("question", "kind"), [(TABLE, "table"), (CODE, "code")])
def test_the_marked_words_are_in_view(person: Person, question: str, kind: str, width: int) -> None:
    page = person.open(signed_in=True, width=width)
    ask(page, question).locator("a.quote", has_text="waffle").first.click()
    expect(page.locator("mark#passage")).to_be_focused()
    # In one call, because the panel may still be moving.
    panel, *marks = page.evaluate(
        "['.source', '.source mark'].flatMap((each) => [...document.querySelectorAll(each)])"
        ".map((each) => each.getBoundingClientRect()).map(({ left, right }) => [left, right])"
    )
    assert marks
    for left, right in marks:
        assert panel[0] <= left
        assert right <= panel[1]
    shot(page, f"{kind}-source-light-{width}")


def test_the_cells_of_a_quoted_row_stand_apart(person: Person) -> None:
    page = person.open(signed_in=True)
    page.wait_for_load_state()
    ask(page, QUESTION)
    quote = ask(page, TABLE).locator("a.quote mark", has_text="52428").first  # drawn by the script
    for _ in range(2):
        gaps = quote.locator(".tab")
        assert min(gaps.evaluate_all("tabs => tabs.map((tab) => tab.getBoundingClientRect().width)")) > 15
        assert "plate\t52428\tthe heat" in str(quote.text_content())
        page.reload()  # drawn by the server


def test_a_cut_passage_does_not_end_in_an_empty_line(person: Person) -> None:
    page = person.open(signed_in=True)
    nearest = ask(page, OFF_TOPIC).locator(".near a > span")
    expect(nearest.first).to_have_css("white-space-collapse", "collapse")


def test_a_question_is_written_in_its_own_direction(person: Person) -> None:
    page = person.open(signed_in=True)
    turn = ask(page, "\u05db\u05de\u05d4 \u05d9\u05de\u05d9 \u05d7\u05d5\u05e4\u05e9\u05d4?")
    expect(turn.locator(".asked p").first).to_have_css("direction", "rtl")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")


@pytest.mark.parametrize(("width", "is_open"), [(1440, True), (390, False)])
def test_the_contents_of_a_document_stay_out_of_the_way(person: Person, width: int, is_open: bool) -> None:
    page = person.open(signed_in=True, width=width)
    handbook = page.locator(".sidebar section a", has_text="Staff handbook").get_attribute("href")
    page.goto(f"{handbook}?q=badges")
    page.goto(str(page.locator('tr[data-path="travel/badges.md"] a').get_attribute("href")))
    expect(page.locator("details.contents")).to_have_js_property("open", is_open)
    shot(page, f"document-light-{width}")
