"""axe-core finds nothing on any page, light and dark, wide and narrow."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from apps.chat.tests.browser.asking import ask
from apps.chat.tests.browser.conftest import Person, shot
from apps.chat.tests.browser.site import OFF_TOPIC, QUESTION

pytestmark = pytest.mark.browser
OPEN_PAGES = (
    "/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/x/",
)
ACCOUNT_PAGES = ("email", "password/change", "reauthenticate", "logout")
LOOKS = [(theme, width) for theme in ("light", "dark") for width in (1440, 390)]


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_pages_of_a_visitor(person: Person, theme: str, width: int) -> None:
    page = person.open(theme=theme, width=width)
    for address in OPEN_PAGES:
        _check(page, address, f"{theme}-{width}")


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_pages_of_a_member(person: Person, theme: str, width: int) -> None:
    page = person.open(signed_in=True, theme=theme, width=width)
    ask(page, QUESTION)
    ask(page, OFF_TOPIC)
    for address in _addresses(page):
        _check(page, address, f"{theme}-{width}")


def _addresses(page: Page) -> list[str]:
    """Every page that can be reached from this conversation."""
    conversation, proof = page.url, page.locator("a.proof").first.get_attribute("href")
    source = page.locator("a.quote").first.get_attribute("href")
    collection = page.locator(".sidebar section a", has_text="Staff handbook").get_attribute("href")
    page.goto(str(source))
    document = page.get_by_role("link", name="Open document").get_attribute("href")
    page.goto(str(document))
    changes = page.locator(".compare").get_attribute("href")
    delete = page.get_by_role("link", name="Delete").get_attribute("href")
    own = ("/collections/new/", *(f"/accounts/{name}/" for name in ACCOUNT_PAGES))
    return [conversation, *map(str, (source, proof, collection, document, changes, delete)), *own]


def _check(page: Page, address: str, look: str) -> None:
    page.goto(address)
    page.wait_for_timeout(200)  # colours and fonts arrive
    page.locator(".document details").evaluate_all("all => all.forEach(each => { each.open = true })")
    shot(page, f"page-{_name(address)}-{look}")
    results = Axe().run(page)
    assert results.violations_count == 0, f"{address} {look}\n{results.generate_report()}"


def _name(address: str) -> str:
    """conversations-source of http://host/conversations/<uid>/source/<uid>/1/"""
    words = [part for part in urlsplit(address).path.split("/") if part.isalpha()]
    return "-".join(words) or "new"
