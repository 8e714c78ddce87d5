"""A whole conversation as Markdown, in pieces.

Quoted words stand in fenced blocks, in which Markdown changes no character and leaves every space. Everything else is
escaped, so that a title or a question cannot become a heading, a link or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from apps.chat.models import Conversation
from apps.chat.pages.shown_answers import ShownAnswer, ShownQuote, ShownTurn, shown_turns
from apps.chat.presentation.conversation_views import turn_views
from apps.chat.selectors import messages_in_chunks
from apps.common.site import site_origin

_SIGNS = re.compile(r"[\\`*_\[\]<>&|~$]")
_AT_START = re.compile(r"^(\s*(?:\d+(?=[.)]))?)([#+=.)-])", re.MULTILINE)  # of a heading, rule or list item
_FENCES = re.compile(r"`{3,}")


def conversation_markdown(conversation: Conversation) -> Iterator[str]:
    """A conversation from a selector; two queries for each chunk of its questions."""
    yield f"# {escaped(conversation.title)}\n\n"
    facts = conversation.asked_name, _moment(conversation.created_at)
    yield escaped(_("Collection: %s. Begun: %s.") % facts) + "\n"
    for messages in messages_in_chunks(conversation):
        for turn in shown_turns(str(conversation.uid), turn_views(messages)):
            yield "\n" + "\n\n".join(filter(None, _turn(turn))) + "\n"


def escaped(text: str) -> str:
    """The text as Markdown that reads as it; each of its lines stays a line."""
    safe = _AT_START.sub(r"\1\\\2", _SIGNS.sub(r"\\\g<0>", text))
    return safe.replace("\n", "\\\n")


def fenced(text: str) -> str:
    """The text between two fences that are longer than any in it."""
    fence = "`" * max([3, *(len(found) + 1 for found in _FENCES.findall(text))])
    return f"{fence}text\n{text}\n{fence}"


def _turn(turn: ShownTurn) -> Iterator[str]:
    yield "## " + _("Question, %(moment)s") % {"moment": _moment(turn.message.created_at)}
    yield escaped(turn.message.text)
    if turn.answer is None:
        yield _("This question is not answered yet.")
    else:
        yield from _answer(turn.answer)


def _answer(answer: ShownAnswer) -> Iterator[str]:
    if answer.view.searched:
        yield escaped(_("Searched for “%(words)s”") % {"words": answer.view.searched})
    if not answer.is_reply:
        yield f"**{escaped(answer.headline)}** {escaped(answer.count)}".strip()
    yield escaped(answer.statement)
    yield escaped(answer.approved_by)
    yield from map(escaped, answer.notes)
    yield from _quotes(answer.quotes)
    if answer.nearest:
        yield _("Closest passages (may not answer)")
        yield from _quotes(answer.nearest)


def _quotes(quotes: Iterable[ShownQuote]) -> Iterator[str]:
    for quote in quotes:
        if quote.view.removed:
            yield _("This document has been deleted.")
            continue
        yield escaped(quote.view.columns)
        yield fenced(quote.view.text)
        if quote.view.unreliable:
            yield _("The text of this page could not be read reliably. Compare it with the original.")
        place = " ".join(filter(None, [quote.view.document, quote.place]))
        yield f"{quote.view.number}. {escaped(place)}, {escaped(quote.reference)}: <{site_origin()}{quote.address}>"


def _moment(moment: datetime) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M}"
