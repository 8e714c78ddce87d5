"""The welcome page names the next step, and offers that one alone as a button."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role, User
from apps.accounts.services import ensure_workspace, register, set_role
from apps.common.tests.html import get, parse
from apps.knowledge.models import Collection
from apps.knowledge.services import ensure_collection
from apps.knowledge.tests.files import LEAVE, load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
WELCOME = "/welcome/"


@pytest.fixture
def alice() -> User:
    return register("alice@example.org", password="x")


@pytest.fixture
def client(alice: User) -> Client:
    client = Client()
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    return client


def step(client: Client) -> tuple[str, list[str]]:
    """The heading of the current step, and the primary buttons of the page."""
    page = get(client, WELCOME).one("main")
    return page.one('.steps [aria-current="step"] h2').text, [each.text for each in page.all(".primary")]


def test_the_steps_one_after_the_other(client: Client) -> None:
    assert step(client) == ("Create a collection", ["Create collection"])
    form = get(client, WELCOME).one(".steps form")
    name = form.one("[name=name]")["value"]
    assert name == "My documents"
    made = client.post(form["action"], {"name": name})
    collection = Collection.objects.get()
    assert made["Location"] == reverse("collection", args=[collection.uid])
    assert step(client) == ("Add your documents", ["Add documents"])
    load(collection, "leave.md", LEAVE)
    assert step(client) == ("Ask a question", ["Ask a question"])
    ask = get(client, WELCOME).one(".steps .primary")["href"]
    assert get(client, ask).one("#composer [name=collection]")["value"] == str(collection.uid)


def test_a_collection_that_one_cannot_add_to_is_no_step(client: Client, alice: User) -> None:
    acme = ensure_workspace("acme")
    ensure_collection(acme, "handbook", name="Handbook", is_public=True)
    set_role(alice, acme, Role.MEMBER)
    assert step(client)[0] == "Create a collection"
    set_role(alice, acme, Role.EDITOR)
    assert step(client)[0] == "Add your documents"


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ("/conversations/1/?a=b", ["/conversations/1/?a=b"]),
        ("//evil.example/", []),
        ("javascript:alert(1)", []),
        ("", []),
    ],
)
def test_it_leads_back_to_a_page_of_this_site_alone(client: Client, wanted: str, shown: list[str]) -> None:
    page = parse(client.get(WELCOME, {"next": wanted}).content)
    assert [link["href"] for link in page.all(".go-on a") if link["href"] != "/"] == shown


def test_it_is_found_again(client: Client) -> None:
    page = get(client, "/")
    assert page.one(f'.sidebar footer a[href="{WELCOME}"]').text == "Help"
    assert page.has(f'#keys a[href="{WELCOME}"]')
    assert not get(Client(), "/").has(f'a[href="{WELCOME}"]')


def test_a_visitor_signs_in_first() -> None:
    assert Client().get(WELCOME)["Location"] == f"{reverse('account_login')}?next={WELCOME}"
