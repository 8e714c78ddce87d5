from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

from apps.chat.tests.browser.site import ADMIN, EMAIL, PASSWORD, Site, installed_site

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with installed_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(
    scope="package"
)  # while it is open an event loop runs in this thread, and asynchronous tests cannot
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        program = os.environ["QUOTH_TEST_CHROMIUM"]
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        browser.close()


class Person:
    """A browser of one's own. Whatever its console complains about fails the test at the end."""

    def __init__(self, browser: Browser, site: Site, cookies: list[Any]) -> None:
        self._browser, self.site, self._cookies = browser, site, cookies
        self.complaints: list[str] = []

    def open(
        self,
        *,
        signed_in: bool = False,
        theme: str = "light",
        width: int = 1440,
        script: bool = True,
        touch: bool = False,
    ) -> Page:
        context = self._browser.new_context(
            viewport={"width": width, "height": 900 if width > 500 else 844},
            color_scheme="dark" if theme == "dark" else "light",
            java_script_enabled=script,
            has_touch=touch,
            is_mobile=touch,
            base_url=self.site.url,
            reduced_motion="reduce",
        )
        context.route(lambda address: not address.startswith(self.site.url), self._outside)
        page = context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        if signed_in:
            self._sign_in(page, by_form=not script)
        return page

    def _sign_in(self, page: Page, *, by_form: bool) -> None:
        """By form once, then with its cookies: so many sign-ins in a minute would be refused."""
        if self._cookies and not by_form:
            page.context.add_cookies(self._cookies)
            page.goto("/")
            if page.locator("form[action='/accounts/logout/']").count():
                return  # unless another test has ended the session
        sign_in(page)
        self._cookies[:] = page.context.cookies()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def _outside(self, route: Route) -> None:
        self.complaints.append(f"request to {route.request.url}")
        route.abort()


@pytest.fixture(scope="package")
def cookies() -> list[Any]:
    """Of the member, once they have signed in."""
    return []


@pytest.fixture
def person(browser: Browser, site: Site, cookies: list[Any]) -> Iterator[Person]:
    person = Person(browser, site, cookies)
    yield person
    for context in browser.contexts:
        context.close()
    assert person.complaints == []


_codes = count()  # recovery codes of the administrator


def sign_in(page: Page, email: str = EMAIL) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.primary")
    if email == ADMIN:
        page.fill("[name=code]", f"code{next(_codes)}")
        page.click("main button.primary")
    page.wait_for_url(re.compile(r"^https?://[^/]+/(welcome/)?(\?.*)?$"))
    page.goto("/")  # a first sign-in leads to the welcome page


def shot(page: Page, name: str) -> None:
    folder: Path = settings.BASE_DIR / "test-results"
    folder.mkdir(exist_ok=True)
    page.screenshot(path=folder / f"{name}.png")
