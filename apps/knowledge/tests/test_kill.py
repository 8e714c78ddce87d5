"""kill -9 in each state of a file, with real processes and a real database: ready once, nothing doubled."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from apps.common.config import DEFAULT_PATH

ROOT = DEFAULT_PATH.parent
ROUNDS = 5  # files, each killed once in each state
SEEN = {  # how the database tells that the newest attempt has come so far
    "reading": "state = 'reading'",
    "drafting": "state = 'reading' AND EXISTS (SELECT 1 FROM knowledge_passage p"
    " WHERE p.version_id = knowledge_ingestion.version_id)",
    "indexing": "state = 'indexing' AND progress > 0",
    "publishing": "state = 'indexing' AND total > 0 AND progress = total",
}
Attempt = tuple[int, int]


class Installation:
    """A data folder of its own, and the command line in it."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.database = folder / "quoth.sqlite3"
        self._environment = {**os.environ, **environment, "QUOTH_DATA_DIR": str(folder)}
        self._environment["DATABASE_URL"] = f"sqlite:///{self.database}"

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self._environment, stdout=pipe, stderr=pipe, text=True)

    def run(self, *arguments: str) -> str:
        process = self.start(*arguments)
        out, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
        return out

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database, timeout=20)) as connection:
            return connection.execute(query).fetchall()

    def number(self, query: str) -> int:
        number: int = self.ask(f"SELECT {query}")[0][0]
        return number

    def newest(self, condition: str = "TRUE") -> Attempt:
        """(id, attempt) of the last ingestion, if it meets the condition; else (0, 0)."""
        last = "FROM knowledge_ingestion WHERE id = (SELECT max(id) FROM knowledge_ingestion)"
        rows = self.ask(f"SELECT id, attempt {last} AND {condition}")
        return (rows[0][0], rows[0][1]) if rows else (0, 0)

    def clear_cache(self) -> None:
        """So that the next attempt has to encode again."""
        with closing(sqlite3.connect(self.database, timeout=20)) as connection, connection:
            connection.execute("DELETE FROM knowledge_embedding")


@pytest.fixture
def installation(tmp_path: Path, request: pytest.FixtureRequest) -> Installation:
    """With the fake encoder, or the real one for a test that asks for it by `real_encoder`."""
    settings = tmp_path / "quoth.yaml"
    text = DEFAULT_PATH.read_text(encoding="utf-8")
    settings.write_text(text.replace("lease_seconds: 20 ", "lease_seconds: 1 "), encoding="utf-8")
    assert settings.read_text(encoding="utf-8") != text
    fake = "0" if "real_encoder" in request.fixturenames else "1"
    made = Installation(tmp_path, {"QUOTH_CONFIG": str(settings), "QUOTH_FAKE_ENCODER": fake})
    made.run("migrate", "--skip-checks", "--verbosity=0")
    return made


@pytest.fixture
def real_encoder() -> None:
    """Its presence is the wish."""


@pytest.fixture
def keyboard() -> Iterator[None]:
    """A run in the background ignores SIGINT, and so would its children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.sqlite
@pytest.mark.timeout(1800)
def test_killed_in_each_state(installation: Installation, tmp_path: Path) -> None:
    dice = random.Random(11)
    for number in range(ROUNDS):
        handbook = _handbook(tmp_path / f"{number}.md", chapters=80, seed=number)
        for state in SEEN:
            _kill_in(installation, handbook, state, delay=dice.random() * 0.03)
        _finish(installation, handbook)
        _assert_ready_once(installation, handbook)


@pytest.mark.sqlite
@pytest.mark.timeout(900)
def test_killed_with_the_real_encoder(installation: Installation, tmp_path: Path, real_encoder: None) -> None:
    handbook = _handbook(tmp_path / "handbook.md", chapters=4, seed=1)
    for state in ("indexing", "publishing"):
        _kill_in(installation, handbook, state, delay=0)
    _finish(installation, handbook)
    _assert_ready_once(installation, handbook)


@pytest.mark.sqlite
@pytest.mark.timeout(900)
def test_two_processes_load_the_same_folder(installation: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in range(12):
        _handbook(folder / f"{number}.md", chapters=3, seed=number)
    both = [installation.start("ingest", str(folder), "--json") for _ in range(2)]
    outs = [process.communicate(timeout=200) for process in both]
    assert [process.returncode for process in both] == [0, 0], outs
    assert all({row["state"] for row in json.loads(out)} == {"ready"} for out, _ in outs)
    for file in folder.iterdir():
        _assert_ready_once(installation, file)


@pytest.mark.sqlite
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("keyboard")
def test_stopped_from_the_keyboard_it_goes_on_later(installation: Installation, tmp_path: Path) -> None:
    handbook = _handbook(tmp_path / "handbook.md", chapters=80, seed=1)
    process = installation.start("ingest", str(handbook))
    _wait_for(installation, process, "drafting", (0, 0))
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=200)
    assert (process.returncode, "Traceback" in errors) == (130, False), errors
    assert installation.newest("state IN ('queued', 'indexing') AND lease_until IS NULL") == (1, 1)
    _finish(installation, handbook)
    _assert_ready_once(installation, handbook)


def _kill_in(installation: Installation, handbook: Path, state: str, delay: float) -> None:
    before = installation.newest()
    process = installation.start("ingest", str(handbook))
    _wait_for(installation, process, state, before)
    time.sleep(delay)
    process.kill()
    process.communicate()
    installation.clear_cache()


def _wait_for(
    installation: Installation, process: subprocess.Popen[str], state: str, before: Attempt
) -> None:
    deadline = time.monotonic() + 200
    while installation.newest(SEEN[state]) <= before:
        assert time.monotonic() < deadline, f"never seen {state}"
        assert process.poll() is None, process.communicate()
        time.sleep(0.001)


def _finish(installation: Installation, handbook: Path) -> None:
    (row,) = json.loads(installation.run("ingest", str(handbook), "--json"))
    assert row["state"] == "ready"


def _assert_ready_once(installation: Installation, handbook: Path) -> None:
    of_document = f"JOIN knowledge_document d ON v.document_id = d.id WHERE d.path = '{handbook.name}'"
    versions = f"FROM knowledge_documentversion v {of_document}"
    assert installation.ask(f"SELECT v.state {versions}") == [("published",)]
    mine = f"FROM knowledge_ingestion WHERE path = '{handbook.name}'"
    assert installation.ask(f"SELECT state {mine} AND NOT unchanged AND state <> 'failed'") == [("ready",)]
    spans = 'SELECT p.start, p."end" FROM knowledge_passage p JOIN knowledge_documentversion v'
    found = sorted(installation.ask(f"{spans} ON p.version_id = v.id {of_document}"))
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    assert len(found) >= handbook.read_text(encoding="utf-8").count("##") > 0
    counted = installation.number("sum(passages) FROM knowledge_collectionstatistic")
    assert counted == installation.number("count(*) FROM knowledge_passage")


def _handbook(path: Path, *, chapters: int, seed: int) -> Path:
    """Long enough that each state lasts for a while."""
    dice = random.Random(seed)
    lines = [line for chapter in range(chapters) for line in (f"## Chapter {chapter}", *_paragraphs(dice))]
    path.write_text("\n\n".join(lines), encoding="utf-8")
    return path


def _paragraphs(dice: random.Random) -> list[str]:
    return [" ".join(_sentence(dice) for _ in range(5)) for _ in range(4)]


def _sentence(dice: random.Random) -> str:
    words = " ".join("".join(dice.choices("abcdefghijklmnoprstuvw", k=6)) for _ in range(12))
    return f"{words.capitalize()}."
