"""Answers as the page's templates need them: neutral values with their sentences and addresses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from apps.chat.models import AnswerState, AnswerStatus, Outage
from apps.chat.pages.addresses import passage_url, proof_url, source_url, why_url
from apps.chat.presentation.conversation_views import (
    AnswerView,
    MessageView,
    MissingWordView,
    PartView,
    QuoteView,
    TurnView,
)
from apps.chat.presentation.replies import approved_by

HEADLINES: dict[str, Promise] = {
    AnswerStatus.ANSWERED: gettext_lazy("Strong match"),
    AnswerStatus.PARTIAL: gettext_lazy("Partial match"),
    AnswerStatus.REFUSED: gettext_lazy("Not found"),
    AnswerStatus.SMALL_TALK: gettext_lazy("Reply"),
    AnswerStatus.APPROVED: gettext_lazy("Approved answer"),
}
OUTAGES: dict[str, Promise] = {
    "": gettext_lazy("Something went wrong. Ask again in a moment."),
    Outage.STORE: gettext_lazy("The document search isn't responding. Ask again in a few minutes."),
    Outage.ENCODER: gettext_lazy("The language model isn't ready. Ask again in a few minutes."),
}


@dataclass(frozen=True)
class ShownQuote:
    """`url` leads the asker to the source; `address` leads every reader of the collection to the passage.

    `place` is heading path and page in one line that follows the document's title; `reference` is the rest of what a
    reference needs.
    """

    view: QuoteView
    url: str
    address: str

    @property
    def place(self) -> str:
        title, headings = self.view.document, self.view.heading
        parts = list(headings[1:] if headings[:1] == (title,) else headings)
        if self.view.page:
            parts.append(_page(self.view.page, self.view.page_label))
        return "".join(f" › {part}" for part in parts).strip()

    @property
    def reference(self) -> str:
        return _("version %(version)d, characters %(start)d to %(end)d") % {
            "version": self.view.version,
            "start": self.view.start,
            "end": self.view.end,
        }


def _page(page: int, label: str) -> str:
    """The sheet is named beside another label, because viewers of PDF count sheets."""
    if label in ("", str(page)):
        return _("page %(page)d") % {"page": page}
    return _("page %(label)s (sheet %(page)d)") % {"label": label, "page": page}


@dataclass(frozen=True)
class ShownAnswer:
    """Sentences and addresses that do not apply are "". `count` and `proof_url` are of the quotes whose words can still
    be shown. `question` and `number` are those of one of the questions of a text that asks several, "" and 0 else.
    """

    view: AnswerView
    quotes: tuple[ShownQuote, ...]
    nearest: tuple[ShownQuote, ...]
    question: str = ""
    number: int = 0

    @property
    def label_id(self) -> str:
        """The id of its headline on a page."""
        return f"strength-{self.view.id}" + (f"-{self.number}" if self.number else "")

    @property
    def parts(self) -> list[ShownAnswer]:
        """The answers to the questions of a text that asks several, else none."""
        return [self._part(part, number) for number, part in enumerate(self.view.parts, start=1)]

    def _part(self, part: PartView, number: int) -> ShownAnswer:
        view = replace(
            self.view,
            status=part.status,
            strength=part.strength,
            right_of_100=part.right_of_100,
            searched=part.searched,
            missing=part.missing,
            language=part.language,
            named_place=part.named_place,
            unresolved=part.unresolved,
            approved=self.view.approved if part.is_approved else None,
            parts=(),
        )
        quotes = tuple(quote for quote in self.quotes if quote.view.number in part.quotes)
        nearest = tuple(quote for quote in self.nearest if quote.view.number in part.nearest)
        return ShownAnswer(view, quotes, nearest, part.question, number)

    @property
    def headline(self) -> str:
        if self.view.unresolved:
            return _("Question not clear")
        if self._is_dead:
            return _("Not answered")
        if self.view.named_place:
            return _("Found by its number")
        if self.view.strength == 1:
            return _("Closest passages (may not answer)")
        return str(HEADLINES.get(self.view.status, ""))

    @property
    def count(self) -> str:
        shown = sum(not quote.view.removed for quote in self.quotes)
        return ngettext("%(n)d quote", "%(n)d quotes", shown) % {"n": shown} if shown else ""

    @property
    def meaning(self) -> str:
        if self.view.right_of_100 is None:
            return ""
        return _("In our tests, %(n)d of 100 answers like this contained a correct quote.") % {
            "n": self.view.right_of_100
        }

    @property
    def statement(self) -> str:
        if self._is_dead:
            return str(OUTAGES[self.view.outage])
        if self.view.unresolved:
            return _(
                "This question seems to refer to something that was said before, but it is not clear to what. "
                "Ask it as a whole question."
            )
        if self.view.status == AnswerStatus.REFUSED:
            return _("No answer found in %(collection)s.") % {"collection": self.view.collection}
        if self.view.approved:
            return self.view.approved.text or _("This approved answer has been withdrawn.")
        if self.view.named_place and self.quotes:
            return self._from_place() % {"place": self.view.named_place}
        return self.view.reply

    @property
    def is_reply(self) -> bool:
        """Said by the product itself: nothing was searched, so there is no match and nothing to rephrase."""
        return self.view.status == AnswerStatus.SMALL_TALK

    @property
    def is_approved(self) -> bool:
        """Said by an editor of the collection, with or without a quote."""
        return self.view.approved is not None

    @property
    def has_bars(self) -> bool:
        """Whether the answer was found by how well words match."""
        return not (self.view.named_place or self.view.unresolved or self.is_approved)

    @property
    def approved_by(self) -> str:
        approved = self.view.approved
        if approved is None or approved.withdrawn:
            return ""
        return approved_by(approved.role, approved.approved_at)

    def _from_place(self) -> str:
        if self.some_unreliable:
            return _("This is from %(place)s.")
        return _("This is from %(place)s, word for word.")

    @property
    def notes(self) -> list[str]:
        """What the documents lack: words that the question turns on, and its language."""
        notes = [_missing(word) for word in self.view.missing]
        if self.view.language:
            language = get_language_info(self.view.language)["name_translated"]
            notes.append(
                _(
                    "Your question seems to be in %(language)s, and no document here is in that language. "
                    "Ask in the language of the documents."
                )
                % {"language": language}
            )
        return notes

    @property
    def some_unreliable(self) -> bool:
        """The words of a quote may differ from those of the original."""
        return any(quote.view.unreliable and not quote.view.removed for quote in self.quotes)

    @property
    def proof_url(self) -> str:
        return "" if all(quote.view.removed for quote in self.quotes) else proof_url(self.view.id)

    @property
    def why_url(self) -> str:
        """Shown on pages of those who may open it."""
        return "" if self._is_dead else why_url(self.view.id)

    @property
    def _is_dead(self) -> bool:
        return self.view.state == AnswerState.DEAD


@dataclass(frozen=True)
class ShownTurn:
    """`answer` is None while the question waits for it."""

    message: MessageView
    answer: ShownAnswer | None = None


def shown_turns(conversation: str, turns: Iterable[TurnView]) -> list[ShownTurn]:
    return [
        ShownTurn(turn.message, shown_answer(conversation, turn.answer) if turn.answer.is_final else None)
        for turn in turns
    ]


def shown_answer(conversation: str, answer: AnswerView) -> ShownAnswer:
    """`conversation` is the uid of the one that the answer belongs to."""
    quotes = (_shown(quote, source_url(conversation, answer.id, quote.number)) for quote in answer.quotes)
    nearest = (_shown(quote, _passage(quote)) for quote in answer.nearest)
    return ShownAnswer(answer, tuple(quotes), tuple(nearest))


def _missing(word: MissingWordView) -> str:
    if word.meant:
        return _("No document here contains “%(word)s”. Did you mean “%(meant)s”?") % {
            "word": word.word,
            "meant": word.meant,
        }
    return _("No document here contains “%(word)s”.") % {"word": word.word}


def _shown(quote: QuoteView, url: str) -> ShownQuote:
    return ShownQuote(quote, "" if quote.removed else url, "" if quote.removed else _passage(quote))


def _passage(quote: QuoteView) -> str:
    return passage_url(quote.document_id, quote.version, quote.start, quote.end)
