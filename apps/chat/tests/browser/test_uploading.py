"""Files are dropped or chosen, and each row follows its file without a reload."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from apps.chat.tests.browser.asking import ask
from apps.chat.tests.browser.collecting import WAIT, document_of, file, make_collection, row_of
from apps.chat.tests.browser.conftest import Person, shot

pytestmark = pytest.mark.browser
CANTEEN = "The canteen opens at eleven o'clock and serves soup on Thursdays."


@pytest.fixture
def page(person: Person) -> Page:
    """The page of a collection made for the test."""
    return make_collection(person.open(signed_in=True))


def test_choose_files_and_ask_them(page: Page) -> None:
    rules = "\n\n".join(f"Rule {n}. Item {n} is kept in room {n} of the north building." for n in range(1500))
    _watch(page)
    page.set_input_files(
        "#files", [file("canteen.md", CANTEEN), file("rules.md", rules), file("empty.txt", "")]
    )
    expect(page.locator("#uploads tbody tr")).to_have_count(3)
    expect(row_of(page, "empty.txt")).to_contain_text("Check that it is the right file.", timeout=WAIT)
    for path in ("canteen.md", "rules.md"):
        expect(row_of(page, path)).to_contain_text("Ready", timeout=WAIT)
        expect(document_of(page, path)).to_be_visible()
    expect(document_of(page, "empty.txt")).to_have_count(0)
    seen = page.evaluate("seen.join()")
    assert re.search(r"canteen\.md.*rules\.md.*empty\.txt", page.evaluate("seen[2]"), re.DOTALL)
    assert "% sent" in seen
    assert "Waiting" in seen
    assert re.search(r"Indexing [\d,]+ of [\d,]+ sentences and passages", seen)
    shot(page, "collection-light-1440")
    page.get_by_role("link", name="Ask a question").click()
    expect(ask(page, "When does the canteen open?").locator(".answer")).to_contain_text(CANTEEN)


def _watch(page: Page) -> None:
    """Remembers every text that the list of uploads shows."""
    page.evaluate(
        """() => {
            const rows = document.querySelector("#uploads tbody");
            window.seen = [];
            const look = () => seen.push(rows.innerText);
            new MutationObserver(look).observe(rows, { subtree: true, childList: true, characterData: true });
        }"""
    )


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
    expect(row_of(page, "dropped.md")).to_contain_text("Ready", timeout=WAIT)


def test_remove_and_open(page: Page) -> None:
    page.set_input_files("#files", [file("empty.txt", "")])
    row = row_of(page, "empty.txt")
    expect(row).to_contain_text("Failed", timeout=WAIT)
    row.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)
    page.wait_for_load_state()
    page.set_input_files("#files", [file("empty.txt", CANTEEN)])
    expect(row).to_contain_text("Ready", timeout=WAIT)
    row.get_by_role("link", name="Open").click()
    expect(page.locator("article.document-text")).to_contain_text(CANTEEN)
