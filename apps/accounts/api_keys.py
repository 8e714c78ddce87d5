"""The API keys of a workspace. A key is shown once and stored as its digest."""

from __future__ import annotations

import hashlib
import secrets
import threading
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from cachetools import TTLCache
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import ApiKey, Role, Scope, User, Workspace
from apps.accounts.viewer import NOBODY, Viewer, WorkspaceAccess
from apps.common.db import lock_until_commit, transition
from apps.common.errors import AppError, Code, NotFound
from apps.common.names import clean_name

BEGINNING = "quoth_"
TOKEN_BYTES = 32
PREFIX_CHARS = len(BEGINNING) + 6
OWNER_WORD = "key-"  # begins the `visitor_key` of a key's conversations; those of visitors are hexadecimal
LONGEST_NAME = 60
MOST_KEYS = 50  # open ones of a workspace
DAYS = (0, 30, 90, 365)  # that a key may be valid for; 0: it does not expire
PER_MINUTE = (60, 300, 1200)
USE_SECONDS = 60  # precision of "last used"

_used: TTLCache[int, None] = TTLCache(10_000, USE_SECONDS)
_lock = threading.Lock()


@dataclass(frozen=True)
class NewKey:
    """What its maker has chosen; `days` is 0 for a key that does not expire."""

    name: str
    scopes: Collection[str]
    days: int
    per_minute: int


@transaction.atomic
def make_key(owner: User, workspace: Workspace, new: NewKey) -> str:
    """Returns the key, which nobody can read again. Raises AppError, and NotFound for someone who is not an owner."""
    if not _owns(owner, workspace):
        raise NotFound
    name = clean_name(new.name)
    if not name or len(name) > LONGEST_NAME:
        raise AppError(Code.INVALID, _("Enter a name of at most 60 characters."))
    if not new.scopes or not set(new.scopes) <= set(Scope.values):
        raise AppError(Code.INVALID, _("Choose what the key may do."))
    if new.days not in DAYS or new.per_minute not in PER_MINUTE:
        raise AppError(Code.INVALID, _("Choose how long the key is valid, and how often it may be used."))
    lock_until_commit(f"API keys of workspace {workspace.pk}")
    if keys_of(workspace).count() >= MOST_KEYS:
        raise AppError(Code.CONFLICT, _("This workspace has 50 API keys. Revoke one of them first."))
    token = BEGINNING + secrets.token_urlsafe(TOKEN_BYTES)
    ApiKey.objects.create(
        workspace=workspace,
        created_by=owner,
        name=name,
        prefix=token[:PREFIX_CHARS],
        sha256=digest_of(token),
        scopes=[scope for scope in Scope.values if scope in new.scopes],
        per_minute=new.per_minute,
        expires_at=Now() + timedelta(days=new.days) if new.days else None,
    )
    return token


def revoke_key(owner: User, uid: uuid.UUID) -> None:
    """Raises NotFound for a key of a workspace that the person does not own. One that is revoked stays so."""
    mine = keys_for_owner(owner).filter(uid=uid)
    if not transition(mine.filter(revoked_at=None), revoked_at=Now()) and not mine.exists():
        raise NotFound


def revoke_keys_of(user: User) -> None:
    """Whoever knew the old password may have made some of them."""
    ApiKey.objects.filter(created_by=user, revoked_at=None).update(revoked_at=Now())


def keys_of(workspace: Workspace) -> QuerySet[ApiKey]:
    """Those that were neither revoked nor expired, the newest first."""
    return _open().filter(workspace=workspace).order_by("-pk")


def keys_for_owner(owner: User) -> QuerySet[ApiKey]:
    """Those of all workspaces that the person owns, revoked ones too."""
    owned = Workspace.objects.filter(memberships__user=owner, memberships__role=Role.OWNER)
    return ApiKey.objects.filter(workspace__in=owned)


def key_of_token(token: str) -> ApiKey | None:
    """The key, with its workspace, if it may be used now: one query."""
    return _usable().filter(sha256=digest_of(token)).first()


def viewer_for(key: ApiKey) -> Viewer:
    access = WorkspaceAccess(key.workspace_id, editing=Scope.WRITE in key.scopes)
    return Viewer(visitor_key=f"{OWNER_WORD}{key.uid.hex}", workspace=access)


def is_key_owner(visitor_key: str) -> bool:
    """Whether the owner of a conversation is an API key."""
    return visitor_key.startswith(OWNER_WORD)


def viewer_of_key(visitor_key: str) -> Viewer:
    """The key that owns a conversation, as it may act now; NOBODY after it has ended."""
    key = _usable().filter(uid=uuid.UUID(hex=visitor_key.removeprefix(OWNER_WORD))).first()
    return viewer_for(key) if key else NOBODY


def note_key_use(key: ApiKey) -> None:
    """Writes at most once a minute in each process."""
    with _lock:
        if key.pk in _used:
            return
        _used[key.pk] = None
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=Now())


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def _open() -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=Now()), revoked_at=None)


def _usable() -> QuerySet[ApiKey]:
    """Their makers must still be owners: a changed role or a closed account ends a key at once."""
    by_owners = _open().filter(
        created_by__is_active=True,
        created_by__closed_at=None,
        workspace__deleted_at=None,
        workspace__memberships__user=F("created_by"),
        workspace__memberships__role=Role.OWNER,
    )
    return by_owners.select_related("workspace")


def _owns(owner: User, workspace: Workspace) -> bool:
    return workspace.memberships.filter(user=owner, role=Role.OWNER).exists()
