from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import OperationalError
from psycopg.errors import ProgramLimitExceeded

from apps.knowledge.documents.parsed_document import FailureCode
from apps.knowledge.index import embeddings
from apps.knowledge.index.analyzer import count_stems
from apps.knowledge.index.cleaning import clean_versions
from apps.knowledge.index.embeddings import known_hashes
from apps.knowledge.ingestion import indexing, pipeline
from apps.knowledge.ingestion.extraction import extract_draft
from apps.knowledge.ingestion.indexing import Draft, OnEncoded, index_window, publish_draft
from apps.knowledge.ingestion.pipeline import Pipeline, ingest_many
from apps.knowledge.models import (
    Collection,
    DocumentLink,
    DocumentVersion,
    Embedding,
    Ingestion,
    Passage,
    Sentence,
    StoreState,
    VersionState,
)
from apps.knowledge.services import cancel_ingestion
from apps.knowledge.tests.files import (
    LEAVE,
    TRAVEL,
    bring,
    collection_in,
    counted_statistics,
    kept_statistics,
    load,
    published,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    return collection_in()


def test_a_file_becomes_a_published_version(collection: Collection) -> None:
    ingestion = load(collection, "guide/leave.md", LEAVE)
    version = published(collection, "guide/leave.md")
    assert version is not None
    assert (ingestion.state, ingestion.version, ingestion.attempt) == ("ready", version, 1)
    assert (version.title, version.number, version.live_from) == ("Leave", 1, 1)
    assert version.original_bytes == len(LEAVE)
    assert ingestion.progress == ingestion.total > 0


def test_spans_and_terms_are_those_of_the_text(collection: Collection) -> None:
    load(collection, "leave.md", LEAVE)
    passage = Passage.objects.select_related("version").get()
    text = passage.version.text
    assert passage.text == text[passage.start : passage.end]
    assert (passage.context, passage.heading_path) == ("Leave", ["Leave"])
    assert passage.terms == count_stems(f"{passage.context}\n{passage.text}")
    assert passage.length == sum(passage.terms.values())
    spans = [text[row.start : row.end] for row in passage.sentences.order_by("position")]
    assert spans == [
        "You get 25 days of leave a year.",
        "Ask your lead before you book.",
        "Unused days expire in March.",
    ]


def test_every_passage_and_sentence_has_its_vector(collection: Collection) -> None:
    load(collection, "leave.md", LEAVE)
    hashes = {
        *Passage.objects.values_list("text_hash", flat=True),
        *Sentence.objects.values_list("text_hash", flat=True),
    }
    assert known_hashes(collection.workspace_id, collection.encoder_digest, sorted(hashes)) == hashes
    assert len(hashes) == 4


def test_links_lead_to_paths_of_the_collection(collection: Collection) -> None:
    load(collection, "guide/travel.md", TRAVEL)
    assert list(DocumentLink.objects.values_list("target_path", flat=True)) == ["guide/leave.md"]


def test_a_link_too_long_for_an_index_is_left_out(collection: Collection) -> None:
    target = "".join(chr(0x4E00 + 7 * place) for place in range(900))
    assert load(collection, "a.md", f"# A\n\nSee [this]({target}.md) too.\n".encode()).state == "ready"
    assert not DocumentLink.objects.exists()


def test_what_the_database_can_never_hold_fails_at_once(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_much(ingestion: Ingestion, meanwhile: Callable[[], None]) -> DocumentVersion:
        extract_draft(ingestion)
        raise OperationalError from ProgramLimitExceeded()

    monkeypatch.setattr(pipeline, "extract_draft", too_much)
    ingestion = load(collection, "leave.md", LEAVE)
    assert (ingestion.state, ingestion.reason, ingestion.attempt) == ("failed", FailureCode.OVERSIZED, 1)
    clean_versions()
    assert not DocumentVersion.objects.exists()  # no draft is left behind


def test_a_changed_file_replaces_the_old_version(collection: Collection) -> None:
    load(collection, "leave.md", LEAVE)
    load(collection, "leave.md", LEAVE.replace(b"25", b"30"))
    old, new = DocumentVersion.objects.order_by("number")
    assert (old.state, old.live_from, old.live_until) == (VersionState.RETIRED, 1, 2)
    assert (new.state, new.live_from, new.live_until) == (VersionState.PUBLISHED, 2, None)
    assert kept_statistics(collection) == counted_statistics(collection)
    assert "25" not in kept_statistics(collection)[2]


def test_only_changed_texts_are_encoded_again(collection: Collection) -> None:
    load(collection, "leave.md", LEAVE)
    before = Embedding.objects.count()
    load(collection, "leave.md", LEAVE.replace(b"25", b"30"))
    assert Embedding.objects.count() == before + 2  # one sentence, and the passage that holds it


def test_the_old_version_answers_until_the_switch(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load(collection, "leave.md", LEAVE)
    newer = bring(collection, "leave.md", TRAVEL)
    seen: list[tuple[DocumentVersion | None, int]] = []

    def look(draft: Draft) -> None:
        assert draft.version.state == VersionState.DRAFT
        seen.append((published(collection, "leave.md"), StoreState.objects.get().version))
        publish_draft(draft)

    monkeypatch.setattr(pipeline, "publish_draft", look)
    ingest_many([newer.pk])
    assert seen == [(first.version, 1)]
    assert published(collection, "leave.md") != first.version


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        ("empty.md", b"", FailureCode.EMPTY),
        ("picture.png", b"\x89PNG\r\n\x1a\n", FailureCode.UNLISTED_TYPE),
        ("broken.pdf", b"%PDF-1.4 nothing more", FailureCode.MALFORMED),
        ("not-a.pdf", b"PK\x03\x04 a zip", FailureCode.MISLABELLED),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    collection: Collection, path: str, content: bytes, reason: FailureCode
) -> None:
    ingestion = load(collection, path, content)
    assert (ingestion.state, ingestion.reason) == ("failed", reason)
    assert ingestion.finished_at is not None
    assert not DocumentVersion.objects.exists()


def test_a_failed_copy_leaves_the_published_one(collection: Collection) -> None:
    first = load(collection, "leave.md", LEAVE)
    assert load(collection, "leave.md", b"").state == "failed"
    assert published(collection, "leave.md") == first.version


def test_a_file_that_breaks_the_reader_keeps_no_other_out(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(ingestion: Ingestion, meanwhile: Callable[[], None]) -> DocumentVersion:
        if ingestion.path == "bad.md":
            raise IndexError
        return extract_draft(ingestion)

    monkeypatch.setattr(pipeline, "extract_draft", breaking)
    bad, good = bring(collection, "bad.md", LEAVE), bring(collection, "good.md", LEAVE)
    ingest_many([bad.pk, good.pk])
    bad.refresh_from_db()
    assert (bad.state, bad.reason) == ("failed", FailureCode.MALFORMED)
    assert published(collection, "good.md") is not None


def test_cancelled_while_it_is_indexed(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    ingestion = bring(collection, "leave.md", LEAVE)
    _before_encoding(monkeypatch, lambda: cancel_ingestion(ingestion))
    ingest_many([ingestion.pk])
    ingestion.refresh_from_db()
    assert (ingestion.state, ingestion.reason) == ("failed", FailureCode.CANCELLED)
    clean_versions()
    assert not DocumentVersion.objects.exists()


def test_many_files_are_each_published(collection: Collection) -> None:
    files = {f"{number}.md": LEAVE.replace(b"25", str(number).encode()) for number in range(30)}
    ids = [bring(collection, path, content).pk for path, content in files.items()]
    ingest_many(ids)
    assert set(Ingestion.objects.values_list("state", flat=True)) == {"ready"}
    assert all(published(collection, path) for path in files)
    assert kept_statistics(collection) == counted_statistics(collection)
    assert StoreState.objects.get().version == 30


def test_files_that_are_encoded_together_each_show_their_own_progress(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One text is encoded at a time."""
    monkeypatch.setattr(indexing, "CHECK_SECONDS", 0.0)
    monkeypatch.setattr(embeddings, "TEXTS_AT_ONCE", 1)
    ids = [bring(collection, "leave.md", LEAVE).pk, bring(collection, "travel.md", TRAVEL).pk]
    seen: dict[int, set[int]] = {pk: set() for pk in ids}

    def look(done: int, total: int) -> None:
        for pk, progress in Ingestion.objects.filter(state="indexing").values_list("pk", "progress"):
            seen[pk].add(progress)

    Pipeline(on_encoded=look).run(ids)
    for ingestion in Ingestion.objects.all():
        assert seen[ingestion.pk] >= set(range(1, ingestion.total)), ingestion.path
        assert max(seen[ingestion.pk]) <= ingestion.total


def test_work_that_breaks_off_can_be_taken_up_again(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingestion = bring(collection, "leave.md", LEAVE)

    def interrupt() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        _before_encoding(patch, interrupt)
        with pytest.raises(KeyboardInterrupt):
            ingest_many([ingestion.pk])
    ingestion.refresh_from_db()
    assert (ingestion.state, ingestion.lease_until) == ("indexing", None)
    ingest_many([ingestion.pk])
    assert Passage.objects.count() == 1
    assert DocumentVersion.objects.get().state == VersionState.PUBLISHED


def _before_encoding(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    def acting(drafts: list[Draft], on_encoded: OnEncoded) -> None:
        act()
        index_window(drafts, on_encoded)

    monkeypatch.setattr(pipeline, "index_window", acting)
