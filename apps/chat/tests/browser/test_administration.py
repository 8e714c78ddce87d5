"""The administration in a browser: its policy stops nothing, and its lists are accessible."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from apps.chat.tests.browser.conftest import Person, shot, sign_in
from apps.chat.tests.browser.site import ADMIN

pytestmark = pytest.mark.browser
FORMS = (
    "/admin/accounts/user/add/",
    "/admin/accounts/user/1/change/",
    "/admin/accounts/workspace/add/",
    "/admin/accounts/membership/add/",
    "/admin/auth/group/add/",
    "/admin/knowledge/collection/1/change/",
)


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 1440), ("light", 390)])
def test_the_overview_every_list_and_the_forms(person: Person, theme: str, width: int) -> None:
    page = person.open(theme=theme, width=width)
    sign_in(page, ADMIN)
    page.goto("/admin/")
    lists = page.locator("#nav-sidebar a[href^='/admin/']").evaluate_all("all => all.map(each => each.href)")
    assert len(set(lists)) == 13  # the overview is one of them
    for address in (*sorted(set(lists)), *FORMS):
        _check(page, address, f"{theme}-{width}")


def _check(page: Page, address: str, look: str) -> None:
    page.goto(address)
    page.wait_for_timeout(200)
    shot(page, f"admin-{address.strip('/').split('/')[-1]}-{look}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    results = Axe().run(page)
    assert results.violations_count == 0, f"{address} {look}\n{results.generate_report()}"


def test_an_action_appears_with_a_choice_and_runs(person: Person) -> None:
    page = person.open()
    sign_in(page, ADMIN)
    page.goto("/admin/accounts/user/?q=alice")
    page.locator("#result_list tbody .action-select").first.check()
    page.select_option("#changelist-actions select", label="Sign out everywhere")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("Done for 1 account.")).to_be_visible()


def test_the_theme_of_the_product_holds_here(person: Person) -> None:
    page = person.open()
    sign_in(page, ADMIN)
    page.goto("/admin/")
    page.locator(".theme button[value=dark]").click()
    page.goto("/admin/")
    expect(page.locator("html")).to_have_class("dark")
