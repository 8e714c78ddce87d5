"""A2: nobody takes over another person's account, and nobody learns who has one."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from checks.browser import PASSWORD, Browser, Response
from checks.installation import Checkout, Server
from checks.mail import LINK, MailFolder, confirm, mail_server, reset_password, verified
from checks.results import Check, Result, at_most, median, none_of

VICTIM, OWN = "victim@example.org", "attacker@example.net"
NEW_PASSWORD = "what the owner chose later"  # noqa: S105 - of an account that lives for one check
ATTACKER_PASSWORD = "what the attacker chose later"  # noqa: S105
ELSEWHERE, FAR = "127.0.0.2", "127.0.0.3"
VARYING = {"date", "expires", "set-cookie", "content-length"}  # a cookie's name is compared, not its value
SIGN_UPS, TIME_RATIO = 8, 1.5


def take_over(checkout: Checkout) -> Iterator[Result]:
    """The attacker signs up with the owner's address and waits until the owner resets the password."""
    with mail_server(checkout, "a2-take-over") as (server, mails):
        attacker, owner = Browser(server.address, ELSEWHERE), server.browser()
        attacker.sign_up(VICTIM)
        _add_address(attacker, mails)
        assert reset_password(owner, mails, VICTIM, NEW_PASSWORD), "the owner could not reset the password"
        signed_in = ["the attacker is signed in"] if attacker.is_signed_in else []
        yield none_of("A2.take-over.session", signed_in, "sessions from before the reset")
        was_reset = reset_password(attacker, mails, OWN, ATTACKER_PASSWORD)
        ways = _ways_in(server) if was_reset else []
        yield none_of("A2.take-over.reset", ways, "ways for the attacker into the account")
        fresh = server.browser()
        fresh.sign_in(VICTIM, NEW_PASSWORD)
        problem = [] if fresh.is_signed_in else ["the owner's new password is refused"]
        yield none_of("A2.take-over.owner", problem, "owners locked out")


def _add_address(browser: Browser, mails: MailFolder) -> None:
    """As far as the product allows it."""
    try:
        browser.fill("/accounts/email/", {"email": OWN}, press="action_add")
    except AssertionError:
        return
    if link := mails.wait_for(OWN, "confirm-email"):
        confirm(browser, link)


def _ways_in(server: Server) -> list[str]:
    found = []
    for email in (OWN, VICTIM):
        browser = Browser(server.address, FAR)
        browser.sign_in(email, ATTACKER_PASSWORD)
        if browser.is_signed_in:
            found.append(f"{email} signs in with the attacker's password")
    return found


def verification(checkout: Checkout) -> Iterator[Result]:
    """Where mail is sent, an account is closed until its address is confirmed."""
    with mail_server(checkout, "a2-verification") as (server, mails):
        browser = server.browser()
        browser.sign_up(VICTIM)
        entered = ["sign-up"] if browser.is_signed_in else []
        browser.sign_in(VICTIM)
        entered += ["sign-in"] if browser.is_signed_in else []
        yield none_of("A2.verification", entered, "ways in before the address is confirmed")
        link = mails.wait_for(VICTIM, "confirm-email")
        confirm(browser, link or "/no-mail-arrived/")
        browser.sign_in(VICTIM)
        problem = [] if browser.is_signed_in else [f"{VICTIM} cannot sign in (mail: {bool(link)})"]
        yield none_of("A2.verification.confirmed", problem, "people locked out after confirming")


def sign_up_tells_nothing(checkout: Checkout) -> Iterator[Result]:
    """Sign-up and reset answer alike, and take as long, for addresses with and without an account."""
    with mail_server(checkout, "a2-sign-up") as (server, mails):
        verified(server, mails, VICTIM)
        for name, send in (("sign-up", _sign_up), ("reset", _ask_for_reset)):
            answers = [_answer(server, send, email) for email in ("unknown@example.org", VICTIM)]
            parts = zip(("status", "headers", "body", "next page"), *answers, strict=True)
            differences = [
                f"{part}: {new!r} and {taken!r}"[:200] for part, new, taken in parts if new != taken
            ]
            yield none_of(f"A2.{name}-equal", differences, "differences")
        yield _sign_up_times(server)


