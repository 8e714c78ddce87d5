"""A visitor signs in: what they asked stays with them, and nobody else's comes along."""

from __future__ import annotations

import uuid

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.services import register
from apps.chat.config import chat_config
from apps.chat.models import Conversation, Message
from apps.chat.tests.cast import public_collection
from apps.common.tests.html import get, parse
from apps.knowledge.models import Collection

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
PASSWORD = "correct horse battery"


@pytest.fixture
def guide(fake_encoder: None) -> Collection:
    return public_collection()


@pytest.fixture
def alice() -> User:
    return register("alice@example.org", password=PASSWORD)


def asked(client: Client, collection: Collection) -> str:
    """The address of the conversation."""
    form = {"collection": collection.uid, "text": "How long?", "client_id": uuid.uuid4()}
    return client.post(reverse("ask"), form)["Location"].split("#")[0]


def test_the_conversation_stays_and_is_come_back_to(guide: Collection, alice: User) -> None:
    client, stranger = Client(), Client()
    address, other = asked(client, guide), asked(stranger, guide)
    sign_in = get(client, address).one('.sidebar a[href*="/login/"]')["href"]
    response = client.post(sign_in, {"login": alice.email, "password": PASSWORD})
    assert response["Location"] == address
    get(client, address)
    assert Conversation.objects.get(user=alice).visitor_key == ""
    get(client, other, 404)
    get(stranger, other)
    get(stranger, address, 404)


def test_signing_up_takes_it_along_too(guide: Collection) -> None:
    client = Client()
    address = asked(client, guide)
    client.post(reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD})
    client.post(reverse("account_login"), {"login": "new@example.org", "password": PASSWORD})
    get(client, address)
    assert Conversation.objects.get().user == User.objects.get(email="new@example.org")


def test_a_visit_begins_with_the_first_question_that_is_accepted(guide: Collection) -> None:
    client = Client()
    refused = client.post(reverse("ask"), {"collection": guide.uid, "text": " "})
    missing = client.post(reverse("ask"), {"collection": uuid.uuid4(), "text": "How long?"})
    assert (refused.status_code, missing.status_code) == (400, 404)
    assert settings.SESSION_COOKIE_NAME not in client.cookies
    get(client, asked(client, guide))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    asked(client, guide)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value == session


def test_after_signing_out_it_stays_with_the_user(guide: Collection, alice: User) -> None:
    client = Client()
    address = asked(client, guide)
    client.post(reverse("account_login"), {"login": alice.email, "password": PASSWORD})
    client.post(reverse("account_logout"))
    get(client, address, 404)


def test_the_limit_of_visitors_offers_signing_in(guide: Collection) -> None:
    client = Client()
    for _ in range(chat_config().visitor_questions_per_hour):
        address = asked(client, guide)
    where = {"conversation": Message.objects.latest("pk").conversation.uid, "text": "And now?"}
    response = client.post(reverse("ask"), where)
    page = parse(response.content)
    limit = page.one("#allowance [data-for='0']")
    assert response.status_code == 429
    assert "Ask again in 60 minutes," in limit.one("p").words
    back = f"?next={address.replace('/', '%2F')}"
    ways = [(link.words, link["href"], "primary" in link["class"]) for link in limit.all("a")]
    assert ways == [
        ("Sign up", f"/accounts/signup/{back}", True),
        ("Sign in", f"/accounts/login/{back}", False),
    ]
    assert page.one("#allowance")["data-left"] == "0"
    assert page.one("#question-error").words == ""
