"""The menu of a conversation, by keyboard on a wide page and by touch on a phone."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from apps.chat.tests.browser.asking import ask
from apps.chat.tests.browser.conftest import Person, shot
from apps.chat.tests.browser.site import QUESTION

pytestmark = pytest.mark.browser


def test_pin_delete_and_undo_by_keyboard(person: Person) -> None:
    page = person.open(signed_in=True)
    ask(page, QUESTION)
    page.reload()
    here = page.url.split("#")[0]
    dots = page.get_by_role("link", name="Options for this conversation")
    _press(page, dots, "Pin")
    expect(page.get_by_role("heading", name="Pinned")).to_be_visible()
    assert page.url.split("#")[0] == here
    page.wait_for_load_state()  # without its script, the dots lead to another page
    dots.press("Enter")
    expect(page.get_by_role("link", name="Rename")).to_be_focused()
    shot(page, "options-light-1440")
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Escape")
    expect(dots).to_be_focused()
    _press(page, dots, "Delete")
    page.get_by_role("button", name="Delete").press("Enter")
    expect(page.get_by_text("The conversation has been deleted.")).to_be_visible()
    shot(page, "options-deleted-light-1440")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page).to_have_url(re.compile(re.escape(here)))


def test_rename_by_touch(person: Person) -> None:
    page = person.open(signed_in=True, width=390, touch=True, theme="dark")
    ask(page, QUESTION)
    page.get_by_role("button", name="Menu", exact=True).tap()
    page.locator(".sidebar .entry .options").first.tap()
    rename = page.get_by_role("link", name="Rename")
    expect(rename).to_be_in_viewport()
    shot(page, "options-dark-390")
    assert Axe().run(page).violations_count == 0
    rename.tap()
    page.get_by_label("Name").fill("Leave of absence")
    page.get_by_role("button", name="Rename").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Leave of absence")


def _press(page: Page, dots: Locator, item: str) -> None:
    """Opens the menu and presses one of its items, with keys alone."""
    page.wait_for_load_state()
    dots.press("Enter")
    choice = page.locator("#options").get_by_text(item, exact=True)
    for _ in range(6):
        if choice.evaluate("each => each === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
