"""A long conversation shows its last turns; the earlier ones are a link away."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from apps.chat.presentation.conversation_views import TURNS_SHOWN
from apps.chat.tests.browser.asking import ask
from apps.chat.tests.browser.conftest import Person, shot
from apps.chat.tests.browser.site import MANY, QUESTION

pytestmark = pytest.mark.browser


def open_long(page: Page, person: Person) -> None:
    page.goto(person.site.long_conversation)
    expect(page.locator(".turn .answer")).to_have_count(TURNS_SHOWN, timeout=60_000)


def test_earlier_questions_come_above_and_nothing_moves(person: Person) -> None:
    page = person.open(signed_in=True)
    open_long(page, person)
    first = page.locator(".turn").first
    earlier = page.get_by_role("link", name="Earlier questions")
    earlier.scroll_into_view_if_needed()
    shot(page, "earlier-questions-light-1440")
    seq, top = first.get_attribute("data-seq"), first.bounding_box()
    earlier.click()
    expect(page.locator(".turn")).to_have_count(MANY)
    same = page.locator(f".turn[data-seq='{seq}']").bounding_box()
    assert top
    assert same
    assert abs(same["y"] - top["y"]) <= 1
    expect(earlier).to_have_count(0)
    expect(page.locator(".turn .asked p").first).to_contain_text("Earlier question 1:")
    expect(page.locator("#announcer")).to_have_text(f"{MANY - TURNS_SHOWN} earlier questions added above")
    ask(page, QUESTION)
    expect(page.locator(".turn")).to_have_count(MANY + 1)


def test_without_script(person: Person) -> None:
    page = person.open(signed_in=True, script=False)
    page.goto(person.site.long_conversation)
    page.get_by_role("link", name="Earlier questions").click()
    expect(page.locator(".turn .asked p").first).to_contain_text("Earlier question 1:")
    page.locator("a.quote").first.click()
    expect(page.locator("mark#passage")).to_be_in_viewport()
    page.get_by_role("link", name="Close source").click()
    expect(page.locator(".turn .asked p").first).to_contain_text("Earlier question 1:")
    page.get_by_role("link", name="Latest questions").click()
    expect(page.get_by_role("link", name="Earlier questions")).to_be_visible()
