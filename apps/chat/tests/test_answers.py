"""An answer's life: claimed with a lease, completed or released, requeued, given up. Every step may be tried twice."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Membership
from apps.accounts.viewer import Viewer
from apps.chat.answering.drafts import AnswerDraft, QuoteSpan, Status
from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState, Conversation, Outage, Quote
from apps.chat.services import (
    Claim,
    claim_answers,
    complete_answer,
    postpone_answer,
    release_answer,
    requeue_answers,
    send_message,
)
from apps.chat.services.claiming import take_waiting
from apps.chat.services.completing import complete_answers
from apps.chat.services.quote_checks import QuoteChanged
from apps.chat.tests.cast import SENTENCE, Cast, ask, make_cast, span
from apps.common.events import Event
from apps.knowledge.services import delete_document
from apps.knowledge.tests.files import load, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
LAST = chat_config().max_attempts


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    return make_cast()


@pytest.fixture
def answer(cast: Cast) -> Answer:
    return ask(Viewer(user=cast.alice), cast.private, "How much leave do I get?")


def draft_of(*quotes: QuoteSpan) -> AnswerDraft:
    status = Status.ANSWERED if quotes else Status.REFUSED
    return AnswerDraft(status, 0.9, "How much leave do I get?", quotes, (), (), 1, 3, 1, {"read": 1.5})


def claim(answer: Answer) -> Claim:
    (claimed,) = claim_answers([answer.pk])
    return claimed


def expire(answer: Answer, **changes: object) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Answer.objects.filter(pk=answer.pk).update(lease_until=past, **changes)


def test_a_question_is_claimed_once(answer: Answer) -> None:
    claimed = claim(answer)
    assert (claimed.answer.attempt, claimed.question.text) == (1, "How much leave do I get?")
    assert claim_answers([answer.pk]) == []
    answer.refresh_from_db()
    lease = answer.lease_until
    assert answer.state == AnswerState.RUNNING
    assert lease is not None
    assert 0 < (lease - timezone.now()).total_seconds() <= chat_config().lease_seconds


def test_who_lost_access_gets_no_answer(cast: Cast, answer: Answer) -> None:
    Membership.objects.filter(user=cast.alice, workspace=cast.private.workspace).delete()
    assert claim_answers([answer.pk]) == []
    answer.refresh_from_db()
    assert (answer.state, answer.seq) == (AnswerState.DEAD, 2)


def test_completed_with_quotes_numbers_and_manifest(cast: Cast, answer: Answer) -> None:
    assert complete_answer(claim(answer), draft_of(span(cast.version, SENTENCE)))
    answer.refresh_from_db()
    assert (answer.state, answer.status, answer.seq) == (AnswerState.DONE, "answered", 2)
    assert answer.manifest is not None
    assert answer.manifest["collections"] == [str(cast.private.uid)]
    assert len(answer.manifest_sha256) == 64
    assert answer.timings_ms == {"read": 1.5}
    quote = Quote.objects.get(answer=answer)
    assert cast.version.text[quote.start : quote.end] == SENTENCE


def test_what_answering_asks_of_the_database(
    cast: Cast, answer: Answer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Transactions count for one query at their beginning and one at their end."""
    with django_assert_num_queries(5):  # to and fro, UPDATE, SELECT, membership
        claimed = claim(answer)
    quoted = span(cast.version, SENTENCE)
    with django_assert_num_queries(7):  # to and fro, words, number, UPDATE, INSERT twice
        assert complete_answer(
            claimed, draft_of(quoted, dataclasses.replace(quoted, end=quoted.end - 1, text=quoted.text[:-1]))
        )


def test_completed_once(cast: Cast, answer: Answer) -> None:
    claimed = claim(answer)
    assert complete_answer(claimed, draft_of(span(cast.version, SENTENCE)))
    assert not complete_answer(claimed, draft_of())
    answer.refresh_from_db()
    assert (answer.status, answer.conversation.last_seq) == ("answered", 2)


def test_a_question_in_work_is_found_after_the_clock_was_set_back(answer: Answer) -> None:
    claim(answer)
    assert requeue_answers() == 0
    Answer.objects.filter(pk=answer.pk).update(lease_until=timezone.now() + timedelta(hours=1))
    assert requeue_answers() == 1
    assert claim(answer).answer.attempt == 2


def test_a_postponed_question_is_found_after_the_clock_was_set_back(answer: Answer) -> None:
    postpone_answer(claim(answer), Outage.STORE)
    assert take_waiting() == []
    Answer.objects.filter(pk=answer.pk).update(lease_until=timezone.now() + timedelta(hours=1))
    assert take_waiting() == [answer]


def test_a_worker_taken_for_dead_changes_nothing(cast: Cast, answer: Answer) -> None:
    late = claim(answer)
    expire(answer)
    requeue_answers()
    second = claim(answer)
    assert not complete_answer(late, draft_of())
    release_answer(late)
    answer.refresh_from_db()
    assert (answer.state, answer.attempt) == (AnswerState.RUNNING, 2)
    assert complete_answer(second, draft_of(span(cast.version, SENTENCE)))


def test_a_quote_that_does_not_stand_there_is_never_stored(cast: Cast, answer: Answer) -> None:
    wrong = dataclasses.replace(span(cast.version, SENTENCE), text="You get 26 days of leave a year.")
    with pytest.raises(QuoteChanged):
        complete_answer(claim(answer), draft_of(wrong))
    answer.refresh_from_db()
    assert (answer.state, answer.seq, answer.quotes.count()) == (AnswerState.RUNNING, None, 0)


