"""Measures how many questions an embedded server answers each second over many sockets, and compares two checkouts.

Usage: python bench/sockets.py FOLDER [--against CHECKOUT] [--sockets 50] [--seconds 10] [--rounds 2]

FOLDER: the documents to ask, for example docs. Each socket belongs to a person of its own and asks distinct questions
made of the documents' words, one after the other. The checkouts are measured in turn, this one last, each with its own
data folder. Prints one line of JSON for each run, and at the end the ratios of the medians: this checkout to the other.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import websockets

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from deploy.testing.process import free_port

LIMITS = {"member_questions_per_minute": 100_000, "frames_per_10_seconds": 100_000}
WORDS = 8  # in a question
# Works in both checkouts: a signed-in session for each socket, and the collection to ask.
PREPARE = """
import sys
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from apps.accounts.models import User
from apps.knowledge.models import Collection
for number in range({sockets}):
    user, _ = User.objects.get_or_create(email=f"bench{{number}}@example.org")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    print("session", session.session_key)
print("collection", Collection.objects.get(slug="bench").uid)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--sockets", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    checkouts = [path.resolve() for path in (arguments.against, ROOT) if path]
    words = words_of(arguments.folder)
    figures: dict[Path, list[dict[str, float]]] = {checkout: [] for checkout in checkouts}
    with tempfile.TemporaryDirectory() as name:
        servers = [Server(path, Path(name) / str(place)) for place, path in enumerate(checkouts)]
        for server in servers:
            server.prepare(arguments.folder.resolve(), arguments.sockets)
        for _ in range(arguments.rounds):
            for server in servers:
                figures[server.checkout].append(server.measure(words, arguments.seconds))
    print_ratios(*figures.values())


def print_ratios(*runs: list[dict[str, float]]) -> None:
    if len(runs) == 2:
        medians = [{key: statistics.median(run[key] for run in each) for key in each[0]} for each in runs]
        print(json.dumps({f"{key}_ratio": round(medians[1][key] / medians[0][key], 2) for key in medians[0]}))


def words_of(folder: Path) -> list[str]:
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.md")))
    return sorted(set(re.findall(r"[a-z]{3,}", text.lower())))


class Server:
    """One checkout with its data folder."""

    def __init__(self, checkout: Path, data: Path) -> None:
        self.checkout = checkout
        self._data = data
        self._port = free_port()
        self._sessions: list[str] = []
        self._where: dict[str, str] = {}

    def prepare(self, folder: Path, sockets: int) -> None:
        self._data.mkdir()
        rules = (self.checkout / "quoth.yaml").read_text(encoding="utf-8")
        for key, limit in LIMITS.items():
            rules = re.sub(rf"{key}: \d+", f"{key}: {limit}", rules)
        (self._data / "bench.yaml").write_text(rules, encoding="utf-8")
        self._manage("demo", "--prepare")
        self._manage("ingest", str(folder), "--collection", "bench", "--public")
        for line in self._manage("shell", "-c", PREPARE.format(sockets=sockets)).splitlines():
            kind, _, value = line.partition(" ")
            if kind == "session":
                self._sessions.append(value)
            elif kind == "collection":
                self._where = {"collection": value}

    def measure(self, words: list[str], seconds: float) -> dict[str, float]:
        with self._running():
            started = time.monotonic()
            times = asyncio.run(self._ask_all(words, seconds))
            taken = (
                time.monotonic() - started
            )  # the last questions are asked within `seconds` and answered later
        figures = {
            "answers_per_second": round(len(times) / taken, 1),
            "p50_ms": round(statistics.median(times) * 1000),
            "p95_ms": round(statistics.quantiles(times, n=20)[-1] * 1000),
        }
        print(json.dumps({"checkout": str(self.checkout), **figures}), flush=True)
        return figures

    async def _ask_all(self, words: list[str], seconds: float) -> list[float]:
        until = time.monotonic() + seconds
        sockets = (
            self._ask(key, words, random.Random(place), until) for place, key in enumerate(self._sessions)
        )
        return [taken for times in await asyncio.gather(*sockets) for taken in times]

    async def _ask(self, session: str, words: list[str], chance: random.Random, until: float) -> list[float]:
        """Seconds from each question to its answer."""
        times: list[float] = []
        headers = {"Cookie": f"sessionid={session}", "Origin": self._address}
        async with websockets.connect(
            f"ws://127.0.0.1:{self._port}/ws/v1/", additional_headers=headers, compression=None
        ) as socket:
            where = self._where
            while (asked := time.monotonic()) < until:
                question = " ".join(chance.sample(words, WORDS)) + "?"
                frame = {"type": "message.send", "client_id": str(uuid.uuid4()), "text": question, **where}
                await socket.send(json.dumps(frame))
                done = await _answered(socket)
                where = {"conversation": done["conversation"]}
                times.append(time.monotonic() - asked)
        return times

    @contextmanager
    def _running(self) -> Iterator[None]:
        command = [self._python, "manage.py", "serve", "--port", str(self._port)]
        child = subprocess.Popen(command, cwd=self.checkout, env=self._environment)
        try:
            self._wait()
            yield
        finally:
            child.terminate()
            child.wait()

    def _wait(self) -> None:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{self._address}/readyz").close()  # noqa: S310 - our own address
                return
            except OSError:
                time.sleep(0.5)
        raise SystemExit(f"the server of {self.checkout} does not start")

    def _manage(self, *arguments: str) -> str:
        command = [self._python, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=self.checkout, env=self._environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    @property
    def _python(self) -> str:
        """Of the checkout's own environment: another version needs other packages."""
        own = self.checkout / ".venv-dev/bin/python"
        return str(own) if own.exists() else sys.executable

    @property
    def _address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def _environment(self) -> dict[str, str]:
        own = {
            "QUOTH_DATA_DIR": str(self._data),
            "QUOTH_CONFIG": str(self._data / "bench.yaml"),
            "QUOTH_URL": self._address,
            "LOG_LEVEL": "WARNING",
        }
        return {key: value for key, value in os.environ.items() if key != "SECRET_KEY"} | own


async def _answered(socket: websockets.ClientConnection) -> dict[str, str]:
    while True:
        frame = json.loads(await asyncio.wait_for(socket.recv(), 60))
        if frame["type"] == "answer.done":
            return dict(frame)
        if frame["type"] == "error":
            raise SystemExit(f"a question was refused: {frame['message']}")


if __name__ == "__main__":
    main()
