"""A question in the browser, as a person sees it."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Route, expect

from apps.chat.tests.browser.asking import ask
from apps.chat.tests.browser.conftest import Person, shot
from apps.chat.tests.browser.site import CODE, OFF_TOPIC, QUESTION, QUOTE

pytestmark = pytest.mark.browser
LOOKS = [("light", 1440), ("dark", 1440), ("light", 390)]


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_ask_and_open_the_source(person: Person, theme: str, width: int) -> None:
    page = person.open(signed_in=True, theme=theme, width=width)
    expect(page.get_by_role("heading", name="What would you like to look up?")).to_be_visible()
    shot(page, f"empty-{theme}-{width}")
    quote = ask(page, QUESTION).locator("a.quote").first
    expect(quote.locator("q")).to_contain_text(QUOTE)
    ask(page, OFF_TOPIC)
    shot(page, f"not-found-{theme}-{width}")
    quote.click()
    mark = page.locator(".source mark#passage")
    expect(mark).to_contain_text(QUOTE)
    expect(mark).to_be_focused()
    expect(mark).to_be_in_viewport()
    expect(quote).to_have_attribute("aria-current", "true")
    assert "/source/" in page.url
    shot(page, f"source-{theme}-{width}")


def test_a_visitor_asks_by_suggestion(person: Person) -> None:
    page = person.open()
    page.goto("/")
    page.locator(".near button").first.click()
    expect(page.locator(".answer")).to_be_visible(timeout=20_000)


def test_what_was_searched_for_can_be_changed(person: Person) -> None:
    page = person.open(signed_in=True)
    ask(page, QUESTION)
    turn = ask(page, "How do I add documnets?")
    for _ in ("as it arrives", "and on a page that is loaded"):
        expect(turn).to_contain_text(re.compile(r"Searched for “How do I add documents?\?”"))
        turn.get_by_role("button", name="Change").click()
        expect(page.locator("#question")).to_have_value(re.compile(r"^How do I add documents?\?$"))
        expect(page.locator("#question")).to_be_focused()
        page.fill("#question", "")
        page.reload()


def test_the_answer_is_announced_once_and_whole(person: Person) -> None:
    page = person.open(signed_in=True)
    ask(page, QUESTION)
    heard = page.locator("#announcer")
    expect(heard).to_contain_text(re.compile(r"match \d quotes?"))
    expect(heard).to_contain_text(f"1: {QUOTE}")


def test_an_answer_that_is_quicker_than_its_page_is_announced_too(person: Person) -> None:
    page = person.open(signed_in=True)

    def dawdle(route: Route) -> None:
        time.sleep(3)
        route.continue_()

    page.route("**/conversations/*/", dawdle)
    ask(page, QUESTION)
    expect(page.locator("#announcer")).to_contain_text(f"1: {QUOTE}")


def test_not_found_offers_other_words(person: Person) -> None:
    page = person.open(signed_in=True)
    turn = ask(page, OFF_TOPIC)
    expect(turn).to_contain_text("No answer found in Staff handbook.")
    turn.get_by_role("button", name="Rephrase").click()
    expect(page.locator("#question")).to_have_value(OFF_TOPIC)
    expect(page.locator("#question")).to_be_focused()


def test_the_source_closes_with_back_and_comes_again_with_forward(person: Person) -> None:
    page = person.open(signed_in=True)
    ask(page, QUESTION).locator("a.quote").first.click()
    expect(page.locator(".source")).to_be_visible()
    page.go_back()
    expect(page.locator(".source")).to_have_count(0)
    page.go_forward()
    expect(page.locator(".source mark#passage")).to_contain_text(QUOTE)
    page.reload()
    expect(page.locator(".source mark#passage")).to_be_focused()


def test_hovering_shows_what_belongs_together(person: Person) -> None:
    page = person.open(signed_in=True)
    quote = ask(page, QUESTION).locator("a.quote").first
    quote.click()
    mark, underlined = page.locator("mark#passage"), re.compile("2px")
    quote.hover()
    expect(mark).to_have_css("box-shadow", underlined)
    mark.hover()
    expect(mark).to_have_css("box-shadow", "none")
    expect(quote.locator("mark")).to_have_css("box-shadow", underlined)


def test_copy_with_source(person: Person) -> None:
    page = person.open(signed_in=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = ask(page, QUESTION)
    turn.get_by_role("button", name="Copy with source").click()
    expect(turn.get_by_role("button", name="Copied")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(f"“{QUOTE}")
    assert "”\nAdvanced sick leave, version 2, characters 21 to " in text
    assert text.count(f"\n{person.site.url}/documents/") == turn.locator("a.quote").count()


def test_a_copied_address_opens_the_passage_for_other_readers(person: Person) -> None:
    page = person.open(signed_in=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = ask(page, QUESTION)
    turn.get_by_role("button", name="Copy quote 1").click()
    expect(turn.get_by_role("button", name="Copied")).to_be_visible()
    words, place, address = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert words == f"“{turn.locator('a.quote [data-slot=text]').first.text_content()}”"
    assert place.startswith("Advanced sick leave, version 2, characters 21 to ")
    visitor = person.open()
    visitor.goto(address)
    expect(visitor.locator("mark#passage")).to_contain_text(QUOTE)
    expect(visitor.locator("mark#passage")).to_be_in_viewport()


@pytest.mark.parametrize("place", ["beside the answer", "on the document's page"])
def test_code_is_copied_whole(person: Person, place: str) -> None:
    page = person.open(signed_in=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, CODE).locator("a.quote", has_text="waffle").first.click()
    if place != "beside the answer":
        page.get_by_role("link", name="Open document").click()
        page.wait_for_url("**/documents/**")
    page.get_by_role("button", name="Copy code").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("waffle-iron --clean --temperature=180 ")
    assert text.endswith("/log/waffle/iron.log")


def test_what_the_strength_means_is_shown_on_focus_and_on_tap(person: Person) -> None:
    page = person.open(signed_in=True, width=390, touch=True)
    turn = ask(page, QUESTION)
    match, meaning = turn.locator("summary"), turn.get_by_text("contained a correct quote")
    expect(match).to_contain_text(re.compile(r"match\s+\d quotes?"))
    expect(meaning).to_be_hidden()
    match.tap()
    expect(meaning).to_be_visible()
    match.tap()
    expect(meaning).to_be_hidden()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")  # the focus comes by keyboard
    expect(match).to_be_focused()
    expect(meaning).to_be_visible()


def test_word_for_word_is_checked_now(person: Person) -> None:
    page = person.open(signed_in=True)
    ask(page, QUESTION).get_by_role("link", name="Word for word").click()
    expect(page.get_by_role("heading", name="Word for word, checked just now")).to_be_visible()
    shot(page, "proof-light-1440")


def test_what_is_written_survives_a_reload(person: Person) -> None:
    page = person.open(signed_in=True)
    page.fill("#question", "Half a question")
    page.reload()
    expect(page.locator("#question")).to_have_value("Half a question")


def test_the_colours_stay_as_chosen(person: Person) -> None:
    page = person.open()
    page.goto("/")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
