"""A host name that is not the site's is 400 everywhere, with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

PAGES = (
    "/", "/readyz", "/admin/", "/admin/login/", "/accounts/login/", "/static/css/base.css", "/nothing/",
    "/documents/01a22636-e163-74ae-9d92-c662dff765f7/", "/favicon.ico",
)  # fmt: skip
HOSTS = (
    "evil.example",
    "evil.example:8000",
    "testserver.evil.example",
    "a b",
    "test_server@evil",
    "[::1",
    "",
)


@pytest.fixture(autouse=True)
def _static_file(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "base.css").write_text("body {}")


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("page", PAGES)
def test_a_bad_host_is_refused_before_anything_is_done(page: str, host: str) -> None:
    """Without a database: none is asked."""
    client = Client(headers={"host": host})
    for response in (client.get(page), client.post(page), client.head(page)):
        assert response.status_code == 400
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert response["X-Content-Type-Options"] == "nosniff"
    assert "does not answer to this host name" in client.get(page).content.decode()


def test_a_good_one_is_served() -> None:
    assert Client(headers={"host": "testserver:8000"}).get("/static/css/base.css").status_code == 200
    assert b"".join(Client().get("/static/css/base.css")) == b"body {}"
