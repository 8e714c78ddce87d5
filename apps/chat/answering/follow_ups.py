"""Completes a follow-up question from earlier turns: rules on words, without Django and without a search.

A question that refers to earlier ones gets several readings, each a whole question. All are searched, and
apps.chat.answering.resolving keeps the one that the documents support best.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from apps.chat.answering import follow_up_words as closed
from apps.chat.answering.named_places import with_label
from apps.chat.answering.phrases import content_words, phrases_of, words_of
from apps.chat.answering.question_parts import question_parts
from apps.chat.answering.references import is_conjunction, reference_in
from apps.chat.answering.rewriting import is_clause, rewritten
from apps.knowledge.index.analyzer import words
from apps.knowledge.search.question_language import is_foreign_script

LONGEST = (
    600  # characters of a question that may be a follow-up, of a reading, and of an earlier question or quote
)
# "Is there a dress code?" names no place.
_EXISTS = re.compile(
    r"\b(?:is|are|was|were|be|isn't|aren't) there\b|\bthere (?:is|are|was|were)\b", re.IGNORECASE
)
SHORT, FEW, MANY = 2, 3, 6  # content words of a question
_WITHOUT_TOPIC = closed.POINTING | closed.VAGUE | closed.RELATIVE | closed.SUBJECTS | {"me", "us"}


class FollowUpKind(StrEnum):
    WHOLE = "whole"  # understood alone
    SHORT = "short"  # perhaps understood alone
    LEANING = "leaning"  # not understood alone
    LABEL = "label"  # the last question, for another clause or step


@dataclass(frozen=True)
class Turn:
    """An earlier question as it was searched for, with the words of its quotes; `as_typed` if it was not searched for
    yet. `base` is what a follow-up to it is completed from, `typed` its own words; "" if both are the question.
    """

    question: str
    quotes: tuple[str, ...] = ()
    as_typed: bool = False
    base: str = ""
    typed: str = ""

    @property
    def whole(self) -> str:
        """The question without what it only adds to another one."""
        return (self.base or self.question).strip()

    @property
    def changed(self) -> frozenset[str]:
        """The words in which it differs from the question before it; none if it is no follow-up."""
        return frozenset(content_words(self.typed)) if self.typed not in ("", self.whole) else frozenset()


@dataclass(frozen=True)
class FollowUp:
    """`readings` are what to search for beside the question alone, the preferred first; empty if it is whole, or if
    there is nothing to complete it with. `base` is what the next follow-up is completed from unless the question alone
    is kept: without words that were only added, so that additions do not accumulate.
    """

    kind: FollowUpKind
    readings: tuple[str, ...] = ()
    base: str = ""


def follow_up_of(question: str, turns: Sequence[Turn]) -> FollowUp:
    """`turns` in order, the last one last."""
    kind = kind_of(question)
    if kind == FollowUpKind.WHOLE or not turns:
        return FollowUp(kind)
    rest = without_opening(question)
    if labelled := with_label(rest, turns[-1].whole):
        return FollowUp(FollowUpKind.LABEL, (labelled,), labelled)
    if _is_other_topic(question, rest, turns[-1].whole):
        return FollowUp(kind, (rest,), rest)
    return _completed(kind, rest, _turn_for(rest, turns))


def _is_other_topic(question: str, rest: str, earlier: str) -> bool:
    """Whether it corrects the earlier question to something that is named in full: "I meant the price of the boat"."""
    opening = question.strip().removesuffix(rest)
    is_full = any(phrase.preposition in ("of", "for") for phrase in phrases_of(rest)[1:])
    is_other = set(content_words(rest)).isdisjoint(content_words(earlier))
    return is_full and is_other and closed.CORRECTION.search(opening) is not None


def settled(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The same turns. A question as it was typed is completed from those before it as far as its words allow."""
    found: list[Turn] = []
    for turn in (part for each in turns for part in _parts_of(each)):
        known = _settled(turn, found) if turn.as_typed else turn
        if not has_no_words(known.whole):
            found.append(known)
    return tuple(found)


def _parts_of(turn: Turn) -> list[Turn]:
    """The questions of a text that asks several things; its quotes are kept with the last one."""
    *others, last = question_parts(turn.question) if turn.as_typed else (turn.question,)
    return [*(Turn(text, as_typed=True) for text in others), replace(turn, question=last)]


