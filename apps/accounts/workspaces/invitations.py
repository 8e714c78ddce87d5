"""Invitations by e-mail. The token is in the link alone; its digest is stored.

An invitation counts while its sender is an owner. Accepting or revoking it deletes the row.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from datetime import timedelta

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.config import workspaces_config
from apps.accounts.models import Invitation, Membership, Role, User, Workspace
from apps.accounts.selectors import address_is_confirmed
from apps.accounts.viewer import Viewer
from apps.accounts.workspaces.making import set_current
from apps.accounts.workspaces.memberships import active_owner, membership_for, people_of
from apps.common import ratelimit
from apps.common.db import lock_until_commit
from apps.common.errors import AppError, Code, NotFound
from apps.common.site import site_origin

TOKEN_BYTES = 32
HOUR = 60 * 60
DAYS_KEPT = 30  # an expired one, so that it can be sent again
# What mail programs may turn into a link: a name that someone chose must not lead anywhere.
_LOOKS_LIKE_ADDRESS = re.compile(r"(?<=\w)[.:/@\\]+(?=\w|/)")


def invite(viewer: Viewer, workspace: uuid.UUID, *, email: str, role: Role) -> str:
    """Sends the link, or returns it where no mail is sent. Who has an invitation already gets a new one instead.

    Raises NotFound and AppError.
    """
    home = membership_for(viewer, workspace, owning=True).workspace
    _count_one(viewer, home)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return _deliver(_store(viewer, workspace, email.lower(), role, digest_of(token)), token)


def resend(viewer: Viewer, workspace: uuid.UUID, invitation: uuid.UUID) -> str:
    """Like `invite`; the link that was sent before ends."""
    found = _invitation(viewer, workspace, invitation)
    return invite(viewer, workspace, email=found.email, role=Role(found.role))


def revoke(viewer: Viewer, workspace: uuid.UUID, invitation: uuid.UUID) -> Invitation:
    """Raises NotFound."""
    found = _invitation(viewer, workspace, invitation)
    found.delete()
    return found


def invitations_of(workspace: Workspace) -> QuerySet[Invitation]:
    """Those that can be accepted or sent again, by address."""
    return Invitation.objects.filter(workspace=workspace).select_related("invited_by").order_by("email")


def invitation_by(token_sha256: str) -> Invitation:
    """With its workspace and sender, for everyone who has the token. Raises NotFound."""
    rows = Invitation.objects.filter(
        active_owner("invited_by", "workspace"), token_sha256=token_sha256, expires_at__gt=Now()
    )
    found = rows.select_related("workspace", "invited_by").first()
    if found is None:
        raise NotFound
    return found


def is_for(user: User, invitation: Invitation) -> bool:
    """Where no mail is sent no address can be confirmed: there the token alone proves that the owner meant them."""
    is_proved = not settings.MAIL_IS_SENT or address_is_confirmed(user)
    return user.email.lower() == invitation.email and is_proved


@transaction.atomic
def accept_invitation(user: User, token_sha256: str) -> Membership:
    """Works once. Who is in the workspace already keeps their role. Raises NotFound, and AppError for someone else."""
    found = invitation_by(token_sha256)
    if not is_for(user, found):
        problem = _(
            "This invitation is for another e-mail address. Sign in with the account of that address."
        )
        raise AppError(Code.FORBIDDEN, problem)
    if Invitation.objects.filter(pk=found.pk, token_sha256=token_sha256).delete()[0] != 1:
        raise NotFound
    joined, _made = Membership.objects.get_or_create(
        user=user, workspace=found.workspace, defaults={"role": found.role}
    )
    set_current(user, found.workspace)
    return joined


def forget_expired_invitations() -> None:
    Invitation.objects.filter(expires_at__lt=Now() - timedelta(days=DAYS_KEPT)).delete()


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def unlinked(name: str) -> str:
    """A name as a mail may show it: without what a mail program takes for an address of the web."""
    return _LOOKS_LIKE_ADDRESS.sub(" ", name)


@transaction.atomic
def _store(viewer: Viewer, workspace: uuid.UUID, email: str, role: Role, token_sha256: str) -> Invitation:
    own = membership_for(viewer, workspace, owning=True)
    lock_until_commit(f"invitations of workspace {own.workspace_id}")
    if people_of(own.workspace).filter(user__email=email).exists():
        raise AppError(Code.CONFLICT, _("Someone with this address is in the workspace already."))
    most = workspaces_config().invitations
    if invitations_of(own.workspace).exclude(email=email).count() >= most:
        problem = _("%(most)d invitations are open. Revoke some of them first.") % {"most": most}
        raise AppError(Code.CONFLICT, problem)
    values = {
        "role": role,
        "token_sha256": token_sha256,
        "invited_by": own.user,
        "expires_at": Now() + timedelta(days=workspaces_config().invitation_days),
    }
    stored, _made = Invitation.objects.update_or_create(workspace=own.workspace, email=email, defaults=values)
    stored.refresh_from_db()
    return stored


def _deliver(invitation: Invitation, token: str) -> str:
    link = site_origin() + reverse("invitation", args=[token])
    if not settings.MAIL_IS_SENT:
        return link
    sender = invitation.invited_by
    context = {
        "link": link,
        "sender": f"{unlinked(sender.name)} ({sender.email})" if sender.name else sender.email,
        "workspace": unlinked(invitation.workspace.name),
        "role": invitation.get_role_display(),
        "days": workspaces_config().invitation_days,
    }
    get_adapter().send_mail("account/email/invitation", invitation.email, context)
    return ""


def _count_one(viewer: Viewer, workspace: Workspace) -> None:
    most = workspaces_config().invitations_per_hour
    subjects = (
        f"invitations of workspace {workspace.pk}",
        f"invitations of user {viewer.user and viewer.user.pk}",
    )
    if not all(ratelimit.take(each, limit=most, seconds=HOUR) for each in subjects):
        raise AppError(Code.TOO_MANY, _("Too many invitations within an hour. Try again later."))


def _invitation(viewer: Viewer, workspace: uuid.UUID, uid: uuid.UUID) -> Invitation:
    home = membership_for(viewer, workspace, owning=True).workspace
    found = invitations_of(home).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found
