"""The verifier alone, with invented sources: unchanged answers pass, and any single changed byte is found."""

from __future__ import annotations

import copy
import json
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.common.proof import (
    FORMAT,
    FORMATS,
    WITH_WORDS,
    Deleted,
    Finding,
    Problem,
    QuoteRow,
    Record,
    Source,
    canonical,
    digest,
    span_sha256,
    verify,
)

TEXT = "Leave\nYou may ask for 240 hours — once a year. 😀 Ask your supervisor first.\n"
ORIGINAL = TEXT.encode() + b"<!-- original -->"
VERSION = "01890000-0000-7000-8000-000000000001"
SPANS = ((6, 47), (50, 76))

Case = tuple[Record, dict[str, Source]]


def _quote(start: int, end: int, manifest_format: str = WITH_WORDS) -> dict[str, Any]:
    words = {"document": "leave.md", "text": TEXT[start:end]} if manifest_format == WITH_WORDS else {}
    return {
        **words,
        "document_uid": "01890000-0000-7000-8000-000000000002",
        "version": VERSION,
        "original_sha256": sha256(ORIGINAL).hexdigest(),
        "text_sha256": sha256(TEXT.encode()).hexdigest(),
        "start": start,
        "end": end,
        "sha256": span_sha256(TEXT[start:end]),
    }


def _honest(manifest_format: str = FORMAT) -> Case:
    quotes = [_quote(*span, manifest_format) for span in SPANS]
    manifest = {
        "format": manifest_format,
        "status": "answered",
        "question": "how much?",
        "confidence": 0.9,
        "quotes": quotes,
    }
    rows = tuple(QuoteRow(q["version"], q["start"], q["end"], q["sha256"]) for q in quotes)
    source = Source(
        lambda: [ORIGINAL[:5], ORIGINAL[5:]],
        sha256(ORIGINAL).hexdigest(),
        TEXT,
        sha256(TEXT.encode()).hexdigest(),
    )
    return Record("answered", manifest, digest(manifest), rows), {VERSION: source}


def _flip(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _change_file(case: Case, rng: random.Random) -> Case:
    record, sources = case
    flipped = _flip(ORIGINAL, rng)
    return record, {VERSION: replace(sources[VERSION], original=lambda: [flipped])}


def _change_text(case: Case, rng: random.Random) -> Case:
    record, sources = case
    text = _flip(TEXT.encode(), rng).decode(errors="surrogateescape")
    return record, {VERSION: replace(sources[VERSION], text=text)}


def _change_row(case: Case, rng: random.Random) -> Case:
    record, sources = case
    rows = list(record.rows)
    at = rng.randrange(len(rows))
    name = rng.choice(["start", "end"])
    rows[at] = replace(rows[at], **{name: getattr(rows[at], name) ^ (1 << rng.randrange(8))})
    return replace(record, rows=tuple(rows)), sources


def _change_quote(case: Case, rng: random.Random) -> Case:
    record, sources = case
    manifest = copy.deepcopy(record.manifest)
    quote = rng.choice(manifest["quotes"])
    key = "text" if "text" in quote else "sha256"
    quote[key] = _flip(quote[key].encode(), rng).decode(errors="surrogateescape")
    return replace(record, manifest=manifest), sources


def _change_manifest(case: Case, rng: random.Random) -> Case:
    record, sources = case
    raw = _flip(canonical(record.manifest), rng).decode(errors="surrogateescape")
    try:
        manifest = json.loads(raw)
    except ValueError:
        manifest = raw
    return replace(record, manifest=manifest), sources


CHANGES: list[Callable[[Case, random.Random], Case]] = [
    _change_file,
    _change_text,
    _change_row,
    _change_quote,
    _change_manifest,
]


@pytest.mark.parametrize("manifest_format", FORMATS)
def test_an_honest_answer_is_verified(manifest_format: str) -> None:
    verdict = verify(*_honest(manifest_format))
    assert verdict.verified
    assert verdict.quotes == 2


@pytest.mark.parametrize("seed", range(200))
def test_every_single_byte_change_is_found(seed: int) -> None:
    case = _honest(FORMATS[seed % len(FORMATS)])
    changed = CHANGES[seed % len(CHANGES)](case, random.Random(seed))
    assert not verify(*changed).verified


def test_a_forged_digest_does_not_help_a_forged_quote() -> None:
    record, sources = _honest(WITH_WORDS)
    manifest = copy.deepcopy(record.manifest)
    manifest["quotes"][0]["text"] = "You may ask for 999 hours — once a year. "
    manifest["quotes"][0]["sha256"] = span_sha256(manifest["quotes"][0]["text"])
    rows = (replace(record.rows[0], sha256=manifest["quotes"][0]["sha256"]), record.rows[1])
    verdict = verify(replace(record, manifest=manifest, manifest_sha256=digest(manifest), rows=rows), sources)
    assert Finding(Problem.WORDS_CHANGED, 1) in verdict.findings


def test_a_refusal_carries_no_quote() -> None:
    record, sources = _honest()
    manifest = record.manifest | {"status": "refused"}
    forged = replace(record, status="refused", manifest=manifest, manifest_sha256=digest(manifest))
    assert Finding(Problem.REFUSAL_WITH_QUOTE) in verify(forged, sources).findings


def test_an_answer_without_quotes_is_no_answer() -> None:
    record, sources = _honest()
    manifest = record.manifest | {"quotes": []}
    bare = replace(record, manifest=manifest, manifest_sha256=digest(manifest), rows=())
    assert Finding(Problem.QUOTES_MISSING) in verify(bare, sources).findings


def test_a_missing_source_is_named() -> None:
    record, _ = _honest()
    assert Finding(Problem.SOURCE_MISSING, 2) in verify(record, {}).findings


def test_of_a_deleted_source_nothing_is_claimed() -> None:
    record, _ = _honest()
    verdict = verify(record, {VERSION: Deleted()})
    assert verdict.findings == (Finding(Problem.SOURCE_DELETED, 1), Finding(Problem.SOURCE_DELETED, 2))
    assert not verdict.verified


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
QUOTE = st.dictionaries(st.sampled_from(list(_quote(0, 1))), JSON)
SHAPED = st.fixed_dictionaries(
    {
        "format": st.sampled_from(FORMATS),
        "status": st.sampled_from(["answered", "refused"]),
        "quotes": st.lists(JSON | QUOTE),
    }
)


@given(JSON | SHAPED)
def test_it_never_raises_and_never_accepts_what_it_was_not_given(manifest: Any) -> None:
    record, sources = _honest()
    assert not verify(replace(record, manifest=manifest), sources).verified


def test_it_imports_the_standard_library_only() -> None:
    heavy = "[name for name in sys.modules if name.split('.')[0] in {'django', 'numpy'}]"
    code = f"import sys; import apps.common.proof; print({heavy})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
