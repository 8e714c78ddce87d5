"""A7: what is wrong with an installation is said in one sentence, at the start or when it happens."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator

from checks.browser import PASSWORD
from checks.installation import Checkout, Installation
from checks.results import Check, Result
from deploy.testing.process import free_port
from deploy.testing.servers import redis_server

START_SECONDS = 60


def refused_starts(checkout: Checkout) -> Iterator[Result]:
    short = checkout.installation("a7-key", SECRET_KEY="short")  # noqa: S106 - the fault under test
    yield _refusal("A7.start.short-key", short)
    binary = checkout.installation("a7-yaml")
    file = binary.folder.with_name("binary.yaml")
    file.write_bytes(os.urandom(4096))
    binary.environment["QUOTH_CONFIG"] = str(file)
    yield _refusal("A7.start.binary-yaml", binary)
    newer = checkout.installation("a7-newer")
    with newer.database.writing() as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('knowledge', '9999_from_the_future', '2030-01-01 00:00:00')"
        )
    yield _refusal("A7.start.newer-database", newer)


def _refusal(check: str, installation: Installation) -> Result:
    """Exit code 1 and a sentence of one line on standard error."""
    limit = "exit code 1 and one line"
    try:
        done = installation.run("serve", "--port", str(free_port()), timeout=START_SECONDS)
    except subprocess.TimeoutExpired:
        return Result(check, "started", limit, False)
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    passed = done.returncode == 1 and len(lines) == 1 and " " in lines[0]
    return Result(
        check, f"code {done.returncode}, {len(lines)} lines", limit, passed, lines[-1] if lines else ""
    )


def redis_away(checkout: Checkout) -> Iterator[Result]:
    folder = checkout.folder / "redis-away"
    folder.mkdir()
    with redis_server(folder) as url:
        mail = f"filemail:///{folder}/mail"  # without mail no link is requested, and Redis is not needed
        installation = checkout.installation("a7-redis", QUOTH_PROFILE="full", REDIS_URL=url, EMAIL_URL=mail)
        with installation.serving() as server:
            browser = server.browser()
            form = browser.form("/accounts/login/", field="password")
            _shut_down(url)
            values = {"login": "member@example.org", "password": PASSWORD}
            for name, path in (("sign-in", "/accounts/login/"), ("reset", "/accounts/password/reset/")):
                response = browser.post(path, form.fields | values | {"email": "member@example.org"})
                sentence = " " in response.text and "Traceback" not in response.text
                yield Result(
                    f"A7.redis.{name}",
                    response.status,
                    "503 and a sentence",
                    response.status == 503 and sentence,
                )


def _shut_down(url: str) -> None:
    """As an operator would; the folder's own server, on a port of its own."""
    host, port = url.removeprefix("redis://").partition("/")[0].split(":")
    with socket.create_connection((host, int(port)), timeout=5) as made:
        made.sendall(b"SHUTDOWN NOSAVE\r\n")
        made.settimeout(5)
        while made.recv(1024):
            pass


CHECKS = [
    Check("A7.start", refused_starts, quick=True),
    Check("A7.redis", redis_away),
]
