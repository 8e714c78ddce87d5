"""A2: links, redirects and sockets follow QUOTH_URL, whatever a request says of its host or origin."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

from websockets.exceptions import InvalidStatus

from checks.browser import PASSWORD, Browser
from checks.installation import Checkout, Server
from checks.mail import mail_server, verified
from checks.raw_http import exchange
from checks.results import Check, Result, none_of

MEMBER = "member@example.org"
PUBLIC_URL = "https://quoth.example.org"
BAD_HOSTS = ("evil.example", "127.0.0.1.evil.example", "a b", "127.0.0.1:80:80", "[", "")
BAD_HOST_PATHS = ("/", "/accounts/login/", "/nothing/", "/healthz", "/static/nothing.css")
TARGETS = ("//evil.example/", "https://evil.example/", "/\\evil.example/", "javascript:alert(1)")


def sockets_and_hosts(checkout: Checkout) -> Iterator[Result]:
    with checkout.installation("a2-origins").serving() as server:
        member = server.member(MEMBER)
        yield from _socket_origins(server, member)
        yield _bad_hosts(server)
        yield _redirects_after_sign_in(server)


def _socket_origins(server: Server, member: Browser) -> Iterator[Result]:
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


def _bad_hosts(server: Server) -> Result:
    wrong = []
    for host in BAD_HOSTS:
        for path in BAD_HOST_PATHS:
            request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            status = exchange(server.port, request.encode()).status
            if status != 400:
                wrong.append(f"{host!r} {path}: {status}")
    return none_of("A2.bad-host", wrong, "bad hosts answered otherwise than with 400")


def _redirects_after_sign_in(server: Server) -> Result:
    wrong = []
    for target in TARGETS:
        browser = server.browser()
        path = f"/accounts/login/?{urlencode({'next': target})}"
        location = browser.fill(path, {"login": MEMBER, "password": PASSWORD}).location
        if location.startswith(("//", "/\\")) or urlsplit(location).scheme:
            wrong.append(f"next={target} leads to {location}")
    return none_of("A2.redirects", wrong, "redirects to other sites")


def links(checkout: Checkout) -> Iterator[Result]:
    """A reset is requested at another name of the machine that is allowed."""
    with mail_server(checkout, "a2-links") as (server, mails):
        verified(server, mails, MEMBER)
        browser = Browser(f"http://localhost:{server.port}")
        browser.fill("/accounts/password/reset/", {"email": MEMBER})
        link = urlsplit(mails.wait_for(MEMBER, "/password/reset/"))
        origin = f"{link.scheme}://{link.netloc}"
        yield Result(
            "A2.reset-link", origin, server.address, origin == server.address, "asked for at localhost"
        )
    yield from _redirect_to_https(checkout)


def _redirect_to_https(checkout: Checkout) -> Iterator[Result]:
    installation = checkout.installation("a2-https", QUOTH_URL=PUBLIC_URL, SECURE_SSL_REDIRECT="True")
    with installation.serving() as server:
        wrong = []
        for host in ("quoth.example.org", "quoth.example.org:8443", f"localhost:{server.port}"):
            request = f"GET /accounts/login/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            answer = exchange(server.port, request.encode())
            if f"\r\nlocation: {PUBLIC_URL}/accounts/login/\r\n" not in answer.body.lower():
                wrong.append(f"{host}: {answer.status}")
        yield none_of("A2.https-redirect", wrong, f"redirects elsewhere than to {PUBLIC_URL}")


CHECKS = [
    Check("A2.origins", sockets_and_hosts, quick=True),
    Check("A2.links", links),
]
