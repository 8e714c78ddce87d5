"""The conversation in plain HTML: everything here works without a script."""

from __future__ import annotations

import dataclasses
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Membership
from apps.accounts.viewer import Viewer
from apps.chat.answering.drafts import Status
from apps.chat.answering.verification import verify_answer
from apps.chat.models import Answer, Message, SuggestedQuestion
from apps.chat.presentation.answer_json import answer_json
from apps.chat.presentation.conversation_views import TURNS_SHOWN
from apps.chat.services import send_message
from apps.chat.tests.cast import Cast, ask, client_of, finish, make_cast, refused, span
from apps.common.tests.html import get, parse
from apps.knowledge.search.results import MissingWord
from apps.knowledge.services import delete_document, ensure_collection
from apps.knowledge.tests.files import load, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
JSON = {"Accept": "application/json"}


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    return make_cast()


def test_a_visitor_sees_public_collections_only(cast: Cast) -> None:
    SuggestedQuestion.objects.create(
        workspace=cast.public.workspace,
        collection=cast.public,
        position=0,
        text="How long do I keep tickets?",
    )
    soup = get(Client(), "/")
    assert "Guide has 1 document, last changed today" in soup.words
    assert "Staff handbook" not in soup.words
    assert soup.one('.near button[name="text"]')["value"] == "How long do I keep tickets?"


def test_the_start_page_shows_the_collection_that_was_asked_last(cast: Cast) -> None:
    bob, client = Viewer(user=cast.bob), client_of(cast.bob)
    for collection in (cast.private, cast.public, cast.private):
        ask(bob, collection, "How long?")
        assert get(client, "/").one("option[selected]").text == collection.name
    assert get(client, f"/?collection={cast.public.uid}").one("option[selected]").text == "Guide"
    Membership.objects.filter(user=cast.bob, workspace=cast.private.workspace).delete()
    assert get(client, "/").one('input[name="collection"]')["value"] == str(cast.public.uid)


def test_a_visitor_starts_with_the_collection_they_asked_last(cast: Cast) -> None:
    ensure_collection(cast.public.workspace, "atlas", name="Atlas", is_public=True)
    client = Client()
    assert get(client, "/").one("option[selected]").text == "Atlas"
    client.post(reverse("ask"), {"collection": cast.public.uid, "text": "How long?"})
    assert get(client, "/").one("option[selected]").text == "Guide"


def test_what_others_asked_last_changes_nothing(cast: Cast) -> None:
    ask(Viewer(user=cast.alice), cast.private, "How long?")
    assert get(client_of(cast.bob), "/").one("option[selected]").text == "Guide"


def test_a_member_chooses_the_collection(cast: Cast) -> None:
    soup = get(client_of(cast.bob), f"/?collection={cast.private.uid}")
    assert soup.one("option[selected]").text == "Staff handbook"
    assert {option.text for option in soup.all("option")} == {"Staff handbook", "Guide"}


def test_choosing_another_collection_without_a_script_keeps_what_is_written(cast: Cast) -> None:
    client = client_of(cast.bob)
    form = {"collection": cast.private.uid, "text": "How long?", "choose": "1"}
    soup = parse(client.post(reverse("ask"), form).content)
    assert "Staff handbook has 1 document" in soup.words
    assert soup.one("textarea").text == "How long?"
    assert not Message.objects.filter(conversation__user=cast.bob).exists()


def test_asking_without_a_script(cast: Cast) -> None:
    client = Client()
    form = {"collection": cast.public.uid, "text": "How long?", "client_id": uuid.uuid4()}
    first = client.post(reverse("ask"), form)
    assert client.post(reverse("ask"), form)["Location"] == first["Location"]
    waiting = get(client, first["Location"])
    assert waiting.has("noscript meta[http-equiv=refresh]")
    assert "Comparing 1 passage from 1 document" in waiting.words
    version = published(cast.public, "tickets.md")
    assert version
    finish(
        Answer.objects.latest("pk"), Status.PARTIAL, quotes=(span(version, "Keep your tickets for a year."),)
    )
    done = get(client, first["Location"])
    assert not done.has("noscript")
    assert done.one(".strength")["data-level"] == "2"
    assert done.one("a.quote q").text == "Keep your tickets for a year."
    assert get(client, done.one("a.quote")["href"]).one("#passage").text == "Keep your tickets for a year."


