"""Many files at once, a line that breaks while one is sent, and files that the page refuses."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from apps.chat.tests.browser.collecting import WAIT, document_of, file, make_collection, row_of
from apps.chat.tests.browser.conftest import Person, shot

pytestmark = pytest.mark.browser
MANY = 7
UPLOADS = "**/files/"


@pytest.fixture
def page(person: Person) -> Page:
    return make_collection(person.open(signed_in=True))


def test_a_row_behind_the_first_ones_reaches_its_end(page: Page) -> None:
    looks: list[str] = []
    page.route("**/files.json", lambda route: _only_what_was_named(route, looks))
    names = [f"{number}.txt" for number in range(MANY)]
    page.set_input_files("#files", [file(name, f"Room {name} is in the north wing.") for name in names])
    expect(page.locator("[data-slot=progress]")).to_have_text(f"{MANY} of {MANY} ready", timeout=WAIT)
    shot(page, "collection-many-light-1440")
    for name in names:
        expect(row_of(page, name)).to_contain_text("Ready")
    page.wait_for_timeout(500)
    before = len(looks)
    page.wait_for_timeout(3_500)
    assert len(looks) == before  # nothing is on its way: nobody asks


def _only_what_was_named(route: Route, looks: list[str]) -> None:
    """As if the collection were so large that none of these rows stood among the first."""
    named = route.request.post_data or ""
    looks.append(named)
    answer = route.fetch()
    body = answer.json()
    body["uploads"] = {uid: row for uid, row in body["uploads"].items() if f"upload={uid}." in named}
    route.fulfill(response=answer, json=body)


def test_a_good_version_stays_open_when_the_next_is_not_sent(page: Page, person: Person) -> None:
    unsent = row_of(page, "rules.txt").filter(has_text="Failed")
    page.set_input_files("#files", [file("rules.txt", "Rooms are locked at eight.")])
    expect(row_of(page, "rules.txt")).to_contain_text("Ready", timeout=WAIT)
    page.route(UPLOADS, lambda route: route.abort())
    for _ in range(2):
        page.set_input_files("#files", [file("rules.txt", "Rooms are locked at nine.")])
        expect(unsent).to_contain_text("This file could not be sent.")
        expect(document_of(page, "rules.txt").get_by_role("link", name="rules")).to_be_visible()
        page.wait_for_timeout(1_000)  # a look at the server leaves the failure where it is
        shot(page, "collection-unsent-light-1440")
        unsent.get_by_role("button", name="Remove").click()
        expect(unsent).to_have_count(0)
        expect(row_of(page, "rules.txt")).to_contain_text("Ready")
    person.complaints.clear()  # the browser reports what was not sent


def test_a_file_that_was_not_sent_is_tried_again(page: Page, person: Person) -> None:
    row = row_of(page, "rules.txt")
    page.route(UPLOADS, lambda route: route.abort())
    page.set_input_files("#files", [file("rules.txt", "Rooms are locked at eight.")])
    expect(row).to_contain_text("This file could not be sent.")
    page.unroute(UPLOADS)
    row.get_by_role("button", name="Try again").click()
    expect(row).to_contain_text("Ready", timeout=WAIT)
    expect(row.get_by_role("button", name="Try again")).to_have_count(0)
    person.complaints.clear()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_a_failure_has_the_whole_width(person: Person, theme: str) -> None:
    page = make_collection(person.open(signed_in=True, width=390, theme=theme, touch=True))
    expect(page.get_by_text("Drop files or folders anywhere on this page")).to_be_hidden()
    expect(page.get_by_text("Add documents")).to_be_visible()
    page.set_input_files("#files", [file("rules.txt", "Rooms are locked."), file("table.csv", "a,b")])
    expect(row_of(page, "rules.txt")).to_contain_text("Ready", timeout=WAIT)
    box = row_of(page, "table.csv").locator("[data-slot=detail]").bounding_box()
    assert box
    assert box["width"] > 340
    shot(page, f"collection-{theme}-390")


def test_files_that_cannot_be_read_are_not_sent(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/files/") else None)
    page.set_input_files("#files", [file("table.csv", "a,b"), file("noending", "text")])
    for path in ("table.csv", "noending"):
        expect(row_of(page, path)).to_contain_text("This type of file isn't supported.")
    expect(row_of(page, "table.csv")).to_have_attribute("data-row", re.compile(".+"))
    page.reload()
    row_of(page, "table.csv").get_by_role("button", name="Remove").click()
    expect(row_of(page, "table.csv")).to_have_count(0)
    page.reload()
    expect(row_of(page, "noending")).to_be_visible()
    expect(row_of(page, "table.csv")).to_have_count(0)
    assert ".docx" in (page.get_attribute("#files", "accept") or "")
    assert sent == []
