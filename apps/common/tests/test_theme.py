from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def choose(client: Client, theme: str, came_from: str = "") -> str:
    return client.post(reverse("theme"), {"theme": theme}, headers={"Referer": came_from})["Location"]


def test_the_server_paints_the_chosen_colours_at_once() -> None:
    client = Client()
    assert "data-theme" not in client.get("/").content.decode()
    choose(client, "dark")
    assert 'data-theme="dark"' in client.get("/").content.decode()
    choose(client, "")
    assert "data-theme" not in client.get("/").content.decode()


def test_a_forged_cookie_is_not_shown() -> None:
    client = Client()
    client.cookies["theme"] = '"><script>'
    assert "data-theme" not in client.get("/").content.decode()


def test_it_returns_to_the_page_it_was_chosen_on_and_to_no_other_site() -> None:
    assert choose(Client(), "dark", "http://testserver/accounts/login/?next=/") == "/accounts/login/?next=/"
    assert choose(Client(), "dark", "http://testserver//elsewhere.example/") == "/"
    assert choose(Client(), "dark", "https://elsewhere.example/") == "/"
    assert choose(Client(), "dark", "http://[::1") == "/"