def test_a_form_changed_after_back_asks_a_new_question(cast: Cast) -> None:
    client = client_of(cast.alice)
    form = {"collection": cast.private.uid, "client_id": uuid.uuid4()}
    places = {
        client.post(reverse("ask"), form | {"text": text})["Location"] for text in ("Leave?", "Travel?")
    }
    assert len(places) == 2


def test_what_cannot_be_sent_is_shown_again(cast: Cast) -> None:
    client = client_of(cast.alice)
    where = {"conversation": cast.answer.conversation.uid}
    response = client.post(reverse("ask"), where | {"text": "x" * 4001})
    soup = parse(response.content)
    assert response.status_code == 400
    assert "longer than 4000 characters" in soup.one("#question-error").text
    assert soup.one("textarea").text == "x" * 4001
    refusal = client.post(reverse("ask"), where | {"text": " "}, headers=JSON)
    assert (refusal.status_code, refusal.json()["code"]) == (400, "invalid")
    assert refusal["Content-Type"] == "application/problem+json"


def test_the_address_of_the_form_leads_to_the_start(cast: Cast) -> None:
    response = Client().get(reverse("ask"))
    assert (response.status_code, response["Location"]) == (302, "/")


def test_a_new_question_stays_in_the_collection(cast: Cast) -> None:
    client = client_of(cast.alice)
    answer, document = cast.answer, cast.version.document
    pages = {
        "conversation": answer.conversation.uid,
        "proof": answer.uid,
        "collection": cast.private.uid,
        "document": document.uid,
    }
    for name, uid in pages.items():
        start = parse(client.get(reverse(name, args=[uid]), follow=True).content).one("#sidebar a.button")
        assert start["href"] == f"/?collection={cast.private.uid}", name


def test_a_title_reads_in_its_own_direction(cast: Cast) -> None:
    client = client_of(cast.alice)
    source = get(client, reverse("source", args=[cast.answer.conversation.uid, cast.answer.uid, 1]))
    for place in ("h1", ".source h2", ".quote cite"):
        assert source.one(place)["dir"] == "auto"
    document = reverse("version", args=[cast.version.document.uid, 1])
    assert get(client, document).one("h1")["dir"] == "auto"


def test_the_columns_of_a_quoted_row_are_named_beside_its_words(cast: Cast) -> None:
    row = ask(Viewer(user=cast.alice), cast.private, "Which hours?")
    quoted = dataclasses.replace(span(cast.version, "Keep your tickets."), columns="Grade; Hours")
    finish(row, Status.ANSWERED, quotes=(quoted,))
    page = client_of(cast.alice).get(reverse("conversation", args=[row.conversation.uid])).content.decode()
    assert (
        '<small class="columns">Grade; Hours</small><mark data-slot="text">Keep your tickets.</mark>' in page
    )


def test_a_quote_says_how_many_items_of_its_list_are_missing(cast: Cast) -> None:
    row = ask(Viewer(user=cast.alice), cast.private, "Which steps?")
    quoted = dataclasses.replace(span(cast.version, "Keep your tickets."), more=3)
    finish(row, Status.ANSWERED, quotes=(quoted,))
    page = client_of(cast.alice).get(reverse("conversation", args=[row.conversation.uid])).content.decode()
    assert "3 more items of this list are in the document." in page


