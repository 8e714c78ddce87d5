"""Invitations to a workspace: what is sent, who may accept one, and what ends one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Invitation, Membership, Role, User, Workspace
from apps.accounts.services import close_account, ensure_workspace, register, set_role
from apps.accounts.tasks import forget_invitations
from apps.accounts.tests.browsing import PASSWORD, confirm, links_to, sign_in, sign_up, signed_in
from apps.accounts.viewer import Viewer
from apps.accounts.workspaces.invitations import digest_of, invitation_by, invite, resend, unlinked
from apps.common.errors import AppError, Code, NotFound
from apps.common.logs import LinkKeyFilter
from apps.common.tests.html import get, parse

pytestmark = pytest.mark.django_db
DORA = "dora@example.net"


@pytest.fixture
def acme(alice: User) -> Workspace:
    made = ensure_workspace("acme", name="Acme")
    set_role(alice, made, Role.OWNER)
    return made


def invited(alice: User, acme: Workspace, email: str = DORA, role: Role = Role.EDITOR) -> str:
    """The path of the link, where no mail is sent."""
    return "/" + invite(Viewer(user=alice), acme.uid, email=email, role=role).split("/", 3)[3]


def digest(path: str) -> str:
    return digest_of(path.split("/")[2])


def role_in(acme: Workspace, email: str) -> str | None:
    found = Membership.objects.filter(workspace=acme, user__email=email).first()
    return found.role if found else None


@pytest.mark.usefixtures("mail_server")
def test_a_new_person_follows_the_mail_signs_up_and_is_in(alice: User, acme: Workspace) -> None:
    owner = signed_in(alice.email)
    owner.post(reverse("invite", args=[acme.uid]), {"email": "Dora@Example.net", "role": "editor"})
    assert "The invitation has been sent." in get(owner, reverse("people", args=[acme.uid])).words
    (message,) = mail.outbox
    assert message.to == [DORA]
    assert (
        "alice@example.org invites you to the workspace “Acme” on Quoth. Your role: Editor." in message.body
    )
    (link,) = links_to(DORA)
    assert not Invitation.objects.filter(token_sha256__contains=link.split("/")[2]).exists()
    dora = Client()
    page = get(dora, link)
    assert page.one("h1").text == "Join Acme"
    answer = dora.post(link, {"by": "sign_up"})
    assert answer["Location"] == reverse("account_signup")  # the token is in no address from here on
    sign_up(dora, DORA)
    confirm(dora, DORA)
    answer = sign_in(dora, DORA)
    assert answer["Location"] == "/"
    assert "You have joined Acme." in get(dora, "/").words
    assert role_in(acme, DORA) == Role.EDITOR
    assert get(dora, "/").one(".switcher summary").words == "Workspace: Acme"
    assert not Invitation.objects.exists()
    assert "This invitation no longer works" in get(dora, link, 404).words


def test_without_mail_the_link_is_shown_once(alice: User, acme: Workspace) -> None:
    owner = signed_in(alice.email)
    page = parse(owner.post(reverse("invite", args=[acme.uid]), {"email": DORA, "role": "member"}).content)
    link = "/" + page.one("#link")["value"].split("/", 3)[3]
    assert link.split("/")[2] not in owner.get(reverse("people", args=[acme.uid])).content.decode()
    assert mail.outbox == []
    dora = Client()
    dora.post(link, {"by": "sign_up"})
    sign_up(dora, DORA)
    sign_in(dora, DORA)
    assert role_in(acme, DORA) == Role.MEMBER


def test_who_is_signed_in_joins_by_one_button(alice: User, acme: Workspace) -> None:
    register(DORA, password=PASSWORD)
    dora, link = signed_in(DORA), invited(alice, acme)
    dora.post(get(dora, link).one("main form").get("action") or link)
    assert role_in(acme, DORA) == Role.EDITOR


def test_another_account_is_not_let_in(alice: User, acme: Workspace) -> None:
    register("bob@example.org", password=PASSWORD)
    link = invited(alice, acme)
    bob = signed_in("bob@example.org")
    page = get(bob, link).one("main")
    assert "the invitation is for another address" in page.words
    assert DORA not in page.words
    assert bob.post(link).status_code == 403
    other = Client()
    other.post(link)
    sign_in(other, "bob@example.org")
    assert "This invitation is for another e-mail address." in get(other, "/").words
    assert role_in(acme, "bob@example.org") is None
    assert Invitation.objects.exists()


def test_an_address_that_nobody_proved_is_not_enough(alice: User, acme: Workspace, mail_server: None) -> None:
    dora = register(DORA, password=PASSWORD)
    client = signed_in(DORA)
    EmailAddress.objects.filter(user=dora).update(verified=False)
    invite(Viewer(user=alice), acme.uid, email=DORA, role=Role.MEMBER)
    assert client.post(links_to(DORA)[-1]).status_code == 403
    assert role_in(acme, DORA) is None


def test_a_member_who_is_invited_again_keeps_the_role(alice: User, acme: Workspace) -> None:
    link = invited(alice, acme, role=Role.MEMBER)
    set_role(register(DORA, password=PASSWORD), acme, Role.EDITOR)
    signed_in(DORA).post(link)
    assert role_in(acme, DORA) == Role.EDITOR
    with pytest.raises(AppError) as refused:
        invited(alice, acme)
    assert refused.value.code is Code.CONFLICT


def _expire(alice: User, acme: Workspace) -> None:
    Invitation.objects.update(expires_at=Now() - timedelta(seconds=1))


def _revoke(alice: User, acme: Workspace) -> None:
    uid = Invitation.objects.get().uid
    signed_in(alice.email).post(reverse("revoke_invitation", args=[acme.uid, uid]))


def _resend(alice: User, acme: Workspace) -> None:
    resend(Viewer(user=alice), acme.uid, Invitation.objects.get().uid)


def _lower_its_sender(alice: User, acme: Workspace) -> None:
    set_role(register("bob@example.org", password="x"), acme, Role.OWNER)
    set_role(alice, acme, Role.EDITOR)


def _close_its_sender(alice: User, acme: Workspace) -> None:
    close_account(alice)


@pytest.mark.parametrize("end", [_expire, _revoke, _resend, _lower_its_sender, _close_its_sender])
def test_what_ends_an_invitation(
    end: Callable[[User, Workspace], None], alice: User, acme: Workspace
) -> None:
    register(DORA, password=PASSWORD)
    dora, link = signed_in(DORA), invited(alice, acme)
    assert invitation_by(digest(link)).workspace == acme
    waiting = Client()
    waiting.post(link)
    end(alice, acme)
    assert dora.post(link).status_code == 404
    sign_in(waiting, DORA)
    assert "The invitation no longer works." in get(waiting, "/").words
    assert role_in(acme, DORA) is None
    missing = get(dora, reverse("invitation", args=["nothing"]), 404)
    assert missing.one("main").words == get(dora, link, 404).one("main").words


def test_an_expired_one_can_be_sent_again_until_it_is_forgotten(alice: User, acme: Workspace) -> None:
    invited(alice, acme)
    _expire(alice, acme)
    owner = signed_in(alice.email)
    assert "the link has expired" in get(owner, reverse("people", args=[acme.uid])).words
    _resend(alice, acme)
    assert "the link expires" in get(owner, reverse("people", args=[acme.uid])).words
    Invitation.objects.update(expires_at=Now() - timedelta(days=31))
    forget_invitations()
    assert not Invitation.objects.exists()


def test_invitations_are_limited(alice: User, acme: Workspace, change_config: Callable[..., None]) -> None:
    change_config("workspaces", invitations=1, invitations_per_hour=4)
    first, again = invited(alice, acme), invited(alice, acme)  # the second replaces the first
    assert first != again
    with pytest.raises(AppError, match="1 invitations are open"):
        invited(alice, acme, "erin@example.net")
    invited(alice, acme)
    other = ensure_workspace("other")
    set_role(alice, other, Role.OWNER)
    with pytest.raises(AppError, match="Too many invitations") as refused:
        invited(alice, other)
    assert refused.value.code is Code.TOO_MANY
    with pytest.raises(NotFound):
        invited(register("bob@example.org", password="x"), acme)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Dr. A. Smith & Co.", "Dr. A. Smith & Co."),
        ("win at evil.example/prize", "win at evil example prize"),
        ("https://evil.example", "https evil example"),
        ("me@evil.example", "me evil example"),
    ],
)
def test_a_name_in_a_mail_leads_nowhere(name: str, shown: str) -> None:
    assert unlinked(name) == shown


def test_no_token_is_logged() -> None:
    record = logging.LogRecord("x", 30, "", 1, "Not Found: %s", ("/invitations/abc-DEF_1/",), None)
    LinkKeyFilter().filter(record)
    assert record.getMessage() == "Not Found: /invitations/.../"
