"""What one file may hold: more is refused with a sentence, and costs the server nothing."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psutil
import pytest

from apps.knowledge.chunking.rows import DocumentRows, document_rows
from apps.knowledge.config import upload_config
from apps.knowledge.documents.parsed_document import FailureCode, ParseError
from apps.knowledge.ingestion import extraction
from apps.knowledge.ingestion.drafts import DraftWriter
from apps.knowledge.ingestion.lease import claim
from apps.knowledge.parsing.failures import sentence_for
from apps.knowledge.parsing.parse import parse
from apps.knowledge.parsing.reader import DocumentReader, ReadLimits
from apps.knowledge.parsing.wire import MAX_FRAME_BYTES, FrameTooLarge, TextChunk, read_frame
from apps.knowledge.tests.files import bring, collection_in, load
from apps.knowledge.tests.frames import READ_LIMITS, ROW_LIMITS, assembled
from apps.knowledge.tests.parsing_files import docx, table

SMALL = replace(
    ROW_LIMITS,
    target_words=5,
    max_words=10,
    text_chars=2_000,
    passages=10,
    sentences=20,
    links=10,
    blocks=50,
    terms=40,
)
WIDE = replace(
    ROW_LIMITS, text_chars=20_000_000, passages=50_000, sentences=500_000, links=100_000, blocks=200_000
)
DISTINCT = " ".join(f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(50))
BEYOND = {
    "text.txt": (b"one two three. " * 200, FailureCode.OVERSIZED),
    "passages.md": (b"\n\n".join(b"# H%d\n\nText." % n for n in range(11)), FailureCode.TOO_MANY_PASSAGES),
    "sentences.txt": (b"It is. " * 30, FailureCode.TOO_MANY_PASSAGES),
    "links.md": (b" ".join(b"[a](%d.md)" % n for n in range(11)), FailureCode.TOO_MANY_LINKS),
    "links.html": (b"".join(b"<a href=%d.md>a</a> " % n for n in range(11)), FailureCode.TOO_MANY_LINKS),
    "blocks.md": (b"\n\n".join(b"- item" for _ in range(51)), FailureCode.TOO_MANY_BLOCKS),
    "rows.html": (
        b"<table>" + b"<tr><td>a<td>b</tr>" * 51 + b"</table>",
        FailureCode.TOO_MANY_BLOCKS,
    ),
    "rows.docx": (docx(table([["a", "b"]] * 51)), FailureCode.TOO_MANY_BLOCKS),
    "words.txt": (DISTINCT.encode(), FailureCode.TOO_MANY_WORDS),
}
COUNTED = {
    FailureCode.TOO_MANY_PASSAGES: "max_passages",
    FailureCode.TOO_MANY_LINKS: "max_links",
    FailureCode.TOO_MANY_BLOCKS: "max_blocks",
    FailureCode.TOO_MANY_WORDS: "max_terms",
}


def test_the_server_keeps_to_the_limits_whatever_the_reading_process_sends(
    fake_encoder: None, db: None, change_config: Callable[..., None]
) -> None:
    change_config("uploads", max_text_chars=10_000)
    ingestion = bring(collection_in(), "long.md", b"# One")
    claimed = claim(ingestion.pk)
    assert claimed is not None
    writer = DraftWriter(claimed)
    for _ in range(10):
        writer.write(TextChunk("a" * 1_000))
    with pytest.raises(ParseError):
        writer.write(TextChunk("a"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("links.html", b"".join(b"<p><a href=page-%d>page</a></p>" % n for n in range(20))),
        ("sections.md", b"\n\n".join(b"# H%d\n\nText." % n for n in range(10))),
        ("items.md", b"\n".join(b"- item %d" % n for n in range(20))),
        ("rows.html", b"<table>" + b"<tr><td>a<td>b</tr>" * 20 + b"</table>"),
        ("text.txt", b"abcd. " * 166 + b"abcd"),
    ],
)
def test_a_file_that_reaches_its_limits_is_ready(
    fake_encoder: None,
    db: None,
    change_config: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    content: bytes,
) -> None:
    monkeypatch.setattr(extraction, "_readers", threading.local())  # a reader keeps the limits it began with
    change_config("uploads", max_text_chars=1_000, max_links=20, max_blocks=20, max_passages=10)
    assert load(collection_in(), name, content).state == "ready"
    extraction.thread_reader().close()


def read(name: str, content: bytes, limits: ReadLimits) -> DocumentRows:
    with DocumentReader(limits) as reader:
        return assembled(reader.read(content, name))


@pytest.mark.parametrize("name", BEYOND)
def test_a_file_beyond_a_limit_is_refused_in_the_reading_process(name: str) -> None:
    content, code = BEYOND[name]
    with pytest.raises(ParseError) as caught:
        read(name, content, replace(READ_LIMITS, rows=SMALL))
    assert caught.value.code is code


@pytest.mark.parametrize("code", COUNTED)
def test_the_sentence_names_the_limit_and_what_to_do(code: FailureCode) -> None:
    sentence = sentence_for(code, "file.html")
    assert f"{getattr(upload_config(), COUNTED[code]):,}" in sentence
    assert sentence.endswith("into smaller files and upload those.")


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_encoder")
def test_a_refused_file_stores_no_content() -> None:
    links = b"".join(b"<p><a href=%d.md>a</a></p>" % n for n in range(upload_config().max_links + 1))
    collection = collection_in()
    ingestion = load(collection, "links.html", links)
    assert (ingestion.state, ingestion.reason, ingestion.version) == ("failed", "too_many_links", None)
    assert not collection.documents.exists()


def test_a_giant_word_is_cut() -> None:
    rows = read("word.txt", b"ab" * 1_500_000, replace(READ_LIMITS, rows=WIDE))
    assert max(passage.end - passage.start for passage in rows.passages) < MAX_FRAME_BYTES // 8
    assert sum(passage.end - passage.start for passage in rows.passages) == 3_000_000


@pytest.mark.parametrize(
    ("name", "head", "unit", "end"),
    [
        ("rows.html", "<table><tr><th>A<th>B</tr>", "<tr><td>&nbsp;<td>&nbsp;</tr>", "</table>"),
        ("bare.html", "<h1>A</h1><table><tr><th>A</tr>", "<tr><td></td></tr>", "</table>"),
        ("cells.html", "<table><tr><th>A</tr><tr>", "<td>&nbsp;</td>", "</tr></table>"),
        ("rows.md", "| A | B |\n|---|---|\n", "| &nbsp; | &nbsp; |\n", ""),
        ("bare.md", "| A | B |\n|---|---|\n", "| | |\n", ""),
        ("tabs.txt", "A\tB\n", "\t\n", "end"),
        ("letters.txt", "", "äö", ""),
        ("signs.txt", "", "字", ""),
        ("accents.txt", "", "a\u0301", ""),
        ("commas.txt", "", "ab,cd,", ""),
        ("links.html", "", "<a href=page>page</a> ", ""),
        ("sections.html", "", "<h2>a</h2><p>b</p>", ""),
    ],
)
def test_the_cost_of_a_file_grows_with_its_size_alone(name: str, head: str, unit: str, end: str) -> None:
    """Of four times as many empty rows, or of a word four times as long: sixteen times would be quadratic."""
    small, large = (
        _processor_seconds(name, (head + unit * (size // len(unit)) + end).encode())
        for size in (20_000, 80_000)
    )
    assert large < 9 * small + 0.05


def _processor_seconds(name: str, content: bytes) -> float:
    """The less of two: the other tests of this process are not counted, but the machine may be busy."""

    def measured() -> float:
        started = time.process_time()
        document_rows(parse(content, name), name, WIDE)
        return time.process_time() - started

    return min(measured() for _ in range(2))


def test_a_frames_length_is_looked_at_before_its_bytes() -> None:
    stream = io.BytesIO(struct.pack(">I", MAX_FRAME_BYTES + 1) + b"x" * 100)
    with pytest.raises(FrameTooLarge):
        read_frame(stream)
    assert stream.tell() == 4
    assert read_frame(io.BytesIO(struct.pack(">I", 3) + b"abc")) == b"abc"


@pytest.mark.parametrize("length", [MAX_FRAME_BYTES + 1, 0xFFFFFFFF])
def test_a_child_that_announces_too_much_is_killed(monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    started = _started_with(monkeypatch, f"out.write({length}.to_bytes(4)); out.flush(); time.sleep(60)")
    before = psutil.Process().memory_info().rss
    with pytest.raises(ParseError) as caught:
        read("a.txt", b"text", READ_LIMITS)
    assert "reading process ended" in caught.value.detail
    assert psutil.Process().memory_info().rss - before < 50_000_000
    assert all(process.poll() is not None for process in started)


def test_a_child_that_sends_nonsense_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = "[out.write((9).to_bytes(4) + b'[1,2,3,4]') for _ in iter(int, 1)]"
    started = _started_with(monkeypatch, frames)
    with pytest.raises(ParseError) as caught:
        read("a.txt", b"text", READ_LIMITS)
    assert caught.value.code is FailureCode.MALFORMED
    assert all(process.poll() is not None for process in started)


def _started_with(monkeypatch: pytest.MonkeyPatch, code: str) -> list[subprocess.Popen[bytes]]:
    """In place of the reading process runs this code, with `out` for its output; returns what was started."""
    started: list[subprocess.Popen[bytes]] = []
    original = subprocess.Popen

    def start(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        program = f"import sys, time; out = sys.stdout.buffer; {code}"
        started.append(original([sys.executable, "-c", program], **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    return started
