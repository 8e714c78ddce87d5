"""The reading process: reused, limited, killed, and never in the way of its parent."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from apps.knowledge.chunking.rows import document_rows
from apps.knowledge.documents.parsed_document import FailureCode, ParseError
from apps.knowledge.parsing.parse import parse
from apps.knowledge.parsing.reader import DocumentReader, Watch
from apps.knowledge.parsing.wire import DocumentFrame, decode_reply, encode_document
from apps.knowledge.tests.frames import READ_LIMITS as LIMITS
from apps.knowledge.tests.frames import ROW_LIMITS, assembled
from apps.knowledge.tests.parsing_files import docx, paragraph, pdf, pdf_text, table

LONG = replace(ROW_LIMITS, text_chars=100_000_000, passages=100_000, sentences=1_000_000)
LARGE = replace(LIMITS, max_bytes=100_000_000, rows=LONG)
BOMB = pdf(["BT /F1 1 Tf 0 0 Td " + "(a)'\n" * 1_000_000 + "ET"])
FILES = {
    "a.md": b"# Title\n\nText with a [link](x.md).",
    "a.html": b"<h1>Title</h1><table><tr><th>A<th>B<tr><td>1<td>2</table>",
    "a.txt": "Grüße 😀".encode(),
    "a.pdf": pdf([pdf_text([(12, 72, 700, "A page.")])]),
    "a.docx": docx(paragraph("Text.") + table([["A", "B"], ["1", "2"]])),
}


def child_of(reader: DocumentReader) -> psutil.Process:
    """The reading process, found as the operating system sees it: the newest, for ingestion keeps one of its own."""
    text_of(reader, b"x", "warm.txt")
    children = [
        it for it in psutil.Process().children() if "apps.knowledge.parsing.child" in " ".join(it.cmdline())
    ]
    return max(children, key=psutil.Process.create_time)


def text_of(reader: DocumentReader, source: bytes | Path, name: str) -> str:
    return assembled(reader.read(source, name)).text


def failure(reader: DocumentReader, source: bytes | Path, name: str) -> FailureCode:
    with pytest.raises(ParseError) as caught:
        list(reader.read(source, name))
    return caught.value.code


@pytest.mark.parametrize("name", FILES)
def test_the_child_reads_what_the_parser_reads(name: str) -> None:
    with DocumentReader(LIMITS) as reader:
        expected = document_rows(parse(FILES[name], name), name, ROW_LIMITS)
        assert assembled(reader.read(FILES[name], name)) == expected


@pytest.mark.parametrize("name", FILES)
def test_a_document_survives_the_wire(name: str) -> None:
    rows = document_rows(parse(FILES[name], name), name, ROW_LIMITS)
    *frames, _done = [decode_reply(frame) for frame in encode_document(rows)]
    assert assembled(frame for frame in frames if isinstance(frame, DocumentFrame)) == rows


def test_files_are_read_by_path(tmp_path: Path) -> None:
    (tmp_path / "ümlaut name.md").write_bytes(FILES["a.md"])
    with DocumentReader(LIMITS) as reader:
        assert assembled(reader.read(tmp_path / "ümlaut name.md", "a.md")).head.title == "Title"


def test_the_child_is_reused_until_a_file_fails() -> None:
    with DocumentReader(LIMITS) as reader:
        first = child_of(reader)
        assert child_of(reader).pid == first.pid
        assert failure(reader, b"no pdf", "a.pdf") is FailureCode.MISLABELLED
        assert not first.is_running()
        second = child_of(reader)
        assert second.pid != first.pid
    assert not second.is_running()


def test_the_child_loads_only_what_reading_needs() -> None:
    code = (
        "import sys; from apps.knowledge.parsing import child, pdf, docx, html, markdown, plain;"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"selectolax", "pypdfium2"} <= loaded
    assert not loaded & {"django", "onnxruntime", "onnx", "numpy", "pydantic", "celery", "torch"}


def test_the_child_sees_no_secret_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "do-not-tell")
    with DocumentReader(LIMITS) as reader:
        environment = child_of(reader).environ()
    assert "PYTHONPATH" in environment
    assert not {name for name in environment if name.startswith(("SECRET", "DJANGO", "QUOTH", "DATABASE"))}


def test_files_and_texts_beyond_the_limits_are_refused(tmp_path: Path) -> None:
    with DocumentReader(LIMITS) as reader:
        assert failure(reader, b"x" * (LIMITS.max_bytes + 1), "a.txt") is FailureCode.OVERSIZED
        assert failure(reader, b"word " * 30_000, "a.txt") is FailureCode.OVERSIZED
        big = tmp_path / "big.txt"
        big.write_bytes(b"x" * (LIMITS.max_bytes + 1))
        assert failure(reader, big, "big.txt") is FailureCode.OVERSIZED


def test_a_file_that_takes_too_long_is_given_up() -> None:
    limits = replace(LARGE, seconds=1)
    endless = ("*a **b " * 200_000).encode()
    with DocumentReader(limits) as reader:
        started = time.monotonic()
        assert failure(reader, endless, "a.md") is FailureCode.TOO_SLOW
        assert time.monotonic() - started < 5
        assert text_of(reader, b"next", "b.txt") == "next"


def test_a_file_that_takes_too_much_memory_is_given_up() -> None:
    limits = replace(LARGE, seconds=30, memory_mb=300)
    with DocumentReader(limits) as reader:
        assert failure(reader, b"<p>word</p>" * 2_000_000, "a.html") is FailureCode.TOO_MUCH_MEMORY
        assert text_of(reader, b"next", "b.txt") == "next"


def test_a_table_of_many_cells_is_not_called_damaged() -> None:
    row = "|" + "a|" * 20 + "\n"
    source = (row + "|" + "---|" * 20 + "\n" + row * 8_000).encode()
    with DocumentReader(replace(LARGE, seconds=30, memory_mb=100)) as reader:
        assert failure(reader, source, "a.md") is FailureCode.TOO_MUCH_MEMORY


def test_a_small_pdf_with_a_huge_stream_ends_within_the_limits() -> None:
    assert len(BOMB) < 20_000
    limits = replace(LIMITS, memory_mb=300)
    with DocumentReader(limits) as reader:
        started, before = time.monotonic(), psutil.Process().memory_info().rss
        assert failure(reader, BOMB, "bomb.pdf") in {FailureCode.TOO_SLOW, FailureCode.TOO_MUCH_MEMORY}
        assert time.monotonic() - started < limits.seconds + 5
        assert psutil.Process().memory_info().rss - before < 50_000_000


def test_a_child_that_died_between_files_is_replaced() -> None:
    with DocumentReader(LIMITS) as reader:
        child = child_of(reader)
        child.kill()
        while child.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        assert text_of(reader, b"next", "b.txt") == "next"


def test_threads_share_a_reader() -> None:
    found: list[str] = []
    with DocumentReader(LIMITS) as reader:

        def read(number: int) -> None:
            found.append(text_of(reader, f"text {number}".encode(), "a.txt"))

        threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(found) == [f"text {number}" for number in range(8)]


def test_long_pdfs_report_their_pages() -> None:
    page = pdf_text([(8, 40, 780 - 9 * line, "Word after word of a long page. " * 3) for line in range(80)])
    seen: list[tuple[int, int]] = []
    limits = replace(LARGE, seconds=60)
    with DocumentReader(limits) as reader:
        watch = Watch(on_progress=lambda done, total: seen.append((done, total)))
        list(reader.read(pdf([page] * 150), "long.pdf", watch))
    assert seen
    assert seen == sorted(seen)
    assert all(done <= total == 150 for done, total in seen)


def test_no_pipe_is_left_open() -> None:
    before = len(os.listdir("/dev/fd"))
    for _ in range(3):
        with DocumentReader(LIMITS) as reader:
            text_of(reader, b"x", "a.txt")
    assert len(os.listdir("/dev/fd")) <= before


def stopped_child(reader: DocumentReader) -> psutil.Process:
    child = child_of(reader)
    child.suspend()
    return child


def test_a_child_that_takes_no_input_delays_nobody() -> None:
    with DocumentReader(replace(LARGE, seconds=1)) as reader:
        child = stopped_child(reader)
        started = time.monotonic()
        assert failure(reader, b"word " * 1_000_000, "a.txt") is FailureCode.TOO_SLOW
        assert time.monotonic() - started < 5
        assert not child.is_running()
        assert text_of(reader, b"next", "b.txt") == "next"


def test_a_file_that_a_child_does_not_take_is_cancelled_at_once() -> None:
    class Cancelled(Exception):
        pass

    def check() -> None:
        if time.monotonic() > started + 0.5:
            raise Cancelled

    with DocumentReader(replace(LARGE, seconds=30)) as reader:
        stopped_child(reader)
        started = time.monotonic()
        with pytest.raises(Cancelled):
            list(reader.read(b"word " * 1_000_000, "a.txt", Watch(check=check)))
        assert time.monotonic() - started < 2


@pytest.mark.parametrize("escapes", [False, True])
def test_a_process_that_a_child_has_started_delays_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, escapes: bool
) -> None:
    """It holds the child's pipes open. One that has left the process group ends by itself."""
    child, script = tmp_path / "child", tmp_path / "child.py"
    script.write_text(f"""import subprocess, sys
sleeping = [sys.executable, "-c", "import time; time.sleep(20)"]
print(subprocess.Popen(sleeping, start_new_session={escapes}).pid, file=open({str(tmp_path / "pid")!r}, "w"))
""")
    child.write_text(f"#!/bin/sh\nexec {sys.executable} {script}\n")
    child.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setattr("apps.knowledge.parsing.child_process.sys.executable", str(child))
        started = time.monotonic()
        with DocumentReader(replace(LIMITS, seconds=3)) as reader:
            assert failure(reader, b"text", "a.txt") in {FailureCode.TOO_SLOW, FailureCode.MALFORMED}
        assert time.monotonic() - started < 8
    holder = int((tmp_path / "pid").read_text())
    assert lives_on(holder, 0.1 if escapes else 5) == escapes
    with contextlib.suppress(ProcessLookupError):
        os.kill(holder, signal.SIGKILL)


def lives_on(pid: int, seconds: float) -> bool:
    """Whether the process still runs after some seconds; one that has ended may wait for its parent as a zombie."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.05)
                continue
        return False
    return True


def test_a_child_reads_no_other_file_after_its_lifetime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.knowledge.parsing.child_process.LIFETIME_SECONDS", 0)
    with DocumentReader(LIMITS) as reader:
        assert child_of(reader).pid != child_of(reader).pid


LIMITED = (
    "import os, resource; from apps.knowledge.parsing.limits import limit_cpu, limit_process;"
    "os.geteuid() or os.setuid(65534); limit_process(1024, 100); limit_cpu(5);"
    "print(*resource.getrlimit(resource.RLIMIT_CPU)); os.fork()"
)


def test_it_starts_no_process_and_its_processor_time_ends() -> None:
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED], check=False, cwd=root, capture_output=True, text=True
    )
    soft, hard = map(int, done.stdout.split())
    assert soft < 10
    assert hard == 100
    assert "BlockingIOError" in done.stderr