def test_an_answer_names_the_words_that_no_document_contains(cast: Cast) -> None:
    row = ask(Viewer(user=cast.alice), cast.private, "How much prednisone?")
    missing = (MissingWord("prednisone", "prednisolone"), MissingWord("<K-9>"))
    finish(row, Status.REFUSED, missing=missing, language="de")
    page = client_of(cast.alice).get(reverse("conversation", args=[row.conversation.uid])).content.decode()
    assert "No document here contains “prednisone”. Did you mean “prednisolone”?" in page
    assert "No document here contains “&lt;K-9&gt;”." in page
    assert "Your question seems to be in German" in page


def test_quoted_code_is_marked_as_code_and_its_words_stay_as_they_are(cast: Cast) -> None:
    row = ask(Viewer(user=cast.alice), cast.private, "Which tickets?")
    quoted = dataclasses.replace(span(cast.version, "Keep your tickets."), code=((5, 9),))
    finish(row, Status.ANSWERED, quotes=(quoted,))
    page = client_of(cast.alice).get(reverse("conversation", args=[row.conversation.uid])).content.decode()
    assert '<mark data-slot="text">Keep <code>your</code> tickets.</mark>' in page


def test_the_words_that_answer_are_marked_in_their_quote_alone(cast: Cast) -> None:
    row = ask(Viewer(user=cast.alice), cast.private, "Which tickets?")
    quoted = dataclasses.replace(span(cast.version, "Keep your tickets."), code=((5, 9),), marked=((5, 17),))
    finish(row, Status.ANSWERED, quotes=(quoted,))
    page = get(client_of(cast.alice), reverse("conversation", args=[row.conversation.uid]))
    assert page.one("[data-slot=text] mark").text == "your tickets"
    assert page.one(".quote q").text == "Keep your tickets."
    assert not page.has("mark[data-slot=text]")
    [shown] = answer_json(row)["quotes"]
    start = shown["start"]
    assert shown["marked"] == [{"start": start + 5, "end": start + 17, "text": "your tickets"}]
    assert verify_answer(row).verified


def test_cells_stand_apart_and_the_words_stay_as_they_are(cast: Cast) -> None:
    load(
        cast.private, "limits.md", b"# Limits\n\n| Key | Value |\n| --- | --- |\n| largest `<b>` | 52 MB |\n"
    )
    version = published(cast.private, "limits.md")
    assert version
    answer = ask(Viewer(user=cast.alice), cast.private, "How large?")
    finish(answer, Status.ANSWERED, quotes=(span(version, "largest <b>\t52 MB"),))
    client = client_of(cast.alice)
    for address in (
        reverse("conversation", args=[answer.conversation.uid]),
        reverse("proof", args=[answer.uid]),
    ):
        assert (
            'largest &lt;b&gt;<span class="tab">\t</span>52 MB</mark>' in client.get(address).content.decode()
        )


def test_a_script_learns_where_the_conversation_is(cast: Cast) -> None:
    response = client_of(cast.alice).post(
        reverse("ask"), {"collection": cast.private.uid, "text": "Leave?"}, headers=JSON
    )
    message = Message.objects.latest("pk")
    assert (response.status_code, response.json()) == (
        201,
        {"url": f"/conversations/{message.conversation.uid}/"},
    )


def test_the_source_stands_beside_the_conversation(cast: Cast) -> None:
    soup = get(
        client_of(cast.alice), reverse("source", args=[cast.answer.conversation.uid, cast.answer.uid, 2])
    )
    panel = soup.one("aside.source")
    assert panel.one("mark#passage").text == "Keep your tickets."
    assert soup.one('a.quote[aria-current="true"]')["data-number"] == "2"
    assert "Quote 2 of 2" in panel.words
    previous, document = (link["href"] for link in panel.all("footer a"))
    assert previous.endswith(f"{cast.answer.uid}/1/#passage")
    assert get(client_of(cast.alice), document).one("mark#passage").text == "Keep your tickets."


