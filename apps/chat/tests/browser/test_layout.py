"""Nothing leaves the screen, whatever it is made of."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from apps.chat.tests.browser.asking import ask
from apps.chat.tests.browser.conftest import Person, shot

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
    page.get_by_role("button", name="Make the collection").click()
    page.get_by_role("link", name="Ask a question").click()
    page.fill("#question", "Half a question")
    page.select_option("#collection", label="Staff handbook")
    expect(page.locator("#welcome")).to_contain_text("Staff handbook holds")
    expect(page.locator("#question")).to_have_value("Half a question")
    expect(page.locator("#question")).to_have_attribute("placeholder", "Ask Staff handbook")
