"""Who may create a collection, and where."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role, User
from apps.accounts.selectors import workspaces_owned_by
from apps.accounts.services import ensure_workspace, register
from apps.common.tests.html import get
from apps.knowledge.models import Collection
from apps.knowledge.tests.files import collection_in
from apps.knowledge.tests.people import client_for, editor_of, home, member_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    return collection_in()


@pytest.fixture
def editor(collection: Collection) -> Client:
    return editor_of(collection)


def test_who_may_only_ask_makes_a_collection_of_their_own(collection: Collection) -> None:
    member = member_of(collection)
    own = workspaces_owned_by(User.objects.get(email="bob@example.org"))[0]
    assert f"It is made in the workspace {own.name}." in get(member, reverse("new_collection")).words
    response = member.post(reverse("new_collection"), {"name": "My papers", "is_public": "on"})
    made = Collection.objects.get(name="My papers")
    assert response["Location"] == home(made)
    assert made.workspace == own
    assert not made.is_public
    page = get(member, home(made))
    assert "Only you can ask or edit it." in page.words
    assert [link.one("span").text for link in page.all(".sidebar li a[aria-current]")] == ["My papers"]
    again = member.post(reverse("new_collection"), {"name": "my papers"})
    assert "A collection with this name already exists." in again.content.decode()


def test_who_has_no_workspace_yet_gets_one(editor: Client) -> None:
    admin = User.objects.create_superuser("root@example.org", "x")
    client = client_for(admin, collection_in("operator"), Role.EDITOR)
    assert client.get(reverse("new_collection")).status_code == 200
    client.post(reverse("new_collection"), {"name": "Mine"})
    assert Collection.objects.get(name="Mine").workspace.memberships.get().user == admin


def test_an_operator_may_publish(fake_encoder: None) -> None:
    user, operator = (
        User.objects.create_user("op@example.org"),
        ensure_workspace("operator", is_operator=True),
    )
    client = client_for(user, collection_in("operator"), Role.OWNER)
    client.post(reverse("new_collection"), {"name": "Guide", "is_public": "on"})
    assert Collection.objects.get(name="Guide", workspace=operator).is_public


def test_a_collection_is_made_in_the_current_workspace(collection: Collection, editor: Client) -> None:
    page, team = reverse("new_collection"), collection.workspace
    editor.post(page, {"name": "Team papers", "is_public": "on"})
    made = Collection.objects.get(name="Team papers")
    assert (made.workspace, made.is_public) == (team, False)
    own = workspaces_owned_by(User.objects.get(email="alice@example.org"))[0]
    editor.post(reverse("choose_workspace", args=[own.uid]))
    editor.post(page, {"name": "Team papers"})
    assert Collection.objects.filter(name="Team papers", workspace=own).exists()


def test_who_has_one_workspace_is_not_asked_which() -> None:
    client = Client()
    client.force_login(
        register("dora@example.org", password="x"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert get(client, reverse("new_collection")).all("select") == []
