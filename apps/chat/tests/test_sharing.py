"""Read-only links to a conversation: who may make and close them, and what they show to whom."""

from __future__ import annotations

import logging
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import F
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Membership, User
from apps.accounts.viewer import Viewer
from apps.chat import services
from apps.chat.answering.drafts import Status
from apps.chat.models import Message, ShareLink
from apps.chat.pages import share_views
from apps.chat.services import send_message, sharing
from apps.chat.tests.cast import SENTENCE, Cast, ask, client_of, finish, make_cast, share, span
from apps.common.errors import AppError, NotFound
from apps.common.logs import LinkKeyFilter
from apps.common.tests.html import get, parse
from apps.knowledge.services import delete_document

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
VISITOR = Viewer(visitor_key="a" * 64)


@pytest.fixture
def cast(fake_encoder: None) -> Cast:
    cache.clear()
    return make_cast()


def test_a_link_is_made_shown_once_and_read_by_everyone(cast: Cast) -> None:
    client = client_of(cast.alice)
    form = get(client, _address(cast))
    assert SENTENCE in form.one(".preview").words
    assert "Your name and e-mail address are not shown." in form.words
    fields = {"days": "1", "last_seq": form.one("[name=last_seq]")["value"]}
    address = parse(client.post(_address(cast), fields).content).one("#address")["value"]
    again = get(client, _address(cast))
    assert not again.has("#address")
    token = address.rstrip("/").rsplit("/", 1)[1]
    assert not ShareLink.objects.filter(token_sha256=token).exists()
    for reader in (Client(), client_of(cast.charlie)):
        response = _open(reader, token)
        assert "noindex" in response["X-Robots-Tag"]
        assert (
            response["Referrer-Policy"] == "same-origin"
        )  # without it, browsers send its forms with no origin
        words = parse(response.content).one("main")
        assert SENTENCE in words.words
        assert "alice" not in words.words.lower()
        assert not words.has("a[href*='/documents/'], form")


def test_every_end_of_a_link_looks_like_a_wrong_one(cast: Cast) -> None:
    missing = _shown(Client(), "x" * 43)
    links, alice = ShareLink.objects, User.objects.filter(pk=cast.alice.pk)
    here, client = cast.answer.conversation.uid, Client()
    token = cast.share_token
    assert _shown(client, token) != missing
    client_of(cast.alice).post(reverse("close_link", args=[here, links.get().uid]))
    assert _shown(client, token) == missing
    token = share(cast.alice, cast.answer)
    links.update(expires_at=F("expires_at") - timedelta(days=1))
    assert _shown(client, token) == missing
    token = share(cast.alice, cast.answer)
    alice.update(is_active=False)
    assert _shown(client, token) == missing
    alice.update(is_active=True)
    services.delete_conversation(Viewer(user=cast.alice), here)
    assert _shown(client, token) == missing
    services.restore_conversation(Viewer(user=cast.alice), here)
    assert _shown(client, token) == missing
    token = share(cast.alice, cast.answer)
    assert _shown(client, token) != missing
    Membership.objects.filter(user=cast.alice).delete()
    assert _shown(client, token) == missing


def test_what_is_asked_later_is_not_shared(cast: Cast) -> None:
    waiting = _ask(cast, "And for part-time staff?")
    token = share(cast.alice, cast.answer)
    finish(
        waiting.answer, Status.ANSWERED, quotes=(span(cast.version, "Book trains at least a week ahead."),)
    )
    _ask(cast, "And for giraffes?")
    words = parse(_open(Client(), token).content).one("main").words
    assert "This question was not answered yet." in words
    assert "trains" not in words
    assert "giraffes" not in words


def test_words_of_deleted_documents_are_not_shared(cast: Cast) -> None:
    token = cast.share_token
    delete_document(cast.version.document)
    assert SENTENCE not in _open(Client(), token).content.decode()


def test_only_the_owner_makes_and_closes_links(cast: Cast) -> None:
    link = ShareLink.objects.get()
    where = cast.answer.conversation.uid
    for other in (Viewer(user=cast.bob), Viewer(user=cast.sam), VISITOR):
        with pytest.raises(NotFound):
            services.share_conversation(other, where, days=1, last_seq=9)
        with pytest.raises(NotFound):
            services.close_link(other, where, link.uid)
    with pytest.raises(NotFound):
        services.close_link(Viewer(user=cast.alice), where, uuid.uuid4())
    assert _open(Client(), cast.share_token).status_code == 200


def test_a_visitor_must_sign_in(cast: Cast) -> None:
    mine = ask(VISITOR, cast.public, "How long?").conversation
    with pytest.raises(AppError, match="Sign in"):
        services.share_conversation(VISITOR, mine.uid, days=1, last_seq=9)


def test_odd_forms_are_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(cast.alice)
    for fields in (
        {},
        {"days": "2", "last_seq": "2"},
        {"days": "1", "last_seq": "x"},
        {"days": "1", "last_seq": "-1"},
    ):
        assert client.post(_address(cast), fields).status_code == 400
    monkeypatch.setattr(sharing, "MOST_LINKS", 0)
    response = client.post(_address(cast), {"days": "1", "last_seq": "2"})
    assert "Close one of them first." in parse(response.content).words
    assert ShareLink.objects.count() == 1


def test_long_conversations_have_pages(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(share_views, "SHOWN", 1)
    _ask(cast, "And for part-time staff?")
    address = reverse("shared", args=[share(cast.alice, cast.answer)])
    first = get(Client(), address)
    second = get(Client(), address + first.one("nav.parts a[rel=next]")["href"])
    assert [page.one(".shared h2").text for page in (first, second)] == [
        "How much leave do I get?",
        "And for part-time staff?",
    ]


def test_tokens_are_not_logged(cast: Cast) -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 0, "Not Found: %s", ("/shared/abc-_D/",), None)
    LinkKeyFilter().filter(record)
    assert record.getMessage() == "Not Found: /shared/.../"


def _ask(cast: Cast, text: str) -> Message:
    where = cast.answer.conversation.uid
    return send_message(
        Viewer(user=cast.alice), client_id=uuid.uuid4(), text=text, conversation=where
    ).message


def _open(client: Client, token: str) -> Any:
    return client.get(reverse("shared", args=[token]))


def _shown(client: Client, token: str) -> tuple[int, str]:
    """What a reader sees, without what differs between any two requests."""
    response = _open(client, token)
    html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return response.status_code, html.replace(token, "...")


def _address(cast: Cast) -> str:
    return reverse("share_conversation", args=[cast.answer.conversation.uid])
