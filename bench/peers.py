"""Compares loading and answering with haystack-ai, LlamaIndex and txtai, with the same weights, in the same run.

Usage: python -m bench.peers FOLDER QUESTIONS --peers ENVIRONMENT [--small FOLDER] [--json]

FOLDER holds pages in Markdown, QUESTIONS are in the format of `evaluate`, and ENVIRONMENT is a virtual environment with
haystack-ai, sentence-transformers-haystack, llama-index-core, llama-index-embeddings-huggingface,
llama-index-retrievers-bm25, txtai and sentence-transformers, which are not dependencies of this project. `--small` is a
second folder, whose loading is timed too. How the libraries are set up is written in bench/peer_search.py.

The systems take turns, each alone on the machine. One answer: the median of all questions. Batches of 32: questions a
second. right: share of the answerable questions whose first quote, or sentence, contains an expected answer, with
everything answered. Ratios are the peer's time divided by ours. Exit code 1 if one is below its bar.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import django
from django.core.management import call_command

from apps.chat.evaluation.measures import estimate, ratio
from bench.figures import Report, as_json, as_text

PEERS = ("haystack", "llamaindex", "txtai")
OURS = "quoth"
BARS = {"one_answer": 20.0, "batches": 15.0, "pages": 1.5, "small_files": 1.5}
BATCH, WARM_UP = 32, 5
Texts = list[str]


class System(Protocol):
    """Each function returns what it did and the seconds it took."""

    def load(self, paths: Sequence[Path]) -> tuple[int, float]:
        """The number of stored vectors."""

    def ask(self, questions: Sequence[str]) -> tuple[Texts, float]:
        """The words that answer each, in one batch."""


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory() as data, ExitStack() as stack:
        _set_up(Path(data))
        systems: dict[str, System] = {OURS: Quoth()}
        systems |= {name: stack.enter_context(_peer(options.peers, name)) for name in PEERS}
        figures = {name: _measured(system, options) for name, system in systems.items()}
    report: Report = {"figures": figures, "ratios": {name: _ratios(figures, name) for name in PEERS}}
    print(json.dumps(report) if options.json else as_text(report))
    return 0 if all(map(_passes, report["ratios"].values())) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--peers", type=Path, required=True)
    parser.add_argument("--small", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def _set_up(data: Path) -> None:
    """An installation of our own, with nothing refused."""
    rules = (Path(__file__).parents[1] / "quoth.yaml").read_text(encoding="utf-8")
    (data / "open.yaml").write_text(re.sub(r"quoted_from: [\d.]+", "quoted_from: 0.000001", rules))
    os.environ |= {
        "QUOTH_DATA_DIR": str(data),
        "QUOTH_CONFIG": str(data / "open.yaml"),
        "DATABASE_URL": f"sqlite:///{data}/bench.sqlite3",
        "DJANGO_SETTINGS_MODULE": "chatbot_saas.settings",
        "SECRET_KEY": secrets.token_hex(32),
        "LOG_LEVEL": "WARNING",
    }
    django.setup()
    call_command("migrate", verbosity=0, skip_checks=True)


class Quoth:
    """In this process, through the services that the commands and the workers use."""

    def __init__(self) -> None:
        from apps.models.inference.engine import get_encoder

        get_encoder().warm_up()
        self._loads = 0

    def load(self, paths: Sequence[Path]) -> tuple[int, float]:
        from apps.knowledge.models import Collection, Embedding
        from apps.knowledge.selectors import scope_of

        before = Embedding.objects.count()
        self._loads += 1
        workspace = f"bench-{self._loads}"  # a workspace does not use the vectors of another
        with open(os.devnull, "w") as silence:
            started = time.perf_counter()
            call_command("ingest", *map(str, paths), workspace=workspace, stdout=silence)
            seconds = time.perf_counter() - started
        self._scope = scope_of(Collection.objects.get(workspace__slug=workspace))
        return Embedding.objects.count() - before, seconds

    def ask(self, questions: Sequence[str]) -> tuple[Texts, float]:
        from apps.chat.answering.drafts import Question
        from apps.chat.answering.pipeline import answer_batch, configured_rules
        from apps.chat.services.shortcuts import SHORTCUTS
        from apps.knowledge.search.retrieval import retrieve

        started = time.perf_counter()
        asked = [Question(text, self._scope) for text in questions]
        drafts = answer_batch(asked, retrieve, configured_rules(), SHORTCUTS)
        seconds = time.perf_counter() - started
        return [draft.quotes[0].text if draft.quotes else "" for draft in drafts], seconds


class Peer:
    """A library in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.version = self._told()["version"]

    def load(self, paths: Sequence[Path]) -> tuple[int, float]:
        told = self._request({"load": [str(path) for path in paths]})
        return told["vectors"], told["seconds"]

    def ask(self, questions: Sequence[str]) -> tuple[Texts, float]:
        told = self._request({"ask": list(questions)})
        return told["sentences"], told["seconds"]

    def _request(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._told()

    def _told(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("A peer ended. What it printed stands above.")
        told: dict[str, Any] = json.loads(line)
        return told


@contextmanager
def _peer(environment: Path, name: str) -> Iterator[Peer]:
    from apps.models.config import default_encoder, encoder_configs
    from apps.models.inference.weights import find_folder

    model = find_folder(encoder_configs()[default_encoder()]).path
    program = Path(__file__).with_name("peer_search.py")
    command = [str(environment / "bin" / "python"), str(program), name, str(model)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Peer(process)
        finally:
            process.kill()


def _measured(system: System, options: argparse.Namespace) -> Report:
    rows = [json.loads(line) for line in options.questions.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row.get("answers")]
    texts = [row["question"] for row in rows]
    figures: Report = {}
    if options.small:
        figures["small_vectors"], figures["small_files"] = system.load(_files(options.small))
    figures["vectors"], figures["pages"] = system.load(_files(options.folder))
    system.ask([f"{text} please" for text in texts[:WARM_UP]])
    single = [system.ask([text]) for text in texts]
    batches = [system.ask([f"{text} now" for text in part]) for part in _parts(texts)]
    right = [
        any(answer in found[0] for answer in row["answers"])
        for row, (found, _) in zip(rows, single, strict=True)
    ]
    return figures | {
        "right": as_json(estimate(list(map(float, right)))),
        "one_answer": [seconds for _, seconds in single],
        "batches": [seconds for _, seconds in batches],
        "one_answer_p50_ms": round(1000 * statistics.median(seconds for _, seconds in single), 1),
        "batch_answers_per_s": round(len(texts) / sum(seconds for _, seconds in batches), 1),
    }


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in {".md", ".txt"})


def _parts(texts: Sequence[str]) -> list[Sequence[str]]:
    return [texts[at : at + BATCH] for at in range(0, len(texts), BATCH)]


def _ratios(figures: Report, name: str) -> Report:
    ours, theirs = figures[OURS], figures[name]
    timed = {bar: ratio(theirs[bar], ours[bar]) for bar in ("one_answer", "batches")}
    loaded = {bar: round(theirs[bar] / ours[bar], 2) for bar in ("pages", "small_files") if bar in ours}
    return {bar: as_json(found) for bar, found in timed.items()} | loaded


def _passes(ratios: Report) -> bool:
    found = {bar: cell["value"] if isinstance(cell, dict) else cell for bar, cell in ratios.items()}
    return all(found[bar] >= least for bar, least in BARS.items() if bar in found)


if __name__ == "__main__":
    sys.exit(main())
