"""A batch is answered together, and every question ends in a state of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.accounts.viewer import Viewer
from apps.chat import tasks
from apps.chat.answering.drafts import AnswerDraft, Question
from apps.chat.answering.pipeline import AnswerRules, Shortcuts, answer_batch
from apps.chat.answering.resolving import Retrieve
from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState
from apps.chat.presentation.conversation_views import answer_view
from apps.chat.services import Claim, answer_waiting, processing, send_message, warming
from apps.chat.services.claiming import BATCH
from apps.chat.services.completing import Answered, complete_answers
from apps.chat.tests.cast import Cast, ask, make_cast
from apps.common.tests.queue_recorder import QueueRecorder
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

    def __call__(
        self, questions: Sequence[Question], retrieve: Retrieve, rules: AnswerRules, shortcuts: Shortcuts
    ) -> list[AnswerDraft]:
        self.batches.append([question.text for question in questions])
        if any(question.text == POISON for question in questions):
            raise RuntimeError("this question breaks the engine")
        return answer_batch(questions, retrieve, rules, shortcuts)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(processing, "answer_batch", recorder)
    return recorder


def run(*answers: Answer) -> list[Answer]:
    while answer_waiting():
        pass
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
    def storing(answered: Sequence[Answered]) -> tuple[list[Claim], list[Claim]]:
        if any(claim.question.text == POISON for claim, _ in answered):
            raise RuntimeError("this answer cannot be stored")
        return complete_answers(answered)

    monkeypatch.setattr(processing, "complete_answers", storing)
    alice = Viewer(user=cast.alice)
    texts = ("How much leave?", POISON, "Which trains?")
    waiting = [ask(alice, cast.private, text) for text in texts]
    answer_waiting()
    for answer in waiting:
        answer.refresh_from_db()
    assert [answer.state for answer in waiting] == [AnswerState.DONE, AnswerState.PENDING, AnswerState.DONE]


def test_what_was_tried_before_is_tried_alone(cast: Cast, recorder: Recorder) -> None:
    alice = Viewer(user=cast.alice)
    first, again, third = (ask(alice, cast.private, text) for text in ("One?", "Two?", "Three?"))
    Answer.objects.filter(pk=again.pk).update(attempt=1)
    run(first, again, third)
    assert recorder.batches == [["Two?"], ["One?", "Three?"]]


def test_after_one_that_was_tried_before_the_rest_is_called_for(
    cast: Cast, queue: QueueRecorder, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    alice = Viewer(user=cast.alice)
    for text in ("One?", "Two?"):
        ask(alice, cast.private, text)
    Answer.objects.filter(state=AnswerState.PENDING).update(attempt=1)
    with django_capture_on_commit_callbacks(execute=True):
        assert answer_waiting() == 1
    assert queue.tasks() == ["apps.chat.tasks.answer_questions"]


def test_the_task_takes_what_waits_whatever_it_was_sent(cast: Cast, recorder: Recorder) -> None:
    ask(Viewer(user=cast.alice), cast.private, "How much leave?")
    tasks.answer_questions(10**6)
    tasks.answer_questions()
    assert recorder.batches == [["How much leave?"]]


def test_after_a_full_batch_the_rest_is_called_for(
    cast: Cast,
    queue: QueueRecorder,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    change_config: Callable[..., None],
) -> None:
    change_config("chat", member_questions_per_minute=2 * BATCH)
    alice = Viewer(user=cast.alice)
    for number in range(BATCH + 1):
        ask(alice, cast.private, f"Question {number}?")
    with django_capture_on_commit_callbacks(execute=True):
        assert answer_waiting() == BATCH
    assert queue.tasks() == ["apps.chat.tasks.answer_questions"]
    with django_capture_on_commit_callbacks(execute=True):
        assert answer_waiting() == 1
    assert len(queue.tasks()) == 1


def test_a_warm_up_asks_each_collection(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, ...]] = []

    def warm(scope: Scope, question: str, room: int) -> int:
        asked.append(scope.collection_ids)
        return 10

    monkeypatch.setattr(warming, "warm", warm)
    tasks.warm_up()
    assert asked == [(cast.public.pk,), (cast.private.pk,)]
    monkeypatch.setattr(warming, "PRELOADED", 10)  # the first collection fills the memory
    tasks.warm_up()
    assert asked[2:] == [(cast.public.pk,)]


def test_an_outage_costs_no_question_its_attempts(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    def away(scope: Scope, questions: Sequence[str]) -> list[Retrieval]:
        tries.append(len(questions))
        raise StoreUnavailable

    monkeypatch.setattr(processing, "retrieve", away)
    alice = Viewer(user=cast.alice)
    waiting = [ask(alice, cast.private, text) for text in ("How much leave?", "Which trains?")]
    for _again in range(chat_config().max_attempts + 1):
        run(*waiting)
        Answer.objects.update(lease_until=timezone.now() - timedelta(seconds=1))  # the pause is over
    assert tries == [2] * (chat_config().max_attempts + 1)
    assert {(answer.state, answer.attempt) for answer in waiting} == {(AnswerState.PENDING, 0)}
    monkeypatch.undo()
    assert {answer.state for answer in run(*waiting)} == {AnswerState.DONE}


def test_follow_ups_of_one_batch_do_not_each_wait_for_what_is_away(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def away(scope: Scope, questions: Sequence[str]) -> list[Retrieval]:
        tries.append(len(questions))
        raise StoreUnavailable

    monkeypatch.setattr(processing, "retrieve", away)
    alice = Viewer(user=cast.alice)
    waiting = [ask(alice, cast.private, "How much leave?")]
    conversation = waiting[0].conversation.uid
    for text in ("and for trains?", "and for planes?"):
        sent = send_message(alice, client_id=uuid.uuid4(), text=text, conversation=conversation)
        waiting.append(sent.message.answer)
    assert {answer.state for answer in run(*waiting)} == {AnswerState.PENDING}
    assert tries == [1]


def test_an_outage_ends_an_old_question_with_its_reason(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(scope: Scope, questions: Sequence[str]) -> list[Retrieval]:
        raise StoreUnavailable

    monkeypatch.setattr(processing, "retrieve", away)
    old = ask(Viewer(user=cast.alice), cast.private, "How much leave?")
    asked = timezone.now() - timedelta(seconds=chat_config().outage_seconds + 1)
    Answer.objects.filter(pk=old.pk).update(created_at=asked)
    run(old)
    assert old.state == AnswerState.DEAD
    assert (answer_view(old).state, answer_view(old).outage) == ("dead", "store")


def test_a_collection_that_is_being_re_embedded_delays_no_other(cast: Cast) -> None:
    Collection.objects.filter(pk=cast.public.pk).update(encoder_digest="f" * 64)
    alice = Viewer(user=cast.alice)
    waits, goes = run(ask(alice, cast.public, "Which tickets?"), ask(alice, cast.private, "How much leave?"))
    assert (waits.state, waits.attempt, goes.state) == (AnswerState.PENDING, 0, AnswerState.DONE)
