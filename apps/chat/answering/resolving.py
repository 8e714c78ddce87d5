"""Searches for follow-up questions: every reading in one batch, and the one that the documents support best is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.chat.answering.decision import probability
from apps.chat.answering.drafts import Question
from apps.chat.answering.follow_ups import (
    FollowUp,
    FollowUpKind,
    follow_up_of,
    has_no_words,
    own_words_needed,
)
from apps.chat.config import DecisionConfig, FollowUpConfig
from apps.knowledge.index.analyzer import stems, words
from apps.knowledge.index.scope import Scope
from apps.knowledge.search.results import RankedPassage, Retrieval

BEST = 3  # passages
Retrieve = Callable[[Scope, Sequence[str]], Sequence[Retrieval]]


@dataclass(frozen=True)
class Resolved:
    """`is_unresolved` when the question leans on something that neither the earlier turns nor the documents show, or
    when the best passages have none of its own words: they are then those of the earlier question.
    `readings` are all that were searched for, each with its confidence. `base` is what the next follow-up is completed
    from, "" if it is the question that was searched for. It `adds_nothing` to the earlier one if no word of its own can
    tell whether the passages answer it: "how often?"
    """

    retrieval: Retrieval
    is_unresolved: bool = False
    readings: tuple[tuple[str, float], ...] = ()
    base: str = ""
    adds_nothing: bool = False


def retrieve_resolved(
    scope: Scope,
    questions: Sequence[Question],
    retrieve: Retrieve,
    rules: FollowUpConfig,
    decision: DecisionConfig,
) -> list[Resolved]:
    """One result for each question, all of this scope."""
    followed = [follow_up_of(question.text, question.turns) for question in questions]
    texts = [_texts(question, each) for question, each in zip(questions, followed, strict=True)]
    found = iter(retrieve(scope, [text for each in texts for text in each]))
    return [
        _kept(question.text, each, searched, [next(found) for _ in searched], rules, decision)
        for question, each, searched in zip(questions, followed, texts, strict=True)
    ]


def _texts(question: Question, follow_up: FollowUp) -> list[str]:
    """What is searched for, preferred first: a question that may stand alone is searched alone, too."""
    is_open = follow_up.kind in (FollowUpKind.LEANING, FollowUpKind.LABEL) and follow_up.readings
    alone = [] if is_open else [question.text]
    return [*alone, *follow_up.readings[: 2 - len(alone)]]


def _kept(
    question: str,
    follow_up: FollowUp,
    searched: Sequence[str],
    found: Sequence[Retrieval],
    rules: FollowUpConfig,
    decision: DecisionConfig,
) -> Resolved:
    """A question that may stand alone and has a word that no document uses is not answered with what the earlier one
    found. A reading is not supported by passages that only the words of the earlier question have found.
    """
    chances = [probability(each.evidence, decision) for each in found]
    is_certain = follow_up.kind == FollowUpKind.LABEL
    own = [
        chance * (is_certain or _has_own_words(question, text, each))
        for chance, text, each in zip(chances, searched, found, strict=True)
    ]
    is_foreign = follow_up.kind == FollowUpKind.SHORT and found[0].evidence.unknown > 0
    kept = 0 if is_foreign else _best(follow_up.kind, own, rules, decision)
    is_empty = not follow_up.readings and has_no_words(question)
    is_leaning = follow_up.kind == FollowUpKind.LEANING
    is_unresolved = is_leaning and (is_empty or own[kept] < decision.quoted_from)
    readings = tuple((each.question, chance) for each, chance in zip(found, chances, strict=True))
    is_alone = searched[kept] == question and not is_unresolved
    base = "" if is_alone or searched[kept] == follow_up.base else follow_up.base
    adds_nothing = bool(base) and not own_words_needed(question, searched[kept])
    return Resolved(found[kept], is_unresolved, readings, base, adds_nothing)


def _has_own_words(question: str, searched: str, found: Retrieval) -> bool:
    """Whether one of the best passages has a word that the question adds to the earlier one, or a corrected one."""
    needed = own_words_needed(question, searched)
    if not needed:
        return True
    asked = {stem for _, stem in words(found.question)}
    corrected = set() if needed <= asked else asked - {stem for _, stem in words(searched)}
    return any(not _stems_of(passage).isdisjoint(needed | corrected) for passage in found.passages[:BEST])


def _stems_of(passage: RankedPassage) -> set[str]:
    return set(stems(" ".join((passage.title, *passage.heading_path, passage.text))))


def _best(
    kind: FollowUpKind, chances: Sequence[float], rules: FollowUpConfig, decision: DecisionConfig
) -> int:
    """The first, unless another is better supported by a margin. A question that may stand alone is searched with the
    earlier one only if it is refused alone: the documents know better than its words whether it is whole.
    """
    if kind == FollowUpKind.LEANING:
        return max(range(len(chances)), key=lambda n: chances[n] - rules.join_margin * (n > 0))
    if chances[0] >= decision.quoted_from:
        return 0
    return max(range(len(chances)), key=lambda n: chances[n] - rules.context_margin * (n > 0))
