"""axe-core finds nothing on any page, light and dark, wide and narrow."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from apps.chat.tests.browser.asking import ask
from apps.chat.tests.browser.conftest import Person, shot, sign_in
from apps.chat.tests.browser.site import ADMIN, OFF_TOPIC, QUESTION

pytestmark = pytest.mark.browser
OPEN_PAGES = (
    "/",
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/x/",
)
ACCOUNT_PAGES = (
    "profile",
    "2fa",
    "email",
    "password/change",
    "sessions",
    "reauthenticate",
    "logout",
    "close",
)
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


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_pages_with_a_message(person: Person, theme: str, width: int) -> None:
    page = person.open(theme=theme, width=width)
    sign_in(page, ADMIN)
    page.goto("/accounts/profile/")
    page.click("main button.primary")
    expect(page.get_by_role("status").filter(has_text="Your profile has been saved.")).to_be_visible()
    _check_shown(page, f"message-account-{theme}-{width}")
    _sign_out_without_following(page)
    page.goto("/accounts/login/")
    expect(page.get_by_role("status")).to_have_text("You are signed out.")
    _check_shown(page, f"message-auth-{theme}-{width}")


def _sign_out_without_following(page: Page) -> None:
    """So that the next page shows the message."""
    token = page.locator("main [name=csrfmiddlewaretoken]").first.input_value()
    form: dict[str, str | float | bool] = {"csrfmiddlewaretoken": token}
    page.request.post("/accounts/logout/", form=form, headers={"Referer": page.url}, max_redirects=0)


def _addresses(page: Page) -> list[str]:
    """Every page that can be reached from this conversation."""
    conversation, proof = page.url, page.locator("a.proof").first.get_attribute("href")
    why = page.locator("a.why").first.get_attribute("href")
    source = page.locator("a.quote").first.get_attribute("href")
    collection = page.locator(".sidebar section a", has_text="Staff handbook").get_attribute("href")
    page.goto(str(source))
    document = page.get_by_role("link", name="Open document").get_attribute("href")
    page.goto(str(document))
    changes = page.locator(".compare").get_attribute("href")
    delete = page.get_by_role("link", name="Delete").get_attribute("href")
    options = [f"{urlsplit(conversation).path}{name}/" for name in ("options", "delete", "print", "share")]
    managing = (*options, "/conversations/deleted/", "/conversations/", "/conversations/?q=leave")
    pages = [f"{urlsplit(str(collection)).path}{name}/" for name in ("settings", "delete", "deleted")]
    managing = (*managing, *pages, "/collections/deleted/")
    own = ("/collections/new/", "/welcome/", *(f"/accounts/{name}/" for name in ACCOUNT_PAGES))
    page.goto("/workspaces/")
    people = page.locator(".rows a").first.get_attribute("href")
    home = str(people).removesuffix("people/")
    spaces = ("/workspaces/", "/workspaces/new/", str(people), home, f"{home}invite/")
    return [
        conversation,
        *map(str, (source, proof, why, collection, document, changes, delete)),
        *managing,
        *own,
        *spaces,
    ]


def _check(page: Page, address: str, look: str) -> None:
    page.goto(address)
    page.wait_for_timeout(200)  # colours and fonts arrive
    page.locator(".document details").evaluate_all("all => all.forEach(each => { each.open = true })")
    _check_shown(page, f"page-{_name(address)}-{look}")


def _check_shown(page: Page, name: str) -> None:
    shot(page, name)
    results = Axe().run(page)
    assert results.violations_count == 0, f"{name}\n{results.generate_report()}"


def _name(address: str) -> str:
    """conversations-source of http://host/conversations/<uid>/source/<uid>/1/"""
    parts = urlsplit(address)
    words = [part for part in parts.path.split("/") if part.isalpha()]
    return "-".join([*words, *(["found"] if parts.query.startswith("q=") else [])]) or "new"
