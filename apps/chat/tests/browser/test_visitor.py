"""What a visitor may still ask is said in time, with the ways on."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from apps.chat.config import chat_config
from apps.chat.tests.browser.asking import ask
from apps.chat.tests.browser.conftest import Person, shot
from apps.chat.tests.browser.site import QUESTION

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1440, 390])
def test_before_the_last_question_and_at_the_limit(person: Person, width: int) -> None:
    page = person.open(width=width)
    page.goto("/")
    left = page.get_by_text("1 question left for now.")
    for _ in range(chat_config().visitor_questions_per_hour - 1):
        expect(left).to_be_hidden()
        ask(page, QUESTION)
    expect(left).to_be_visible()
    shot(page, f"visitor-one-left-{width}")
    ask(page, QUESTION)
    expect(left).to_be_hidden()
    sign_up = page.locator("#allowance").get_by_role("link", name="Sign up", exact=True)
    expect(sign_up).to_be_visible()
    for _ in range(2):
        page.fill("#question", QUESTION)
        page.press("#question", "Enter")
        expect(page.get_by_text("ask again in 60 minutes")).to_be_visible()
        expect(page.locator("#question")).to_have_value(QUESTION)
        shot(page, f"visitor-at-the-limit-{width}")
        ways = page.locator("#allowance .actions a")
        assert [way.inner_text() for way in ways.all()] == ["Sign up", "Sign in"]
        expect(ways.first).to_have_class("button primary small")
        page.reload()
        page.wait_for_load_state()
    sign_up.click()
    assert page.url.startswith(f"{person.site.url}/accounts/signup/?next=%2Fconversations%2F")
