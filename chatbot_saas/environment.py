"""Environment variables as settings. A wrong value is refused in one sentence that names the variable."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}
DATABASES = ("postgres", "postgresql", "sqlite")  # schemes


class Environment:
    """Reads variables, and `NAME=value` lines of a file for those that are not set. Raises ImproperlyConfigured."""

    def __init__(self) -> None:
        self._env = environ.Env()

    def read_file(self, path: Path) -> None:
        try:
            self._env.read_env(path)
        except UnicodeDecodeError as error:
            raise ImproperlyConfigured(
                f"{path} is not a text file in UTF-8: write one NAME=value a line"
            ) from error

    def text(self, name: str, *, default: str = "") -> str:
        return str(self._env.str(name, default=default))

    def texts(self, name: str, *, default: list[str]) -> list[str]:
        """Separated by commas."""
        return list(self._env.list(name, default=default))

    def choice(self, name: str, choices: Collection[str], *, default: str) -> str:
        value = self.text(name, default=default)
        if value not in choices:
            raise ImproperlyConfigured(f"{name} is {value!r}: set it to {' or '.join(map(repr, choices))}")
        return value

    def boolean(self, name: str, *, default: bool) -> bool:
        value = self.text(name, default=str(default)).strip().lower()
        if value not in TRUE | FALSE:
            raise ImproperlyConfigured(f"{name} is {value!r}: set it to 'true' or 'false'")
        return value in TRUE

    def integer(self, name: str, *, default: int, least: int) -> int:
        value = self.text(name, default=str(default)).strip()
        if not (value.isascii() and value.isdecimal() and int(value) >= least):
            raise ImproperlyConfigured(f"{name} is {value!r}: set it to a number of at least {least}")
        return int(value)

    def web_address(self, name: str, *, default: str) -> str:
        value = self.text(name, default=default)
        if not _is_web_address(value):
            raise ImproperlyConfigured(f"{name} is {value!r}: set it to an address such as {default}")
        return value

    def time_zone(self, name: str, *, default: str) -> str:
        value = self.text(name, default=default)
        try:
            ZoneInfo(value)
        except (KeyError, OSError, ValueError) as error:  # not found, a folder, not a name at all
            raise ImproperlyConfigured(
                f"{name} is {value!r}: set it to a name such as 'Europe/Berlin'"
            ) from error
        return value

    def database(self, name: str, *, default: str) -> dict[str, Any]:
        """Never shows the value: it holds a password."""
        sentence = f"{name} is wrong: set it to an address such as postgres://user:password@host/database"
        if self.text(name, default=default).partition(":")[0] not in DATABASES:
            raise ImproperlyConfigured(sentence)
        try:
            found: dict[str, Any] = self._env.db(name, default=default)
        except ValueError as error:
            raise ImproperlyConfigured(sentence) from error
        if not found["NAME"]:
            raise ImproperlyConfigured(sentence)
        return found

    def mail_server(self, name: str, *, default: str) -> dict[str, Any]:
        """Never shows the value: it holds a password."""
        try:
            found: dict[str, Any] = self._env.email_url(name, default=default)
        except (ImproperlyConfigured, ValueError) as error:
            raise ImproperlyConfigured(
                f"{name} is wrong: set it to an address such as smtp+tls://user:password@host:587"
            ) from error
        return found


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
