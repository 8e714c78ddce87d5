"""A7: what crawlers and strange names leave in the database, the listings and the log."""

from __future__ import annotations

import time
from collections.abc import Iterator

from checks.installation import Checkout
from checks.results import Check, Result, at_most, none_of

REQUESTS = 50
PAGES = ("/", "/?collection=0", "/accounts/login/", "/accounts/signup/", "/conversations/1/", "/nothing/")
FORGED = "CRITICAL root: forged"
# What turns text round, ends a line, or is not seen at all.
HIDDEN = {
    "U+202E": "\u202e",
    "U+2066": "\u2066",
    "U+2028": "\u2028",
    "U+2029": "\u2029",
    "U+0085": "\x85",
    "U+200B": "\u200b",
    "U+000B": "\x0b",
}


def sessions(checkout: Checkout) -> Iterator[Result]:
    with checkout.installation("a7-sessions").serving() as server:
        database = server.installation.database
        before = database.count("django_session")
        for number in range(REQUESTS):
            server.browser().get(PAGES[number % len(PAGES)])
        made = database.count("django_session") - before
        yield at_most("A7.sessions", made, 0, f"sessions after {REQUESTS} requests without a cookie")


def names(checkout: Checkout) -> Iterator[Result]:
    installation = checkout.installation("a7-names", LOG_LEVEL="DEBUG")
    with installation.serving() as server:
        member = server.member("member@example.org")
        collection = member.new_collection("Papers")
        sent = [f"gnp{mark}exe-{code}.md" for code, mark in HIDDEN.items()]
        for name in sent:
            member.upload(collection, name, b"# A name\n\nText of the file.")
        for path in (f"a\n{FORGED}.md", f"b\r\n{FORGED}.pdf", f"c\u2028{FORGED}.pdf"):
            member.upload(collection, "plain.md", b"no matter", fields={"path": path})
        time.sleep(3)
        page = member.get(f"/collections/{collection}/").text
        rows = member.get(f"/collections/{collection}/files.json").text
        log = installation.log.read_text(errors="replace")
    yield none_of("A7.names.listing", _found(page) + _found(rows), "hidden characters in the listing")
    forged = [line for line in log.splitlines() if line.startswith(FORGED)]
    yield none_of("A7.names.log", [*_found(log), *forged], "hidden characters or forged lines in the log")


def _found(text: str) -> list[str]:
    """Raw, as HTML writes them, and as JSON does."""
    found = []
    for code, mark in HIDDEN.items():
        number = code.removeprefix("U+")
        spellings = (mark, f"&#x{number.lstrip('0')};", f"\\u{number.lower()}", f"&#{ord(mark)};")
        found += [code for spelling in spellings if spelling.lower() in text.lower()]
    return found


CHECKS = [
    Check("A7.sessions", sessions, quick=True),
    Check("A7.names", names, quick=True),
]