def _settled(turn: Turn, before: Sequence[Turn]) -> Turn:
    followed = follow_up_of(turn.question, before)
    if followed.kind not in (FollowUpKind.LEANING, FollowUpKind.LABEL):
        return Turn(turn.question, turn.quotes)
    searched = followed.readings[0] if followed.readings else turn.question
    return Turn(searched, turn.quotes, base=followed.base, typed=turn.question)


def has_no_words(question: str) -> bool:
    """Whether it asks for nothing by itself: "why?", "one more?" """
    asked = words_of(without_opening(question))
    return bool(asked) and not any(word.is_content and word.text not in closed.VAGUE for word in asked)


def own_words_needed(question: str, searched: str) -> frozenset[str]:
    """The stems of which a passage must have one to support this reading of the question; empty if it needs none.

    A reading that contains the earlier question, or exchanges a part of it, finds the passages of the earlier question
    in any case. One that only names what a pronoun stands for is a question of its own.
    """
    rest = without_opening(question)
    is_own = searched in (question, rest) or (is_clause(rest) and not searched.endswith(f" {rest}"))
    own = () if is_own else content_words(rest)
    return frozenset(stem for word in own for _, stem in words(word))


def kind_of(question: str) -> FollowUpKind:
    """Judged by the words of the question alone."""
    if len(question) > LONGEST or not words_of(question):
        return FollowUpKind.WHOLE
    rest = without_opening(question)
    is_opened = rest != question.strip()
    size = sum(word not in closed.VAGUE for word in content_words(rest))
    refers, asks = reference_in(rest) is not None, is_clause(rest)
    is_fragment = not asks and size <= MANY and (is_opened or words_of(rest)[0].text in closed.CONDITIONS)
    if not size or is_fragment or (refers and size <= FEW):
        return FollowUpKind.LEANING
    is_short = size < SHORT or (size <= FEW and (not asks or _has_relative(rest)))
    return FollowUpKind.SHORT if is_opened or is_short or (refers and size <= MANY) else FollowUpKind.WHOLE


def without_opening(question: str) -> str:
    """The question without "and", "what about", "no, I meant"."""
    rest = question.strip()
    if unspaced := closed.UNSPACED_OPENING.fullmatch(rest):
        return unspaced["rest"]
    while (cut := closed.OPENING.match(rest)) and rest[cut.end() :].strip() and not _begins_name(cut):
        rest = rest[cut.end() :].lstrip()
    return rest


def _begins_name(opening: re.Match[str]) -> bool:
    rest = opening.string[opening.end() :]
    words = words_of(rest)
    is_joined = opening[0].strip().lower() in closed.INTERJECTIONS and opening[0][-1].isspace()
    return is_joined and bool(words) and words[0].is_content and not closed.OPENING.match(rest)


def _has_relative(text: str) -> bool:
    words, relative = words_of(_EXISTS.sub(" ", text)), closed.RELATIVE | closed.DEMONSTRATIVES
    return any(word.text in relative and not is_conjunction(words, n) for n, word in enumerate(words))


def _turn_for(rest: str, turns: Sequence[Turn]) -> Turn:
    """The last turn, unless only an earlier one shares a word with the question, in what was asked or quoted."""
    asked = set(content_words(rest))
    sharing = [turn for turn in turns if not asked.isdisjoint(_said(turn))]
    return sharing[-1] if sharing else turns[-1]


def _said(turn: Turn) -> set[str]:
    return {word for text in (turn.question, *turn.quotes) for word in content_words(text[:LONGEST])}


def _completed(kind: FollowUpKind, rest: str, turn: Turn) -> FollowUp:
    """The rules know the words of languages with spaces. Without a word of its own ("and what about that?"), a question
    joined with the earlier one would only find the earlier answer again.
    """
    earlier, own = turn.whole, {word.text for word in words_of(rest)}
    if own <= _WITHOUT_TOPIC and own & (closed.VAGUE | closed.RELATIVE):
        return FollowUp(kind, (), earlier)
    is_foreign = is_foreign_script(rest + earlier)
    one = None if is_foreign else rewritten(rest, earlier, turn.changed)
    readings = [one.text] if one else []
    if is_foreign or not own <= _WITHOUT_TOPIC:
        ended = earlier if earlier.endswith(("?", ".", "!", "？", "。")) else f"{earlier}?"
        readings.append(f"{ended} {rest}")
    kept = tuple(text for text in dict.fromkeys(readings) if len(text) <= LONGEST)
    return FollowUp(kind, kept, one.base if one else earlier)
