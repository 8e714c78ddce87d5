"""The search in one's own conversations: questions and quoted words."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Membership
from apps.accounts.viewer import NOBODY, Viewer
from apps.chat import services
from apps.chat.models import Answer, SearchEntry
from apps.chat.searching import found_turns as found_turns_module
from apps.chat.searching import matches
from apps.chat.searching.found_turns import Found, found_turns
from apps.chat.searching.found_words import LONGEST, parts_around
from apps.chat.services import send_message
from apps.chat.tests.cast import SENTENCE, Cast, answered, ask, client_of, make_cast
from apps.common.names import clean_name
from apps.common.tests.html import get
from apps.knowledge.services import delete_document

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
VISITOR = Viewer(visitor_key="a" * 64)
NAUGHTY = (
    "\x00",
    '"',
    "' OR 1=1 --",
    "* NEAR(a b)",
    "owner : x",
    "<script>alert(1)</script>",
    "a & !b",
    "\\",
    "()",
)


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    return make_cast()


def test_words_of_questions_and_quotes_are_found(cast: Cast) -> None:
    alice = Viewer(user=cast.alice)
    for words in ("leave", "LEAVES", "days of leave", "how much leave", "tickets", "leave tickets"):
        assert _uids(found_turns(alice, words)) == [cast.answer.uid]
    for words in ("mongolia", "leave mongolia", "trains"):  # trains are in the document alone
        assert not found_turns(alice, words).turns


def test_others_find_nothing(cast: Cast) -> None:
    for other in (Viewer(user=cast.bob), Viewer(user=cast.sam), VISITOR, NOBODY):
        assert not found_turns(other, "leave").turns
        assert not found_turns(other, f"user:{cast.alice.pk}").turns


def test_what_was_deleted_is_not_found(cast: Cast) -> None:
    alice = Viewer(user=cast.alice)
    services.delete_conversation(alice, cast.answer.conversation.uid)
    assert not found_turns(alice, "leave").turns
    services.restore_conversation(alice, cast.answer.conversation.uid)
    delete_document(cast.version.document)
    [turn] = found_turns(alice, "leave").turns  # the question has it, too
    assert turn.quotes == []
    assert not found_turns(alice, "tickets").turns


def test_without_access_to_the_collection_nothing_is_found(cast: Cast) -> None:
    Membership.objects.filter(user=cast.alice, workspace=cast.private.workspace).delete()
    assert not found_turns(Viewer(user=cast.alice), "leave").turns


def test_a_visitor_who_signs_in_finds_what_they_asked(cast: Cast) -> None:
    ask(VISITOR, cast.public, "How long do giraffes wait?")
    assert len(found_turns(VISITOR, "giraffe").turns) == 1
    services.adopt_conversations(cast.charlie, VISITOR)
    assert len(found_turns(Viewer(user=cast.charlie), "giraffe").turns) == 1
    assert not found_turns(VISITOR, "giraffe").turns


def test_pages_are_newest_first_and_take_the_same_queries(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(found_turns_module, "SHOWN", 2)
    alice = Viewer(user=cast.alice)
    answers = [cast.answer, *(answered(cast.alice, cast.private, cast.version) for _ in range(4))]
    seen: list[uuid.UUID] = []
    before = None
    for _ in range(3):
        with django_assert_num_queries(4):  # the index, what may be shown, messages, quotes
            found = found_turns(alice, "leave", before)
        seen, before = seen + _uids(found), found.next_before
    assert before is None
    assert seen == [answer.uid for answer in reversed(answers)]
    monkeypatch.setattr(matches, "LOOKED_AT", 1)
    assert found_turns(alice, "leave").next_before


def test_the_page(cast: Cast) -> None:
    client = client_of(cast.alice)
    soup = get(client, _search("leave"))
    marked = [mark.text for mark in soup.all(".found-turns mark")]
    assert marked == ["leave", "leave"]  # of the question and of the first quote; the second has none
    assert soup.one(".words").text.startswith(SENTENCE)
    page = get(client, soup.one(".found-turns h2 a")["href"])
    assert page.has(f"#turn-{cast.answer.message.uid}")
    get(client, soup.one(".words a")["href"])
    assert "Nothing was found for “mongolia”" in get(client, _search("mongolia")).words
    assert "Search for other words" in get(client, _search("what is the")).words
    assert soup.one('.sidebar form[role="search"]')["action"] == reverse("conversations")


def test_an_earlier_turn_of_a_long_conversation_is_reached(cast: Cast) -> None:
    where = cast.answer.conversation.uid
    for number in range(25):
        send_message(
            Viewer(user=cast.alice), client_id=uuid.uuid4(), text=f"Why {number}?", conversation=where
        )
    client = client_of(cast.alice)
    link = get(client, _search("much leave")).one(".found-turns h2 a")["href"]
    assert get(client, link).has(f"#turn-{cast.answer.message.uid}")


def test_odd_searches_are_text(cast: Cast) -> None:
    for text in NAUGHTY:
        soup = get(client_of(cast.alice), _search(text))
        assert not soup.has("main script")
        assert soup.one("#search")["value"] == clean_name(text)
        assert not soup.has(".found-turns")


def test_searches_are_limited(cast: Cast, change_config: Callable[..., None]) -> None:
    cache.clear()
    change_config("chat", searches_per_minute=1)
    client = client_of(cast.alice)
    assert [client.get(_search("leave")).status_code for _ in range(2)] == [200, 429]
    assert client.get(reverse("conversations")).status_code == 200


def test_all_conversations_are_listed(cast: Cast) -> None:
    soup = get(client_of(cast.alice), reverse("conversations"))
    assert soup.one(".conversations a")["href"] == reverse(
        "conversation", args=[cast.answer.conversation.uid]
    )
    assert "You have not asked anything yet." in get(Client(), reverse("conversations")).words


def test_the_index_is_built_again(cast: Cast) -> None:
    entries = set(SearchEntry.objects.values_list("pk", "quote", "owner", "terms"))
    SearchEntry.objects.all().delete()
    assert not found_turns(Viewer(user=cast.alice), "leave").turns
    assert services.index_missing() == 1
    assert set(SearchEntry.objects.values_list("pk", "quote", "owner", "terms")) == entries
    call_command("index_conversations")
    assert set(SearchEntry.objects.values_list("pk", "quote", "owner", "terms")) == entries


def test_an_answer_of_an_erased_question_is_not_indexed(cast: Cast) -> None:
    waiting = ask(Viewer(user=cast.alice), cast.private, "How much leave?")
    waiting.conversation.delete()
    assert not SearchEntry.objects.filter(message=waiting.message_id).exists()
    assert Answer.objects.filter(pk=cast.answer.pk).exists()


@pytest.mark.parametrize("place", [0, 50, 2000])
def test_a_long_text_is_cut_around_what_was_found(place: int) -> None:
    text = ("lorem " * 600)[: place * 6] + "giraffe" + " ipsum" * 600
    parts = parts_around(text, {"giraff"})
    assert [part.text for part in parts if part.is_found] == ["giraffe"]
    assert sum(len(part.text) for part in parts) <= LONGEST + 4
    assert "".join(part.text for part in parts).strip("… ") in text


def _uids(found: Found) -> list[uuid.UUID]:
    return [turn.message.answer.uid for turn in found.turns]


def _search(text: str) -> str:
    return f"{reverse('conversations')}?{urlencode({'q': text})}"
