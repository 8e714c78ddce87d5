from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.common.tests.queue_recorder import QueueRecorder
from apps.knowledge.config import upload_config
from apps.knowledge.documents.parsed_document import FailureCode
from apps.knowledge.index.cleaning import clean_versions
from apps.knowledge.ingestion.extraction import extract_draft
from apps.knowledge.ingestion.lease import LeaseLost, claim, extend, finish, put_aside, release, renew
from apps.knowledge.ingestion.requeueing import requeue_stale
from apps.knowledge.models import DocumentVersion, Ingestion, IngestionState
from apps.knowledge.tasks import ingest_file
from apps.knowledge.tests.files import LEAVE, bring, collection_in, load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def ingestion(fake_encoder: None) -> Ingestion:
    return bring(collection_in(), "leave.md", LEAVE)


def test_one_worker_wins(ingestion: Ingestion) -> None:
    claimed = claim(ingestion.pk)
    assert claimed is not None
    assert (claimed.state, claimed.attempt) == ("reading", 1)
    assert claim(ingestion.pk) is None


def test_the_lease_ends_by_the_databases_clock(ingestion: Ingestion) -> None:
    claimed = claim(ingestion.pk)
    assert claimed is not None
    assert claimed.lease_until is not None
    left = claimed.lease_until - timezone.now()
    assert timedelta(0) < left <= timedelta(seconds=upload_config().lease_seconds + 1)


def test_a_dead_workers_file_is_taken_over(ingestion: Ingestion) -> None:
    dead = claim(ingestion.pk)
    assert dead is not None
    _let_lapse(ingestion)
    heir = claim(ingestion.pk)
    assert heir is not None
    assert heir.attempt == 2
    with pytest.raises(LeaseLost):
        renew(dead)
    with pytest.raises(LeaseLost):
        finish(dead, state=IngestionState.READY)
    with pytest.raises(LeaseLost):
        extract_draft(dead)
    renew(heir)


def test_a_file_is_taken_over_after_the_clock_was_set_back(ingestion: Ingestion) -> None:
    assert claim(ingestion.pk) is not None
    Ingestion.objects.filter(pk=ingestion.pk).update(lease_until=timezone.now() + timedelta(hours=1))
    heir = claim(ingestion.pk)
    assert heir is not None
    assert heir.attempt == 2


@pytest.mark.django_db(transaction=True)
def test_a_waiting_file_is_sent_again_after_the_clock_was_set_back(
    ingestion: Ingestion, queue: QueueRecorder
) -> None:
    assert requeue_stale() == 0
    Ingestion.objects.filter(pk=ingestion.pk).update(created_at=timezone.now() + timedelta(hours=1))
    assert requeue_stale() == 1
    assert [ids for _, ids in queue.sent] == [(ingestion.pk,)]


def test_after_the_last_attempt_it_fails_with_a_reason(ingestion: Ingestion) -> None:
    for _attempt in range(upload_config().max_attempts):
        claimed = claim(ingestion.pk)
        assert claimed is not None
        if claimed.state == IngestionState.READING:
            extract_draft(claimed)
        _let_lapse(ingestion)
    assert claim(ingestion.pk) is None
    clean_versions()
    ingestion.refresh_from_db()
    assert (ingestion.state, ingestion.reason) == ("failed", FailureCode.INTERRUPTED)
    assert not DocumentVersion.objects.exists()


def test_a_patient_worker_takes_it_up_however_often_it_broke_off(ingestion: Ingestion) -> None:
    for attempt in range(1, upload_config().max_attempts + 3):
        claimed = claim(ingestion.pk, ignore_attempt_limit=True)
        assert claimed is not None
        assert claimed.attempt == attempt
        _let_lapse(ingestion)


def test_a_worn_out_file_brought_again_gets_fresh_attempts(ingestion: Ingestion) -> None:
    for _attempt in range(upload_config().max_attempts):
        claim(ingestion.pk)
        _let_lapse(ingestion)
    assert load(ingestion.collection, "leave.md", LEAVE).state == "ready"
    ingestion.refresh_from_db()
    assert ingestion.state == "failed"


def test_extending_moves_the_end(ingestion: Ingestion) -> None:
    claimed = claim(ingestion.pk)
    assert claimed is not None
    _let_lapse(ingestion)
    assert extend([claimed]) == {ingestion.pk}
    assert claim(ingestion.pk) is None


def test_work_that_breaks_off_gives_back_what_it_holds(ingestion: Ingestion) -> None:
    claimed = claim(ingestion.pk)
    assert claimed is not None
    release(claimed)
    ingestion.refresh_from_db()
    assert (ingestion.state, ingestion.lease_until) == ("queued", None)


def test_put_aside_it_goes_on_from_its_draft_and_no_attempt_is_counted(ingestion: Ingestion) -> None:
    claimed = claim(ingestion.pk)
    assert claimed is not None
    version = extract_draft(claimed)
    put_aside(claimed)
    again = claim(ingestion.pk)
    assert again is not None
    assert (again.state, again.attempt, again.version) == ("indexing", 1, version)


def test_a_file_that_was_put_aside_belongs_to_no_earlier_worker(ingestion: Ingestion) -> None:
    """Putting aside gives the attempt number back, so that two claims may bear the same one."""
    first = claim(ingestion.pk)
    assert first is not None
    extract_draft(first)
    _let_lapse(ingestion)
    second = claim(ingestion.pk)
    assert second is not None
    put_aside(second)
    assert extend([first]) == set()
    with pytest.raises(LeaseLost):
        renew(first)


@pytest.mark.django_db(transaction=True)
def test_stale_files_are_requeued(fake_encoder: None, queue: QueueRecorder) -> None:
    collection = collection_in()
    fresh, old, lapsed, owned_by = (bring(collection, f"{name}.md", LEAVE) for name in "abcd")
    Ingestion.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(minutes=1))
    claim(lapsed.pk)
    _let_lapse(lapsed)
    claim(owned_by.pk)
    assert requeue_stale() == 2
    assert [ids for _, ids in queue.sent] == [(old.pk,), (lapsed.pk,)]
    assert fresh.state == "queued"


def test_the_task_may_run_twice(ingestion: Ingestion) -> None:
    ingest_file(ingestion.pk)
    ingest_file(ingestion.pk)
    ingestion.refresh_from_db()
    assert (ingestion.state, ingestion.attempt) == ("ready", 1)


def _let_lapse(ingestion: Ingestion) -> None:
    Ingestion.objects.filter(pk=ingestion.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
