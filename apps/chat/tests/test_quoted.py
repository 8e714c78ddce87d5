"""The quotes of a document on its page: the viewer's own, and nobody else's."""

from __future__ import annotations

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Membership, User
from apps.accounts.viewer import NOBODY, Viewer
from apps.chat.answering.drafts import Status
from apps.chat.pages.document_quotes import SHOWN, quoted_from
from apps.chat.tests.cast import HANDBOOK, SENTENCE, Cast, ask, client_of, finish, make_cast, refused, span
from apps.common.tests.html import Html, get
from apps.knowledge.models import DocumentVersion
from apps.knowledge.tests.files import load, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    return make_cast()


def page(cast: Cast, user: User) -> Html:
    return get(client_of(user), reverse("document", args=[cast.version.document.uid]))


def asked(user: User, version: DocumentVersion, question: str) -> None:
    answer = ask(Viewer(user=user), version.document.collection, question)
    finish(answer, Status.ANSWERED, quotes=(span(version, "Keep your tickets."),))


def test_a_quote_leads_to_where_it_was_given(cast: Cast) -> None:
    links = page(cast, cast.alice).all(".quoted a")
    assert [link.one("q").text for link in links] == [SENTENCE, "Keep your tickets."]
    assert "How much leave do I get? · Today" in links[0].words
    opened = get(client_of(cast.alice), links[1]["href"])
    assert opened.one('a.quote[aria-current="true"] q').text == "Keep your tickets."


def test_quotes_of_every_version_newest_first(cast: Cast) -> None:
    load(cast.private, "guide/leave.md", HANDBOOK + b"\nMore.\n")
    newer = published(cast.private, "guide/leave.md")
    assert newer is not None
    asked(cast.alice, newer, "What of tickets?")
    found = quoted_from(Viewer(user=cast.alice), newer.document)
    assert [each.question for each in found] == ["What of tickets?", *["How much leave do I get?"] * 2]


def test_nobody_sees_the_questions_of_others(cast: Cast) -> None:
    asked(cast.bob, cast.version, "May I keep tickets?")
    assert [each.one("bdi").text for each in page(cast, cast.bob).all(".quoted a")] == ["May I keep tickets?"]
    assert "May I keep tickets?" not in page(cast, cast.alice).text
    for other in (Viewer(user=cast.charlie), Viewer(user=cast.sam), Viewer(visitor_key="a" * 64), NOBODY):
        assert quoted_from(other, cast.version.document) == []


def test_who_left_sees_their_own_no_longer(cast: Cast) -> None:
    Membership.objects.filter(user=cast.alice, workspace=cast.private.workspace).delete()
    assert quoted_from(Viewer(user=cast.alice), cast.version.document) == []


def test_nearest_passages_were_not_quoted(cast: Cast) -> None:
    refused(Viewer(user=cast.bob), cast.private, cast.version)
    assert not page(cast, cast.bob).has(".quoted")


def test_a_list_that_stays_short(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for n in range(SHOWN):
        asked(cast.alice, cast.version, f"Tickets, {n}?")
    with django_assert_num_queries(1):
        found = quoted_from(Viewer(user=cast.alice), cast.version.document)
    assert [each.question for each in found] == [f"Tickets, {n}?" for n in reversed(range(SHOWN))]
