"""Greetings, thanks and the like get replies of the product, never quotes, and no question gets one."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest
from django.core.management import call_command

from apps.accounts.selectors import viewer_of_session
from apps.accounts.session_checks import HeldSession
from apps.accounts.viewer import Viewer, new_visitor
from apps.chat.answering.drafts import Question, Status
from apps.chat.answering.pipeline import Shortcuts, answer_batch, configured_rules
from apps.chat.answering.small_talk import nearest_examples, small_talk_in
from apps.chat.answering.verification import verify_answer
from apps.chat.config import chat_config, small_talk_config
from apps.chat.models import Answer, Message, Quote
from apps.chat.pages.fragments import answer_html
from apps.chat.presentation.conversation_views import answer_view
from apps.chat.presentation.replies import REPLIES
from apps.chat.selectors import questions_left
from apps.chat.services import answer_waiting, send_message
from apps.chat.services.limits import MESSAGES_A_QUESTION
from apps.chat.services.notifications import EventKind
from apps.chat.sockets.handlers import handle_frame
from apps.chat.sockets.protocol import Done, Resume, Type
from apps.chat.tests.cast import Cast, client_of, make_cast
from apps.chat.tests.sockets import browser_of, told
from apps.common.errors import AppError
from apps.common.events import Event
from apps.common.tests.html import parse
from apps.knowledge.index.scope import Scope
from apps.knowledge.selectors import scope_of
from apps.models.inference.engine import get_encoder

TALK = {
    "HELLO!": "greeting",
    "good evening to you": "greeting",
    "goodbye for now": "goodbye",
    "thanks so much": "thanks",
    "and who are you?": "identity",
    "are you a real human": "identity",
    "help me": "help",
    "what can I ask here?": "help",
    "let me talk to a human": "person",
    "you are a stupid bot": "abuse",
}
QUESTIONS = (
    "Hello, how do I reset my password?",
    "Thanks, and how long is the parental leave?",
    "help with two-factor authentication",
    "Can you help me reset my password?",
    "Can I talk to a person about my benefits?",
    "How do I say goodbye to a colleague who leaves?",
    "Who approves it?",
    "And you?",
    "What is your refund policy?",
    "What is a bot?",
    "Who is my manager?",
    "Where can I get help?",
    "How do I report abuse?",
    "你好吗",
    "print('hello world')",
    "👋",
)


def _kinds(texts: Sequence[str]) -> list[str | None]:
    """By the real encoder."""
    encoder = get_encoder()
    scope = Scope(1, (1,), ("c1",), encoder.name, encoder.digest)
    return list(small_talk_in(scope, texts))


def test_small_talk_is_recognised_and_questions_are_left_alone() -> None:
    assert dict(zip(TALK, _kinds(list(TALK)), strict=True)) == TALK
    found = dict(zip(QUESTIONS, _kinds(QUESTIONS), strict=True))
    assert found == dict.fromkeys(QUESTIONS)


def test_each_example_is_of_its_own_kind() -> None:
    rows = small_talk_config().rows
    found = nearest_examples(get_encoder(), [text for text, _ in rows])
    assert [each.small_talk(small_talk_config()) for each in found] == [kind for _, kind in rows]


def test_every_kind_has_examples_and_a_reply() -> None:
    assert small_talk_config().examples.keys() == REPLIES.keys()


def test_small_talk_is_not_searched_for() -> None:
    def retrieve(_: Scope, questions: Sequence[str]) -> NoReturn:
        raise AssertionError(f"searched for {questions}")

    def all_thanks(_: Scope, texts: Sequence[str]) -> list[Any]:
        return ["thanks"] * len(texts)

    scope = Scope(1, (1,), ("c1",), "fake", "0" * 64)
    (draft,) = answer_batch(
        [Question("Thx", scope)], retrieve, configured_rules(), Shortcuts(recognise=all_thanks)
    )
    assert (draft.status, draft.small_talk, draft.quotes, draft.nearest) == (
        Status.SMALL_TALK,
        "thanks",
        (),
        (),
    )


@pytest.fixture
def cast(db: None, fake_encoder: None) -> Cast:
    return make_cast()


def asked(viewer: Viewer, cast: Cast, text: str) -> Answer:
    sent = send_message(viewer, client_id=uuid.uuid4(), text=text, collection=cast.public.uid)
    answer_waiting()
    return Answer.objects.select_related("message", "conversation__collection").get(message=sent.message)


def test_a_reply_is_a_sentence_without_match_quote_or_proof(cast: Cast) -> None:
    answer = asked(Viewer(user=cast.alice), cast, "Hello")
    view = answer_view(answer)
    assert (view.status, view.strength, view.right_of_100, view.quotes, view.nearest) == (
        "smalltalk", 0, None, (), (),
    )  # fmt: skip
    assert view.reply == "Hello. Ask a question, and the answer is quoted from Guide."
    html = parse(answer_html(str(answer.conversation.uid), view))
    assert html.words.split(maxsplit=1)[1] == view.reply
    assert not html.all(".strength, button, a")
    page = client_of(cast.alice).get(f"/conversations/{answer.conversation.uid}/").content.decode()
    assert view.reply in page
    assert not Quote.objects.filter(answer=answer)


def test_a_reply_is_verified_and_its_page_claims_no_quote(cast: Cast) -> None:
    answer = asked(Viewer(user=cast.alice), cast, "Thank you")
    assert (verify_answer(answer).verified, verify_answer(answer).quotes) == (True, 0)
    page = parse(client_of(cast.alice).get(f"/answers/{answer.uid}/proof/").content.decode())
    assert page.one("h1").words == "This answer quotes nothing"


def test_a_reply_costs_a_visitor_no_question(cast: Cast) -> None:
    viewer, _ = new_visitor()
    asked(viewer, cast, "Hello")
    assert questions_left(viewer) == chat_config().visitor_questions_per_hour
    asked(viewer, cast, "How long must I keep my tickets?")
    assert questions_left(viewer) == chat_config().visitor_questions_per_hour - 1
    assert answer_view(asked(viewer, cast, "one more?")).unresolved
    assert questions_left(viewer) == chat_config().visitor_questions_per_hour - 1


def test_what_is_not_understood_does_not_use_up_the_questions_of_a_minute(
    cast: Cast, change_config: Callable[..., None]
) -> None:
    change_config("chat", member_questions_per_minute=2)
    alice = Viewer(user=cast.alice)
    Message.objects.all().delete()
    for text in ("Hello", "one more?", "Thanks", "Where is the printer of the office?", "Hi"):
        asked(alice, cast, text)
    asked(alice, cast, "Where is the kitchen of the office?")
    with pytest.raises(AppError, match="2 questions in a minute"):
        asked(alice, cast, "Hello")


def test_small_talk_has_a_limit_of_its_own(cast: Cast, change_config: Callable[..., None]) -> None:
    change_config("chat", member_questions_per_minute=1)
    Message.objects.all().delete()
    for _ in range(MESSAGES_A_QUESTION):
        asked(Viewer(user=cast.alice), cast, "Hello")
    with pytest.raises(AppError, match="in a minute"):
        asked(Viewer(user=cast.alice), cast, "Hello")


def test_the_socket_tells_a_visitor_that_a_reply_was_not_counted(cast: Cast) -> None:
    key = str(browser_of(None).session.session_key)
    viewer = viewer_of_session(key)
    counted = asked(viewer, cast, "How long must I keep my tickets?")
    reply = asked(viewer, cast, "Hello")
    left = [
        frame.questions_left
        for answer in (counted, reply)
        for frame in told(HeldSession(key, viewer), Event(EventKind.DONE, str(answer.uid)))
        if isinstance(frame, Done)
    ]
    assert left == [None, chat_config().visitor_questions_per_hour - 1]
    resumed = Resume(type=Type.RESUME, conversation=reply.conversation.uid, last_seq=0)
    [done] = [frame for frame in handle_frame(viewer, resumed, "") if isinstance(frame, Done)]
    assert done.questions_left == left[1]


def test_commands_print_the_reply(cast: Cast, tmp_path: Path) -> None:
    options = {"workspace": "operator", "collection": "guide"}
    out = io.StringIO()
    call_command("ask", "Goodbye", json=True, stdout=out, **options)
    printed = json.loads(out.getvalue())
    assert (printed["status"], printed["quotes"], printed["confidence"]) == ("smalltalk", [], 0.0)
    assert printed["answer"].startswith("Goodbye.")
    out = io.StringIO()
    call_command("ask", "Goodbye", stdout=out, **options)
    assert out.getvalue().strip() == printed["answer"]
    questions, answers = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    questions.write_text('{"question": "Goodbye", "answerable": false}\n')
    call_command("evaluate", str(questions), answers=answers, stdout=io.StringIO(), **options)
    line = json.loads(answers.read_text())
    assert (line["status"], line["answer"]) == ("smalltalk", printed["answer"])


def test_documents_that_are_being_embedded_again_are_waited_for(cast: Cast) -> None:
    scope = scope_of(cast.public)
    other = Scope(scope.workspace_id, scope.collection_ids, scope.collection_uids, scope.encoder, "0" * 64)
    assert small_talk_in(other, ["Hello"]) == [None]
    assert small_talk_in(scope, ["Hello"]) == ["greeting"]
