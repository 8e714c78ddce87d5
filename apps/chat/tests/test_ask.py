"""The `ask` command: stored as any question is, printed as it is stored."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import Membership, User
from apps.accounts.services import ensure_workspace
from apps.chat.answering.drafts import AnswerDraft, Question
from apps.chat.answering.pipeline import AnswerRules, Shortcuts, answer_batch
from apps.chat.answering.resolving import Retrieve
from apps.chat.models import Answer, AnswerState
from apps.chat.services import asking_now
from apps.knowledge.models import Collection
from apps.knowledge.selectors import documents_of
from apps.knowledge.services import delete_document, ensure_collection
from apps.knowledge.tests.files import LEAVE, TRAVEL, collection_in, load, published

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fake_encoder")]

ASKED = "You get 25 days of leave a year?"
KEYS = {
    "status", "answer", "confidence", "resolved_question", "missing", "language_not_held", "named_place", "unresolved",
    "approved", "first_quote", "weak", "parts", "quotes", "nearest", "model", "timings_ms", "answer_id",
}  # fmt: skip


@pytest.fixture
def collection() -> Collection:
    chosen = collection_in("demo", "docs")
    load(chosen, "leave.md", LEAVE)
    load(chosen, "travel.md", TRAVEL)
    return chosen


def ask(question: str, **options: Any) -> dict[str, Any]:
    shown_json: dict[str, Any] = json.loads(run("ask", question, json=True, **options))
    return shown_json


def run(*args: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(*args, stdout=out, **options)
    return out.getvalue()


def test_an_answer_is_printed_as_it_is_stored(collection: Collection) -> None:
    shown_json = ask(ASKED)
    assert set(shown_json) == KEYS
    assert shown_json["status"] in ("answered", "partial")
    quote = shown_json["quotes"][0]
    version = published(collection, "leave.md")
    assert version is not None
    assert (quote["document"], quote["version"]) == ("leave.md", str(version.uid))
    assert quote["text"] == version.text[quote["start"] : quote["end"]]
    assert shown_json["answer"].startswith("You get 25 days of leave a year.")
    answer = Answer.objects.get(uid=shown_json["answer_id"])
    assert (answer.state, answer.message.text) == (AnswerState.DONE, ASKED)


def test_it_can_be_verified(collection: Collection) -> None:
    assert json.loads(run("verify", ask(ASKED)["answer_id"], json=True))["verified"]


def test_a_refusal_quotes_nothing_and_ends_well(collection: Collection) -> None:
    shown_json = ask("Why do volcanoes erupt?")
    assert (shown_json["status"], shown_json["answer"], shown_json["quotes"]) == ("refused", "", [])
    assert {row["document"] for row in shown_json["nearest"]} == {"leave.md", "travel.md"}
    assert "do not say" in run("ask", "Why do volcanoes erupt?")


def test_a_mistyped_word_is_shown_as_it_was_searched(collection: Collection) -> None:
    assert ask("How do I book trians?")["resolved_question"] == "How do I book trains?"


def test_a_follow_up_is_completed_from_the_history(collection: Collection) -> None:
    history = json.dumps(
        ["How many days of travel?", {"question": "How many days of leave a year?", "quotes": ["25"]}]
    )
    shown_json = json.loads(run("ask", "who approves them?", history=history, json=True))
    assert shown_json["resolved_question"] != "who approves them?"
    assert "days" in shown_json["resolved_question"]


def test_a_follow_up_without_a_history_is_not_understood(collection: Collection) -> None:
    shown_json = ask("and why?")
    assert (shown_json["unresolved"], shown_json["quotes"], shown_json["nearest"]) == (True, [], [])
    printed = run("ask", "and why?")
    assert "not clear" in printed
    assert "do not say" not in printed


@pytest.mark.parametrize("history", ["{", "3", '[{"quotes": []}]', "[[]]"])
def test_a_history_that_cannot_be_read_is_reported(collection: Collection, history: str) -> None:
    with pytest.raises(CommandError, match="--history"):
        run("ask", "and why?", history=history)


def test_a_question_may_come_from_standard_input(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{ASKED}\n"))
    assert ask("-")["resolved_question"].strip() == ASKED
    assert "You get 25 days" in run("ask", ASKED)


def test_all_questions_are_one_operators_who_cannot_sign_in(collection: Collection) -> None:
    ask(ASKED)
    ask(ASKED)
    operator = User.objects.get()
    assert not operator.has_usable_password()
    assert Membership.objects.get(user=operator).workspace == collection.workspace


def test_what_is_missing_is_named(collection: Collection) -> None:
    ensure_collection(collection.workspace, "more")
    for options, words in (
        ({"workspace": "nowhere"}, "ingest"),
        ({"collection": "nothing"}, "docs, more"),
        ({}, "--collection"),
    ):
        with pytest.raises(CommandError, match=words):
            run("ask", ASKED, **options)
    with pytest.raises(CommandError):
        run("ask", "   ", collection="docs")
    assert ensure_workspace("demo") == collection.workspace


def test_a_document_deleted_meanwhile_is_a_clear_error(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deleting(
        questions: Sequence[Question], retrieve: Retrieve, rules: AnswerRules, shortcuts: Shortcuts
    ) -> list[AnswerDraft]:
        drafts = answer_batch(questions, retrieve, rules, shortcuts)
        for document in documents_of(collection):
            delete_document(document)
        return drafts

    monkeypatch.setattr(asking_now, "answer_batch", deleting)
    with pytest.raises(CommandError, match="A document was changed while the question was being answered"):
        run("ask", ASKED)
    assert Answer.objects.get().state == AnswerState.PENDING
