"""What others do while an answer is being made: delete, sign in, send again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import pytest

from apps.accounts.viewer import Viewer
from apps.chat import tasks
from apps.chat.answering.drafts import AnswerDraft, Question, QuoteSpan, Status
from apps.chat.answering.pipeline import AnswerRules, Shortcuts, answer_batch
from apps.chat.answering.resolving import Retrieve
from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState, Conversation
from apps.chat.services import (
    Claim,
    claim_answers,
    complete_answer,
    completing,
    numbering,
    processing,
    release_answer,
    send_message,
)
from apps.chat.services.adopting import adopt_conversations
from apps.chat.services.quote_checks import QuoteChanged
from apps.chat.tests.cast import SENTENCE, Cast, ask, make_cast, span
from apps.common.events import Event
from apps.knowledge.services import delete_document

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
ASKED = "How much leave do I get?"
VISITOR = Viewer(visitor_key="a" * 64)


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    return make_cast()


@pytest.fixture
def answer(cast: Cast) -> Answer:
    return ask(Viewer(user=cast.alice), cast.private, ASKED)


def claim(answer: Answer) -> Claim:
    (claimed,) = claim_answers([answer.pk])
    return claimed


def draft_of(*quotes: QuoteSpan) -> AnswerDraft:
    status = Status.ANSWERED if quotes else Status.REFUSED
    return AnswerDraft(status, 0.9, ASKED, quotes, (), (), 1, 3, 1)


def delete_conversation(answer: Answer) -> None:
    Conversation.objects.filter(pk=answer.conversation_id).delete()


@pytest.mark.parametrize("quoted", [True, False])
def test_its_conversation_is_deleted(cast: Cast, answer: Answer, quoted: bool) -> None:
    claimed = claim(answer)
    delete_conversation(answer)
    assert not complete_answer(claimed, draft_of(*([span(cast.version, SENTENCE)] if quoted else [])))


def test_its_conversation_is_deleted_and_the_last_attempt_fails(
    answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    Answer.objects.filter(pk=answer.pk).update(attempt=chat_config().max_attempts - 1)
    claimed = claim(answer)
    delete_conversation(answer)
    release_answer(claimed)
    assert "was given up" not in caplog.text


def test_a_deleted_conversation_holds_up_no_other(
    cast: Cast, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = ask(Viewer(user=cast.alice), cast.private, ASKED)
    Answer.objects.filter(pk=answer.pk).update(attempt=chat_config().max_attempts - 1)
    Answer.objects.filter(pk=other.pk).update(attempt=1)

    def answering(
        questions: Sequence[Question], retrieve: Retrieve, rules: AnswerRules, shortcuts: Shortcuts
    ) -> list[AnswerDraft]:
        delete_conversation(answer)
        return answer_batch(questions, retrieve, rules, shortcuts)

    monkeypatch.setattr(processing, "answer_batch", answering)
    tasks.answer_questions()
    tasks.answer_questions()
    other.refresh_from_db()
    assert other.state == AnswerState.DONE


def test_a_document_is_deleted_while_the_conversation_is_locked_by_another(
    cast: Cast, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words are looked up after the wait for the lock, so nothing can come between that and the end."""
    lock = numbering.take_seqs

    def waiting(conversations: Sequence[Conversation]) -> dict[int, list[int]]:
        delete_document(cast.version.document)
        return lock(conversations)

    claimed = claim(answer)
    monkeypatch.setattr(completing, "take_seqs", waiting)
    with pytest.raises(QuoteChanged):
        complete_answer(claimed, draft_of(span(cast.version, SENTENCE)))


def test_the_visitor_signs_in(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notification goes to where they listen now."""
    claimed = claim(ask(VISITOR, cast.public, "How long?"))
    adopt_conversations(cast.alice, VISITOR)
    published: list[tuple[str, Event]] = []
    monkeypatch.setattr("apps.chat.services.notifications.publish_all", published.extend)
    assert complete_answer(claimed, draft_of())
    assert [group for group, _ in published] == [f"user.{cast.alice.uid.hex}"]


def test_a_question_is_sent_again_with_another_collection(cast: Cast) -> None:
    alice, client_id = Viewer(user=cast.alice), uuid.uuid4()
    first = send_message(alice, client_id=client_id, text=ASKED, collection=cast.private.uid)
    again = send_message(alice, client_id=client_id, text=ASKED, collection=uuid.uuid4())
    assert again.again
    assert again.message == first.message
