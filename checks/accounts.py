"""A2: nobody takes over another's account, and nobody learns who has one."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

from websockets.exceptions import InvalidStatus

from checks.browser import PASSWORD, Browser, Response
from checks.installation import ADMIN, Checkout, Server
from checks.raw_http import exchange
from checks.results import Check, Result, at_most, none_of

VICTIM, OWN = "victim@example.org", "attacker@example.net"
NEW_PASSWORD = "what the owner chose later"  # noqa: S105 - of an account that lives for one check
ATTACKER_PASSWORD = "what the attacker chose later"  # noqa: S105
ELSEWHERE, FAR = "127.0.0.2", "127.0.0.3"
MAIL_SECONDS = 10
GUESSES, MOST_GUESSES = 30, 20
LINK = re.compile(r"https?://\S+")
VARYING = {"date", "set-cookie", "content-length"}  # a cookie's value differs each time; its name is compared


class Mails:
    """The folder that the product writes its mail to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def links(self, email: str, marker: str) -> list[str]:
        """Addresses that hold the marker in mail to this person, oldest first."""
        found = []
        for file in sorted(self._folder.glob("*"), key=lambda file: file.stat().st_mtime):
            for part in re.split(rb"(?m)^-{20,}\s*$", file.read_bytes()):
                mail = message_from_bytes(part.strip(), policy=policy.default)
                if email in str(mail["To"]):
                    body = mail.get_body(("plain",))
                    found += LINK.findall(body.get_content() if body else "")
        return [link for link in found if marker in link]

    def wait_for(self, email: str, marker: str, seen: int = 0) -> str:
        """The newest link beyond those seen before, "" if none comes."""
        until = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < until:
            links = self.links(email, marker)
            if len(links) > seen:
                return links[-1]
            time.sleep(0.1)
        return ""


@contextmanager
def _sending_mail(checkout: Checkout, name: str) -> Iterator[tuple[Server, Mails]]:
    folder = checkout.folder / f"{name}-mail"
    folder.mkdir()
    installation = checkout.installation(name, EMAIL_URL=f"filemail:///{folder}")
    with installation.serving() as server:
        yield server, Mails(folder)


def confirm(browser: Browser, link: str) -> None:
    path = urlsplit(link).path
    browser.get(path)
    browser.post(path, {})


def verified(server: Server, mails: Mails, email: str, source: str = "127.0.0.1") -> Browser:
    """A person who signed up and confirmed the address."""
    browser = Browser(server.address, source)
    browser.sign_up(email)
    if link := mails.wait_for(email, "confirm-email"):
        confirm(browser, link)
    if not browser.is_signed_in:
        browser.sign_in(email)
    assert browser.is_signed_in, f"{email} could not sign up"
    return browser


def take_over(checkout: Checkout) -> Iterator[Result]:
    with _sending_mail(checkout, "a2-take-over") as (server, mails):
        attacker, owner = Browser(server.address, ELSEWHERE), server.browser()
        attacker.sign_up(VICTIM)
        _add_address(attacker, mails)
        was_in = attacker.is_signed_in
        assert _reset(owner, mails, VICTIM, NEW_PASSWORD), "the owner could not reset the password"
        yield none_of(
            "A2.take-over.session",
            ["the attacker is still signed in"] if attacker.is_signed_in else [],
            "sessions from before the reset",
        )
        note = [] if not _reset(attacker, mails, OWN, ATTACKER_PASSWORD) else _who_gets_in(server)
        yield none_of("A2.take-over.reset", note, "ways for the attacker into the account")
        fresh = server.browser()
        fresh.sign_in(VICTIM, NEW_PASSWORD)
        problem = [] if fresh.is_signed_in else [f"signing in fails (attacker was in before: {was_in})"]
        yield none_of("A2.take-over.owner", problem, "owners shut out")


def _add_address(browser: Browser, mails: Mails) -> None:
    """As far as the product allows it."""
    try:
        browser.fill("/accounts/email/", {"email": OWN}, press="action_add")
    except AssertionError:
        return
    if link := mails.wait_for(OWN, "confirm-email"):
        confirm(browser, link)


