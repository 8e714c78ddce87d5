"""The page "Why this answer": an answer's trace in plain words, with what its charts need."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from apps.chat.answering.trace import Trace
from apps.chat.models import Answer, AnswerStatus
from apps.chat.pages.why_passages import SeenPassage, seen_passages
from apps.chat.pages.why_scales import Bar, around_zero, in_sequence, percent

SIGNALS: dict[str, Promise] = {
    "sentence_cosine": gettext_lazy("How close the closest sentence is in meaning"),
    "passage_cosine": gettext_lazy("How close the closest passage is in meaning"),
    "noise_floor": gettext_lazy("How close even unrelated questions come in this collection"),
    "bm25": gettext_lazy("How many rare words of the question the documents share"),
    "coverage": gettext_lazy("How many words of the question the best passage has"),
    "best_coverage": gettext_lazy("How many words of the question one passage has at most"),
    "sentence_coverage": gettext_lazy("How many words of the question the best sentence has"),
    "unknown": gettext_lazy("How many words of the question no document has"),
    "missing": gettext_lazy("Whether no document has a name, code or rare word of the question"),
    "corrected": gettext_lazy("How many words were taken for typing mistakes"),
    "margin": gettext_lazy("How far the best passage is ahead of the next one"),
    "stems": gettext_lazy("How many words the question has"),
}
STAGES: dict[str, Promise] = {
    "words": gettext_lazy("Look up the words of the question"),
    "recognise": gettext_lazy("Encode its meaning; look for an approved answer and for small talk"),
    "encode": gettext_lazy("Encode other readings"),
    "nearest": gettext_lazy("Find the nearest passages by meaning"),
    "find": gettext_lazy("Find passages to compare"),
    "rank": gettext_lazy("Compare and rank them"),
    "choose": gettext_lazy("Decide and choose the quotes"),
}
RATED = frozenset({AnswerStatus.ANSWERED, AnswerStatus.PARTIAL})
LACKING: dict[str, Promise] = {
    "amount": gettext_lazy(
        "The question asks for a number, and the first quote has none: it is at most a partial match."
    ),
    "time": gettext_lazy(
        "The question asks for a time, and the first quote has none: it is at most a partial match."
    ),
    "person": gettext_lazy(
        "The question asks for a person, and the first quote names none: it is at most a partial match."
    ),
}


@dataclass(frozen=True)
class Effect:
    """What one signal adds to the sum that the confidence is made of; `value` is "" for the start of every sum."""

    name: str
    value: str
    effect: str
    bar: Bar

    @property
    def lowers(self) -> bool:
        return self.effect.startswith("−")


@dataclass(frozen=True)
class Stage:
    name: str
    milliseconds: str
    bar: Bar


@dataclass(frozen=True)
class Reading:
    """A wording that was searched for."""

    text: str
    confidence: str
    is_kept: bool


@dataclass(frozen=True)
class Why:
    """`trace` is not empty. `decided` are the fields of the manifest; of one question, in a text that asks several, the
    one with this `number`.
    """

    answer: Answer
    trace: Trace
    decided: Mapping[str, Any]
    asked: str
    number: int = 0

    @property
    def status(self) -> str:
        return str(self.decided.get("status", self.answer.status))

    @property
    def _confidence(self) -> float:
        return float(self.decided.get("confidence", self.answer.confidence) or 0.0)

    @property
    def searched(self) -> str:
        return str(self.decided.get("resolved_question", ""))

    @property
    def was_changed(self) -> bool:
        return self.searched != self.asked

    @property
    def is_unclear(self) -> bool:
        return bool(self.decided.get("unresolved"))

    @property
    def readings(self) -> list[Reading]:
        return [
            Reading(text, _of_100(chance), text == self.searched) for text, chance in self.trace["readings"]
        ]

    @property
    def confidence(self) -> str:
        return _of_100(self._confidence)

    @property
    def confidence_bar(self) -> Bar:
        return Bar("0%", percent(self._confidence))

    @property
    def first_quote(self) -> str:
        """ "" if nothing was quoted, or if the quotes are from a place that the question names."""
        is_rated = self.status in RATED and not self.decided.get("named_place")
        return _of_100(self.trace["first_quote"]) if is_rated else ""

    @property
    def first_quote_bar(self) -> Bar:
        return Bar("0%", percent(self.trace["first_quote"]))

    @property
    def quoted_from(self) -> Bar:
        return self._threshold(0)

    @property
    def partial_from(self) -> Bar:
        return self._threshold(1)

    @property
    def strong_from(self) -> Bar:
        return self._threshold(2)

    def _threshold(self, which: int) -> Bar:
        value = self.trace["thresholds"][which]
        return Bar(percent(value), "0%", _of_100(value))

    @property
    def outcome(self) -> str:
        """Why it was quoted, or why nothing was."""
        if place := self.decided.get("named_place"):
            return _(
                "The question asks for %(place)s by its number. That place was found, so it is quoted as a whole; "
                "the confidence below does not matter then."
            ) % {"place": place}
        if self.is_unclear:
            return _(
                "The question refers to something said before, and the documents support no reading of it: the "
                "confidence is too low, or the best passages have none of its own words. So nothing is said about them."
            )
        if self.status == AnswerStatus.REFUSED:
            return self._refusal()
        return self._rating() % {
            "chance": self.first_quote,
            "partial": self.partial_from.text,
            "strong": self.strong_from.text,
        }

    def _rating(self) -> str:
        if self.status == AnswerStatus.ANSWERED:
            return _(
                "The first quote answers with a probability of %(chance)s of 100. That is a strong match, which begins "
                "at %(strong)s."
            )
        if self.trace.get("lacking"):
            return _(
                "The first quote answers with a probability of %(chance)s of 100, because it lacks what is asked for."
            )
        if self.decided.get("weak"):
            return _(
                "The first quote answers with a probability of %(chance)s of 100. That is less than the %(partial)s of "
                "a partial match, so these are only the closest passages."
            )
        return _(
            "The first quote answers with a probability of %(chance)s of 100. That is a partial match, below the "
            "%(strong)s of a strong one."
        )

    def _refusal(self) -> str:
        if self._confidence >= self.trace["thresholds"][0]:
            return _("The documents were close enough, but no sentence could be quoted.")
        return _("The confidence is %(confidence)s of 100. Below %(limit)s, nothing is quoted.") % {
            "confidence": self.confidence,
            "limit": self.quoted_from.text,
        }

    @property
    def lacking(self) -> list[str]:
        """What the documents or the first quote do not have."""
        found = [_("No document has the word “%(word)s”.") % row for row in self.decided.get("missing", ())]
        if language := self.decided.get("language_not_held"):
            name = get_language_info(language)["name_translated"]
            found.append(
                _("The question seems to be in %(language)s, and no document is.") % {"language": name}
            )
        if sentence := LACKING.get(self.trace.get("lacking", "")):
            found.append(str(sentence))
        return found

    @property
    def effects(self) -> list[Effect]:
        """The sum that the confidence is made of, in its order."""
        rows = [(str(_("Where every question starts")), "", self.trace["intercept"])]
        rows += [
            (str(SIGNALS.get(name, name)), _number(value), value * weight)
            for name, value, weight in self.trace["signals"]
            if value * weight
        ]
        bars = around_zero([effect for _name, _value, effect in rows])
        return [
            Effect(name, value, _signed(effect), bar)
            for (name, value, effect), bar in zip(rows, bars, strict=True)
        ]

    @property
    def quoting(self) -> str:
        """How quotes are chosen."""
        if self.status == AnswerStatus.REFUSED or self.decided.get("named_place"):
            return ""
        within = [_number(each) for each in self.trace["further_within"]]
        return _(
            "The sentence with the highest score is quoted first. A second quote may score %(second)s less, a third "
            "%(third)s less, and each must say something that the question and the other quotes don't say."
        ) % {"second": within[0], "third": within[-1]}

    @cached_property
    def passages(self) -> list[SeenPassage]:
        return seen_passages(self.answer, self.trace)

    @property
    def left_out(self) -> int:
        """How many compared passages are not listed."""
        return int(self.trace["compared"]) - len(self.passages)

    @property
    def stages(self) -> list[Stage]:
        times = self.trace["times"]
        known = [name for name in STAGES if name in times]
        bars = in_sequence([times[name] for name in known])
        return [
            Stage(str(STAGES[name]), _ms(times[name]), bar) for name, bar in zip(known, bars, strict=True)
        ]

    @property
    def computed(self) -> str:
        return _ms(sum(self.trace["times"].values()))

    @property
    def waited(self) -> str:
        """From the question to the stored answer."""
        finished = self.answer.finished_at
        return _ms((finished - self.answer.message.created_at).total_seconds() * 1000) if finished else ""


def why_of(answer: Answer) -> list[Why]:
    """One for each question that was asked; none for an answer without a trace: an older one, or one for which nothing
    was searched.
    """
    if not answer.trace:
        return []
    decided = answer.manifest or {}
    if "parts" not in answer.trace:
        return [Why(answer, answer.trace, decided, answer.message.text)]
    parts = zip(answer.trace["parts"], decided.get("parts", ()), strict=True)
    return [
        Why(answer, trace, part, part["question"], number)
        for number, (trace, part) in enumerate(parts, start=1)
        if trace
    ]


def _of_100(share: float) -> str:
    """Rounded down, so that what is below a limit is not shown as the limit itself."""
    return str(math.floor(share * 100 + 1e-6))


def _number(value: float) -> str:
    return f"{value:.2f}"


def _signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'}{abs(value):.1f}"


def _ms(milliseconds: float) -> str:
    return _("%(n)s ms") % {"n": f"{milliseconds:.1f}" if milliseconds < 100 else f"{milliseconds:.0f}"}
