"""Measures the time from question to answer over the socket, in the warm embedded profile, and compares it with the
time that sentence-transformers needs to encode the same question.

Usage: python bench/latency.py FOLDER [--data DIR] FOLDER: the documents to ask, for example the handbook

Prints one line of JSON: medians in milliseconds on an idle server and during a large upload, and how much longer an
answer takes after the server was idle for a while. The peer encodes the same questions in this process, after the idle
server has answered them. Both ratios are relative to that, because during an upload torch takes tens of times as long.
`--data` keeps the installation for the next run. Exit code 0 if both ratios are within their limits.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import secrets
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from chatbot_saas.tests.installation import Browser, Installation

QUIET_BAR, LOADED_BAR = 4.0, 10.0
QUESTIONS = 40
# Each system is measured warm and alone: after torch has run, caches are cold, and its threads busy-wait for a while.
BLOCK, REST_SECONDS = 40, 0.5
SETTLE_SECONDS = 20  # after its start the server reads passages and looks for questions to suggest
IDLE_QUESTIONS, IDLE_SECONDS = 10, 1.5
LIMITS = r"(member_questions_per_minute|frames_per_10_seconds): \d+"
Peer = Callable[[str], object]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        data = arguments.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        figures = measure(installation(data, arguments.folder), large_file(arguments.folder))
    print(json.dumps(figures))
    return 0 if figures["quiet_ratio"] <= QUIET_BAR and figures["loaded_ratio"] <= LOADED_BAR else 1


def installation(data: Path, folder: Path) -> Installation:
    """The demo with the folder as a collection and without limits of questions and frames."""
    rules = re.sub(LIMITS, r"\1: 100000", (ROOT / "quoth.yaml").read_text())
    data.mkdir(parents=True, exist_ok=True)
    (data / "bench.yaml").write_text(rules)
    made = Installation(data, QUOTH_CONFIG=str(data / "bench.yaml"), LOG_LEVEL="WARNING")
    made.manage("demo", "--prepare")
    made.manage("ingest", str(folder), "--collection", "handbook", "--public")
    return made


def measure(quoth: Installation, upload: bytes) -> dict[str, float]:
    asked, warm_up = questions()
    peer = sentence_transformers(warm_up)
    collection = collection_of(quoth)
    login = json.loads((quoth.folder / "logins.txt").read_text().splitlines()[0])
    with quoth.serving() as server:
        browser = server.browser()
        browser.sign_in(login["email"], login["password"])
        with browser.socket() as socket:
            ask = partial(socket.ask, collection=collection)
            time.sleep(SETTLE_SECONDS)
            timed(warm_up, ask, peer)
            quiet, alone = timed(asked, ask, peer)
            (idle,) = timed(asked[:IDLE_QUESTIONS], partial(after_a_pause, ask))
            with uploading(browser, collection, upload, quoth.folder / "quoth.sqlite3") as still_running:
                (loaded,) = timed(asked, ask)
                assert still_running(), "the upload ended too early: use a larger folder"
    return (
        compared("quiet", quiet, alone)
        | compared("loaded", loaded, alone)
        | of("peer", alone)
        | {
            "idle_extra_p50_ms": round(
                statistics.median(idle) - IDLE_SECONDS * 1000 - statistics.median(quiet), 1
            )
        }
    )


def after_a_pause(ask: Peer, text: str) -> None:
    time.sleep(IDLE_SECONDS)
    ask(text)


def timed(texts: Sequence[str], *ways: Peer) -> list[list[float]]:
    """Milliseconds of each text, for each way. Groups of texts go through one way and then through the next."""
    times: list[list[float]] = [[] for _ in ways]
    for start in range(0, len(texts), BLOCK):
        for way, column in zip(ways, times, strict=True):
            time.sleep(REST_SECONDS)
            column += [milliseconds(partial(way, text)) for text in texts[start : start + BLOCK]]
    return times


def compared(name: str, answers: Sequence[float], peer: Sequence[float]) -> dict[str, float]:
    ratio = statistics.median(answers) / statistics.median(peer)
    return {f"{name}_ratio": round(ratio, 2)} | of(f"{name}_answer", answers)


def of(name: str, times: Sequence[float]) -> dict[str, float]:
    return {
        f"{name}_p50_ms": round(statistics.median(times), 1),
        f"{name}_p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
    }


@contextlib.contextmanager
def uploading(
    browser: Browser, collection: str, content: bytes, database: Path
) -> Iterator[Callable[[], bool]]:
    """The block begins when the file is being indexed. Yields a function that tells whether it still is."""

    def state() -> str:
        with contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            last = "SELECT state FROM knowledge_ingestion WHERE path = 'large.md' ORDER BY id DESC LIMIT 1"
            row = connection.execute(last).fetchone()
        return str(row[0]) if row else ""

    browser.upload(f"/collections/{collection}/files/", "large.md", content)
    until = time.monotonic() + 120
    while "index" not in state():
        assert time.monotonic() < until, "the upload never began to be indexed"
        time.sleep(0.2)
    yield lambda: "index" in state()


def large_file(folder: Path) -> bytes:
    """New sentences made from those of the folder by reversing the words of each line, so that no vector is stored
    yet.
    """
    lines = [
        line
        for file in sorted(folder.rglob("*.md"))
        for line in file.read_text(errors="replace").splitlines()
    ]
    run = int(time.time())  # added to each sentence; otherwise the vectors of an earlier run would be found
    turned = [f"{' '.join(reversed(line.split()))} {run}." for line in lines if line]
    return "\n\n".join(["# Large", *turned]).encode()


def questions() -> tuple[list[str], list[str]]:
    """Questions to be timed, and other questions to warm up with."""
    lines = (ROOT / "bench" / "questions" / "handbook.jsonl").read_text().splitlines()
    texts = [json.loads(line)["question"] for line in lines]
    return texts[:QUESTIONS], texts[QUESTIONS:]


def sentence_transformers(texts: Sequence[str]) -> Peer:
    """Encodes one question, warm, with one thread or torch's default number, whichever is faster on this machine."""
    import torch
    from sentence_transformers import SentenceTransformer

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    django.setup()
    from apps.models.config import default_encoder
    from bench.model_folders import model_folder

    model = SentenceTransformer(model_folder(default_encoder()), device="cpu", local_files_only=True)

    def encode(text: str) -> object:
        return model.encode([text], normalize_embeddings=True, show_progress_bar=False)

    def speed(threads: int) -> float:
        torch.set_num_threads(threads)
        return statistics.median(milliseconds(partial(encode, text)) for text in texts)

    torch.set_num_threads(min((1, torch.get_num_threads()), key=speed))
    return encode


def collection_of(quoth: Installation) -> str:
    code = "from apps.knowledge.models import Collection as C; print(C.objects.get(slug='handbook').uid)"
    return quoth.manage("shell", "-v", "0", "-c", code).strip()


def milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    sys.exit(main())
