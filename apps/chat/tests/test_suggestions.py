"""Questions to begin with: from headings, kept if the collection answers them from that document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from django.core.cache import cache

from apps.chat.answering.drafts import AnswerDraft, Question, Status
from apps.chat.answering.pipeline import AnswerRules, answer_batch
from apps.chat.answering.resolving import Retrieve
from apps.chat.selectors import suggestions_of
from apps.chat.services import refresh_suggestions, request_suggestions, suggesting
from apps.chat.services.suggesting import as_question
from apps.chat.tasks import suggest_questions
from apps.common.tests.queue_recorder import QueueRecorder
from apps.knowledge.index.stores.protocol import StoreUnavailable
from apps.knowledge.models import Collection
from apps.knowledge.tests.files import bring, collection_in, load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    cache.clear()
    made = collection_in()
    load(
        made,
        "leave.md",
        b"# How to book leave days\n\nTo book leave days, ask your lead about leave days first.\n",
    )
    load(
        made,
        "trains.md",
        b"# Trains\n\n## Who pays for train tickets?\n\nThe office pays for train tickets.\n",
    )
    load(made, "plain.md", b"# Coffee\n\nThere is coffee in the kitchen.\n")
    return made


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Who pays?", "Who pays?"),
        ("How to book  leave", "How do I book leave?"),
        ("how to sign in:", "How do I sign in?"),
        ("Howto", ""),
        ("Travel", ""),
        ("x" * 200 + "?", ""),
        ("How to use {{ user.name }}", ""),
        ("What does {% url %} do?", ""),
        ("What is <form>?", ""),
        ("How do I set $HOME?", ""),
        ("How to print %(name)s", ""),
        ("How much is 5 % of $3?", "How much is 5 % of $3?"),
    ],
)
def test_headings_that_ask(heading: str, question: str) -> None:
    assert as_question(heading) == question


def test_what_the_collection_answers_is_suggested(collection: Collection) -> None:
    count = refresh_suggestions(collection)
    found = suggestions_of(collection)
    assert len(found) == count
    assert set(found) <= {"How do I book leave days?", "Who pays for train tickets?"}
    assert found


def test_preferred_folders_come_first(
    collection: Collection, change_config: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    load(collection, "user/visits.md", b"# How to plan visits\n\nTo plan visits, plan visits early.\n")
    monkeypatch.setattr(suggesting, "BATCH", 1)
    monkeypatch.setattr(suggesting, "SHOWN", 1)
    change_config("chat", suggest_from_first=["user/"])
    refresh_suggestions(collection)
    assert suggestions_of(collection) == ["How do I plan visits?"]
    change_config("chat", suggest_from_first=[])
    refresh_suggestions(collection)
    assert suggestions_of(collection) == ["How do I book leave days?"]


def test_what_it_does_not_answer_is_not(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing_trains(
        questions: Sequence[Question], retrieve: Retrieve, rules: AnswerRules
    ) -> list[AnswerDraft]:
        drafts = answer_batch(questions, retrieve, rules)
        return [
            replace(each, status=Status.REFUSED) if "train" in each.resolved_question else each
            for each in drafts
        ]

    monkeypatch.setattr(suggesting, "answer_batch", refusing_trains)
    refresh_suggestions(collection)
    assert suggestions_of(collection) == ["How do I book leave days?"]


def test_suggestions_are_replaced(collection: Collection) -> None:
    refresh_suggestions(collection)
    refresh_suggestions(collection)
    found = suggestions_of(collection)
    assert len(found) == len(set(found))


def test_collections_are_looked_at_when_they_changed(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = QueueRecorder()
    monkeypatch.setattr("apps.common.queue.current_app", recorder)
    assert request_suggestions() == 1
    suggest_questions(collection.pk)
    cache.clear()  # as a restart does
    assert request_suggestions() == 0
    load(collection, "new.md", b"# New\n\nIt is new.\n")
    bring(collection, "on-its-way.md", b"# Later\n\nIt comes later.\n")
    assert request_suggestions() == 0


def test_two_tasks_look_once(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    suggest_questions(collection.pk)
    monkeypatch.setattr(suggesting, "answer_batch", None)
    suggest_questions(collection.pk)
    assert suggestions_of(collection)


def test_an_outage_is_tried_again_and_a_bug_is_not(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(error: Exception) -> None:
        def retrieve(scope: object, questions: object) -> None:
            raise error

        monkeypatch.setattr(suggesting, "retrieve", retrieve)
        with pytest.raises(type(error)):
            refresh_suggestions(collection)

    failing(StoreUnavailable())
    assert collection in suggesting.collections_with_old_suggestions()
    failing(RuntimeError("a bug"))
    assert collection not in suggesting.collections_with_old_suggestions()


@pytest.mark.parametrize(("is_asked", "most"), [(True, 1), (False, 2)])
def test_while_people_ask_headings_are_tried_one_by_one(
    is_asked: bool, most: int, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[object] = []

    def recorded(questions: Sequence[Question], retrieve: Retrieve, rules: AnswerRules) -> list[AnswerDraft]:
        events.append(len(questions))
        return answer_batch(questions, retrieve, rules)

    monkeypatch.setattr(suggesting, "answer_batch", recorded)
    monkeypatch.setattr(suggesting, "is_asked_lately", lambda: is_asked)
    monkeypatch.setattr(suggesting, "wait_for_questions", lambda: events.append("served first"))
    refresh_suggestions(collection)
    assert events == ["served first", most] * (2 // most)
