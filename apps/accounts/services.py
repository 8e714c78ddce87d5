from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Membership, Role, User, Workspace
from apps.accounts.selectors import workspaces_owned_by

# No form takes this for an e-mail address: nobody can sign up as the operator and be let into workspaces.
OPERATOR_EMAIL = "operator@command-line"


@transaction.atomic
def register(email: str, *, password: str, name: str = "") -> User:
    """A new user with a personal workspace."""
    user = User.objects.create_user(email, password, name=name)
    make_personal_workspace(user)
    return user


def make_personal_workspace(user: User) -> Workspace:
    workspace = ensure_workspace(f"u-{user.uid.hex}", name=user.name or _("My documents"))
    Membership.objects.get_or_create(workspace=workspace, user=user, defaults={"role": Role.OWNER})
    return workspace


def ensure_personal_workspace(user: User) -> None:
    """People made by `createsuperuser` have none until they need it."""
    if not workspaces_owned_by(user).exists():
        make_personal_workspace(user)


def ensure_workspace(slug: str, *, name: str = "", is_operator: bool = False) -> Workspace:
    """The workspace of that short name, made if it is missing."""
    defaults = {"name": name or slug, "is_operator": is_operator}
    return Workspace.objects.get_or_create(slug=slug, defaults=defaults)[0]


def set_role(user: User, workspace: Workspace, role: Role) -> Membership:
    return Membership.objects.update_or_create(user=user, workspace=workspace, defaults={"role": role})[0]


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
