"""What the product says to greetings, thanks and the like, and of approved answers: the same on pages, over sockets and
in commands.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.chat.config import SmallTalkKind
from apps.knowledge.models import ApproverRole

REPLIES: dict[SmallTalkKind, Promise] = {
    "greeting": _("Hello. Ask a question, and the answer is quoted from %(collection)s."),
    "goodbye": _("Goodbye. You can go on with this conversation later."),
    "thanks": _("You're welcome. Ask another question at any time."),
    "identity": _(
        "This is Quoth, a program that answers questions with quotes from documents. It is not a person, and it "
        "writes no facts of its own."
    ),
    "help": _(
        "Ask a question about %(collection)s in your own words. The answer is quoted word for word, and each quote "
        "links to its place in the document."
    ),
    "person": _(
        "This is a program, and it can't connect you to a person. Ask whom to contact: if %(collection)s has the "
        "answer, it is quoted."
    ),
    "abuse": _("Sorry that this did not help. Ask again in other words, or name what you are looking for."),
}

APPROVERS: dict[str, Promise] = {
    ApproverRole.OWNER: _("Written by an owner of this collection, %(date)s."),
    ApproverRole.EDITOR: _("Written by an editor of this collection, %(date)s."),
    ApproverRole.OPERATOR: _("Written by the operator of this site, %(date)s."),
}


def approved_by(role: str, approved_at: datetime) -> str:
    """Who has written an approved answer, and when."""
    return str(APPROVERS[role]) % {"date": date_format(timezone.localtime(approved_at), "j F Y")}


def reply_to(kind: str, collection: str) -> str:
    """The sentence; "" for a question, and for a kind that no longer exists. `collection` is the name of the one that
    is asked.
    """
    sentence = next((sentence for known, sentence in REPLIES.items() if known == kind), "")
    return str(sentence) % {"collection": collection} if sentence else ""
