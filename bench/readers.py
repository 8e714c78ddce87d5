"""Compares what readers of documents keep, invent and reorder, and their time, in the same run.

Usage: python -m bench.readers FILES [FOLDER...] --peers ENVIRONMENT [--json]

FILES has a MANIFEST.json; the folders hold handbooks in Markdown. ENVIRONMENT is a virtual environment with docling,
markitdown[pdf,docx], trafilatura, pypdf, pdfminer.six and pypdfium2, which are not dependencies of this project. Files
of which no reference text of at least 20 words can be had (broken, encrypted, scanned) are left out.

kept: share of the reference's words that the reader has as often. invented: share of the reader's words that stand
nowhere in the file, such as two words joined. order: share of the words that occur once in both texts and are in the
same order. s/page: median of the files; a page is one of a PDF, and 500 words of other files. The first file of each
format is read twice, and only the second time counts.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any, Self

import django

from apps.knowledge.documents.parsed_document import ParseError
from apps.knowledge.parsing.reader import DocumentReader
from apps.knowledge.parsing.wire import TextChunk
from bench.reference_text import (
    Reference,
    docx_reference,
    html_reference,
    markdown_reference,
    pdf_reference,
    without_labels,
    words_of,
)

OURS = "quoth"
FORMATS = {
    "pdf": (OURS, "docling", "markitdown"),
    "docx": (OURS, "docling", "markitdown"),
    "html": (OURS, "docling", "markitdown", "trafilatura"),
    "md": (OURS, "docling", "markitdown"),
    "handbook": (OURS, "docling", "markitdown"),
}
PDF_REFERENCES = ("pypdf", "pdfminer", "pdfium")
FEWEST_WORDS, WORDS_A_PAGE = 20, 500
NOTABLE, LISTED = 0.01, 15  # difference of the share kept, and number of files shown


@dataclass(frozen=True)
class Sample:
    format: str
    file: Path
    reference: Reference
    pages: float


@dataclass(frozen=True)
class Result:
    """`kept`, `invented` and `ordered` are numbers of words, of `reference`, `words` and `comparable`."""

    format: str
    file: str
    reader: str
    error: str
    seconds: float
    pages: float
    reference: int
    kept: int
    words: int
    invented: int
    comparable: int
    ordered: int


@dataclass(frozen=True)
class Total:
    format: str
    reader: str
    files: int
    failed: int
    kept: float
    invented: float
    order: float
    seconds_a_page: float


class Peer:
    """A reader that runs in its own process."""

    def __init__(self, python: Path, name: str) -> None:
        self._name = name
        script = Path(__file__).with_name("peer_reader.py")
        self._process = subprocess.Popen(
            [str(python), str(script), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.note: str = self._answer()["note"]

    def read(self, file: Path) -> tuple[str, str, float]:
        """(text, error, seconds)."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{file}\n")
        self._process.stdin.flush()
        answer = self._answer()
        return answer.get("text", ""), answer.get("error", ""), answer["seconds"]

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self._name} ended with {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()


Read = Callable[[Path], tuple[str, str, float]]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path)
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--peers", type=Path, required=True)
    parser.add_argument("--json", action="store_true", help="print every file's figures as JSON")
    options = parser.parse_args()
    _set_up()
    python = options.peers / "bin" / "python"
    samples = list(_samples(options.files, options.folders, python))
    notes, results = measure(samples, python)
    found = {"notes": notes, "results": [asdict(result) for result in results]}
    sys.stdout.write(json.dumps(found, indent=1) + "\n" if options.json else _table(notes, results))
    return 0


