"""A collection made for a test, and files to load into it."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Locator, Page, expect

WAIT = 90_000  # ms: the machine may be busy with other tests


def make_collection(page: Page) -> Page:
    page.goto("/collections/new/")
    page.fill("[name=name]", f"Papers {id(page)}")
    page.get_by_role("button", name="Create collection").click()
    expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    page.wait_for_load_state()
    return page


def file(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def row_of(page: Page, path: str) -> Locator:
    """Of a file that was uploaded while the page was open, or that has failed."""
    return page.locator(f'#uploads tr[data-path="{path}"]')


def document_of(page: Page, path: str) -> Locator:
    """The row of a document that can be searched."""
    return page.locator(f'#documents tr[data-path="{path}"]')
