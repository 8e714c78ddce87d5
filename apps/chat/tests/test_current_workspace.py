"""Lists offer the collections of the current workspace, and public ones; others are asked by their addresses."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role, User
from apps.accounts.services import ensure_workspace, register, set_role
from apps.chat.tests.cast import client_of, public_collection
from apps.common.tests.html import Html, get
from apps.knowledge.models import Collection
from apps.knowledge.services import ensure_collection

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def bob() -> User:
    return register("bob@example.org", password="x")


@pytest.fixture
def client(bob: User) -> Client:
    return client_of(bob)


def collection_of(bob: User, slug: str, role: Role = Role.MEMBER) -> Collection:
    """One of that name in a workspace of that name, where Alice owns."""
    home = ensure_workspace(slug, name=slug.title())
    set_role(register(f"owner@{slug}.example", password="x"), home, Role.OWNER)
    set_role(bob, home, role)
    return ensure_collection(home, slug, name=f"{slug.title()} papers")


def listed(page: Html) -> list[str]:
    return [link.one("span").text for link in page.all('[aria-labelledby="sidebar-collections"] li a')]


def offered(page: Html) -> list[str]:
    return [option.text for option in page.all(".chooser option")]


def test_lists_follow_the_switch(bob: User, client: Client) -> None:
    public_collection()
    first, second = collection_of(bob, "first"), collection_of(bob, "second")
    page = get(client, "/")
    assert listed(page) == offered(page) == ["Guide", "Second papers"]
    answer = client.post(page.one(".switcher form")["action"])
    assert answer["Location"] == "/"
    assert listed(get(client, "/")) == ["First papers", "Guide"]
    asked = {"text": "How long?", "collection": str(second.uid)}
    assert client.post(reverse("ask"), asked).status_code == 302
    assert get(client, "/").one(".chooser option[selected]").text != "Second papers"
    linked = get(client, f"/?collection={second.uid}")
    assert linked.one(".chooser option[selected]").text == "Second papers"
    assert "First papers" in offered(linked)
    assert client.get(reverse("collection", args=[first.uid])).status_code == 200


def test_who_may_ask_and_edit_is_said(bob: User, client: Client) -> None:
    papers, guide = collection_of(bob, "first", Role.EDITOR), public_collection()
    set_role(register("carol@example.org", password="x"), papers.workspace, Role.MEMBER)
    page = get(client, reverse("collection", args=[papers.uid])).one("main header")
    assert "3 people can ask, 2 can edit." in page.words
    assert page.has(f'a[href="{reverse("people", args=[papers.workspace.uid])}"]')
    for reader in (client, Client()):
        public = get(reader, reverse("collection", args=[guide.uid])).one("main header")
        assert "Everyone on this site can ask it." in public.words
        assert "can edit" not in public.words
        assert not public.has('a[href*="/workspaces/"]')