def _set_up() -> None:
    """Every app declares its section of quoth.yaml, from which the limits of reading come."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")
    os.environ.setdefault("SECRET_KEY", secrets.token_hex(32))
    django.setup()


def measure(samples: Sequence[Sample], python: Path) -> tuple[dict[str, str], list[Result]]:
    """Notes of the readers, and a result for each reader of each file."""
    names = {name for readers in FORMATS.values() for name in readers} - {OURS}
    with ExitStack() as stack:
        ours = stack.enter_context(DocumentReader())
        peers = {name: stack.enter_context(Peer(python, name)) for name in sorted(names)}
        reads: dict[str, Read] = {OURS: lambda file: _read_ours(ours, file)}
        reads.update((name, peer.read) for name, peer in peers.items())
        results = list(_results(samples, reads))
        return {name: peer.note for name, peer in peers.items() if peer.note}, results


def _read_ours(reader: DocumentReader, file: Path) -> tuple[str, str, float]:
    started = time.monotonic()
    try:
        text = "".join(frame.text for frame in reader.read(file, file.name) if isinstance(frame, TextChunk))
    except ParseError as error:
        return "", str(error.code), time.monotonic() - started
    return text, "", time.monotonic() - started


def _results(samples: Sequence[Sample], reads: dict[str, Read]) -> Iterator[Result]:
    warm: set[tuple[str, str]] = set()
    for sample in samples:
        for name in FORMATS[sample.format]:
            if (sample.format, name) not in warm:
                warm.add((sample.format, name))
                reads[name](sample.file)
            yield _compared(sample, name, *reads[name](sample.file))


def _compared(sample: Sample, reader: str, text: str, error: str, seconds: float) -> Result:
    words, unlabelled = words_of(text), words_of(without_labels(text))
    comparable, ordered = _order(sample.reference.words, words)
    return Result(
        format=sample.format,
        file=str(sample.file),
        reader=reader,
        error=error,
        seconds=seconds,
        pages=sample.pages,
        reference=len(sample.reference.words),
        kept=(Counter(words) & Counter(sample.reference.words)).total(),
        words=len(unlabelled),
        invented=sum(word not in sample.reference.known for word in unlabelled),
        comparable=comparable,
        ordered=ordered,
    )


def _order(reference: Sequence[str], words: Sequence[str]) -> tuple[int, int]:
    """How many words occur once in both, and how many of them are in the same order at most."""
    once, here = Counter(reference), Counter(words)
    places = {word: place for place, word in enumerate(reference) if once[word] == 1}
    found = [places[word] for word in words if here[word] == 1 and word in places]
    ends: list[int] = []  # of the longest increasing runs, by length
    for place in found:
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
    return len(found), len(ends)


def _samples(files: Path, folders: Sequence[Path], python: Path) -> Iterator[Sample]:
    entries = json.loads((files / "MANIFEST.json").read_text(encoding="utf-8"))
    with ExitStack() as stack:
        extractors = [stack.enter_context(Peer(python, name)) for name in PDF_REFERENCES]
        for entry in entries:
            file = files / entry["path"]
            pages = entry.get("reference_parser", {}).get("pages", 0)
            reference = _reference(file, entry["ext"], extractors)
            yield from _sample(entry["ext"], file, reference, pages if entry["ext"] == "pdf" else 0)
    for file in (file for folder in folders for file in sorted(folder.rglob("*.md"))):
        yield from _sample("handbook", file, markdown_reference(file.read_text(encoding="utf-8")), 0)


def _sample(format_: str, file: Path, reference: Reference | None, pages: int) -> Iterator[Sample]:
    if reference is not None and len(reference.words) >= FEWEST_WORDS:
        yield Sample(format_, file, reference, pages or len(reference.words) / WORDS_A_PAGE)


def _reference(file: Path, extension: str, extractors: Sequence[Peer]) -> Reference | None:
    if extension == "html":
        return html_reference(file.read_bytes())
    if extension == "md":
        return markdown_reference(file.read_text(encoding="utf-8"))
    if extension == "docx":
        return docx_reference(file)
    if extension == "pdf":
        return pdf_reference([extractor.read(file)[0] for extractor in extractors])
    return None


def totals(results: Sequence[Result]) -> list[Total]:
    grouped: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for result in results:
        grouped[result.format, result.reader].append(result)
    return [_total(*key, rows) for key, rows in grouped.items()]


def _total(format_: str, reader: str, rows: Sequence[Result]) -> Total:
    def share(part: str, of: str) -> float:
        whole = sum(getattr(row, of) for row in rows)
        return sum(getattr(row, part) for row in rows) / whole if whole else 0.0

    return Total(
        format=format_,
        reader=reader,
        files=len(rows),
        failed=sum(bool(row.error) for row in rows),
        kept=share("kept", "reference"),
        invented=share("invented", "words"),
        order=share("ordered", "comparable"),
        seconds_a_page=median(row.seconds / row.pages for row in rows),
    )


def _table(notes: dict[str, str], results: Sequence[Result]) -> str:
    rows = totals(results)
    lines = [f"{name}: {note}" for name, note in notes.items()]
    lines += [
        "",
        f"{'':10}{'':13}{'files':>6}{'failed':>8}{'kept':>9}{'invented':>10}{'order':>9}{'s/page':>9}  best at",
    ]
    for row in rows:
        lines.append(
            f"{row.format:10}{row.reader:13}{row.files:6}{row.failed:8}{row.kept:9.2%}{row.invented:10.2%}"
            f"{row.order:9.2%}{row.seconds_a_page:9.4f}  {', '.join(_best_at(row, rows))}"
        )
    return "\n".join([*lines, "", *_behind(results)]) + "\n"


def _best_at(row: Total, rows: Sequence[Total]) -> Iterator[str]:
    """Measures of which no other reader of the format has a better figure, as printed."""
    others = [other for other in rows if other.format == row.format]
    for measure, sign, digits in (
        ("kept", 1, 4),
        ("invented", -1, 4),
        ("order", 1, 4),
        ("seconds_a_page", -1, 4),
    ):
        best = max(round(sign * getattr(other, measure), digits) for other in others)
        if round(sign * getattr(row, measure), digits) == best:
            yield measure


def _behind(results: Sequence[Result]) -> Iterator[str]:
    """Files of which another reader keeps notably more."""
    kept = {(result.file, result.reader): result.kept / result.reference for result in results}
    gaps = [
        (share - kept[file, OURS], file, reader)
        for (file, reader), share in kept.items()
        if share - kept[file, OURS] > NOTABLE
    ]
    yield f"{len(gaps)} times another reader keeps over {NOTABLE:.0%} more of a file's words than {OURS}:"
    for gap, file, reader in sorted(gaps, reverse=True)[:LISTED]:
        yield f"  {gap:+7.1%}  {reader:12} {file}"


if __name__ == "__main__":
    sys.exit(main())
