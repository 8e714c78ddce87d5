"""Manifests of format 1, which hold words of documents: the migration takes them out, and the verifier still agrees."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from apps.accounts.viewer import Viewer
from apps.chat.answering.drafts import Status
from apps.chat.answering.verification import verify_answer
from apps.chat.models import Answer, Quote
from apps.chat.presentation.answer_json import answer_json
from apps.chat.tests.cast import SENTENCE, Cast, ask, finish, make_cast
from apps.common.proof import FORMAT, WITH_WORDS, Problem, digest
from apps.knowledge.search.results import MissingWord

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
MIGRATION = import_module("apps.chat.migrations.0016_manifests_without_words")


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    return make_cast()


def as_stored_before(answer: Answer, meant: dict[str, str]) -> None:
    """With the words, as the earlier version of the program stored them."""
    manifest = answer.manifest
    assert manifest is not None
    texts = {quote.sha256: words for quote, words in _words(answer)}
    for quote in manifest["quotes"]:
        quote |= {"text": texts[quote["sha256"]], "document": "guide/leave.md"}
    manifest["missing"] = [each | {"meant": meant[each["word"]]} for each in manifest["missing"]]
    manifest["format"] = WITH_WORDS
    Answer.objects.filter(pk=answer.pk).update(
        manifest=manifest, manifest_sha256=digest(manifest), meant=None
    )


def migrated(answer: Answer) -> Answer:
    for _twice in range(2):
        MIGRATION.take_words_out(apps, SimpleNamespace(connection=connection))
    return Answer.objects.select_related("conversation__collection", "message").get(pk=answer.pk)


def test_words_leave_and_the_answer_is_verified_as_before(cast: Cast) -> None:
    as_stored_before(cast.answer, {})
    before = Answer.objects.get(pk=cast.answer.pk)
    assert verify_answer(before).verified
    after = migrated(cast.answer)
    manifest = after.manifest or {}
    assert (verify_answer(after).verified, manifest["format"]) == (True, FORMAT)
    assert manifest["replaces"] == before.manifest_sha256
    assert SENTENCE not in str(after.manifest)
    assert "leave.md" not in str(after.manifest)
    assert answer_json(after)["quotes"][0]["text"] == SENTENCE


def test_a_manifest_that_was_changed_is_still_found(cast: Cast) -> None:
    as_stored_before(cast.answer, {})
    Answer.objects.filter(pk=cast.answer.pk).update(manifest_sha256="0" * 64)
    found = {finding.problem for finding in verify_answer(migrated(cast.answer)).findings}
    assert found == {Problem.MANIFEST_CHANGED}


def test_similar_words_of_documents_move_beside_the_manifest(cast: Cast) -> None:
    answer = ask(Viewer(user=cast.alice), cast.private, "How many tickts?")
    finish(answer, Status.REFUSED, missing=(MissingWord("tickts", "tickets"), MissingWord("xyz")))
    shown = answer_json(answer)["missing"]
    as_stored_before(answer, {"tickts": "tickets", "xyz": ""})
    after = migrated(answer)
    assert "tickets" not in str(after.manifest)
    assert (
        answer_json(after)["missing"]
        == shown
        == [
            {"word": "tickts", "meant": "tickets"},
            {"word": "xyz", "meant": ""},
        ]
    )


def _words(answer: Answer) -> Iterator[tuple[Quote, str]]:
    for quote in answer.quotes.select_related("version"):
        yield quote, quote.version.text[quote.start : quote.end]
