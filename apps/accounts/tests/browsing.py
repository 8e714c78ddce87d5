"""What people do on the account pages."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail
from django.test import Client
from django.urls import reverse

PASSWORD = "correct horse battery"
NEW_PASSWORD = "battery horse staple"


def sign_up(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_signup"), {"email": email, "password1": password})


def sign_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": password})


def is_signed_in(client: Client) -> bool:
    return "Sign out" in client.get("/").content.decode()


def signed_in(email: str, password: str = PASSWORD) -> Client:
    client = Client()
    sign_in(client, email, password)
    assert is_signed_in(client)
    return client


def change_address(client: Client, new: str, password: str = PASSWORD) -> None:
    """Asks for the change, and gives the password that this takes."""
    asked = client.post(reverse("account_email"), {"action_add": "", "email": new})
    if "reauthenticate" in asked["Location"]:
        client.post(asked["Location"], {"password": password})


def links_to(email: str) -> list[str]:
    """Paths of the links in the mails to an address, the oldest first."""
    bodies = [str(message.body) for message in mail.outbox if message.to == [email]]
    return [path for body in bodies for path in re.findall(r"https?://[^/\s]+(/\S+)", body)]


def confirm(client: Client, email: str) -> Any:
    return client.post(links_to(email)[-1])


def reset_password(email: str, client: Client | None = None, password: str = NEW_PASSWORD) -> bool:
    """The owner of the address asks for a new password and follows the link. False when no link came."""
    browser = client or Client()
    mail.outbox.clear()
    browser.post(reverse("account_reset_password"), {"email": email})
    links = [link for link in links_to(email) if "/key/" in link]
    if not links:
        return False
    form = browser.get(links[0], follow=True)
    answer = browser.post(form.redirect_chain[-1][0], {"password1": password, "password2": password})
    assert answer["Location"] == reverse("account_reset_password_from_key_done")
    return True
