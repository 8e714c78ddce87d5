"""A quote's own address shows the quote in the conversation and its passage in the source."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from apps.chat.presentation.conversation_views import TURNS_SHOWN
from apps.chat.tests.browser.conftest import Person, shot

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("turn", [TURNS_SHOWN // 2, TURNS_SHOWN - 1])
def test_its_address_opens_at_the_quote(person: Person, width: int, turn: int) -> None:
    page = person.open(signed_in=True, width=width)
    page.goto(person.site.long_conversation)
    expect(page.locator(".turn .answer")).to_have_count(TURNS_SHOWN, timeout=60_000)
    page.goto(str(page.locator(".turn").nth(turn).locator("a.quote").last.get_attribute("href")))
    for _ in range(2):
        expect(page.locator("mark#passage")).to_be_focused()
        expect(page.locator("a.quote[aria-current]")).to_be_in_viewport(ratio=0.99)
        expect(page.locator("mark#passage")).to_be_in_viewport(ratio=0.99)
        page.reload()
    shot(page, f"quote-address-{turn}-{width}")
