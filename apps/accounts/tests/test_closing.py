"""Closing one's account and deleting a workspace: out of use at once, to be had back, then erased."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import F
from django.test import Client
from django.urls import reverse

from apps.accounts.erasing import SLACK, erase_closed
from apps.accounts.models import Membership, Role, User, Workspace
from apps.accounts.selectors import grace_period
from apps.accounts.services import ensure_workspace, register, set_role
from apps.accounts.tests.browsing import PASSWORD, sign_in, signed_in
from apps.accounts.viewer import NOBODY, viewer_of
from apps.common.errors import AppError
from apps.common.tests.html import get

pytestmark = pytest.mark.django_db
CLOSE, CLOSED = "/accounts/close/", "/accounts/closed/"


def over() -> None:
    passed = grace_period() + SLACK + timedelta(minutes=1)
    User.objects.exclude(closed_at=None).update(closed_at=F("closed_at") - passed)
    Workspace.objects.exclude(deleted_at=None).update(deleted_at=F("deleted_at") - passed)


def delete_address(workspace: Workspace) -> str:
    return reverse("delete_workspace", args=[workspace.uid])


def proved(client: Client) -> Client:
    """Has just shown the password."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def closed(email: str) -> Client:
    client = proved(signed_in(email))
    assert client.post(CLOSE)["Location"] == reverse("account_login")
    return client


def test_a_closed_account_can_only_be_kept(alice: User) -> None:
    other = signed_in(alice.email)
    session = other.session
    client = closed(alice.email)
    alice.refresh_from_db()
    assert "Sign out" not in other.get("/").content.decode()
    assert viewer_of(alice, session) == NOBODY
    sign_in(client, alice.email)
    for page in ("/", reverse("account_profile"), reverse("mfa_index"), "/admin/", reverse("new_collection")):
        assert client.get(page)["Location"] == CLOSED, page
    assert "Keep my account" in get(client, CLOSED).words
    assert erase_closed() == 0
    assert client.post(CLOSED)["Location"] == "/"
    assert client.get(reverse("account_profile")).status_code == 200


def test_the_password_is_asked_for_and_what_will_happen_is_said(alice: User, settings: object) -> None:
    client = signed_in(alice.email)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0  # type: ignore[attr-defined]
    for call in (client.get, client.post):
        assert call(CLOSE)["Location"].startswith(reverse("account_reauthenticate"))
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # type: ignore[attr-defined]
    says = get(proved(client), CLOSE).words
    assert "14 days" in says
    assert "My documents" in says
    assert Client().get(CLOSE)["Location"].startswith(reverse("account_login"))


def test_a_workspace_of_others_needs_an_owner_first(alice: User) -> None:
    bob, shared = register("bob@example.org", password=PASSWORD), ensure_workspace("acme", name="Acme")
    set_role(alice, shared, Role.OWNER)
    set_role(bob, shared, Role.MEMBER)
    client = proved(signed_in(alice.email))
    refused = client.post(CLOSE)
    assert (refused.status_code, "Acme" in refused.content.decode()) == (409, True)
    set_role(bob, shared, Role.OWNER)
    assert client.post(CLOSE).status_code == 302
    over()
    erase_closed()
    assert list(shared.memberships.values_list("user", flat=True)) == [bob.pk]


def test_an_erased_account_leaves_nothing(alice: User) -> None:
    register("bob@example.org", password=PASSWORD)
    signed_in(alice.email)
    closed(alice.email)
    over()
    assert (erase_closed(), erase_closed()) == (1, 0)
    assert list(User.objects.values_list("email", flat=True)) == ["bob@example.org"]
    assert Workspace.objects.count() == Membership.objects.count() == EmailAddress.objects.count() == 1
    assert not UserSession.objects.exists()
    assert not Session.objects.exists()


def test_a_workspace_is_deleted_restored_and_erased(alice: User) -> None:
    client, own = proved(signed_in(alice.email)), alice.memberships.get().workspace
    assert client.post(delete_address(own)).status_code == 409
    shared = ensure_workspace("acme", name="Acme")
    set_role(alice, shared, Role.OWNER)
    set_role(register("bob@example.org", password=PASSWORD), shared, Role.EDITOR)
    assert "1 other person" in get(client, delete_address(shared)).words
    assert proved(signed_in("bob@example.org")).post(delete_address(shared)).status_code == 404
    assert client.post(delete_address(shared)).status_code == 302
    assert client.get(delete_address(shared)).status_code == 404
    with pytest.raises(AppError, match="has been deleted"):
        ensure_workspace("acme")
    restore = reverse("restore_workspace", args=[shared.uid])
    assert get(client, reverse("account_profile")).has(f'form[action="{restore}"]')
    assert client.post(restore).status_code == 302
    client.post(delete_address(shared))
    over()
    assert client.post(restore).status_code == 404
    assert erase_closed() == 1
    assert not Workspace.objects.filter(pk=shared.pk).exists()
