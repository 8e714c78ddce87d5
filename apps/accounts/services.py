from __future__ import annotations

from collections.abc import Collection, Iterable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.api_keys import revoke_keys_of
from apps.accounts.models import OPERATOR_EMAIL, Membership, Role, User, Workspace
from apps.accounts.selectors import is_last_owner, workspaces_owned_by
from apps.accounts.session_list import end_session
from apps.common.db import lock_until_commit
from apps.common.errors import AppError, Code
from apps.common.events import Event, publish, viewer_group
from apps.common.models import new_uid
from apps.common.names import clean_name

SESSION_ENDED = "session.ended"
LAST_OWNER = gettext_lazy("A workspace needs an owner. Make someone else an owner first.")


@transaction.atomic
def register(email: str, *, password: str, name: str = "") -> User:
    """A new user with a personal workspace, whose address counts as confirmed: for whoever runs the installation."""
    user = User.objects.create_user(email, password, name=clean_name(name))
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    make_personal_workspace(user)
    return user


@transaction.atomic
def complete_account(user: User) -> None:
    """What people made by `createsuperuser` lack when they sign in first: an address on record and a workspace."""
    if not EmailAddress.objects.filter(user=user, primary=True).exists():
        EmailAddress.objects.update_or_create(user=user, email=user.email.lower(), defaults={"primary": True})
    if not workspaces_owned_by(user).exists():
        lock_until_commit(f"workspaces of user {user.pk}")
        if not workspaces_owned_by(user).exists():
            make_personal_workspace(user)


@transaction.atomic
def claim_account(user: User) -> None:
    """The person has proved that the account's address is theirs: whatever anyone added or opened before ends."""
    email = user.email.lower()
    forget_unproved_ways_in(user, by_its_maker=True)
    EmailAddress.objects.filter(user=user).exclude(email=email).delete()
    forget_other_claims(user, email)
    defaults = {"primary": True} | ({"verified": True} if settings.MAIL_IS_SENT else {})
    EmailAddress.objects.update_or_create(user=user, email=email, defaults=defaults)
    revoke_keys_of(user)
    end_sessions(user)


def forget_unproved_ways_in(user: User, *, by_its_maker: bool) -> None:
    """What signs in to an account whose address nobody has proved yet may be someone else's than its owner's. If it is
    proved by who made the account (`by_its_maker`), the password stays, or the issuer if there is none.
    """
    if EmailAddress.objects.filter(user=user, verified=True).exists():
        return
    connections = SocialAccount.objects.filter(user=user).order_by("pk")
    made_by = connections.first() if by_its_maker and not user.has_usable_password() else None
    connections.exclude(pk=made_by and made_by.pk).delete()
    Authenticator.objects.filter(user=user).delete()
    if not by_its_maker:
        user.set_unusable_password()
        user.save(update_fields=["password"])


def disconnect_issuers(user: User) -> None:
    """One that confirms the address of the account is connected again when its person signs in with it."""
    SocialAccount.objects.filter(user=user).delete()


def forget_other_claims(user: User, email: str) -> None:
    """An address belongs to the account whose `email` it is; that another account lists it too means nothing."""
    EmailAddress.objects.filter(email=email.lower()).exclude(user=user).delete()


def after_new_password(user: User) -> None:
    """Whoever knew the old one is signed out by it; a change of address that they may have begun lapses too."""
    EmailAddress.objects.filter(user=user, verified=False).exclude(email=user.email.lower()).delete()
    revoke_keys_of(user)
    recheck_sockets(user)


@transaction.atomic
def replace_address(user: User) -> None:
    """After an administrator has written another `email`: its owner must confirm it before they sign in."""
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email.lower(), primary=True)
    end_sessions(user)


@transaction.atomic
def save_account(user: User, *, changed: Collection[str]) -> None:
    """What an administrator entered; `changed` names the fields. A new account has no password and a workspace."""
    is_new = user.pk is None
    if is_new:
        user.set_unusable_password()
    user.name = clean_name(user.name)
    user.save()
    if is_new:
        make_personal_workspace(user)
    if "email" in changed:
        replace_address(user)


def set_groups(user: User, groups: Iterable[Group]) -> None:
    """The groups whose rights in the administration the account has, and no others."""
    user.groups.set(groups)


