"""Turns, answers and the working line as HTML, from the templates that the pages include: scripts insert them."""

from __future__ import annotations

from django.template.loader import render_to_string

from apps.chat.pages.shown_answers import ShownTurn, shown_answer
from apps.chat.presentation.conversation_views import AnswerView, MessageView
from apps.knowledge.selectors import CollectionStats


def turn_html(message: MessageView) -> str:
    """A question that waits for its answer."""
    return render_to_string("chat/turn.html", {"turn": ShownTurn(message)})


def answer_html(conversation: str, answer: AnswerView) -> str:
    """A final answer; `conversation` is the uid of the one that it belongs to."""
    return render_to_string("chat/answer.html", {"answer": shown_answer(conversation, answer)})


def working_html(compared: CollectionStats | None) -> str:
    """What is being done about a question; without `compared` it waits for its turn."""
    return render_to_string("chat/working.html", {"compared": compared, "is_sent": True})