def _reset(browser: Browser, mails: Mails, email: str, password: str) -> bool:
    seen = len(mails.links(email, "/password/reset/"))
    browser.fill("/accounts/password/reset/", {"email": email})
    link = mails.wait_for(email, "/password/reset/", seen)
    if not link:
        return False
    opened = browser.get(urlsplit(link).path)
    form = opened.location or urlsplit(link).path  # the key moves from the address to the session
    try:
        done = browser.fill(form, {"password": password})
    except AssertionError:
        return False
    return done.status == 302


def _who_gets_in(server: Server) -> list[str]:
    found = []
    for email in (OWN, VICTIM):
        browser = Browser(server.address, FAR)
        browser.sign_in(email, ATTACKER_PASSWORD)
        if browser.is_signed_in:
            found.append(f"{email} signs in with the attacker's password")
    return found


def sign_up_tells_nothing(checkout: Checkout) -> Iterator[Result]:
    with _sending_mail(checkout, "a2-sign-up") as (server, mails):
        verified(server, mails, VICTIM)
        answers = [_signing_up(server, email) for email in ("unknown@example.org", VICTIM)]
        differences = [
            f"{name}: {new!r} and {taken!r}"
            for name, new, taken in zip(("status", "headers", "body", "next page"), *answers, strict=True)
            if new != taken
        ]
        yield none_of("A2.sign-up-equal", [text[:200] for text in differences], "differences")
        yield from _reset_link(server, mails)


def _signing_up(server: Server, email: str) -> tuple[int, object, str, str]:
    browser = server.browser()
    response = browser.sign_up(email)
    return (
        response.status,
        _headers(response),
        _plain(response.text, email),
        _plain(browser.follow(response).text, email),
    )


def _headers(response: Response) -> object:
    kept = sorted(
        (key.lower(), value) for key, value in response.headers.items() if key.lower() not in VARYING
    )
    cookies = sorted(value.split("=")[0] for value in response.headers.get_all("Set-Cookie", []))
    return kept, cookies


def _plain(text: str, email: str) -> str:
    """Without what differs each time: the address itself and tokens."""
    return re.sub(r'value="[^"]{30,}"', "", text.replace(email, "ADDRESS"))


def _reset_link(server: Server, mails: Mails) -> Iterator[Result]:
    browser = Browser(f"http://localhost:{server.port}")
    browser.fill("/accounts/password/reset/", {"email": VICTIM})
    link = mails.wait_for(VICTIM, "/password/reset/")
    host = f"{urlsplit(link).scheme}://{urlsplit(link).netloc}"
    yield Result("A2.reset-link", host, server.address, host == server.address, "asked for at localhost")


def doors(checkout: Checkout) -> Iterator[Result]:
    """Without mail: sockets' origins, bad hosts, tokens on the console."""
    with checkout.installation("a2-doors").serving() as server:
        member = server.member("member@example.org")
        yield from _origins(server, member)
        yield from _bad_hosts(server)
        yield from _no_address_before_mail(server, member)
        yield _console(server)


def _origins(server: Server, member: Browser) -> Iterator[Result]:
    port = server.port
    others = (
        f"http://127.0.0.1:{port + 1}",
        f"https://127.0.0.1:{port}",
        "http://127.0.0.1",
        "null",
        "http://evil.example",
    )
    accepted = [origin for origin in others if _opens(member, origin)]
    yield none_of("A2.socket-origin", accepted, "other origins accepted")
    refused = [] if _opens(member, server.address) else [server.address]
    yield none_of("A2.socket-own-origin", refused, "own origins refused")


def _opens(browser: Browser, origin: str) -> bool:
    try:
        with browser.socket(origin):
            return True
    except InvalidStatus:
        return False


def _bad_hosts(server: Server) -> Iterator[Result]:
    wrong = []
    for host in ("evil.example", "127.0.0.1.evil.example", "a b", "127.0.0.1:80:80", "[", ""):
        for path in ("/", "/accounts/login/", "/nothing/"):
            request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            status = exchange(server.port, request.encode()).status
            if status != 400:
                wrong.append(f"{host!r} {path}: {status}")
    yield none_of("A2.bad-host", wrong, "bad hosts answered otherwise than with 400")


