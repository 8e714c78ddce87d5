"""Reads the test files and the handbook, and reports the result and time of each file and the memory of the parent.

QUOTH_TEST_DATA=/path/to/data .venv/bin/python -m bench.parsing [--json]      Exit code 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import django

from apps.knowledge.chunking.rows import DocumentHead
from apps.knowledge.documents.parsed_document import ParseError
from apps.knowledge.parsing.reader import DocumentReader
from apps.knowledge.parsing.wire import TextChunk

COUNTED = (
    ".pdf",
    ".docx",
)  # for these, the manifest contains the number of characters that another parser found
WARM_UP_FILES = 20
SLOWEST_SECONDS, GROWTH_MB = 35, 50


@dataclass(frozen=True)
class FileResult:
    """`reference` is the number of characters that another parser found; 0 if unknown."""

    path: str
    state: str
    reason: str
    seconds: float
    characters: int
    reference: int

    @property
    def is_full(self) -> bool:
        return self.characters >= 0.8 * self.reference


@dataclass(frozen=True)
class Report:
    """`parent_growth_mb` is the increase of this process's peak memory after the warm-up files."""

    files: list[FileResult]
    parent_growth_mb: float
    handbook_pages: int
    handbook_failures: int
    handbook_sentences: int
    handbook_seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    as_json = parser.parse_args().json
    _set_up()
    report = measure(Path(os.environ["QUOTH_TEST_DATA"]))
    sys.stdout.write(json.dumps(asdict(report), indent=1) + "\n" if as_json else _table(report))
    return 0 if keeps_the_bars(report) else 1


def _set_up() -> None:
    """Every app declares its section of quoth.yaml, from which the limits of reading come."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")
    os.environ.setdefault("SECRET_KEY", secrets.token_hex(32))
    django.setup()


def measure(data: Path) -> Report:
    with DocumentReader() as reader:
        files, growth = read_corpus(reader, data / "files")
        return Report(files, growth, *_read_handbook(reader, data / "kb-18f-handbook" / "pages"))


def keeps_the_bars(report: Report) -> bool:
    return (
        max(it.seconds for it in report.files) <= SLOWEST_SECONDS
        and all(it.is_full for it in _counted(report.files))
        and report.parent_growth_mb <= GROWTH_MB
        and report.handbook_failures == 0
    )


def read_corpus(reader: DocumentReader, folder: Path) -> tuple[list[FileResult], float]:
    """Every file of the manifest, and the growth of this process's peak memory in MB."""
    entries = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    for entry in entries[:: max(1, len(entries) // WARM_UP_FILES)]:
        _read_one(reader, folder, entry["path"], 0)
    before = _peak_mb()
    results = [
        _read_one(reader, folder, entry["path"], entry.get("reference_parser", {}).get("chars", 0))
        for entry in entries
    ]
    return results, _peak_mb() - before


def _read_one(reader: DocumentReader, folder: Path, path: str, reference: int) -> FileResult:
    started = time.monotonic()
    try:
        state, reason, characters = "ready", "", _characters(reader, folder / path, path)
    except ParseError as error:
        state, reason, characters = "failed", str(error.code), 0
    return FileResult(path, state, reason, round(time.monotonic() - started, 3), characters, reference)


def _characters(reader: DocumentReader, file: Path, path: str) -> int:
    return sum(len(frame.text) for frame in reader.read(file, path) if isinstance(frame, TextChunk))


def _read_handbook(reader: DocumentReader, folder: Path) -> tuple[int, int, int, float]:
    """(pages, failures, sentences, seconds)."""
    pages = sorted(folder.rglob("*.md"))
    started = time.monotonic()
    heads = [head for page in pages if (head := _head(reader, page))]
    seconds = round(time.monotonic() - started, 2)
    return len(pages), len(pages) - len(heads), sum(head.sentences for head in heads), seconds


def _head(reader: DocumentReader, page: Path) -> DocumentHead | None:
    """The head of a page that was read completely; None if reading failed."""
    try:
        head, *_rest = reader.read(page, page.name)
    except ParseError:
        return None
    assert isinstance(head, DocumentHead)
    return head


def _peak_mb() -> float:
    import resource  # POSIX only, as is this measurement

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak) / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _table(report: Report) -> str:
    counted = _counted(report.files)
    ready = [it for it in report.files if it.state == "ready"]
    lines = [f"{it.state:7}{it.reason or '-':15}{it.seconds:7.2f} s  {it.path}" for it in report.files]
    lines += [
        "",
        f"files                                    {len(report.files)}",
        f"ready                                    {len(ready)}",
        f"failed, by cause                         {_causes(report.files)}",
        f"slowest (aim <= {SLOWEST_SECONDS} s)                    {max(it.seconds for it in report.files):.2f} s",
        f"PDF, DOCX with >= 80 % of the reference  {sum(it.is_full for it in counted)} of {len(counted)}",
        f"parent's peak memory (aim <= {GROWTH_MB} MB)      {report.parent_growth_mb:+.1f} MB",
        f"handbook: pages, failures                {report.handbook_pages}, {report.handbook_failures}",
        f"handbook: read and cut                   {report.handbook_seconds} s ({report.handbook_sentences} sentences)",
    ]
    return "\n".join(lines) + "\n"


def _counted(files: Sequence[FileResult]) -> list[FileResult]:
    return [it for it in files if it.path.endswith(COUNTED) and it.reference >= 50]


def _causes(files: Sequence[FileResult]) -> str:
    reasons: Iterable[str] = sorted({it.reason for it in files if it.reason})
    return ", ".join(f"{reason} {sum(it.reason == reason for it in files)}" for reason in reasons)


if __name__ == "__main__":
    sys.exit(main())
