"""Workspaces take turns, and a cancelled file is let go within a second."""

from __future__ import annotations

import time
from typing import Any

import psutil
import pytest

from apps.knowledge.documents.parsed_document import FailureCode
from apps.knowledge.ingestion import pipeline, turns
from apps.knowledge.ingestion.extraction import extract_draft
from apps.knowledge.ingestion.indexing import Draft, index_window
from apps.knowledge.ingestion.lease import LeaseLost, claim
from apps.knowledge.ingestion.turns import take_turn
from apps.knowledge.models import Collection, Ingestion, IngestionState
from apps.knowledge.services import cancel_ingestion
from apps.knowledge.tests.files import LEAVE, TRAVEL, bring, collection_in
from apps.models.inference.engine import get_encoder
from apps.models.inference.interfaces import Encoding

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]

SLOW_TO_READ = ("*a **b " * 200_000).encode()  # takes the Markdown parser many seconds
PARTS = [b"## Part %d\n\nText number %d of a long file." % (n, n) for n in range(16_000)]
LONG = b"\n\n".join(PARTS[:600])  # more than one window
SLOW_TO_STORE = b"\n\n".join(PARTS)


def ready(collection: Collection) -> int:
    return collection.ingestions.filter(state=IngestionState.READY).count()


@pytest.fixture
def busy(fake_encoder: None) -> Collection:
    """A workspace that has loaded many files."""
    collection = collection_in("busy")
    for number in range(20):
        bring(collection, f"{number}.md", LEAVE.replace(b"25", str(number).encode()))
    return collection


def test_a_workspace_with_one_file_waits_for_one_turn(
    busy: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "TURN_SECONDS", 0.0)
    small = collection_in("small")
    bring(small, "travel.md", TRAVEL)
    take_turn()
    take_turn()
    assert (ready(busy), ready(small)) == (1, 1)


def test_files_that_may_not_be_read_now_are_not_looked_at_again_at_once(
    busy: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while the collection is re-embedded."""
    monkeypatch.setattr(pipeline, "_may_begin", lambda _: False)
    assert not take_turn()
    assert ready(busy) == 0


def test_alone_it_works_until_nothing_waits(busy: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "TURN_SECONDS", 0.0)
    assert take_turn()
    assert ready(busy) == 20
    assert not take_turn()


def test_a_long_file_is_put_aside_for_others_and_finished_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "TURN_SECONDS", 0.0)
    busy, small = collection_in("busy"), collection_in("small")
    long = bring(busy, "long.md", LONG)
    bring(small, "travel.md", TRAVEL)
    take_turn()
    long.refresh_from_db()
    assert (long.state, long.lease_until, long.attempt) == ("indexing", None, 0)
    take_turn()
    assert ready(small) == 1
    while take_turn():
        pass
    assert ready(busy) == 1


@pytest.mark.parametrize(("name", "content"), [("slow.md", SLOW_TO_READ), ("long.md", SLOW_TO_STORE)])
def test_cancelling_stops_reading_within_a_second(name: str, content: bytes) -> None:
    """While the reading process is silent, and while it sends rows that are being stored."""
    ingestion = bring(collection_in(), name, content)
    claimed = claim(ingestion.pk)
    assert claimed is not None
    before = reading_processes()
    cancel = CancelOnce(ingestion)
    with pytest.raises(LeaseLost):
        extract_draft(claimed, cancel)
    assert cancel.seconds_ago < 1
    assert not reading_processes() - before
    ingestion.refresh_from_db()
    assert (ingestion.state, ingestion.reason) == ("failed", FailureCode.CANCELLED)


def test_cancelling_stops_indexing_within_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    ingestion = bring(collection_in(), "long.md", LONG)
    claimed = claim(ingestion.pk)
    assert claimed is not None
    draft = Draft(claimed, extract_draft(claimed), 0)
    encoder = get_encoder()
    encode = encoder.encode_words

    def encode_slowly(*arguments: Any) -> list[Encoding]:
        time.sleep(0.3)
        return encode(*arguments)

    monkeypatch.setattr(encoder, "encode_words", encode_slowly)
    cancel = CancelOnce(ingestion)
    with pytest.raises(LeaseLost):
        index_window([draft], lambda done, total: cancel() if done else None)
    assert cancel.seconds_ago < 1


class CancelOnce:
    def __init__(self, ingestion: Ingestion) -> None:
        self._ingestion = ingestion
        self._at: float | None = None

    def __call__(self) -> None:
        if self._at is None:
            assert cancel_ingestion(self._ingestion)
            self._at = time.monotonic()

    @property
    def seconds_ago(self) -> float:
        assert self._at is not None, "it ended before it was cancelled"
        return time.monotonic() - self._at


def reading_processes() -> set[int]:
    children = psutil.Process().children()
    return {it.pid for it in children if "apps.knowledge.parsing.child" in " ".join(it.cmdline())}
