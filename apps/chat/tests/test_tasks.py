"""The task: a batch is answered together, and every question ends in a state of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from celery_batches import SimpleRequest
from django.utils import timezone

from apps.accounts.viewer import Viewer
from apps.chat import tasks
from apps.chat.answering.drafts import AnswerDraft, Question
from apps.chat.answering.pipeline import Retrieve, answer_batch
from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState
from apps.chat.presentation.conversation_views import answer_view
from apps.chat.services import Claim, complete_answer
from apps.chat.tasks import answer_questions
from apps.chat.tests.cast import Cast, ask, make_cast
from apps.knowledge.index.scope import Scope
from apps.knowledge.index.stores.protocol import StoreUnavailable
from apps.knowledge.models import Collection
from apps.knowledge.search.results import Retrieval

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
POISON = "poison"


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    return make_cast()


class Recorder:
    """The real answering, but for a question that breaks it; remembers the batches."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def __call__(self, questions: Sequence[Question], retrieve: Retrieve) -> list[AnswerDraft]:
        self.batches.append([question.text for question in questions])
        if any(question.text == POISON for question in questions):
            raise RuntimeError("this question breaks the engine")
        return answer_batch(questions, retrieve)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(tasks, "answer_batch", recorder)
    return recorder


def request(answer_id: int) -> SimpleRequest:
    return SimpleRequest("id", "name", (answer_id,), {}, {}, "host", True, None, None, {})


def run(*answers: Answer) -> list[Answer]:
    answer_questions([request(answer.pk) for answer in answers])
    for answer in answers:
        answer.refresh_from_db()
    return list(answers)


def test_a_question_is_answered_from_the_documents(cast: Cast) -> None:
    (answer,) = run(ask(Viewer(user=cast.alice), cast.private, "How many days of leave do you get a year?"))
    assert answer.state == AnswerState.DONE
    shown = " ".join(cast.version.text[quote.start : quote.end] for quote in answer.quotes.all())
    assert "You get 25 days of leave a year." in shown


def test_questions_are_answered_together(cast: Cast, recorder: Recorder) -> None:
    alice = Viewer(user=cast.alice)
    answers = run(*(ask(alice, cast.private, text) for text in ("How much leave?", "Which trains?")))
    assert recorder.batches == [["How much leave?", "Which trains?"]]
    assert {answer.state for answer in answers} == {AnswerState.DONE}


def test_a_bad_question_spoils_no_other(cast: Cast, recorder: Recorder) -> None:
    alice = Viewer(user=cast.alice)
    good, bad = run(ask(alice, cast.private, "How much leave?"), ask(alice, cast.private, POISON))
    assert (good.state, bad.state) == (AnswerState.DONE, AnswerState.PENDING)
    assert recorder.batches == [["How much leave?", POISON], ["How much leave?"], [POISON]]


def test_what_cannot_be_stored_holds_up_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def storing(claim: Claim, draft: AnswerDraft) -> bool:
        if claim.question.text == POISON:
            raise RuntimeError("this answer cannot be stored")
        return complete_answer(claim, draft)

    monkeypatch.setattr("apps.chat.services.complete_answer", storing)
    alice = Viewer(user=cast.alice)
    texts = ("How much leave?", POISON, "Which trains?")
    first, bad, last = run(*(ask(alice, cast.private, text) for text in texts))
    assert [first.state, bad.state, last.state] == [AnswerState.DONE, AnswerState.PENDING, AnswerState.DONE]


def test_what_was_tried_before_is_tried_alone(cast: Cast, recorder: Recorder) -> None:
    alice = Viewer(user=cast.alice)
    first, again, third = (ask(alice, cast.private, text) for text in ("One?", "Two?", "Three?"))
    Answer.objects.filter(pk=again.pk).update(attempt=1)
    run(first, again, third)
    assert recorder.batches == [["One?", "Three?"], ["Two?"]]


def test_sent_twice_answered_once(cast: Cast, recorder: Recorder) -> None:
    answer = ask(Viewer(user=cast.alice), cast.private, "How much leave?")
    run(answer, answer)
    run(answer)
    assert recorder.batches == [["How much leave?"]]
    assert (answer.attempt, answer.seq) == (1, 2)


def test_a_row_that_is_gone(recorder: Recorder) -> None:
    answer_questions([request(10**6)])
    assert recorder.batches == []


def test_a_warm_up_asks_each_collection(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, ...]] = []

    def warm(scope: Scope, question: str, room: int) -> int:
        asked.append(scope.collection_ids)
        return 10

    monkeypatch.setattr(tasks, "warm", warm)
    tasks.warm_up()
    assert asked == [(cast.public.pk,), (cast.private.pk,)]
    monkeypatch.setattr(tasks, "PRELOADED", 10)  # the first collection fills the memory
    tasks.warm_up()
    assert asked[2:] == [(cast.public.pk,)]


def test_an_outage_costs_no_question_its_attempts(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    def away(scope: Scope, questions: Sequence[str]) -> list[Retrieval]:
        tries.append(len(questions))
        raise StoreUnavailable

    monkeypatch.setattr(tasks, "retrieve", away)
    alice = Viewer(user=cast.alice)
    waiting = [ask(alice, cast.private, text) for text in ("How much leave?", "Which trains?")]
    for _again in range(chat_config().max_attempts + 1):
        run(*waiting)
    assert tries == [2] * (chat_config().max_attempts + 1)
    assert {(answer.state, answer.attempt) for answer in waiting} == {(AnswerState.PENDING, 0)}
    assert all(answer.lease_until and answer.lease_until > timezone.now() for answer in waiting)
    monkeypatch.undo()
    assert {answer.state for answer in run(*waiting)} == {AnswerState.DONE}


def test_an_outage_ends_an_old_question_with_its_reason(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(scope: Scope, questions: Sequence[str]) -> list[Retrieval]:
        raise StoreUnavailable

    monkeypatch.setattr(tasks, "retrieve", away)
    old = ask(Viewer(user=cast.alice), cast.private, "How much leave?")
    asked = timezone.now() - timedelta(seconds=chat_config().outage_seconds + 1)
    Answer.objects.filter(pk=old.pk).update(created_at=asked)
    run(old)
    assert old.state == AnswerState.DEAD
    assert (answer_view(old).state, answer_view(old).outage) == ("dead", "store")


def test_a_collection_that_is_encoded_anew_keeps_no_other_waiting(cast: Cast) -> None:
    Collection.objects.filter(pk=cast.public.pk).update(encoder_digest="f" * 64)
    alice = Viewer(user=cast.alice)
    waits, goes = run(ask(alice, cast.public, "Which tickets?"), ask(alice, cast.private, "How much leave?"))
    assert (waits.state, waits.attempt, goes.state) == (AnswerState.PENDING, 0, AnswerState.DONE)
