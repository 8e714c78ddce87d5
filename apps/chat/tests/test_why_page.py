"""The page "Why this answer"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.viewer import Viewer
from apps.chat.answering.drafts import AnswerDraft, Status
from apps.chat.answering.pipeline import answer_batch, configured_rules
from apps.chat.models import Answer
from apps.chat.services import claim_answers, complete_answer
from apps.chat.tests.cast import Cast, ask, client_of, make_cast
from apps.common.tests.html import Html, get
from apps.knowledge.models import Collection
from apps.knowledge.search.results import MissingWord
from apps.knowledge.search.retrieval import retrieve
from apps.knowledge.services import delete_document

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
QUESTION = "How many days of leave do you get a year?"


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    return make_cast()


def test_it_explains_an_answer(cast: Cast) -> None:
    soup = _page(cast.alice, _answered(cast, cast.alice, cast.private))
    assert QUESTION in soup.words
    assert "passages were compared, from 1 document" in soup.words
    assert "How close the closest sentence is in meaning" in soup.words
    assert "You get 25 days of leave a year." in soup.words
    assert "Find passages to compare" in soup.words
    assert len(soup.all(".passages > li.quoted")) == 1
    assert soup.one(".passages a")["href"].endswith("#passage")


def test_it_explains_a_refusal(cast: Cast) -> None:
    answer = _answered(
        cast, cast.alice, cast.private, status=Status.REFUSED, confidence=0.07, quotes=(),
        missing=(MissingWord("gazebo"),),
    )  # fmt: skip
    soup = _page(cast.alice, answer)
    assert "Why nothing was found" in soup.words
    assert "The confidence is 7 of 100. Below 20, nothing is quoted." in soup.words
    assert "No document has the word “gazebo”." in soup.words
    assert "Nothing was quoted" in soup.words


def test_the_figures_of_its_charts_are_text_too(cast: Cast) -> None:
    soup = _page(cast.alice, _answered(cast, cast.alice, cast.private))
    for chart in soup.all(".why svg"):
        assert chart.get("aria-hidden") or chart["aria-label"].startswith(("Confidence", "Probability"))
    assert all(row.all("td.n")[-1].text for row in soup.all("tbody tr"))


def test_a_passage_that_was_deleted_meanwhile_is_named_as_such(cast: Cast) -> None:
    answer = _answered(cast, cast.alice, cast.private)
    delete_document(cast.version.document)
    soup = _page(cast.alice, answer)
    assert "A passage that no longer exists" in soup.words
    assert "You get 25 days" not in soup.words


def test_an_answer_without_a_trace_says_so(cast: Cast) -> None:
    assert "Nothing was kept" in _page(cast.alice, cast.answer).words


def test_only_editors_and_staff_see_it_and_only_for_their_own(cast: Cast) -> None:
    own = {user: _answered(cast, user, cast.public) for user in (cast.alice, cast.bob, cast.sam)}
    private = _answered(cast, cast.bob, cast.private)
    assert _status(cast.sam, own[cast.sam]) == 200  # staff
    assert _status(cast.alice, own[cast.alice]) == 404  # no editor of the public collection
    assert _status(cast.bob, private) == 404  # a member
    assert _status(cast.alice, private) == 404  # an editor, but another person's question


def test_it_is_linked_where_it_may_be_opened(cast: Cast) -> None:
    for user, explains in ((cast.alice, True), (cast.bob, False)):
        answer = _answered(cast, user, cast.private)
        soup = get(client_of(user), reverse("conversation", args=[answer.conversation.uid]))
        assert soup.has(".turns.explains") == explains
        assert soup.one(".after .why")["href"] == reverse("why", args=[answer.uid])


def test_pages_of_answers_do_not_read_traces(cast: Cast) -> None:
    answer = _answered(cast, cast.alice, cast.private)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        get(client_of(cast.alice), reverse("conversation", args=[answer.conversation.uid]))
    assert not any('"trace"' in query["sql"] for query in queries)


def test_a_trace_ends_with_its_answer(cast: Cast) -> None:
    answer = _answered(cast, cast.alice, cast.private)
    assert Answer.objects.exclude(trace=None).count() == 1
    answer.conversation.delete()
    assert not Answer.objects.exclude(trace=None).exists()


def _answered(cast: Cast, user: User, collection: Collection, **changes: Any) -> Answer:
    """A question answered by the engine."""
    answer = ask(Viewer(user=user), collection, QUESTION)
    (claim,) = claim_answers([answer.pk])
    draft: AnswerDraft = answer_batch([claim.question], retrieve, configured_rules())[0]
    assert complete_answer(claim, replace(draft, **changes))
    answer.refresh_from_db()
    return answer


def _page(user: User, answer: Answer) -> Html:
    return get(client_of(user), reverse("why", args=[answer.uid]))


def _status(user: User, answer: Answer) -> int:
    return client_of(user).get(reverse("why", args=[answer.uid])).status_code
