"""A2: wrong passwords are limited, and the limit locks no owner out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.browser import Browser
from checks.installation import ADMIN, Checkout, Server
from checks.results import Check, Result, at_most, none_of

TYPIST, SPREAD, KNOWN = "typist@example.org", "spread@example.org", "known@example.org"
MISTYPED, GUESSES, MOST_GUESSES = 5, 30, 20
LOGIN, ADMIN_LOGIN = "/accounts/login/", "/admin/login/"


def guessing(checkout: Checkout) -> Iterator[Result]:
    installation = checkout.installation("a2-guessing")
    installation.add_admin()
    with installation.serving() as server:
        server.member("member@example.org")
        yield from _from_one_address(server, "login", LOGIN, "member@example.org", "127.0.0.2")
        yield from _from_one_address(server, "admin-login", ADMIN_LOGIN, ADMIN, "127.0.0.3")
        yield _from_many_addresses(server)
        yield _typing_errors(server)
        yield _known_browser(server)


def _from_one_address(server: Server, name: str, path: str, email: str, source: str) -> Iterator[Result]:
    """Five wrong passwords leave the owner's way in open; far more are not looked at."""
    attacker = Guesser(Browser(server.address, source), path, email)
    tried = sum(attacker.guess() for _ in range(MISTYPED))
    owner = server.browser()
    owner.sign_in(email)
    problem = [] if owner.is_signed_in else [f"{email} cannot sign in after {MISTYPED} wrong passwords"]
    yield none_of(f"A2.{name}.owner", problem, "owners locked out")
    tried += sum(attacker.guess() for _ in range(GUESSES - MISTYPED))
    yield at_most(f"A2.{name}.guesses", tried, MOST_GUESSES, f"of {GUESSES} passwords looked at")


def _from_many_addresses(server: Server) -> Result:
    server.member(SPREAD)
    guessers = (
        Guesser(Browser(server.address, f"127.0.9.{n}"), LOGIN, SPREAD) for n in range(1, GUESSES + 1)
    )
    tried = sum(guesser.guess() for guesser in guessers)
    return at_most(
        "A2.login.guesses-from-many-addresses", tried, MOST_GUESSES, f"of {GUESSES} passwords looked at"
    )


def _typing_errors(server: Server) -> Result:
    server.member(TYPIST)
    browser = Browser(server.address, "127.0.0.4")
    typist = Guesser(browser, LOGIN, TYPIST)
    for _ in range(MISTYPED):
        typist.guess()
    browser.sign_in(TYPIST)
    problem = [] if browser.is_signed_in else [f"the right password is refused after {MISTYPED} wrong ones"]
    return none_of("A2.login.typing-errors", problem, "owners locked out")


def _known_browser(server: Server) -> Result:
    """An attack on the account goes on while its owner signs in again, in the browser that has been used before."""
    owner = server.member(KNOWN)
    owner.post("/accounts/logout/", {})
    assert owner.get("/collections/new/").status != 200, "signing out failed"
    attacker = Guesser(Browser(server.address, "127.0.0.5"), LOGIN, KNOWN)
    for _ in range(GUESSES):
        attacker.guess()
    owner.sign_in(KNOWN)
    problem = [] if owner.is_signed_in else [f"{KNOWN} cannot sign in during an attack"]
    return none_of("A2.login.known-browser", problem, "owners locked out")


class Guesser:
    """Tries one wrong password after another for one account."""

    def __init__(self, browser: Browser, path: str, email: str) -> None:
        self._browser = browser
        self._path = path
        self._email = email
        self._number = 0

    def guess(self) -> bool:
        """Whether the password was looked at: a limit answers with 429, or with a page that has no form or says so."""
        self._number += 1
        path = self._browser.get(self._path).location or self._path
        try:
            form = self._browser.form(path, field="password")
        except AssertionError:
            return False
        values = {"text": self._email, "email": self._email, "password": f"wrong {self._number}"}
        fields = {name: values.get(kind, form.fields[name]) for name, kind in form.kinds.items()}
        response = self._browser.post(path, fields)
        refused = re.search(r"too (?:many|often)|try again later", response.text, re.IGNORECASE)
        return response.status < 400 and not refused


CHECKS = [Check("A2.guessing", guessing)]
