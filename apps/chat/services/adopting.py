from __future__ import annotations

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.viewer import Viewer
from apps.chat.models import Conversation


@transaction.atomic
def adopt_conversations(user: User, visitor: Viewer) -> int:
    """Whoever asked as this visitor has signed in: their conversations become the user's. How many did."""
    if not visitor.visitor_key:
        return 0
    taken = Conversation.objects.filter(user=user).values("client_id")
    theirs = Conversation.objects.filter(user=None, visitor_key=visitor.visitor_key)
    # Locked in the order in which answers are completed: an UPDATE alone locks in any.
    rows = theirs.exclude(client_id__in=taken).order_by("pk").select_for_update().values_list("pk", flat=True)
    return theirs.filter(pk__in=list(rows)).update(user=user, visitor_key="")