@pytest.mark.parametrize("number", [0, 3, 10**30])
def test_there_is_no_source_of_a_quote_that_does_not_exist(cast: Cast, number: int) -> None:
    get(
        client_of(cast.alice),
        reverse("source", args=[cast.answer.conversation.uid, cast.answer.uid, number]),
        404,
    )


def test_a_refusal_shows_the_nearest_as_no_answer(cast: Cast) -> None:
    answer = refused(Viewer(user=cast.alice), cast.private, cast.version)
    article = get(client_of(cast.alice), reverse("conversation", args=[answer.conversation.uid])).one(
        ".nothing"
    )
    assert "Not found" in article.words
    assert "No answer found in Staff handbook." in article.words
    assert "Closest passages (may not answer)" in article.words
    assert not article.all("a.quote, mark")


def test_a_deleted_document_takes_its_words_along(cast: Cast) -> None:
    delete_document(cast.version.document)
    client = client_of(cast.alice)
    soup = get(client, reverse("conversation", args=[cast.answer.conversation.uid]))
    assert "This document has been deleted." in soup.one(".quotes").words
    assert "25 days" not in soup.one("#turns").words
    get(client, reverse("source", args=[cast.answer.conversation.uid, cast.answer.uid, 1]), 404)


def test_the_proof_is_made_now(cast: Cast) -> None:
    client, address = client_of(cast.alice), reverse("proof", args=[cast.answer.uid])
    assert "Word for word, checked just now" in get(client, address).words
    cast.answer.quotes.filter(position=0).update(start=1)
    assert "The quote shown differs from the record." in get(client, address).words


def test_the_proof_does_not_vouch_for_a_deleted_document(cast: Cast) -> None:
    delete_document(cast.version.document)
    soup = get(client_of(cast.alice), reverse("proof", args=[cast.answer.uid]))
    assert "Word for word, checked" not in soup.words
    assert soup.one("h1").text == "The quoted documents have been deleted"
    assert "Its text is no longer shown." in soup.one(".evidence").words
    assert not soup.all(".evidence .yes, mark")


def test_the_proof_tells_what_is_shown_from_what_was_deleted(cast: Cast) -> None:
    load(cast.private, "trains.md", b"# Trains\n\nKeep your seat.\n")
    other = published(cast.private, "trains.md")
    assert other
    answer = ask(Viewer(user=cast.alice), cast.private, "What do I keep?")
    words = (span(other, "Keep your seat."), span(cast.version, "Keep your tickets."))
    finish(answer, Status.ANSWERED, quotes=words)
    delete_document(other.document)
    soup = get(client_of(cast.alice), reverse("proof", args=[answer.uid]))
    assert "The others are from documents that have been deleted." in soup.words
    assert [len(quote.all(".yes")) for quote in soup.all(".evidence")[:2]] == [0, 3]


def test_text_that_could_not_be_read_reliably_makes_no_claim(cast: Cast) -> None:
    row = ask(Viewer(user=cast.alice), cast.private, "Which tickets?")
    doubtful = dataclasses.replace(span(cast.version, "Keep your tickets."), unreliable=True)
    finish(row, Status.ANSWERED, quotes=(doubtful, span(cast.version, "You get 25 days of leave a year.")))
    client, note = client_of(cast.alice), "The text of this page could not be read reliably."
    answer = get(client, reverse("conversation", args=[row.conversation.uid])).one(f"#answer-{row.uid}")
    assert [note in quote.words for quote in answer.all(".quotes > li")] == [True, False]
    assert answer.one(".proof").words == "Proof"
    panels = [reverse("source", args=[row.conversation.uid, row.uid, number]) for number in (1, 2)]
    assert [note in get(client, panel).one("#source").words for panel in panels] == [True, False]
    proof = get(client, reverse("proof", args=[row.uid]))
    assert "Word for word" not in proof.words
    exact = "These exact words appear at this position."
    found = [(note in quote.words, exact in quote.words) for quote in proof.all(".evidence")[:2]]
    assert found == [(True, False), (False, True)]


