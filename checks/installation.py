"""A checkout under test, and installations of it: data folders of their own, commands and servers as processes."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from checks.browser import PASSWORD, Browser
from checks.database import Database
from deploy.testing.process import free_port

READY_SECONDS = 90
ADMIN = "admin@example.org"
# What a Python needs to start; no setting of the caller's own shell reaches the product.
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT")
UNLIMITED = {"member_questions_per_minute": 1_000_000, "address_questions_per_hour": 1_000_000}


class Checkout:
    """`root` is the code under test; `folder` takes everything that the checks write."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.folder = folder
        self._templates: dict[bool, Installation] = {}
        self.prepared: dict[str, Installation] = {}

    def installation(
        self, name: str, *, model: bool = False, config: Mapping[str, object] | None = None, **settings: str
    ) -> Installation:
        """A fresh one with an empty database. With `model` the real encoder answers, else the stand-in of tests."""
        folder = self.folder / name
        shutil.copytree(self._template(model).folder, folder)
        made = Installation(self.root, folder, _encoder(model) | settings)
        made.configure(UNLIMITED | dict(config or {}))
        return made

    def copy(self, made: Installation, name: str) -> Installation:
        """An installation with the same contents; `made` must not be running."""
        folder = self.folder / name
        shutil.copytree(made.folder, folder)
        settings = {
            key: made.environment[key] for key in ("QUOTH_FAKE_ENCODER", "QUOTH_CONFIG", "SECRET_KEY")
        }
        return Installation(self.root, folder, settings)

    def empty(self, name: str, **settings: str) -> Installation:
        """One in which nothing was ever run."""
        folder = self.folder / name
        folder.mkdir(parents=True)
        return Installation(self.root, folder, _encoder(False) | settings)

    def _template(self, model: bool) -> Installation:
        """Migrating and building the model once saves each check half a minute."""
        if model not in self._templates:
            template = self.empty("template-model" if model else "template", **_encoder(model))
            template.manage("migrate", "-v", "0")
            template.manage("collectstatic", "--no-input", "-v", "0")
            if model:
                template.manage("prepare_models")
            self._templates[model] = template
        return self._templates[model]


def _encoder(model: bool) -> dict[str, str]:
    return {"QUOTH_FAKE_ENCODER": "False" if model else "True"}


class Installation:
    """`settings` are environment variables of the product."""

    def __init__(self, root: Path, folder: Path, settings: Mapping[str, str]) -> None:
        self.root = root
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.scratch = folder.with_name(f"{folder.name}-tmp")
        self.scratch.mkdir(exist_ok=True)
        self.log = folder.with_name(f"{folder.name}.log")
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        self.environment = kept | {
            "QUOTH_DATA_DIR": str(folder),
            "QUOTH_URL": self.address,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "TMPDIR": str(self.scratch),
            "PYTHONUNBUFFERED": "1",
            **settings,
        }

    @property
    def database(self) -> Database:
        return Database(self.folder / "quoth.sqlite3")

    def configure(self, values: Mapping[str, object]) -> None:
        """Use a copy of the checkout's quoth.yaml in which the keys that it has hold these values."""
        text = (self.root / "quoth.yaml").read_text()
        for key, value in values.items():
            text = re.sub(rf"(?m)^(\s+{key}:)\s*\S+", rf"\g<1> {value}", text)
        file = self.folder.with_name(f"{self.folder.name}.yaml")
        file.write_text(text)
        self.environment["QUOTH_CONFIG"] = str(file)

    def keys_of_config(self) -> list[str]:
        return re.findall(r"(?m)^\s+(\w+):", (self.root / "quoth.yaml").read_text())

    def run(self, *arguments: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            env=self.environment,
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def manage(self, *arguments: str) -> str:
        """Standard output of a command. Raises AssertionError where it fails."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"manage.py {arguments[0]}: {(done.stdout + done.stderr)[-2000:]}"
        return done.stdout

    def add_admin(self) -> None:
        self.environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
        self.manage("createsuperuser", "--no-input", "--email", ADMIN)

    @contextmanager
    def serving(self) -> Iterator[Server]:
        """Raises AssertionError where it does not start."""
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port), "--json"]
        with self.log.open("w") as output:
            child = subprocess.Popen(
                command,
                env=self.environment,
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _wait(child, self.log)
            yield Server(self, child)
        finally:
            stop(child)


class Server:
    def __init__(self, installation: Installation, child: subprocess.Popen[bytes]) -> None:
        self.installation = installation
        self.address = installation.address
        self.port = installation.port
        self.child = child
        self.process = psutil.Process(child.pid)

    def browser(self) -> Browser:
        return Browser(self.address)

    def member(self, email: str) -> Browser:
        """The browser of a new person, with a workspace of their own.

        Where no mail is sent, sign-up does not sign in.
        """
        browser = self.browser()
        browser.sign_up(email)
        return browser if browser.is_signed_in else self.returning(email)

    def returning(self, email: str) -> Browser:
        """The browser of a person who has an account."""
        browser = self.browser()
        response = browser.sign_in(email)
        assert browser.is_signed_in, f"signing in led to {response.status} {response.location}"
        return browser

    def readers(self) -> list[psutil.Process]:
        """The processes that read files."""
        with suppress(psutil.NoSuchProcess):
            return self.process.children(recursive=True)
        return []


def _wait(child: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while '{"address"' not in log.read_text(errors="replace"):
        assert child.poll() is None, f"the server ended: {log.read_text(errors='replace')[-1000:]}"
        assert time.monotonic() < until, f"the server did not start in {READY_SECONDS} s"
        time.sleep(0.05)


def stop(child: subprocess.Popen[bytes]) -> None:
    """End the process and its children at once: a graceful end takes seconds, and nothing is asked of it here."""
    children = []
    with suppress(psutil.NoSuchProcess):
        children = psutil.Process(child.pid).children(recursive=True)
    child.kill()
    child.wait()
    for process in children:
        with suppress(psutil.NoSuchProcess):
            process.kill()
