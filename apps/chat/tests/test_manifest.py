"""The manifest of a draft, and that the verifier accepts it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from apps.chat.answering.drafts import Question
from apps.chat.answering.manifest import SourceDigests, build_manifest
from apps.chat.answering.pipeline import configured_rules, draft_from
from apps.chat.config import decision_config
from apps.chat.tests.found import SCOPE, WEAK, passage, retrieval
from apps.common.config import config_digest
from apps.common.proof import QuoteRow, Record, Source, canonical, verify

TEXT = "You get 25 days — Übertrag 🙂 included."
ORIGINAL = TEXT.encode()
DIGEST = hashlib.sha256(ORIGINAL).hexdigest()
ASKED = Question("How many days?", SCOPE)
SOURCES = {7: SourceDigests(DIGEST, DIGEST)}


def test_it_names_everything_an_answer_rests_on() -> None:
    draft = draft_from(ASKED, retrieval(passage(0, [(TEXT, 1.0)])), configured_rules())
    content = build_manifest(ASKED, draft, SOURCES).content
    assert set(content) == {
        "format", "question", "resolved_question", "base_question", "collections", "store_version", "encoder", "reader",
        "calibrator", "config_sha256", "thresholds", "libraries", "status", "confidence", "missing", "parts",
        "language_not_held", "quotes", "small_talk", "named_place", "unresolved", "approved", "first_quote", "weak",
    }  # fmt: skip
    assert content["format"] == "quoth-manifest/2"
    assert content["encoder"] == {"name": "fake", "digest": "0" * 64}
    assert (content["config_sha256"], content["collections"]) == (config_digest(), ["c1"])
    assert content["quotes"] == [
        {
            "document_uid": "document", "version": "version", "original_sha256": DIGEST,
            "text_sha256": DIGEST, "start": 0, "end": len(TEXT), "sha256": DIGEST,
            "unreliable": False,
        }
    ]  # fmt: skip


def test_the_figures_are_those_of_the_encoder() -> None:
    asked = Question(ASKED.text, replace(SCOPE, encoder="mpnet"))
    draft = draft_from(asked, retrieval(passage(0, [(TEXT, 1.0)])), configured_rules().of("mpnet"))
    content = build_manifest(asked, draft, SOURCES).content
    fitted = decision_config().of("mpnet")
    assert (content["calibrator"], content["thresholds"]) == (fitted.digest(), fitted.thresholds())
    assert content["calibrator"] != decision_config().digest()


def test_the_verifier_accepts_it_after_a_trip_through_json() -> None:
    draft = draft_from(ASKED, retrieval(passage(0, [(TEXT, 1.0)])), configured_rules())
    manifest = build_manifest(ASKED, draft, SOURCES)
    stored = json.loads(canonical(manifest.content))
    row = QuoteRow("version", 0, len(TEXT), DIGEST)
    record = Record(str(draft.status), stored, manifest.sha256, [row])
    assert verify(record, {"version": Source(lambda: [ORIGINAL], DIGEST, TEXT, DIGEST)}).verified


def test_a_refusal_quotes_nothing() -> None:
    draft = draft_from(ASKED, retrieval(passage(0, [(TEXT, 1.0)]), evidence=WEAK), configured_rules())
    manifest = build_manifest(ASKED, draft, {})
    assert (manifest.content["status"], manifest.content["quotes"]) == ("refused", [])


def test_another_answer_has_another_address() -> None:
    draft = draft_from(ASKED, retrieval(passage(0, [(TEXT, 1.0)])), configured_rules())
    first = build_manifest(ASKED, draft, SOURCES)
    assert build_manifest(ASKED, draft, SOURCES).sha256 == first.sha256
    assert build_manifest(ASKED, replace(draft, store_version=6), SOURCES).sha256 != first.sha256
    with pytest.raises(KeyError):
        build_manifest(ASKED, draft, {})