def test_a_deleted_document_is_not_quoted(cast: Cast, answer: Answer) -> None:
    claimed = claim(answer)
    delete_document(cast.version.document)
    with pytest.raises(QuoteChanged):
        complete_answer(claimed, draft_of(span(cast.version, SENTENCE)))


def test_another_collection_is_not_quoted(cast: Cast, answer: Answer) -> None:
    elsewhere = published(cast.public, "tickets.md")
    assert elsewhere is not None
    with pytest.raises(QuoteChanged):
        complete_answer(claim(answer), draft_of(span(elsewhere, "Keep your tickets for a year.")))


def test_a_replaced_version_may_still_be_quoted(cast: Cast, answer: Answer) -> None:
    claimed = claim(answer)
    load(cast.private, cast.version.document.path, b"# Leave\n\nIt is all different now.\n")
    assert complete_answer(claimed, draft_of(span(cast.version, SENTENCE)))


def test_a_failed_attempt_waits_for_the_next(answer: Answer) -> None:
    release_answer(claim(answer))
    answer.refresh_from_db()
    assert answer.state == AnswerState.PENDING
    assert [(row.pk, row.attempt) for row in take_waiting()] == [(answer.pk, 2)]


def test_waiting_questions_are_taken_of_each_workspace_in_turn(cast: Cast) -> None:
    alice, bob = Viewer(user=cast.alice), Viewer(user=cast.bob)
    many = [ask(alice, cast.private, f"Question {number}?") for number in range(5)]
    other = ask(bob, cast.public, "And mine?")
    assert cast.private.workspace != cast.public.workspace
    assert take_waiting(3) == [*many[:2], other]
    assert take_waiting() == many[2:]
    assert take_waiting() == []


def test_a_question_that_was_tried_before_is_taken_first_and_alone(cast: Cast, answer: Answer) -> None:
    tried = ask(Viewer(user=cast.alice), cast.private, "And again?")
    Answer.objects.filter(pk=tried.pk).update(attempt=1)
    assert take_waiting() == [tried]
    assert take_waiting() == [answer]


def test_a_batch_is_stored_but_for_what_changed_meanwhile(cast: Cast) -> None:
    alice = Viewer(user=cast.alice)
    first = ask(alice, cast.private, "One?")
    second = send_message(
        alice, client_id=uuid.uuid4(), text="Two?", conversation=first.conversation.uid
    ).message.answer
    others = [ask(alice, cast.private, text) for text in ("Three?", "Four?")]
    claims = [claim(each) for each in (first, second, *others)]
    expire(claims[2].answer)
    requeue_answers()  # another attempt may begin
    wrong = dataclasses.replace(span(cast.version, SENTENCE), text="You get 26 days of leave a year.")
    drafts = [draft_of(span(cast.version, SENTENCE)), draft_of(), draft_of(), draft_of(wrong)]
    assert complete_answers(list(zip(claims, drafts, strict=True))) == (claims[:2], claims[3:])
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.seq, second.seq) == (3, 4)
    assert (first.quotes.count(), second.quotes.count()) == (1, 0)
    assert Conversation.objects.get(pk=first.conversation_id).last_seq == 4


def test_a_batch_takes_few_queries(cast: Cast) -> None:
    """One more for each further answer: its own row."""

    def queries(count: int) -> int:
        claims = claim_answers(ask(Viewer(user=cast.alice), cast.private, "One?").pk for _ in range(count))
        with CaptureQueriesContext(connection) as found:
            complete_answers([(each, draft_of(span(cast.version, SENTENCE))) for each in claims])
        return len(found)

    assert queries(12) - queries(2) == 10


def test_the_last_attempt_ends_it(answer: Answer) -> None:
    Answer.objects.filter(pk=answer.pk).update(attempt=LAST - 1)
    release_answer(claim(answer))
    answer.refresh_from_db()
    assert (answer.state, answer.seq, answer.attempt) == (AnswerState.DEAD, 2, LAST)


def test_a_claimed_question_is_not_requeued(answer: Answer) -> None:
    claim(answer)
    assert requeue_answers() == 0


def test_an_abandoned_attempt_is_requeued(answer: Answer) -> None:
    claim(answer)
    expire(answer)
    assert (requeue_answers(), requeue_answers()) == (1, 0)
    assert claim(answer).answer.attempt == 2


def test_the_last_abandoned_attempt_ends_it(answer: Answer) -> None:
    expire(answer, state=AnswerState.RUNNING, attempt=LAST)
    requeue_answers()
    answer.refresh_from_db()
    assert answer.state == AnswerState.DEAD


def test_at_a_start_everything_open_is_taken_up(answer: Answer) -> None:
    claim(answer)
    assert requeue_answers(abandoned=True) == 1
    assert claim(answer).answer.attempt == 2


def test_what_is_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[tuple[str, Event]] = []
    monkeypatch.setattr("apps.chat.services.notifications.publish_all", published.extend)
    answer = ask(Viewer(user=cast.alice), cast.private, "How much leave do I get?")
    complete_answer(claim(answer), draft_of(span(cast.version, SENTENCE)))
    group = f"user.{cast.alice.uid.hex}"
    kinds = ["message.accepted", "answer.working", "answer.done"]
    assert [(to, event.kind) for to, event in published] == [(group, kind) for kind in kinds]
