"""Passkeys in a browser with a virtual authenticator: made, used as second factor and to sign in, and removed."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from apps.chat.tests.browser.conftest import Person, shot
from apps.chat.tests.browser.site import PASSWORD

pytestmark = pytest.mark.browser
NEWCOMER = "nina@example.org"
START = re.compile(r"^https?://[^/]+/$")
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_the_life_of_a_passkey(person: Person, theme: str, width: int) -> None:
    page = person.open(theme=theme, width=width)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    email = f"{theme}.{NEWCOMER}"
    _sign_up(page, email)
    _make_passkey(page, f"{theme}-{width}")
    _sign_out(page)
    _sign_in_with_both(page, email, f"{theme}-{width}")
    _sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").press("Enter")
    page.wait_for_url(START)
    _remove(page, f"{theme}-{width}")


def _sign_up(page: Page, email: str) -> None:
    page.goto("/accounts/signup/")
    page.fill("[name=email]", email)
    page.fill("[name=password1]", PASSWORD)
    page.click("main button.primary")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.primary")
    page.wait_for_url("**/welcome/**")


def _make_passkey(page: Page, look: str) -> None:
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Add passkey").press("Enter")
    _check(page, f"reauthenticate-{look}")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.get_by_label("Name").fill("Laptop")
    _check(page, f"add-passkey-{look}")
    page.get_by_role("button", name="Make passkey").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    _check(page, f"recovery-codes-{look}")
    page.goto("/accounts/2fa/totp/activate/")
    _check(page, f"set-up-app-{look}")
    page.goto("/accounts/2fa/")
    expect(page.get_by_text("Laptop")).to_be_visible()
    _check(page, f"security-{look}")


def _sign_in_with_both(page: Page, email: str, look: str) -> None:
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    _check(page, f"second-step-{look}")
    page.get_by_role("button", name="Use passkey").press("Enter")
    page.wait_for_url(START)
    expect(page.locator(".sidebar .person")).to_have_count(1)


def _sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.locator("main button.primary").press("Enter")
    page.goto("/accounts/login/")


def _remove(page: Page, look: str) -> None:
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Remove Laptop").press("Enter")
    page.get_by_role("link", name="Use your passkey").press("Enter")
    _check(page, f"reauthenticate-passkey-{look}")
    page.get_by_role("button", name="Use passkey").press("Enter")
    _check(page, f"remove-passkey-{look}")
    page.get_by_role("button", name="Remove passkey").press("Enter")
    expect(page.get_by_text("The passkey has been removed.")).to_be_visible()


def _check(page: Page, name: str) -> None:
    page.wait_for_timeout(200)
    shot(page, f"account-{name}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    results = Axe().run(page)
    assert results.violations_count == 0, f"{name}\n{results.generate_report()}"
