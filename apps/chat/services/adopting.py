from __future__ import annotations

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.viewer import Viewer
from apps.chat.models import Conversation, SearchEntry
from apps.chat.selectors import owner_word


@transaction.atomic
def adopt_conversations(user: User, visitor: Viewer) -> int:
    """Give the conversations of a visitor to the user who has signed in; returns how many there were."""
    if not visitor.visitor_key:
        return 0
    taken = Conversation.objects.filter(user=user).values("client_id")
    theirs = Conversation.objects.filter(user=None, visitor_key=visitor.visitor_key)
    # Locked in the order in which answers are completed. An UPDATE alone locks in any order.
    rows = theirs.exclude(client_id__in=taken).order_by("pk").select_for_update().values_list("pk", flat=True)
    adopted = list(rows)
    SearchEntry.objects.filter(message__conversation__in=adopted).update(owner=owner_word(user.pk, ""))
    return theirs.filter(pk__in=adopted).update(user=user, visitor_key="")
