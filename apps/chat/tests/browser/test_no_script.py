"""Without scripts one can sign in, ask by form, read the answer and its source, and load a file."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, expect

from apps.chat.tests.browser.conftest import Person, shot
from apps.chat.tests.browser.site import QUESTION, QUOTE

pytestmark = pytest.mark.browser


def test_sign_in_ask_read(person: Person) -> None:
    page = person.open(signed_in=True, script=False)
    page.fill("#question", QUESTION)
    page.get_by_role("button", name="Send").click()
    quote = page.locator("a.quote").first
    expect(quote.locator("q")).to_contain_text(
        QUOTE, timeout=20_000
    )  # the page loads itself again until it is there
    quote.click()
    expect(page.locator("mark#passage")).to_be_in_viewport()
    shot(page, "no-script-light-1440")
    page.get_by_role("link", name="Close source").click()
    expect(page.locator(".source")).to_have_count(0)


def test_load_a_file(person: Person) -> None:
    page = person.open(signed_in=True, script=False)
    page.locator(".sidebar section a", has_text="Staff handbook").click()
    file: FilePayload = {
        "name": "plain.txt",
        "mimeType": "text/plain",
        "buffer": b"The canteen opens at eleven o'clock.",
    }
    page.set_input_files("#files", [file])
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("1 file was uploaded.")).to_be_visible()
    shot(page, "no-script-loaded-light-1440")
    documents = page.locator("#documents")
    documents.get_by_role("searchbox").fill("plain.txt")  # other tests load more, and a page shows fifty
    documents.get_by_role("button", name="Search").click()
    row = page.locator('#documents tr[data-path="plain.txt"]')
    for _ in range(40):
        if row.count():
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(row).to_be_visible()


def test_search_and_sort_documents(person: Person) -> None:
    page = person.open(script=False)
    page.goto("/")
    page.locator(".sidebar section a", has_text="Staff handbook").click()
    page.get_by_label("Search by title or file name").fill("WAFFLE-iron.md")
    page.locator("#documents").get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#documents tbody tr")).to_have_count(1)
    expect(page.locator("#documents")).to_contain_text("The waffle iron")
    shot(page, "collection-searched-light-1440")
    page.get_by_role("link", name="Show all documents").click()
    page.get_by_role("link", name="Passages", exact=True).click()
    expect(page.locator('th[aria-sort="descending"]')).to_contain_text("Passages")


def test_choose_colours(person: Person) -> None:
    page = person.open(script=False)
    page.goto("/")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
