from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


def ask(page: Page, text: str) -> Locator:
    """Types into the composer, sends, and returns the answer's turn."""
    page.wait_for_load_state()  # without its script, Enter breaks the line
    before = page.locator(".turn").count() if "/conversations/" in page.url else 0
    page.fill("#question", text)
    page.press("#question", "Enter")
    turn = page.locator(".turn").nth(before)
    expect(turn.locator(".answer")).to_be_visible(timeout=20_000)
    page.wait_for_load_state()  # the first question opens another page
    return turn
