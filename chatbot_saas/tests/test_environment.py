from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatbot_saas.environment import Environment

READERS: dict[str, Callable[[Environment], object]] = {
    "choice": lambda env: env.choice("X", ("plain", "json"), default="plain"),
    "boolean": lambda env: env.boolean("X", default=False),
    "integer": lambda env: env.integer("X", default=1, least=1),
    "web_address": lambda env: env.web_address("X", default="http://127.0.0.1:8000"),
    "time_zone": lambda env: env.time_zone("X", default="UTC"),
    "database": lambda env: env.database("X", default="sqlite:////quoth.sqlite3"),
    "mail_server": lambda env: env.mail_server("X", default="consolemail://"),
}
WRONG = [
    ("choice", "xml"),
    ("choice", ""),
    ("boolean", "ture"),
    ("integer", "0"),
    ("integer", "-1"),
    ("integer", "two"),
    ("integer", "٣"),
    ("web_address", "quoth.example.org"),
    ("web_address", "ftp://quoth.example.org"),
    ("web_address", "http://"),
    ("web_address", "http://[::1"),
    ("web_address", "http://quoth.example.org:port"),
    ("time_zone", "Berlin"),
    ("time_zone", "../../etc/passwd"),
    ("time_zone", ""),
    ("database", "quoth"),
    ("database", "mysql://quoth:secret@localhost/quoth"),
    ("database", "postgres://quoth:secret@localhost:port/quoth"),
    ("database", "postgres://quoth:secret@localhost"),
    ("mail_server", "mail.example.org"),
    ("mail_server", "smtp://quoth:secret@mail.example.org:port"),
]
RIGHT = [
    ("choice", "json", "json"),
    ("boolean", "Yes", True),
    ("boolean", "off", False),
    ("boolean", "", False),
    ("integer", " 12 ", 12),
    ("web_address", "https://quoth.example.org:8443/", "https://quoth.example.org:8443/"),
    ("time_zone", "Europe/Berlin", "Europe/Berlin"),
]


@pytest.mark.parametrize(("reader", "value"), WRONG)
def test_a_wrong_value_names_the_variable_and_shows_no_password(
    reader: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured, match=r"^X is .*: set it to ") as refused:
        READERS[reader](Environment())
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("reader", "value", "expected"), RIGHT)
def test_a_right_value_is_read(
    reader: str, value: str, expected: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("X", value)
    assert READERS[reader](Environment()) == expected


@pytest.mark.parametrize("reader", READERS)
def test_a_default_is_right(reader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("X", raising=False)
    READERS[reader](Environment())


def test_options_of_the_databases_address_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "postgres://quoth:secret@localhost/quoth?sslmode=require")
    assert Environment().database("X", default="")["OPTIONS"] == {"sslmode": "require"}


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "env").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ImproperlyConfigured, match="env is not a text file"):
        Environment().read_file(tmp_path / "env")
