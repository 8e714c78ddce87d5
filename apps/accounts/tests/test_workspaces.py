"""Workspaces: who belongs to one, who may change that, and which one is the current one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Membership, Role, User, Workspace
from apps.accounts.selectors import is_last_owner, workspaces_owned_by
from apps.accounts.services import (
    close_account,
    complete_account,
    ensure_workspace,
    operator_in,
    register,
    remove_member,
    set_role,
)
from apps.accounts.tests.browsing import signed_in
from apps.accounts.viewer import Viewer
from apps.accounts.workspaces.making import choose_workspace
from apps.accounts.workspaces.members import (
    change_role,
    leave_workspace,
    remove_person,
    transfer_ownership,
)
from apps.accounts.workspaces.memberships import Audience, audience_of, own_memberships
from apps.common.errors import AppError, Code
from apps.common.tests.html import get, parse

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(alice: User) -> Workspace:
    """Alice owns it, Bob is a member."""
    made = ensure_workspace("acme", name="Acme")
    set_role(alice, made, Role.OWNER)
    set_role(register("bob@example.org", password="x", name="Bob"), made, Role.MEMBER)
    return made


@pytest.fixture
def bob(acme: Workspace) -> User:
    return User.objects.get(email="bob@example.org")


@pytest.fixture
def client(alice: User, acme: Workspace) -> Client:
    return signed_in(alice.email)


def role_of(user: User, workspace: Workspace) -> str:
    return Membership.objects.get(user=user, workspace=workspace).role


def test_a_new_workspace_is_the_current_one(client: Client, alice: User) -> None:
    response = client.post(reverse("new_workspace"), {"name": " Research \u202e"})
    made = Workspace.objects.get(name="Research")
    assert response["Location"] == reverse("people", args=[made.uid])
    assert role_of(alice, made) == Role.OWNER
    assert not made.is_operator
    page = get(client, "/")
    assert page.one(".switcher summary").words == "Workspace: Research"
    assert {form.one("button").text for form in page.all(".switcher form")} == {"Acme", "My documents"}
    client.post(page.one(f'.switcher form[action="{switch("acme")}"]')["action"])
    assert get(client, reverse("workspaces")).one(".rows .here").text == "Current"
    assert own_memberships(User.objects.get(pk=alice.pk))[0].workspace.slug == "acme"
    assert client.post(reverse("new_workspace"), {"name": "\u202e"}).status_code == 400


def switch(slug: str) -> str:
    return reverse("choose_workspace", args=[Workspace.objects.get(slug=slug).uid])


def test_one_workspace_needs_no_switch() -> None:
    register("dora@example.org", password="x")
    assert not get(signed_in("dora@example.org", "x"), "/").has(".switcher")


def test_a_person_owns_so_many_and_no_more(
    client: Client, alice: User, change_config: Callable[..., None]
) -> None:
    change_config("workspaces", owned_by_one=2)
    response = client.post(reverse("new_workspace"), {"name": "One more"})
    assert response.status_code == 400
    assert "You own 2 workspaces" in response.content.decode()
    assert workspaces_owned_by(alice).count() == 2


def test_people_are_shown_by_name(client: Client, acme: Workspace, bob: User) -> None:
    operator_in(acme)
    page = get(client, reverse("people", args=[acme.uid]))
    rows = [row.one("div").words for row in page.all(".rows > li")]
    assert [row.split(" joined")[0] for row in rows] == ["alice@example.org (you)", "Bob bob@example.org ·"]
    assert page.has(f'a[href="{reverse("person", args=[acme.uid, bob.uid])}"]')
    theirs = get(signed_in(bob.email, "x"), reverse("people", args=[acme.uid]))
    assert len(theirs.all(".rows > li")) == 2
    assert not theirs.has('.rows a, .rows form, a[href$="/invite/"]')


def test_owners_change_name_and_roles(client: Client, acme: Workspace, bob: User) -> None:
    client.post(reverse("workspace", args=[acme.uid]), {"name": "Acme Ltd"})
    acme.refresh_from_db()
    assert acme.name == "Acme Ltd"
    page = reverse("person", args=[acme.uid, bob.uid])
    assert client.post(page, {"role": "king"}).status_code == 400
    client.post(page, {"role": "editor"})
    assert role_of(bob, acme) == Role.EDITOR
    member = signed_in(bob.email, "x")
    assert member.post(reverse("workspace", args=[acme.uid]), {"name": "Mine"}).status_code == 404
    client.post(reverse("remove_person", args=[acme.uid, bob.uid]))
    assert member.get(reverse("people", args=[acme.uid])).status_code == 404


def test_someone_of_another_workspace_is_nobody_here(client: Client, acme: Workspace) -> None:
    charlie = register("charlie@example.org", password="x")
    for name in ("person", "transfer_ownership", "remove_person"):
        assert client.post(reverse(name, args=[acme.uid, charlie.uid]), {"role": "owner"}).status_code == 404


LAST_OWNER_ACTS: dict[str, Callable[[User, Workspace], object]] = {
    "is given a role by an administrator": lambda user, home: set_role(user, home, Role.EDITOR),
    "is removed by an administrator": lambda user, home: remove_member(
        Membership.objects.get(user=user, workspace=home)
    ),
    "leaves": lambda user, home: leave_workspace(Viewer(user=user), home.uid),
    "lowers themselves": lambda user, home: change_role(Viewer(user=user), home.uid, user.uid, Role.MEMBER),
    "removes themselves": lambda user, home: remove_person(Viewer(user=user), home.uid, user.uid),
}


@pytest.mark.parametrize("act", LAST_OWNER_ACTS)
def test_the_last_owner_stays(act: str, alice: User, acme: Workspace, bob: User) -> None:
    set_role(bob, acme, Role.OWNER)
    close_account(bob)  # whoever cannot sign in cannot look after it
    with pytest.raises(AppError) as refused:
        LAST_OWNER_ACTS[act](alice, acme)
    assert refused.value.code is Code.CONFLICT
    assert role_of(alice, acme) == Role.OWNER
    User.objects.filter(pk=bob.pk).update(is_active=True)
    LAST_OWNER_ACTS[act](alice, acme)
    assert not Membership.objects.filter(user=alice, workspace=acme, role=Role.OWNER).exists()


def test_the_only_owner_is_told_what_to_do(client: Client, acme: Workspace, alice: User) -> None:
    page = get(client, reverse("workspace", args=[acme.uid]))
    assert "You are its only owner." in page.words
    assert not page.has('form[action$="/leave/"]')
    assert "You are the only owner." in get(client, reverse("person", args=[acme.uid, alice.uid])).words
    answer = client.post(reverse("leave_workspace", args=[acme.uid]))
    assert answer.status_code == 409
    assert "Make someone else an owner first." in parse(answer.content).one("h1").text


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_once_do_not_both_go(
    alice: User, acme: Workspace, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_role(bob, acme, Role.OWNER)

    def look_slowly(membership: Membership) -> bool:
        is_last = is_last_owner(membership)
        time.sleep(0.1)
        return is_last

    monkeypatch.setattr("apps.accounts.services.is_last_owner", look_slowly)
    together, refused = threading.Barrier(2), []

    def leave(user: User) -> None:
        together.wait()
        try:
            leave_workspace(Viewer(user=user), acme.uid)
        except AppError as error:
            refused.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[user]) for user in (alice, bob)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == [Code.CONFLICT]
    assert Membership.objects.filter(workspace=acme, role=Role.OWNER).count() == 1


def test_a_workspace_is_handed_over(client: Client, alice: User, acme: Workspace, bob: User) -> None:
    client.post(reverse("transfer_ownership", args=[acme.uid, bob.uid]))
    assert (role_of(alice, acme), role_of(bob, acme)) == (Role.EDITOR, Role.OWNER)
    client.post(reverse("leave_workspace", args=[acme.uid]))
    assert not Membership.objects.filter(user=alice, workspace=acme).exists()


def test_what_was_given_away_is_not_taken_back(alice: User, bob: User) -> None:
    """The workspace that was made at sign-up has a short name made from the account."""
    personal = workspaces_owned_by(alice)[0]
    set_role(bob, personal, Role.MEMBER)
    transfer_ownership(Viewer(user=alice), personal.uid, bob.uid)
    leave_workspace(Viewer(user=alice), personal.uid)
    Membership.objects.filter(user=alice).delete()
    complete_account(alice)
    assert not Membership.objects.filter(user=alice, workspace=personal).exists()
    assert workspaces_owned_by(alice).count() == 1


def test_the_current_workspace_is_the_chosen_one_or_the_newest(alice: User, acme: Workspace) -> None:
    personal = workspaces_owned_by(alice)[0]
    assert own_memberships(alice)[0].workspace == acme
    choose_workspace(Viewer(user=alice), personal.uid)
    assert own_memberships(User.objects.get(pk=alice.pk))[0].workspace == personal
    stranger = ensure_workspace("strange")
    User.objects.filter(pk=alice.pk).update(current_workspace=stranger)  # as after being removed from it
    assert own_memberships(User.objects.get(pk=alice.pk))[0].workspace == acme


def test_closed_accounts_and_the_operator_ask_nothing(acme: Workspace, bob: User) -> None:
    operator_in(acme)
    assert audience_of(acme) == Audience(asking=2, editing=1)
    close_account(bob)
    assert audience_of(acme) == Audience(asking=1, editing=1)