def test_an_answer_that_waits_has_no_proof(cast: Cast) -> None:
    waiting = ask(Viewer(user=cast.alice), cast.private, "Leave?")
    get(client_of(cast.alice), reverse("proof", args=[waiting.uid]), 404)


PAYLOAD = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def test_payloads_are_inert_everywhere(cast: Cast) -> None:
    load(
        cast.private,
        "<b>evil.md",
        f"# Evil `{PAYLOAD}`\n\nUse `{PAYLOAD}` here. [x](javascript:alert(3))\n".encode(),
    )
    version = published(cast.private, "<b>evil.md")
    assert version is not None
    assert PAYLOAD in version.text
    answer = ask(Viewer(user=cast.alice), cast.private, PAYLOAD)
    finish(answer, Status.ANSWERED, quotes=(span(version, f"Use {PAYLOAD} here."),))
    client = client_of(cast.alice)
    source = reverse("source", args=[answer.conversation.uid, answer.uid, 1])
    proof, document = reverse("proof", args=[answer.uid]), reverse("document", args=[version.document.uid])
    for address in (source, proof, document, reverse("collection", args=[cast.private.uid]), "/"):
        soup = get(client, address)
        assert not soup.all("img, b > script, [onerror]"), address
        assert all(script.get("src") and not script.text for script in soup.all("script"))
        assert not soup.all('[href^="javascript"]')


def test_queries_do_not_grow_with_the_conversation(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(cast.alice)
    for _ in range(3):
        answered_again = ask(Viewer(user=cast.alice), cast.private, "More?")
        finish(answered_again, Status.ANSWERED, quotes=(span(cast.version, "Keep your tickets."),))
    with django_assert_max_num_queries(12):  # with whether answers are explained, and the workspaces
        client.get(reverse("conversation", args=[cast.answer.conversation.uid]))


def test_a_long_conversation_shows_its_last_turns_and_leads_to_the_earlier_ones(cast: Cast) -> None:
    client, conversation = client_of(cast.alice), cast.answer.conversation
    for n in range(TURNS_SHOWN):
        sent = send_message(
            Viewer(user=cast.alice), client_id=uuid.uuid4(), text=f"{n}", conversation=conversation.uid
        )
        finish(sent.message.answer, Status.ANSWERED, quotes=(span(cast.version, "Keep your tickets."),))
    last = get(client, reverse("conversation", args=[conversation.uid]))
    assert len(last.all(".turn")) == TURNS_SHOWN
    assert last.one("#main")["data-conversation"] == str(conversation.uid)
    earlier = get(client, last.one(".more a")["href"])
    assert [turn.one(".asked p").text for turn in earlier.all(".turn")] == ["How much leave do I get?"]
    assert earlier.one(".more a")["href"] == reverse("conversation", args=[conversation.uid])
    assert not earlier.has("#main[data-conversation]")  # no socket: what comes does not belong there
    source = get(client, earlier.all("a.quote")[0]["href"])
    assert len(source.all(".turn")) == 1
    closed = get(client, source.one("a[data-close]")["href"])
    assert [turn["id"] for turn in closed.all(".turn")] == [turn["id"] for turn in earlier.all(".turn")]


@pytest.mark.parametrize("before", ["", "x", "-1", "1" * 40, "\u0663"])
def test_a_wrong_number_shows_the_last_turns(cast: Cast, before: str) -> None:
    address = reverse("conversation", args=[cast.answer.conversation.uid])
    assert len(get(client_of(cast.alice), f"{address}?before={before}").all(".turn")) == 1


def test_pages_carry_no_inline_script_or_style(cast: Cast) -> None:
    client = client_of(cast.alice)
    source = reverse("source", args=[cast.answer.conversation.uid, cast.answer.uid, 1])
    for address in ("/", source, reverse("collection", args=[cast.private.uid]), reverse("account_email")):
        html = client.get(address).content.decode()
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|https?://", html), address