def _no_address_before_mail(server: Server, member: Browser) -> Iterator[Result]:
    """Mail goes to the console: nobody can show that an address is theirs."""
    with suppress(AssertionError):  # no such form
        member.fill("/accounts/email/", {"email": OWN}, press="action_add")
    rows = server.installation.database.query("SELECT email FROM account_emailaddress WHERE email = ?", OWN)
    yield none_of("A2.no-address-unconfirmed", [OWN] * len(rows), "addresses added")


def guessing(checkout: Checkout) -> Iterator[Result]:
    """A limit on wrong passwords that shuts nobody else out."""
    installation = checkout.installation("a2-guessing")
    installation.add_admin()
    with installation.serving() as server:
        server.member("member@example.org")
        yield from _guessed(server)
        yield _mistyped(server)


def _guessed(server: Server) -> Iterator[Result]:
    for email, path, name in (
        ("member@example.org", "/accounts/login/", "login"),
        (ADMIN, "/admin/login/", "admin-login"),
    ):
        attacker = Browser(server.address, ELSEWHERE if name == "login" else FAR)
        guess = Guess(attacker, path, email)
        few = [guess.wrong() for _ in range(5)]
        owner = server.browser()
        owner.sign_in(email)
        problem = [] if owner.is_signed_in else [f"{email} cannot sign in after {len(few)} wrong passwords"]
        yield none_of(f"A2.{name}.owner", problem, "owners shut out")
        tries = 5 + next((n for n in range(GUESSES - 5) if not guess.wrong()), GUESSES - 5)
        yield at_most(f"A2.{name}.guesses", tries, MOST_GUESSES, "passwords tried from one address")


def _mistyped(server: Server) -> Result:
    typist = Browser(server.address, "127.0.0.4")
    mistyped = Guess(typist, "/accounts/login/", "member@example.org")
    for _ in range(5):
        mistyped.wrong()
    typist.sign_in("member@example.org")
    problem = [] if typist.is_signed_in else ["the right password is refused after 5 typing errors"]
    return none_of("A2.login.typing-errors", problem, "owners shut out")


class Guess:
    """One door, one account, one wrong password after the other."""

    def __init__(self, browser: Browser, path: str, email: str) -> None:
        self._browser = browser
        self._path = path
        self._email = email
        self._number = 0

    def wrong(self) -> bool:
        """Whether the password was looked at; a limit answers 429, or with a page without the form."""
        self._number += 1
        path = self._browser.get(self._path).location or self._path
        try:
            form = self._browser.form(path, field="password")
        except AssertionError:
            return False
        values = {"text": self._email, "email": self._email, "password": f"wrong {self._number}"}
        fields = {name: values.get(kind, form.fields[name]) for name, kind in form.kinds.items()}
        response = self._browser.post(path, fields)
        said = re.search(r"too (?:many|often)|try again later", response.text, re.IGNORECASE)
        return response.status < 400 and not said


def _console(server: Server) -> Result:
    server.browser().fill("/accounts/password/reset/", {"email": "member@example.org"})
    time.sleep(2)
    log = server.installation.log.read_text(errors="replace")
    links = [link for link in LINK.findall(log) if "/reset/key/" in link or "/confirm-email/" in link]
    return none_of("A2.console-mail", ["a link with a token"] * len(links), "tokens in the log")


def sign_up_closed(checkout: Checkout) -> Iterator[Result]:
    installation = checkout.installation("a2-closed", SIGN_UP_OPEN="false")
    with installation.serving() as server:
        before = installation.database.count("accounts_user")
        try:
            server.browser().sign_up("new@example.org")
        except AssertionError:  # no form is the best refusal
            browser = server.browser()
            browser.get("/accounts/login/")
            browser.post("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD})
        made = installation.database.count("accounts_user") - before
        yield at_most("A2.sign-up-closed", made, 0, "accounts made with SIGN_UP_OPEN=false")


CHECKS = [
    Check("A2.take-over", take_over, quick=True),
    Check("A2.sign-up", sign_up_tells_nothing, quick=True),
    Check("A2.doors", doors, quick=True),
    Check("A2.guessing", guessing),
    Check("A2.sign-up-closed", sign_up_closed),
]
