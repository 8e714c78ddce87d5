"""Who may create a collection, and where."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role, User
from apps.accounts.selectors import workspaces_owned_by
from apps.accounts.services import ensure_workspace, register, set_role
from apps.common.tests.html import get
from apps.knowledge.models import Collection
from apps.knowledge.tests.files import collection_in
from apps.knowledge.tests.people import client_for, editor_of, home

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    return collection_in()


@pytest.fixture
def editor(collection: Collection) -> Client:
    return editor_of(collection)


def test_a_collection_is_made_in_ones_own_workspace(collection: Collection, editor: Client) -> None:
    own = workspaces_owned_by(User.objects.get(email="alice@example.org"))[0]
    form = {"name": "My papers", "workspace": own.uid, "is_public": "on"}
    assert get(editor, reverse("new_collection")).one("select option")["value"] == str(own.uid)
    response = editor.post(reverse("new_collection"), form)
    made = Collection.objects.get(name="My papers")
    assert response["Location"] == home(made)
    assert made.workspace == own
    assert not made.is_public
    assert "Only you can search or edit it." in get(editor, home(made)).words
    again = editor.post(reverse("new_collection"), form | {"name": "my papers"})
    assert "A collection with this name already exists." in again.content.decode()


def test_who_has_no_workspace_yet_gets_one(editor: Client) -> None:
    admin = User.objects.create_superuser("root@example.org", "x")
    client = client_for(admin, collection_in("operator"), Role.EDITOR)
    assert client.get(reverse("new_collection")).status_code == 200
    client.post(reverse("new_collection"), {"name": "Mine", "workspace": workspaces_owned_by(admin)[0].uid})
    assert Collection.objects.get(name="Mine").workspace.memberships.get().user == admin


def test_an_operator_may_publish(fake_encoder: None) -> None:
    user, operator = (
        User.objects.create_user("op@example.org"),
        ensure_workspace("operator", is_operator=True),
    )
    client = client_for(user, collection_in("operator"), Role.OWNER)
    client.post(reverse("new_collection"), {"name": "Guide", "is_public": "on"})
    assert Collection.objects.get(name="Guide", workspace=operator).is_public


def test_a_collection_is_made_in_a_workspace_that_one_edits(collection: Collection, editor: Client) -> None:
    page, team = reverse("new_collection"), collection.workspace
    editor.post(page, {"name": "Team papers", "workspace": team.uid})
    assert Collection.objects.get(name="Team papers").workspace == team
    strange = ensure_workspace("strange")
    assert editor.post(page, {"name": "Theirs", "workspace": strange.uid}).status_code == 400
    assert not Collection.objects.filter(name="Theirs").exists()


def test_only_an_operators_workspace_is_opened_to_everyone(collection: Collection, editor: Client) -> None:
    alice = User.objects.get(email="alice@example.org")
    operator = ensure_workspace("site", is_operator=True)
    set_role(alice, operator, Role.EDITOR)
    form = {"name": "Guide", "workspace": collection.workspace.uid, "is_public": "on"}
    assert editor.post(reverse("new_collection"), form).status_code == 400
    editor.post(reverse("new_collection"), form | {"workspace": operator.uid})
    assert Collection.objects.get(name="Guide", workspace=operator).is_public


def test_who_has_one_workspace_is_not_asked_which() -> None:
    client = Client()
    client.force_login(
        register("dora@example.org", password="x"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert get(client, reverse("new_collection")).all("select") == []
