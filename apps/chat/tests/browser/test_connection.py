"""What is written, asked and answered survives a bad line."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from apps.chat.tests.browser.asking import ask
from apps.chat.tests.browser.conftest import Person, shot
from apps.chat.tests.browser.line import Line
from apps.chat.tests.browser.site import OFF_TOPIC, QUESTION

pytestmark = pytest.mark.browser


def test_a_question_sent_while_the_line_is_cut_goes_out_later(person: Person) -> None:
    page = person.open(signed_in=True)
    line = Line(page)
    ask(page, QUESTION)
    line.cut()
    expect(page.get_by_text("No connection. What you send is kept")).to_be_visible()
    page.fill("#question", OFF_TOPIC)
    page.press("#question", "Enter")
    expect(page.locator(".turn")).to_have_count(2)
    shot(page, "offline-light-1440")
    line.mend()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".turn").nth(1).locator(".answer")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("No connection")).to_have_count(0)
    page.reload()
    expect(page.locator(".turn")).to_have_count(2)


def test_a_line_that_says_nothing_is_noticed(person: Person) -> None:
    page = person.open(signed_in=True)
    page.clock.install()
    line = Line(page)
    ask(page, QUESTION)
    line.wait_until_open()
    line.fall_silent()
    for _ in range(15):  # in steps, so that the page handles what happens in between
        page.clock.run_for(10_000)
    expect(page.get_by_text("No connection. What you send is kept")).to_be_visible()
    line.mend()
    page.clock.run_for(20_000)  # it connects again by itself
    expect(page.get_by_text("No connection")).to_have_count(0)


def test_an_answer_whose_news_was_lost_comes_with_the_next_sign_of_life(person: Person) -> None:
    page = person.open(signed_in=True)
    page.clock.install()
    line = Line(page)
    ask(page, QUESTION)
    line.wait_until_open()
    line.lose("answer.done")
    page.fill("#question", OFF_TOPIC)
    page.press("#question", "Enter")
    turn = page.locator(".turn").nth(1)
    expect(turn).to_have_attribute("data-message", re.compile("."))
    page.wait_for_timeout(2000)  # the answer is given, and its news is lost
    expect(turn.locator(".answer")).to_have_count(0)
    line.mend()
    for _ in range(3):
        page.clock.run_for(10_000)
    expect(turn.locator(".answer")).to_be_visible()


def test_a_network_that_goes_away_is_said_at_once(person: Person) -> None:
    page = person.open(signed_in=True)
    line = Line(page)
    ask(page, QUESTION)
    ask(page, OFF_TOPIC)  # so that the line is open
    line.cut_later()
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.get_by_text("No connection. What you send is kept")).to_be_visible()
    line.mend()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("No connection")).to_have_count(0)


@pytest.mark.parametrize("place", ["a.quote", "a.proof"])
def test_a_click_while_the_server_is_away_keeps_the_page(person: Person, place: str) -> None:
    page = person.open(signed_in=True)
    turn = ask(page, QUESTION)
    address = page.url
    page.context.set_offline(True)
    turn.locator(place).first.click()
    expect(page.get_by_text("No connection. What you send is kept")).to_be_visible()
    page.wait_for_timeout(500)
    expect(turn.locator("a.quote q").first).to_be_visible()
    assert page.url == address
    shot(page, "away-light-1440")
    page.context.set_offline(False)
    expect(page.get_by_text("No connection")).to_have_count(0, timeout=20_000)
    turn.locator(place).first.click()
    expect(page.locator(".source mark, .evidence mark").first).to_be_visible()
    person.complaints.clear()  # the browser reports the requests that were cut


def test_on_the_start_page_the_notice_goes_when_the_connection_is_back(person: Person) -> None:
    page = person.open(signed_in=True)
    page.wait_for_load_state()
    page.context.set_offline(True)
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    notice = page.get_by_text("No connection. Your question is still in the field below.")
    expect(notice).to_be_visible()
    page.wait_for_timeout(4000)
    expect(notice).to_be_visible()
    page.context.set_offline(False)
    expect(notice).to_have_count(0, timeout=20_000)
    page.press("#question", "Enter")
    expect(page.locator("a.quote").first).to_be_visible(timeout=20_000)
    person.complaints.clear()  # the browser reports the requests that were cut


def test_a_first_question_shows_that_it_is_on_its_way(person: Person) -> None:
    page = person.open(signed_in=True)

    held: list[Route] = []
    page.route("**/ask/", lambda route: held.append(route))
    page.wait_for_load_state()
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    expect(page.locator(".turn .working")).to_be_visible()
    expect(page.locator("#question")).to_have_value("")
    expect(page.locator("#welcome")).to_be_hidden()
    shot(page, "first-on-its-way-light-1440")
    held[0].abort()
    expect(page.get_by_text("No connection. Your question is still in the field below.")).to_be_visible()
    expect(page.locator("#question")).to_have_value(QUESTION)
    expect(page.locator("#welcome")).to_be_visible()
    person.complaints.clear()  # the browser reports the request that was cut
