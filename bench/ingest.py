"""How much of the encoder's own speed is left when whole files are loaded.

Usage: python bench/ingest.py FOLDER      (a database and storage of its own, thrown away afterwards)

Tokens are those of all distinct texts that ingestion encodes: passages and sentences, each with its context.
`share_of_raw` compares wall time; `cpu_share_of_raw` compares processor time, the reading process included, and
holds on a busy machine too.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("SECRET_KEY", "of a bench")
os.environ["DJANGO_SETTINGS_MODULE"] = "chatbot_saas.settings"
os.environ["LOG_LEVEL"] = "WARNING"
TARGET = 0.6


def main(folder: str) -> int:
    with tempfile.TemporaryDirectory() as data:
        os.environ |= {"QUOTH_DATA_DIR": data, "DATABASE_URL": f"sqlite:///{data}/bench.sqlite3"}
        import django

        django.setup()
        figures = measure(folder)
    print(json.dumps(figures, indent=1))
    return 0 if figures["share_of_raw"] >= TARGET and not figures["failed"] else 1


def measure(folder: str) -> dict[str, float]:
    from django.core.management import call_command

    from apps.knowledge.ingestion.extraction import thread_reader
    from apps.models.inference.engine import get_encoder

    call_command("migrate", verbosity=0, skip_checks=True)
    encoder = get_encoder()
    encoder.warm_up()
    start, start_cpu = time.perf_counter(), cpu_seconds()
    failed = ingest(folder)
    thread_reader().close()  # only an ended child's time is counted
    loading, loading_cpu = time.perf_counter() - start, cpu_seconds() - start_cpu
    texts = list(stored_texts())
    tokens = sum(min(count, encoder.max_tokens) for count in encoder.count_tokens(texts))
    start, start_cpu = time.perf_counter(), cpu_seconds()
    encoder.encode(texts)
    raw, raw_cpu = time.perf_counter() - start, cpu_seconds() - start_cpu
    return {
        "failed": failed,
        "texts": len(texts),
        "tokens": tokens,
        "ingest_s": round(loading, 1),
        "raw_s": round(raw, 1),
        "ingest_tokens_per_s": round(tokens / loading),
        "raw_tokens_per_s": round(tokens / raw),
        "share_of_raw": round(raw / loading, 3),
        "cpu_share_of_raw": round(raw_cpu / loading_cpu, 3),
    }


def cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def ingest(folder: str) -> int:
    """Returns the number of files that failed."""
    from django.core.management import call_command

    from apps.knowledge.models import Ingestion

    with open(os.devnull, "w") as silence:
        try:
            call_command("ingest", folder, stdout=silence)
        except SystemExit:
            print("some files failed", file=sys.stderr)
    return Ingestion.objects.exclude(state="ready").count()


def stored_texts() -> set[str]:
    from apps.knowledge.index.embedded_text import passage_text, sentence_text
    from apps.knowledge.models import Sentence

    texts = set()
    for sentence in Sentence.objects.select_related("passage__version").iterator():
        passage = sentence.passage
        texts.add(passage_text(passage.context, passage.text))
        text = passage.version.text[sentence.start : sentence.end]
        texts.add(sentence_text(passage.version.title, sentence.context, text))
    return texts


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
