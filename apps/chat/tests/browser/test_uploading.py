"""Files are dropped or chosen, and each row follows its file without a reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, Page, expect

from apps.chat.tests.browser.asking import ask
from apps.chat.tests.browser.conftest import Person, shot

pytestmark = pytest.mark.browser
CANTEEN = "The canteen opens at eleven o'clock and serves soup on Thursdays."


@pytest.fixture
def page(person: Person) -> Page:
    """The page of a collection made for the test."""
    page = person.open(signed_in=True)
    page.goto("/collections/new/")
    page.fill("[name=name]", f"Papers {id(page)}")
    page.get_by_role("button", name="Make the collection").click()
    expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    page.wait_for_load_state()
    return page


def file(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def test_choose_files_and_ask_them(page: Page) -> None:
    many = "\n\n".join(f"Rule {n}. Item {n} is kept in room {n} of the north building." for n in range(1500))
    page.set_input_files(
        "#files", [file("canteen.md", CANTEEN), file("rules.md", many), file("empty.txt", "")]
    )
    rows = page.locator("#rows tr")
    expect(rows).to_have_count(3)
    expect(page.locator('tr[data-path="canteen.md"]')).to_contain_text("Ready", timeout=60_000)
    expect(page.locator('tr[data-path="empty.txt"]')).to_contain_text(
        "Check that this is the right file.", timeout=60_000
    )
    expect(page.locator('tr[data-path="rules.md"]')).to_contain_text("Indexing", timeout=60_000)
    shot(page, "collection-light-1440")
    expect(page.locator('tr[data-path="rules.md"]')).to_contain_text("Ready", timeout=90_000)
    page.get_by_role("link", name="Ask a question").click()
    expect(ask(page, "When does the canteen open?").locator(".answer")).to_contain_text(CANTEEN)


def test_drop_a_file_anywhere(page: Page) -> None:
    transfer = page.evaluate_handle(
        """() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["# Dropped\\n\\nIt fell from the sky."], "dropped.md"));
            return transfer;
        }"""
    )
    page.dispatch_event("main", "dragover", {"dataTransfer": transfer})
    expect(page.locator("main.dropping")).to_be_visible()
    page.dispatch_event("main", "drop", {"dataTransfer": transfer})
    expect(page.locator('tr[data-path="dropped.md"]')).to_contain_text("Ready", timeout=60_000)


def test_try_again_and_open(page: Page) -> None:
    page.set_input_files("#files", [file("empty.txt", "")])
    row = page.locator('tr[data-path="empty.txt"]')
    expect(row).to_contain_text("Failed", timeout=60_000)
    row.get_by_role("button", name="Try again").click()
    expect(row).to_contain_text("Failed", timeout=60_000)
    page.set_input_files("#files", [file("empty.txt", CANTEEN)])
    expect(row).to_contain_text("Ready", timeout=60_000)
    row.get_by_role("link", name="Open").click()
    expect(page.locator("article.page")).to_contain_text(CANTEEN)
