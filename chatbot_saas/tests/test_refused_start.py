"""Every program refuses to start with wrong settings: one sentence on standard error, exit code 1."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from chatbot_saas.tests.installation import ROOT, Installation

KEY = "k" * 50
WORKER = (sys.executable, "-m", "celery", "-A", "chatbot_saas", "worker", "-P", "solo")
FULL = {"QUOTH_PROFILE": "full", "REDIS_URL": "redis://127.0.0.1:1", "SECRET_KEY": KEY}


def refusal(installation: Installation, *command: str) -> str:
    """The sentence. `command` is a program with its arguments, or the arguments of manage.py."""
    done = (
        subprocess.run(
            command,
            env=installation.environment | {"PYTHONWARNINGS": "ignore"},  # Celery warns about running as root
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if command[0] == sys.executable
        else installation.run(*command)
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    *progress, sentence = done.stderr.strip().splitlines()
    assert all(line.startswith("- ") for line in progress), done.stderr
    return sentence.removeprefix("CommandError: ")


def test_a_command_of_django_without_a_key(tmp_path: Path) -> None:
    assert refusal(Installation(tmp_path), "migrate").startswith("SECRET_KEY is not set: run ")


@pytest.mark.parametrize(
    "command", [("serve",), ("demo",), ("migrate",), WORKER], ids=lambda command: command[0]
)
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SECRET_KEY", "k" * 49),
        ("QUOTH_PROFILE", "half"),
        ("TRUSTED_PROXIES", "one"),
        ("DATABASE_URL", "quoth"),
    ],
)
def test_a_wrong_variable(command: tuple[str, ...], variable: str, value: str, tmp_path: Path) -> None:
    installation = Installation(tmp_path, **{"SECRET_KEY": KEY, variable: value})
    assert refusal(installation, *command).startswith(f"{variable} is ")


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for settings in ({"SECRET_KEY": KEY}, {}):
        installation = Installation(tmp_path / "file" / "data", **settings)
        assert "set QUOTH_DATA_DIR to a folder of this user" in refusal(installation, "demo")


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\xff", b"\x00\x01", b"a: [\n", b""])
@pytest.mark.parametrize("command", [("serve",), WORKER], ids=lambda command: command[0])
def test_a_configuration_that_is_no_text(command: tuple[str, ...], content: bytes, tmp_path: Path) -> None:
    (tmp_path / "quoth.yaml").write_bytes(content)
    installation = Installation(tmp_path, **FULL, QUOTH_CONFIG=str(tmp_path / "quoth.yaml"))
    assert refusal(installation, *command).startswith(f"{tmp_path / 'quoth.yaml'}")


@pytest.mark.parametrize(
    "command", [("serve",), ("demo",), ("ask", "Why?"), WORKER], ids=lambda command: command[0]
)
def test_a_newer_database(command: tuple[str, ...], newer: Installation) -> None:
    assert refusal(newer, *command) == (
        "The database was made by a newer version of Quoth: install that version, or restore a backup of this one."
    )


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    installation = Installation(tmp_path_factory.mktemp("newer"), **FULL)
    installation.manage("migrate", "-v", "0")
    with sqlite3.connect(installation.folder / "quoth.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('chat', '9999_later', '2030-01-01')"
        )
    return installation
