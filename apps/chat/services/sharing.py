"""Read-only links to one's own conversations. A link's token is stored as its digest and shown once."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.accounts.viewer import Viewer
from apps.chat.models import ShareLink
from apps.chat.selectors import conversation_for, links_of
from apps.common.db import lock_until_commit, transition
from apps.common.errors import AppError, Code, NotFound

DAYS = (1, 7, 30)  # a link may be open for
MOST_LINKS = 10  # open ones of a conversation
TOKEN_BYTES = 32
SIGN_IN = _("Sign in to share a conversation.")


@transaction.atomic
def share_conversation(viewer: Viewer, uid: uuid.UUID, *, days: int, last_seq: int) -> str:
    """Returns the token. What comes after the number `last_seq` is not shared. Raises AppError and NotFound."""
    conversation = conversation_for(viewer, uid)
    if viewer.user is None:
        raise AppError(Code.FORBIDDEN, SIGN_IN)
    if days not in DAYS:
        raise AppError(Code.INVALID, _("Choose how long the link is open."))
    lock_until_commit(f"links of conversation {conversation.pk}")
    if links_of(conversation).count() >= MOST_LINKS:
        problem = _("This conversation has %(limit)d open links. Close one of them first.") % {
            "limit": MOST_LINKS
        }
        raise AppError(Code.CONFLICT, problem)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    ShareLink.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        token_sha256=digest_of(token),
        last_seq=min(last_seq, conversation.last_seq),
        expires_at=Now() + timedelta(days=days),
    )
    return token


def close_link(viewer: Viewer, conversation: uuid.UUID, link: uuid.UUID) -> None:
    """Raises NotFound. One that is closed already stays so."""
    links = ShareLink.objects.filter(conversation=conversation_for(viewer, conversation), uid=link)
    if not transition(links.filter(revoked_at=None), revoked_at=Now()) and not links.exists():
        raise NotFound


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
