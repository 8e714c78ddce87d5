"""A1: nothing changes but on POST. Every address that the pages name is asked for with GET, HEAD and OPTIONS."""

from __future__ import annotations

import re
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urljoin, urlsplit

from checks.browser import Browser
from checks.database import Database
from checks.installation import ADMIN, Checkout, Server
from checks.markup import page_of
from checks.results import Check, Result, at_least, at_most, none_of

METHODS = ("GET", "HEAD", "OPTIONS")
MOST_ADDRESSES = 250
LEAST_ADDRESSES = 40  # fewer would mean that the pages were not found
SETTLE_SECONDS = 2
NOT_COUNTED = {"django_session"}  # whether a session is begun is A7's question
UNLINKED = ("/healthz", "/readyz", "/theme/", "/ask/", "/accounts/logout/", "/admin/", "/robots.txt")
ADDRESS = re.compile(r"""(?:href|action|data-[\w-]+)=["'](/[^"'\s]*)["']""")


def run(checkout: Checkout) -> Iterator[Result]:
    installation = checkout.installation("a1")
    installation.add_admin()
    with installation.serving() as server:
        member = server.member("member@example.org")
        addresses = _lived_in(server, member)
        admin = server.returning(ADMIN)
        time.sleep(SETTLE_SECONDS)
        with closing(Watched(installation.database)) as watched:
            problems = [
                problem for browser in (member, admin) for problem in _walk(browser, addresses, watched)
            ]
        gone = installation.database.value(
            "SELECT count(*) FROM knowledge_document WHERE deleted_at IS NOT NULL"
        )
        yield at_least("A1.addresses", watched.addresses, LEAST_ADDRESSES, "addresses")
        yield none_of("A1.writes", problems, f"writes by {', '.join(METHODS)}")
        yield at_most("A1.deleted", gone, 0, "documents deleted")


def _lived_in(server: Server, member: Browser) -> list[str]:
    """Fill the pages, and name what no page links to."""
    database = server.installation.database
    collection = member.new_collection("Papers")
    for name, text in (("one.md", "# One\n\nThe first text of all."), ("two.md", "# Two\n\nAnother text.")):
        member.upload(collection, name, text.encode())
        database.wait_for(name, 20)
    member.upload(collection, "one.md", b"# One\n\nThe first text of all, written again.")
    member.upload(collection, "broken.pdf", b"no PDF at all")
    database.wait_for("broken.pdf", 20)
    with member.socket() as socket:
        socket.ask("What is the first text of all?", collection=collection)
    names = [f"/collections/{collection}/files.json", f"/collections/{collection}/files/"]
    for (uid,) in database.query("SELECT uid FROM knowledge_ingestion"):
        file = f"/collections/{collection}/files/{uuid.UUID(uid)}"
        names += [f"{file}/{verb}/" for verb in ("retry", "cancel", "remove")]
    for (uid,) in database.query("SELECT uid FROM knowledge_document"):
        names += [f"/documents/{uuid.UUID(uid)}/", f"/documents/{uuid.UUID(uid)}/delete/"]
    return [*names, *UNLINKED]


def _walk(browser: Browser, addresses: list[str], watched: Watched) -> Iterator[str]:
    """Breadth first over what the pages name; yields who wrote."""
    waiting, seen = ["/", *addresses], set[str]()
    while waiting and len(seen) < MOST_ADDRESSES:
        path = waiting.pop(0)
        key = path.partition("?")[0]
        if key in seen:
            continue
        seen.add(key)
        for method in METHODS:
            response = browser.request(method, path)
            if tables := watched.written():
                yield f"{method} {path} wrote {', '.join(tables)}"
            if method == "GET":
                waiting += _named(browser, path, response.text, response.location)
    watched.addresses += len(seen)


def _named(browser: Browser, path: str, text: str, location: str) -> list[str]:
    page = page_of(text)
    named = [*page.links, *(form.action for form in page.forms), *ADDRESS.findall(text), location]
    whole = [urljoin(browser.address + path, name) for name in named if name]
    return [
        address.removeprefix(browser.address).partition("#")[0]
        for address in whole
        if address.startswith(f"{browser.address}/") and not urlsplit(address).path.startswith("/static/")
    ]


class Watched:
    """Finds which tables changed since the last look."""

    def __init__(self, database: Database) -> None:
        self.addresses = 0
        self._database = database
        self._tables = [name for name in database.tables() if name not in NOT_COUNTED]
        self._connection = sqlite3.connect(f"{database.file.as_uri()}?mode=ro", uri=True)
        self._version = self._data_version()
        self._contents = database.contents(self._tables)

    def written(self) -> list[str]:
        version = self._data_version()
        if version == self._version:  # SQLite counts the commits of others
            return []
        before, self._contents = self._contents, self._database.contents(self._tables)
        self._version = version
        return [table for table in self._tables if before[table] != self._contents[table]]

    def close(self) -> None:
        self._connection.close()

    def _data_version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


CHECKS = [Check("A1.unsafe-methods", run, quick=True)]
