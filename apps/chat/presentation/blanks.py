"""An answer without words, for the page's templates that scripts fill in: one markup for both."""

from __future__ import annotations

from apps.chat.presentation.conversation_views import AnswerView, QuoteView

BLANK_QUOTE = QuoteView(
    number=1, text="", document="", heading=(), page=None, place="", reference="", url="", version=0, start=0, end=0,
    removed=False,
)  # fmt: skip

BLANK_ANSWER = AnswerView(
    id="", message="", seq=None, state="done", status="", strength=0, headline="", meaning="", places="", statement=" ",
    searched="", quotes=(BLANK_QUOTE,), nearest=(BLANK_QUOTE,), proof_url="",
)  # fmt: skip
