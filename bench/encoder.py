"""Compares the encoder with sentence-transformers on the same weights: interleaved in the same run, medians and their
ratio.

.venv/bin/python -m bench.encoder [--rounds 15] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import django

Encode = Callable[[Sequence[str]], object]
AIMS = {"question, 12 tokens": 3.5, "16 passages of 128 tokens": 1.05, "96 mixed sentences": 1.5}
QUESTION = "How do I reset the password of my account?"
WORDS = (
    "the of a to and in is for on page team work project review user data time plan open write build".split()
)


@dataclass(frozen=True)
class Row:
    """Times are medians of one call, in milliseconds."""

    work: str
    tokens: int
    calls: int
    quoth_ms: float
    peer_ms: float
    ratio: float
    aim: float


def main() -> None:
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")
    os.environ.setdefault("SECRET_KEY", secrets.token_hex(32))
    django.setup()
    from apps.models.inference.engine import get_encoder, onnx_encoder

    encoder = onnx_encoder(get_encoder().name)  # without the cache
    peer = _sentence_transformers(encoder.name)
    rows = [
        _measure(work, texts, calls, encoder.count_tokens(texts), (encoder.encode, peer), options.rounds)
        for work, texts, calls in _works()
    ]
    _print(rows, options.json)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15, help="each engine runs once in each round")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def _works() -> list[tuple[str, list[str], int]]:
    """(what is encoded, texts of one call, number of calls in a round)"""
    picker = random.Random(5)
    lengths = [min(120, max(3, round(picker.lognormvariate(3.35, 0.5)))) for _ in range(96)]
    mixed = [" ".join(picker.choices(WORDS, k=length)) for length in lengths]
    passages = [" ".join(picker.choices(WORDS, k=126)) for _ in range(16)]
    question, passage, sentences = AIMS
    return [(question, [QUESTION], 10), (passage, passages, 1), (sentences, mixed, 1)]


def _sentence_transformers(name: str) -> Encode:
    from sentence_transformers import SentenceTransformer

    from bench.model_folders import model_folder

    model = SentenceTransformer(model_folder(name), device="cpu", local_files_only=True)
    return lambda texts: model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)


def _measure(
    work: str, texts: list[str], calls: int, tokens: list[int], engines: tuple[Encode, Encode], rounds: int
) -> Row:
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + 1):
        for engine, taken in zip(engines, times, strict=True):
            for _ in range(calls):
                started = time.perf_counter()
                engine(texts)
                if turn:  # the first round warms up
                    taken.append((time.perf_counter() - started) * 1000)
    quoth, peer = map(statistics.median, times)
    return Row(
        work, sum(tokens), len(times[0]), round(quoth, 2), round(peer, 2), round(peer / quoth, 2), AIMS[work]
    )


def _print(rows: list[Row], as_json: bool) -> None:
    load = [round(value, 1) for value in os.getloadavg()]
    if as_json:
        print(
            json.dumps(
                {"cores": os.cpu_count(), "load": load, "rows": [asdict(row) for row in rows]}, indent=2
            )
        )
        return
    print(f"{os.cpu_count()} cores, load {load}; peer: sentence-transformers, same weights")
    print(f"{'work':28}{'tokens':>8}{'quoth ms':>10}{'peer ms':>10}{'ratio':>8}{'aim':>7}{'tokens/s':>10}")
    for row in rows:
        rate = row.tokens / row.quoth_ms * 1000
        print(
            f"{row.work:28}{row.tokens:8}{row.quoth_ms:10.2f}{row.peer_ms:10.2f}{row.ratio:7.2f}x{row.aim:6}x{rate:10.0f}"
        )


if __name__ == "__main__":
    main()
