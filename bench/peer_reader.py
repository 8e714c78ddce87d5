"""Reads files with another library: PEERS/bin/python bench/peer_reader.py NAME

It runs in an environment of its own, without this project. Paths come on standard input, one a line. It prints one JSON
line when it is ready, with a note, and one for each file: seconds and text, or error.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECONDS_A_FILE = 120  # of processor time
Read = Callable[[Path], str]


def main() -> None:
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is not part of the answer
    read, note = READERS[sys.argv[1]]()
    _answer(out, {"note": note})
    signal.signal(signal.SIGPROF, _too_slow)
    for line in sys.stdin:
        _answer(out, _result(read, Path(line.rstrip("\n"))))


def _answer(out: Any, answer: dict[str, Any]) -> None:
    out.write(json.dumps(answer) + "\n")
    out.flush()


def _too_slow(*_: object) -> None:
    raise TimeoutError(f"more than {SECONDS_A_FILE} s")


def _result(read: Read, file: Path) -> dict[str, Any]:
    started = time.monotonic()
    signal.setitimer(signal.ITIMER_PROF, SECONDS_A_FILE)
    try:
        return {"text": read(file), "seconds": time.monotonic() - started}
    except Exception as error:  # whatever a library raises is its result for this file
        return {"error": f"{type(error).__name__}: {error}"[:300], "seconds": time.monotonic() - started}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _docling() -> tuple[Read, str]:
    """With its layout models if they can be loaded, else with its pipeline for PDFs that needs none."""
    module, base = (
        importlib.import_module(f"docling.{name}") for name in ("document_converter", "datamodel.base_models")
    )
    converter, note = module.DocumentConverter(), ""
    try:
        converter.initialize_pipeline(base.InputFormat.PDF)
    except OSError as error:  # no network, no models
        note = f"PDFs without models, by its native pipeline: {type(error).__name__}: {error}"[:300]
        options = {base.InputFormat.PDF: module.NativePdfFormatOption()}
        converter = module.DocumentConverter(format_options=options)
    return lambda file: str(converter.convert(file).document.export_to_text()), note


def _markitdown() -> tuple[Read, str]:
    """Its Markdown without the targets of links and pictures."""
    converter = importlib.import_module("markitdown").MarkItDown()
    target = re.compile(r"\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
    return lambda file: target.sub(
        "]", converter.convert(file).text_content
    ), "Markdown files are passed through"


def _trafilatura() -> tuple[Read, str]:
    extract = importlib.import_module("trafilatura").extract
    return lambda file: extract(file.read_bytes(), output_format="txt") or "", "HTML only"


def _pypdf() -> tuple[Read, str]:
    pypdf = importlib.import_module("pypdf")
    return lambda file: "\f".join(page.extract_text() for page in pypdf.PdfReader(file).pages), ""


def _pdfminer() -> tuple[Read, str]:
    extract = importlib.import_module("pdfminer.high_level").extract_text
    return lambda file: str(extract(file)), ""


def _pdfium() -> tuple[Read, str]:
    pdfium = importlib.import_module("pypdfium2")

    def read(file: Path) -> str:
        with pdfium.PdfDocument(file) as document:
            return "\f".join(page.get_textpage().get_text_range() for page in document)

    return read, ""


READERS: dict[str, Callable[[], tuple[Read, str]]] = {
    "docling": _docling,
    "markitdown": _markitdown,
    "trafilatura": _trafilatura,
    "pypdf": _pypdf,
    "pdfminer": _pdfminer,
    "pdfium": _pdfium,
}

if __name__ == "__main__":
    main()
