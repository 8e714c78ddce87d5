"""What is answered without a search of the documents, in all ways of asking."""

from __future__ import annotations

from apps.chat.answering.pipeline import Shortcuts
from apps.chat.answering.small_talk import small_talk_in
from apps.knowledge.faq.lookup import approved_answers

SHORTCUTS = Shortcuts(approved_answers, small_talk_in)