def close_account(user: User) -> None:
    """Nobody can sign in to it, and whoever is signed in is signed out. What belongs to it stays."""
    _set_active(user, False)


def reopen_account(user: User) -> None:
    _set_active(user, True)


@transaction.atomic
def _set_active(user: User, is_active: bool) -> None:
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    end_sessions(user)


def end_sessions(user: User) -> None:
    """Every session and remembered device of before is worth nothing, and sockets close."""
    User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
    user.refresh_from_db(fields=["session_generation"])
    recheck_sockets(user)


@transaction.atomic
def remove_second_factors(user: User) -> int:
    """For whoever lost them: the password alone signs in. Every session ends; says how many factors there were."""
    removed: int = Authenticator.objects.filter(user=user).delete()[0]
    end_sessions(user)
    return removed


def save_profile(user: User) -> None:
    """Name, language, time zone and colours, as a form has checked them."""
    user.save(update_fields=["name", "language", "time_zone", "theme"])


def end_other_session(user: User, pk: int, *, current: str | None) -> bool:
    """Sign out one other browser, and close its sockets. False if it is not a session of the user."""
    ended = end_session(user, pk, current=current)
    if ended:
        recheck_sockets(user)
    return ended


def recheck_sockets(user: User) -> None:
    """The user's sockets look whether their session still holds, and close if it does not."""
    publish(viewer_group(user.uid, ""), Event(SESSION_ENDED, str(user.uid)))


def make_personal_workspace(user: User) -> Workspace:
    """The one that was made at sign-up may be deleted or belong to someone else by now: then another one."""
    slug = f"u-{user.uid.hex}"
    theirs = Membership.objects.filter(workspace__slug=slug).exclude(user=user, role=Role.OWNER)
    if theirs.exists() or Workspace.objects.filter(slug=slug, deleted_at__isnull=False).exists():
        slug = f"w-{new_uid().hex}"
    workspace = ensure_workspace(slug, name=user.name or _("My documents"))
    Membership.objects.get_or_create(workspace=workspace, user=user, defaults={"role": Role.OWNER})
    return workspace


def ensure_workspace(slug: str, *, name: str = "", is_operator: bool = False) -> Workspace:
    """The workspace of that short name, made if it is missing. Raises AppError for a deleted one."""
    defaults = {"name": clean_name(name) or slug, "is_operator": is_operator}
    workspace, _made = Workspace.objects.get_or_create(slug=slug, defaults=defaults)
    if workspace.deleted_at is not None:
        problem = _(
            "The workspace %(slug)s has been deleted. An owner can restore it, or choose another short name."
        )
        raise AppError(Code.CONFLICT, problem % {"slug": slug})
    return workspace


@transaction.atomic
def set_role(user: User, workspace: Workspace, role: Role | str) -> Membership:
    """Raises AppError if the workspace would have no owner."""
    if role != Role.OWNER:
        _keep_an_owner(workspace, user)
    return Membership.objects.update_or_create(user=user, workspace=workspace, defaults={"role": role})[0]


@transaction.atomic
def remove_member(membership: Membership) -> None:
    """Raises AppError if the workspace would have no owner."""
    _keep_an_owner(membership.workspace, membership.user)
    membership.delete()


def _keep_an_owner(workspace: Workspace, leaving: User) -> None:
    """Until the commit nobody else lowers or removes an owner of the workspace."""
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
    held = Membership.objects.filter(workspace=workspace, user=leaving).first()
    if held and is_last_owner(held):
        raise AppError(Code.CONFLICT, LAST_OWNER)


def save_workspace(workspace: Workspace) -> None:
    workspace.name = clean_name(workspace.name)
    workspace.save()


def operator_in(workspace: Workspace) -> User:
    """The account of whoever works at the machine's command line; nobody can sign in to it."""
    user = User.objects.filter(email=OPERATOR_EMAIL).first()
    if user is None:
        user = User.objects.create_user(OPERATOR_EMAIL, None, name=_("Operator"))
    Membership.objects.get_or_create(user=user, workspace=workspace, defaults={"role": Role.MEMBER})
    return user


def let_publish(workspace: Workspace) -> None:
    """Make it an operator's workspace, which may publish collections to everyone."""
    if not workspace.is_operator:
        workspace.is_operator = True
        workspace.save(update_fields=["is_operator"])
