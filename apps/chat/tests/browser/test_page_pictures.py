"""The page of a PDF beside a quote from it, as a picture with the quote's lines marked."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from apps.chat.tests.browser.asking import ask
from apps.chat.tests.browser.conftest import Person, shot
from apps.chat.tests.browser.site import PDF_QUESTION

pytestmark = pytest.mark.browser
LOADED = "image => image.complete && image.naturalWidth > 0"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_of_a_quote_is_shown_on_request(person: Person, theme: str, width: int) -> None:
    page = person.open(signed_in=True, theme=theme, width=width)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ask(page, PDF_QUESTION)
    page.goto(str(page.locator("a.quote").first.get_attribute("href")))
    _opens(page, asked, f"source-picture-{theme}-{width}")
    page.goto(str(page.get_by_role("link", name="Open document").get_attribute("href")))
    asked.clear()
    _opens(page, asked, f"document-picture-{theme}-{width}")


def _opens(page: Page, asked: list[str], name: str) -> None:
    """A picture is asked for when it is opened, and marked where the quote stands."""
    picture = page.locator(".page-picture:has(rect)")
    expect(picture).to_have_count(1)
    page.wait_for_timeout(200)
    assert not [address for address in asked if address.endswith(".png")]
    picture.get_by_text("Show the page with the passage marked").click()
    expect(picture.get_by_text("Hide the page")).to_be_visible()
    page.wait_for_function(f"() => [...document.querySelectorAll('.page-picture[open] img')].every({LOADED})")
    picture.locator("rect").first.scroll_into_view_if_needed()
    shot(page, name)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
