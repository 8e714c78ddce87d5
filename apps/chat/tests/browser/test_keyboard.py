"""The whole way without a mouse."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from apps.chat.tests.browser.asking import ask
from apps.chat.tests.browser.conftest import Person, shot
from apps.chat.tests.browser.site import EMAIL, PASSWORD, QUESTION, QUOTE

pytestmark = pytest.mark.browser


def test_sign_in_ask_read_and_close(person: Person) -> None:
    page = person.open()
    page.goto("/accounts/login/")
    _type_into(page, "login", EMAIL)
    _type_into(page, "password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    page.wait_for_load_state()
    page.keyboard.press("Escape")
    expect(page.locator("#question")).not_to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("a.quote q").first).to_contain_text(QUOTE, timeout=20_000)
    page.wait_for_load_state()
    page.keyboard.press("Escape")  # leaves the field, where digits are text
    page.keyboard.press("1")
    expect(page.locator("mark#passage")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".source")).to_have_count(0)
    expect(page.locator("a.quote").first).to_be_focused()


def test_who_writes_goes_on_writing_when_the_source_closes(person: Person) -> None:
    page = person.open(signed_in=True)
    ask(page, QUESTION).locator("a.quote").first.click()
    expect(page.locator("mark#passage")).to_be_focused()
    page.focus("#question")
    page.keyboard.type("And then")
    page.keyboard.press("Escape")
    expect(page.locator(".source")).to_have_count(0)
    expect(page.locator("#question")).to_be_focused()


def test_a_long_question_is_reached_and_leaves_room(person: Person) -> None:
    page = person.open(signed_in=True)
    turn = ask(page, f"{QUESTION} {'Tell me about it. ' * 210}")
    asked = turn.locator(".asked p").first
    expect(turn.locator(".answer")).to_be_in_viewport()
    expect(asked).to_have_js_property("tabIndex", 0)
    asked.focus()
    page.keyboard.press("End")
    page.wait_for_function("place => place.scrollTop > 100", arg=asked.element_handle())
    shot(page, "long-question-light-1440")


def test_the_limit_of_a_question_is_said(person: Person) -> None:
    page = person.open(signed_in=True)
    page.wait_for_load_state()
    page.fill("#question", "x" * 3999)
    expect(page.locator("#question-error")).to_have_text("")
    page.locator("#question").press_sequentially("xyz")
    expect(page.locator("#question")).to_have_value("x" * 4000)
    expect(page.locator("#question-error")).to_contain_text("A question can have at most 4,000 characters.")
    page.keyboard.press("Backspace")
    expect(page.locator("#question-error")).to_have_text("")


def test_the_composer_by_keys(person: Person) -> None:
    page = person.open(signed_in=True)
    field = page.locator("#question")
    field.focus()
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    expect(field).to_have_value("one\ntwo")
    page.keyboard.press("Enter")
    expect(page.locator(".answer")).to_be_visible(timeout=20_000)
    page.wait_for_load_state()
    field.focus()
    page.keyboard.press("ArrowUp")
    expect(field).to_have_value("one\ntwo")


def test_enter_on_nothing_does_nothing(person: Person) -> None:
    page = person.open(signed_in=True)
    page.wait_for_load_state()
    page.focus("#question")
    page.keyboard.press("Enter")
    expect(page.locator("#composer")).to_have_js_property("noValidate", True)
    expect(page.locator(".turn")).to_have_count(0)


@pytest.mark.parametrize("text", ["3 days notice?", "? what", "/etc/hosts"])
def test_in_the_empty_field_shortcuts_are_text(person: Person, text: str) -> None:
    page = person.open(signed_in=True)
    ask(page, QUESTION)
    page.focus("#question")
    page.keyboard.type(text)
    expect(page.locator("#question")).to_have_value(text)
    expect(page.locator(".source")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_list_of_keys(person: Person) -> None:
    page = person.open(signed_in=True)
    page.wait_for_load_state()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_first_stop_skips_to_the_text(person: Person) -> None:
    page = person.open(signed_in=True)
    page.goto("/collections/new/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main$"))


def test_the_drawer_on_a_phone(person: Person) -> None:
    page = person.open(signed_in=True, width=390)
    menu = page.get_by_role("button", name="Menu")
    expect(page.locator("#sidebar")).to_be_hidden()
    menu.press("Enter")
    expect(page.locator("#sidebar")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#sidebar")).to_be_hidden()
    expect(menu).to_be_focused()


def _type_into(page: Page, name: str, text: str) -> None:
    """Walks there by Tab, as a person would."""
    for _ in range(20):
        if page.evaluate("document.activeElement.name") == name:
            break
        page.keyboard.press("Tab")
    page.keyboard.type(text)
