"""Finds search entries that contain given stems, with the inverted index of the database (0013_search_entries)."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from apps.accounts.viewer import NOBODY, Viewer
from apps.chat.models import SearchEntry
from apps.chat.selectors import conversations_for, owner_word

LOOKED_AT = 400  # matching entries of one page: those of deleted documents and conversations are among them
_MATCHING = {
    "sqlite": """SELECT rowid FROM chat_search_terms WHERE chat_search_terms MATCH %s AND rowid < %s
        ORDER BY rowid DESC LIMIT %s""",
    "postgresql": """SELECT id FROM chat_searchentry
        WHERE array_to_tsvector(array_append(string_to_array(terms, ' '), owner::text)) @@ %s::tsquery AND id < %s
        ORDER BY id DESC LIMIT %s""",
}
LAST = (1 << 63) - 1  # higher than every id


class Match(NamedTuple):
    """`place` counts the quotes of the message's answer from 0; None for the question itself."""

    entry_id: int
    message_id: int
    place: int | None


class Matches(NamedTuple):
    """Newest message first. `next_before` is where to go on, None at the end."""

    found: list[Match]
    next_before: int | None


def matches_for(viewer: Viewer, stems: Collection[str], before: int | None = None) -> Matches:
    """The viewer's entries that contain all stems and may be shown to them now: two queries.

    With `before`, those with a lower id. Entries of deleted conversations and documents are left out.
    """
    if viewer == NOBODY or not stems:
        return Matches([], None)
    owner = owner_word(viewer.user.pk if viewer.user else None, viewer.visitor_key)
    looked_at = _matching(owner, stems, before or LAST)
    is_shown = Q(quote=None) | Q(quote__version__document__deleted_at=None)
    rows = SearchEntry.objects.filter(
        is_shown,
        pk__in=looked_at,
        message__conversation__in=conversations_for(viewer).order_by().values("pk"),
    )
    found = [
        Match(pk, message, position)
        for pk, message, position in rows.order_by("-pk").values_list("pk", "message_id", "quote__position")
    ]
    return Matches(found, looked_at[-1] if len(looked_at) == LOOKED_AT else None)


def _matching(owner: str, stems: Collection[str], before: int) -> list[int]:
    with connection.cursor() as cursor:
        words = _query[connection.vendor](owner, stems)
        cursor.execute(_MATCHING[connection.vendor], [words, before, LOOKED_AT])
        return [pk for (pk,) in cursor.fetchall()]


def _sqlite_query(owner: str, stems: Collection[str]) -> str:
    terms = " AND ".join(_quoted(stem, '"') for stem in sorted(stems))
    return f"owner : {_quoted(owner, chr(34))} AND terms : ({terms})"


def _postgres_query(owner: str, stems: Collection[str]) -> str:
    return " & ".join(_quoted(word.replace("\\", "\\\\"), "'") for word in [owner, *sorted(stems)])


def _quoted(word: str, quote: str) -> str:
    return quote + word.replace(quote, quote * 2) + quote


_query = {"sqlite": _sqlite_query, "postgresql": _postgres_query}
