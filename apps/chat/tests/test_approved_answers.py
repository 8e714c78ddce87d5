"""Questions with an approved answer get it, with its quote and proof if it has one."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import NoReturn

import pytest
from django.core.management import call_command
from django.urls import reverse

from apps.accounts.viewer import Viewer
from apps.chat.answering.drafts import Question, Status
from apps.chat.answering.follow_ups import Turn
from apps.chat.answering.pipeline import Shortcuts, answer_batch, configured_rules
from apps.chat.answering.verification import verify_answer
from apps.chat.models import Answer
from apps.chat.pages.fragments import answer_html
from apps.chat.presentation.conversation_views import AnswerView, answer_view
from apps.chat.services import answer_waiting, claim_answers
from apps.chat.services.completing import complete_answers
from apps.chat.services.shortcuts import SHORTCUTS
from apps.chat.tests.cast import SENTENCE, Cast, ask, client_of, make_cast
from apps.chat.tests.found import SCOPE, retrieval
from apps.common.tests.html import get, parse
from apps.knowledge.faq.approved import ApprovedAnswer
from apps.knowledge.faq.entries import FaqFields, delete_entry, save_entry
from apps.knowledge.index.scope import Scope
from apps.knowledge.models import FaqEntry
from apps.knowledge.search.results import Retrieval
from apps.knowledge.search.retrieval import retrieve
from apps.knowledge.services import delete_document
from apps.knowledge.tasks import prepare_faq

ASKED = "What is my holiday allowance?"
APPROVED = ApprovedAnswer(1, "e1", "25 days.", "editor", "2026-11-29T12:00:00+00:00")


@pytest.fixture
def cast(db: None, fake_encoder: None) -> Cast:
    return make_cast()


def entry(cast: Cast, **source: str) -> FaqEntry:
    fields = FaqFields((ASKED,), "25 days. <b>See</b> https://example.org/leave", True, **source)
    made = save_entry(cast.private, fields, author=cast.alice)
    prepare_faq()
    cast.private.refresh_from_db()
    return made


def asked(cast: Cast, text: str = ASKED) -> Answer:
    waiting = ask(Viewer(user=cast.alice), cast.private, text)
    answer_waiting()
    return Answer.objects.select_related("message", "conversation__collection").get(pk=waiting.pk)


def shown(answer: Answer) -> AnswerView:
    answer.refresh_from_db()
    return answer_view(Answer.objects.select_related("message", "conversation__collection").get(pk=answer.pk))


def test_an_answer_without_a_source_pretends_to_no_quote(cast: Cast) -> None:
    entry(cast)
    answer = asked(cast)
    view = shown(answer)
    assert (view.status, view.strength, view.right_of_100, view.quotes, view.nearest) == (
        "approved", 0, None, (), (),
    )  # fmt: skip
    assert view.approved is not None
    assert (view.approved.role, view.approved.withdrawn) == ("owner", False)
    html = parse(answer_html(str(answer.conversation.uid), view))
    assert html.one("b").words == "Approved answer"
    assert "25 days. <b>See</b>" in html.one(".approved").words
    assert html.one(".approved a")["href"] == "https://example.org/leave"
    assert "Written by an owner of this collection" in html.words
    assert not html.all(".strength, q, mark, .proof")
    assert (verify_answer(answer).verified, verify_answer(answer).quotes) == (True, 0)
    json.dumps(asdict(view), default=str)


def test_an_answer_with_a_source_quotes_it_with_proof(cast: Cast) -> None:
    entry(cast, document="guide/leave.md", quote=SENTENCE)
    answer = asked(cast)
    view = shown(answer)
    assert [quote.text for quote in view.quotes] == [SENTENCE]
    assert verify_answer(answer).verified
    html = parse(answer_html(str(answer.conversation.uid), view))
    assert html.one("q").words == SENTENCE
    assert html.all(".proof")
    page = client_of(cast.alice).get(f"/answers/{answer.uid}/proof/").content.decode()
    assert "The approved answer itself was written by a person." in page


def test_an_approved_answer_wins_over_documents_and_small_talk(cast: Cast) -> None:
    save_entry(cast.private, FaqFields(("Hello",), "Welcome to Acme."), author=cast.alice)
    entry(cast)
    assert shown(asked(cast, "Hello")).approved is not None
    assert shown(asked(cast, "How long must I keep my tickets?")).approved is None


def test_a_changed_entry_stays_as_it_was_answered_and_a_deleted_one_is_withdrawn(cast: Cast) -> None:
    made = entry(cast)
    answer = asked(cast)
    save_entry(cast.private, FaqFields((ASKED,), "30 days."), author=cast.alice, entry=made)
    approved = shown(answer).approved
    assert approved is not None
    assert approved.text.startswith("25 days.")
    delete_entry(made)
    view = shown(answer)
    assert view.approved is not None
    assert (view.approved.text, view.approved.withdrawn) == ("", True)
    html = parse(answer_html(str(answer.conversation.uid), view))
    assert "This approved answer has been withdrawn." in html.words
    assert "25 days" not in html.words


def test_without_its_document_the_question_is_searched_for(cast: Cast) -> None:
    entry(cast, document="guide/leave.md", quote=SENTENCE)
    answer = asked(cast)
    delete_document(cast.version.document)
    assert [quote.text for quote in shown(answer).quotes] == [""]
    assert shown(asked(cast)).approved is None


def test_commands_print_it(cast: Cast) -> None:
    entry(cast)
    out = io.StringIO()
    options = {"workspace": "acme", "collection": "handbook"}
    call_command("ask", ASKED, json=True, stdout=out, **options)
    printed = json.loads(out.getvalue())
    assert printed["status"] == "approved"
    assert printed["answer"] == printed["approved"]["text"]
    assert printed["approved"]["role"] == "owner"
    out = io.StringIO()
    call_command("ask", ASKED, stdout=out, **options)
    assert out.getvalue().startswith("Approved answer\n\n25 days.")
    assert "\n\nWritten by an owner of this collection, " in out.getvalue()


def test_it_is_not_searched_for() -> None:
    def retrieve(_: Scope, questions: Sequence[str]) -> NoReturn:
        raise AssertionError(f"searched for {questions}")

    def approve(_: Scope, texts: Sequence[str]) -> list[ApprovedAnswer | None]:
        return [APPROVED for _text in texts]

    (draft,) = answer_batch([Question("Leave?", SCOPE)], retrieve, configured_rules(), Shortcuts(approve))
    assert (draft.status, draft.approved, draft.quotes) == (Status.APPROVED, APPROVED, ())


def test_a_follow_up_gets_the_answer_to_what_it_means() -> None:
    looked_up: list[str] = []

    def retrieve(_: Scope, questions: Sequence[str]) -> list[Retrieval]:
        return [retrieval(question=question) for question in questions]

    def approve(_: Scope, texts: Sequence[str]) -> list[ApprovedAnswer | None]:
        looked_up.extend(texts)
        return [APPROVED if "travel" in text else None for text in texts]

    question = Question("Who approves it?", SCOPE, (Turn("How do I book travel?"),))
    (draft,) = answer_batch([question], retrieve, configured_rules(), Shortcuts(approve))
    assert "Who approves it?" not in looked_up
    assert (draft.status, draft.resolved_question) == (Status.APPROVED, looked_up[0])


def test_an_entry_that_is_deleted_while_it_answers_is_not_given(cast: Cast) -> None:
    made = entry(cast)
    waiting = ask(Viewer(user=cast.alice), cast.private, ASKED)
    [claim] = claim_answers([waiting.pk])
    [draft] = answer_batch([claim.question], retrieve, configured_rules(), SHORTCUTS)
    assert draft.approved is not None
    delete_entry(made)
    assert complete_answers([(claim, draft)]) == ([], [claim])


def test_why_an_approved_answer_was_given_leads_to_it(cast: Cast) -> None:
    made = entry(cast)
    page = get(client_of(cast.alice), reverse("why", args=[asked(cast).uid]))
    address = reverse("faq_entry", args=[cast.private.uid, made.uid])
    assert page.one(f'a[href="{address}"]').text == "Open the approved answer"
