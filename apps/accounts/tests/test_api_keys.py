"""API keys: the page that makes them, and what ends them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts import services
from apps.accounts.api_keys import NewKey, digest_of, key_of_token, make_key, revoke_key, viewer_for
from apps.accounts.models import ApiKey, Role, User, Workspace
from apps.accounts.selectors import workspaces_for, workspaces_owned_by
from apps.accounts.tests.browsing import PASSWORD, sign_in
from apps.common.errors import NotFound

pytestmark = pytest.mark.django_db
KEY = re.compile(r"quoth_[\w-]{43}")


@pytest.fixture
def alice() -> User:
    return services.register("alice@example.org", password=PASSWORD)


def made(owner: User, workspace: Workspace | None = None, scopes: tuple[str, ...] = ("read",)) -> str:
    return make_key(owner, workspace or workspaces_owned_by(owner)[0], NewKey("Desk", scopes, 30, 60))


def test_the_page_shows_a_new_key_once_and_revokes_it(alice: User) -> None:
    client = Client()
    sign_in(client, alice.email)
    assert "reauthenticate" in client.get(reverse("account_api_keys"))["Location"]
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    home = workspaces_owned_by(alice)[0]
    form = {"name": "Desk", "workspace": home.uid, "read": "on", "days": 30, "per_minute": 60}
    page = client.post(reverse("account_api_keys"), form).content.decode()
    [token] = set(KEY.findall(page))
    key = ApiKey.objects.get()
    assert (key.sha256, key.scopes, token[: len(key.prefix)]) == (digest_of(token), ["read"], key.prefix)
    assert not KEY.findall(client.get(reverse("account_api_keys")).content.decode())
    client.post(reverse("account_revoke_api_key", args=[key.uid]))
    assert key_of_token(token) is None
    assert client.post(reverse("account_api_keys"), form | {"read": ""}).status_code == 400


def test_a_stranger_makes_and_revokes_none(alice: User) -> None:
    charlie = services.register("charlie@example.org", password=PASSWORD)
    home = workspaces_owned_by(alice)[0]
    services.set_role(charlie, home, Role.EDITOR)
    key = key_of_token(made(alice))
    assert key is not None
    with pytest.raises(NotFound):
        made(charlie, home)
    with pytest.raises(NotFound):
        revoke_key(charlie, key.uid)


def lower(owner: User) -> None:
    """To an editor; somebody else owns the workspace from then on."""
    home = workspaces_owned_by(owner)[0]
    services.set_role(services.register("other-owner@example.org", password="x"), home, Role.OWNER)
    services.set_role(owner, home, Role.EDITOR)


@pytest.mark.parametrize(
    "end",
    [
        lambda alice: services.close_account(alice),
        lambda alice: lower(alice),
        lambda alice: services.after_new_password(alice),
        lambda alice: services.claim_account(alice),
        lambda alice: ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1)),
    ],
)
def test_what_ends_a_key(alice: User, end: Callable[[User], object]) -> None:
    token = made(alice)
    assert key_of_token(token) is not None
    end(alice)
    assert key_of_token(token) is None


def test_a_key_reaches_one_workspace(alice: User) -> None:
    services.set_role(alice, services.ensure_workspace("other"), Role.OWNER)
    reading, writing = (key_of_token(made(alice, scopes=scopes)) for scopes in (("read", "ask"), ("write",)))
    assert reading is not None
    assert writing is not None
    assert list(workspaces_for(viewer_for(reading))) == [reading.workspace]
    assert not workspaces_for(viewer_for(reading), editing=True)
    assert list(workspaces_for(viewer_for(writing), editing=True)) == [writing.workspace]
