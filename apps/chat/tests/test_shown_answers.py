"""Sentences and addresses that pages give an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.accounts.viewer import Viewer
from apps.chat.answering.drafts import Status
from apps.chat.config import decision_config
from apps.chat.models import Answer, AnswerState
from apps.chat.pages.shown_answers import ShownAnswer, shown_answer
from apps.chat.presentation.conversation_views import answer_view
from apps.chat.selectors import answer_for
from apps.chat.tests.cast import SENTENCE, Cast, ask, client_of, finish, make_cast, refused, span
from apps.common.tests.html import get
from apps.knowledge.services import delete_document
from apps.knowledge.tests.files import load, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    return make_cast()


@pytest.fixture
def alice(cast: Cast) -> Viewer:
    return Viewer(user=cast.alice)


def shown(viewer: Viewer, answer: Answer) -> ShownAnswer:
    found = answer_for(viewer, answer.uid)
    return shown_answer(str(found.conversation.uid), answer_view(found))


def test_a_strong_match(cast: Cast, alice: Viewer) -> None:
    answer = shown(alice, cast.answer)
    assert (answer.headline, answer.count, answer.statement) == ("Strong match", "2 quotes", "")
    measured = decision_config().right_of_100.answered
    assert answer.meaning == f"In our tests, {measured} of 100 answers like this contained a correct quote."
    assert answer.proof_url == f"/answers/{cast.answer.uid}/proof/"


def test_a_clause_that_was_asked_for_has_no_figure(cast: Cast, alice: Viewer) -> None:
    def answered(unreliable: bool) -> ShownAnswer:
        answer = ask(alice, cast.private, "What does clause 2.2 say?")
        quote = replace(span(cast.version, SENTENCE), unreliable=unreliable)
        finish(answer, Status.ANSWERED, quotes=(quote,), named_place="clause 2.2")
        return shown(alice, answer)

    found = answered(unreliable=False)
    assert (found.headline, found.count, found.meaning) == ("Found by its number", "1 quote", "")
    assert found.statement == "This is from clause 2.2, word for word."
    assert (found.view.strength, found.view.right_of_100) == (0, None)
    assert answered(unreliable=True).statement == "This is from clause 2.2."


def test_a_weak_match_says_so_with_its_own_figure(cast: Cast, alice: Viewer) -> None:
    answer = ask(alice, cast.private, "How much?")
    finish(answer, Status.PARTIAL, quotes=(span(cast.version, SENTENCE),), weak=True)
    found = shown(alice, answer)
    assert found.headline == "Closest passages (may not answer)"
    assert (found.view.status, found.view.strength) == ("partial", 1)
    assert found.view.right_of_100 == decision_config().right_of_100.weak


def test_one_quote(cast: Cast, alice: Viewer) -> None:
    answer = ask(alice, cast.private, "How much?")
    finish(answer, Status.PARTIAL, quotes=(span(cast.version, SENTENCE),))
    assert (shown(alice, answer).headline, shown(alice, answer).count) == ("Partial match", "1 quote")


def test_a_quote_leads_its_asker_to_the_source_and_others_to_the_document(cast: Cast, alice: Viewer) -> None:
    quote = shown(alice, cast.answer).quotes[0]
    assert get(client_of(cast.alice), quote.url).one("aside mark#passage").text == SENTENCE
    get(client_of(cast.bob), quote.url, 404)
    assert get(client_of(cast.bob), quote.address).one("mark#passage").text == SENTENCE
    get(client_of(cast.charlie), quote.address, 404)
    assert quote.reference == f"version 1, characters {quote.view.start} to {quote.view.end}"


def test_the_label_of_a_page_is_shown_beside_the_sheet(cast: Cast, alice: Viewer) -> None:
    labelled = replace(span(cast.version, SENTENCE), page=6, page_label="2")
    same = replace(labelled, page_label="6")
    answer = ask(alice, cast.private, "How much?")
    finish(answer, Status.ANSWERED, quotes=(labelled,), nearest=(same,))
    assert shown(alice, answer).quotes[0].place.endswith("page 2 (sheet 6)")
    assert shown(alice, answer).nearest[0].place.endswith("page 6")


def test_a_refusal(cast: Cast, alice: Viewer) -> None:
    answer = shown(alice, refused(alice, cast.private, cast.version))
    assert (answer.headline, answer.statement) == ("Not found", "No answer found in Staff handbook.")
    assert (answer.count, answer.meaning, answer.proof_url) == ("", "", "")
    assert answer.nearest[0].url.startswith(f"/documents/{cast.version.document.uid}/versions/1/?start=")


@pytest.mark.parametrize(
    ("outage", "sentence"),
    [
        ("", "Something went wrong. Ask again in a moment."),
        ("store", "The document search isn't responding. Ask again in a few minutes."),
        ("encoder", "The language model isn't ready. Ask again in a few minutes."),
    ],
)
def test_given_up(cast: Cast, alice: Viewer, outage: str, sentence: str) -> None:
    answer = ask(alice, cast.private, "How much?")
    Answer.objects.filter(pk=answer.pk).update(state=AnswerState.DEAD, seq=9, outage=outage)
    assert (shown(alice, answer).headline, shown(alice, answer).statement) == ("Not answered", sentence)


def test_deleted_documents_are_not_counted(cast: Cast, alice: Viewer) -> None:
    load(cast.private, "trains.md", b"# Trains\n\nKeep your seat.\n")
    other = published(cast.private, "trains.md")
    assert other
    answer = ask(alice, cast.private, "What do I keep?")
    finish(answer, Status.ANSWERED, quotes=(span(other, "Keep your seat."), span(cast.version, SENTENCE)))
    delete_document(other.document)
    assert shown(alice, answer).count == "1 quote"
    assert shown(alice, answer).proof_url
    delete_document(cast.version.document)
    gone = shown(alice, answer)
    assert (gone.count, gone.proof_url) == ("", "")
    assert not any(quote.url or quote.address for quote in gone.quotes)
