"""Long work reports progress, on standard error only."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from apps.common import progress
from apps.knowledge.ingestion.folders import find_files
from apps.knowledge.management.loading import load_files
from apps.knowledge.tests.files import LEAVE, TRAVEL, collection_in, load
from chatbot_saas.demonstration import _step

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fake_encoder")]

SLOW = [  # command, the work that it waits for, what it reports meanwhile
    ("ingest", "apps.knowledge.management.commands.ingest.load_files", "Looking at the files"),
    ("rebuild_graph", "apps.knowledge.management.commands.rebuild_graph.rebuild", "building the store"),
    ("evaluate", "apps.chat.management.commands.evaluate.outcomes", "Asking 1 question in three ways"),
    ("ask", "apps.chat.management.commands.ask.ask_now", "Looking for an answer"),
    ("prepare_models", "apps.models.management.commands.prepare_models.onnx_encoder", "minilm: checking"),
]


@pytest.fixture
def arguments(tmp_path: Path) -> dict[str, str]:
    load(collection_in("demo", "docs"), "leave.md", LEAVE)
    (tmp_path / "questions.jsonl").write_text('{"question": "How many days of leave a year?"}\n')
    (tmp_path / "travel.md").write_bytes(TRAVEL)
    return {
        "ingest": str(tmp_path / "travel.md"),
        "evaluate": str(tmp_path / "questions.jsonl"),
        "ask": "How many days of leave a year?",
    }


@pytest.mark.parametrize(("command", "work", "line"), SLOW)
def test_slow_work_shows_on_standard_error_alone(
    command: str, work: str, line: str, arguments: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    err, out = io.StringIO(), io.StringIO()
    _slow_down(work, err, monkeypatch)
    call_command(command, *filter(None, [arguments.get(command)]), "--json", stdout=out, stderr=err)
    assert line in err.getvalue()
    assert json.loads(out.getvalue())


def test_a_load_tells_of_files_and_of_texts(tmp_path: Path) -> None:
    (tmp_path / "leave.md").write_bytes(LEAVE)
    (tmp_path / "travel.md").write_bytes(TRAVEL)
    told: list[str] = []
    load_files(collection_in(), find_files([str(tmp_path)]), told.append)
    assert told[:2] == ["0 of 2 files read, now leave.md", "1 of 2 files read, now travel.md"]
    first, last = (line.split() for line in (told[2], told[-1]))
    assert first[:2] == ["0", "of"]
    assert last[0] == last[2] == first[2]
    assert last[3:] == ["texts", "encoded"]


def test_a_step_of_the_demo_is_said_again_while_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.01)
    said: list[str] = []
    with _step(said.append, "Database"):
        while len(said) < 3:
            time.sleep(0.001)
    assert said[0] == "Database"
    assert all(line.startswith("Database (") for line in said[1:])


def _slow_down(work: str, err: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """The work begins only after something was reported, or after five seconds."""
    module, name = work.rsplit(".", 1)
    real: Callable[..., Any] = getattr(__import__(module, fromlist=[name]), name)

    def slow(*args: Any, **options: Any) -> Any:
        until = time.monotonic() + 5
        while not err.getvalue() and time.monotonic() < until:
            time.sleep(0.001)
        return real(*args, **options)

    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(work, slow)
