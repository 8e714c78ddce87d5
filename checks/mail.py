"""Mail that a server under test writes into a folder instead of sending it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

from checks.browser import Browser, Response
from checks.installation import Checkout, Server

MAIL_SECONDS = 10
LINK = re.compile(r"https?://\S+")


class MailFolder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def links(self, email: str, marker: str) -> list[str]:
        """Addresses that contain the marker, in mail to this person, oldest first."""
        found = []
        for file in sorted(self._folder.glob("*"), key=lambda file: file.stat().st_mtime):
            for part in re.split(rb"(?m)^-{20,}\s*$", file.read_bytes()):
                mail = message_from_bytes(part.strip(), policy=policy.default)
                if email in str(mail["To"]):
                    body = mail.get_body(("plain",))
                    found += LINK.findall(body.get_content() if body else "")
        return [link for link in found if marker in link]

    def wait_for(self, email: str, marker: str, seen: int = 0) -> str:
        """The newest link beyond the number already seen; "" if none arrives."""
        until = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < until:
            links = self.links(email, marker)
            if len(links) > seen:
                return links[-1]
            time.sleep(0.1)
        return ""


@contextmanager
def mail_server(checkout: Checkout, name: str) -> Iterator[tuple[Server, MailFolder]]:
    """A running server that sends mail."""
    folder = checkout.folder / f"{name}-mail"
    folder.mkdir()
    with checkout.installation(name, EMAIL_URL=f"filemail:///{folder}").serving() as server:
        yield server, MailFolder(folder)


def confirm(browser: Browser, link: str) -> None:
    path = urlsplit(link).path
    browser.get(path)
    browser.post(path, {})


def verified(server: Server, mails: MailFolder, email: str) -> Browser:
    """The browser of a person who signed up and confirmed the address. Raises AssertionError."""
    browser = server.browser()
    browser.sign_up(email)
    if link := mails.wait_for(email, "confirm-email"):
        confirm(browser, link)
    if not browser.is_signed_in:
        browser.sign_in(email)
    assert browser.is_signed_in, f"{email} could not sign up"
    return browser


def reset_password(browser: Browser, mails: MailFolder, email: str, password: str) -> bool:
    """Request a reset by mail and follow its link; whether a new password was set."""
    seen = len(mails.links(email, "/password/reset/"))
    browser.fill("/accounts/password/reset/", {"email": email})
    link = mails.wait_for(email, "/password/reset/", seen)
    return bool(link) and _set_password(browser, urlsplit(link).path, password).status == 302


def _set_password(browser: Browser, path: str, password: str) -> Response:
    opened = browser.get(path)
    form = opened.location or path  # the key moves from the address to the session
    try:
        return browser.fill(form, {"password": password})
    except AssertionError:  # the link is no longer valid: there is no form
        return opened