def _sign_up(browser: Browser, email: str) -> Response:
    return browser.sign_up(email)


def _ask_for_reset(browser: Browser, email: str) -> Response:
    return browser.fill("/accounts/password/reset/", {"email": email})


def _answer(server: Server, send: Callable[[Browser, str], Response], email: str) -> tuple[object, ...]:
    browser = server.browser()
    response = send(browser, email)
    next_page = browser.follow(response)
    return (
        response.status,
        _headers(response),
        _without_variables(response.text, email),
        _without_variables(next_page.text, email),
    )


def _headers(response: Response) -> object:
    kept = sorted(
        (key.lower(), value) for key, value in response.headers.items() if key.lower() not in VARYING
    )
    cookies = sorted(value.split("=")[0] for value in response.headers.get_all("Set-Cookie", []))
    return kept, cookies


def _without_variables(text: str, email: str) -> str:
    """Without the address itself and tokens, which differ each time."""
    return re.sub(r'value="[^"]{30,}"', "", text.replace(email, "ADDRESS"))


def _sign_up_times(server: Server) -> Result:
    """Alternating, so that the machine's load meets both kinds alike; each from a network address of its own."""
    times: dict[str, list[float]] = {"unknown": [], "taken": []}
    for number in range(SIGN_UPS):
        for kind, email in (("unknown", f"unknown-{number}@example.org"), ("taken", VICTIM)):
            browser = Browser(server.address, f"127.0.{1 + number}.{1 + len(times[kind])}")
            times[kind].append(browser.sign_up(email).seconds)
    unknown, taken = median(times["unknown"]), median(times["taken"])
    note = f"unknown {unknown:.3f} s, taken {taken:.3f} s, medians of {SIGN_UPS}"
    ratio = max(unknown, taken) / min(unknown, taken)
    return at_most("A2.sign-up-time", ratio, TIME_RATIO, "x the shorter time", note)


def without_mail(checkout: Checkout) -> Iterator[Result]:
    """Nobody can prove an address: none can be added, and the log holds nothing that was to be sent."""
    with checkout.installation("a2-without-mail").serving() as server:
        member = server.member(VICTIM)
        with suppress(AssertionError):  # no such form
            member.fill("/accounts/email/", {"email": OWN}, press="action_add")
        database = server.installation.database
        rows = database.query("SELECT email FROM account_emailaddress WHERE email = ?", OWN)
        yield none_of("A2.no-address-unconfirmed", [OWN] * len(rows), "addresses added")
        server.browser().sign_up(VICTIM)  # the owner would be told by mail
        with suppress(AssertionError):  # no such form
            _ask_for_reset(server.browser(), VICTIM)
        time.sleep(2)
        log = server.installation.log.read_text(errors="replace")
        links = [link for link in LINK.findall(log) if "/reset/key/" in link or "/confirm-email/" in link]
        found = ["a link with a token"] * len(links) + ["an e-mail address"] * log.count(VICTIM)
        yield none_of("A2.console-mail", found, "tokens and addresses in the log")


def sign_up_closed(checkout: Checkout) -> Iterator[Result]:
    installation = checkout.installation("a2-closed", SIGN_UP_OPEN="false")
    with installation.serving() as server:
        before = installation.database.count("accounts_user")
        try:
            server.browser().sign_up("new@example.org")
        except AssertionError:  # without a form the request is still possible
            browser = server.browser()
            browser.get("/accounts/login/")
            browser.post("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD})
        made = installation.database.count("accounts_user") - before
        yield at_most("A2.sign-up-closed", made, 0, "accounts made with SIGN_UP_OPEN=false")


CHECKS = [
    Check("A2.take-over", take_over, quick=True),
    Check("A2.verification", verification),
    Check("A2.sign-up", sign_up_tells_nothing),
    Check("A2.without-mail", without_mail, quick=True),
    Check("A2.sign-up-closed", sign_up_closed),
]
