"""One question instead of two: what a follow-up refers to is named, or the part that differs is exchanged."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from typing import NamedTuple

from apps.chat.answering import follow_up_words as closed
from apps.chat.answering.phrases import Phrase, Word, phrases_of, words_of
from apps.chat.answering.references import reference_in

_SENTENCE_END = re.compile(r"(?<=[?!.。？])\s+")
_ENDINGS = "?!.。？ "
_DURATIONS = ("take", "takes", "cost", "costs")
_ADVERBIAL = frozenset(("how", "when", "where", "why"))
_ASKING = ("many", "much", "which", "what", "whose")  # before what is asked for


class Rewritten(NamedTuple):
    """`base` is the question without what was only added: the next follow-up is completed from it."""

    text: str
    base: str


def rewritten(rest: str, earlier: str, changed: Set[str] = frozenset()) -> Rewritten | None:
    """`rest` is the follow-up without "and", "what about"; `earlier` the question before it, of which the words
    `changed` were put in by the last follow-up. None if no rule fits.
    """
    last = _SENTENCE_END.split(earlier.strip())[-1]
    phrases, word = phrases_of(last), reference_in(rest)
    if phrases and _is_condition(rest):  # what its pronoun stands for is in the question that it is added to
        return _with_fragment(rest, last, phrases, changed)
    if word and word.text in closed.SINGULAR and (done := _with_action(rest, word, _action_of(last))):
        return _whole(done)
    if not phrases:
        return None
    if word and word.text in closed.ONES:
        rest, word = _replaced(rest, word, _kind_of(word.text, phrases)), None
    if word:
        return _whole(_named(rest, word, phrases))
    return None if is_clause(rest) else _with_fragment(rest, last, phrases, changed)


def _is_condition(rest: str) -> bool:
    """ "If it fails", but not "if it fails, who do I call?" """
    first = words_of(rest)[:1]
    return bool(first) and first[0].text in closed.SUBORDINATING and not is_clause(rest)


def _whole(text: str) -> Rewritten:
    return Rewritten(text, text)


def is_clause(text: str) -> bool:
    """Whether it says or asks something by itself: "I lose my key", an auxiliary verb, "who approves", "how to"."""
    words = [word.text for word in words_of(text)]
    asks = [n for n, word in enumerate(words) if word in closed.QUESTION_WORDS]
    if words and words[0] in closed.CONDITIONS and not asks and not _asks_after_comma(text):
        return False
    if len(words) > 1 and words[0] in closed.SUBJECTS - closed.ONES:
        return True
    if any(word in closed.AUXILIARIES for word in words[:8]):
        return True
    after = words[asks[0] + 1] if asks and asks[0] + 1 < len(words) else ""
    return bool(after) and (words[asks[0]] == "who" or after == "to" or after in closed.VERBS)


def _asks_after_comma(text: str) -> bool:
    """ "If I move, do I have to tell you?" """
    return any(word.text in closed.AUXILIARIES for word in words_of(text.partition(",")[2])[:1])


def _action_of(last: str) -> str:
    """ "transfer a project" of "How do I transfer a project?"; "" if it asks for no action."""
    words = words_of(last)
    for before, word, after in zip(words, words[1:], words[2:], strict=False):
        is_subject = word.text in closed.SUBJECTS and before.text in closed.AUXILIARIES
        if is_subject or (before.text, word.text) == ("how", "to"):
            return last[after.start :].rstrip(_ENDINGS)
    return ""


def _with_action(rest: str, word: Word, action: str) -> str:
    """ "Who can do that", "how long does it take" with the action that is meant."""
    words = words_of(rest)
    n = words.index(word)
    if not action or n == 0:
        return ""
    if words[n - 1].text == "do" and n > 1:
        return rest[: words[n - 1].start] + action + rest[word.end :]
    if n + 2 == len(words) and words[n + 1].text in _DURATIONS:
        return f"{_replaced(rest, word, 'it').rstrip(_ENDINGS)} to {action}?"
    return ""


def _replaced(text: str, word: Word, name: str) -> str:
    return text[: word.start] + name + text[word.end :]


def _kind_of(pronoun: str, phrases: Sequence[Phrase]) -> str:
    """The noun that "ones" stands for: of a phrase with another adjective, if there is one."""
    qualified = [each for each in phrases if " " in each.text] or phrases
    return _antecedent("they" if pronoun == "ones" else "it", qualified).text.split()[-1]


def _named(rest: str, word: Word, phrases: Sequence[Phrase]) -> str:
    found = _antecedent(word.text, phrases)
    name = f"{found.article} {found.text}".strip()
    return _replaced(rest, word, f"{name}'s" if word.text in closed.POSSESSIVE else name)


def _antecedent(pronoun: str, phrases: Sequence[Phrase]) -> Phrase:
    """The first phrase of the pronoun's number, else the first."""
    is_plural = pronoun in closed.PLURAL or pronoun == "their"
    return next((each for each in phrases if each.is_plural == is_plural), phrases[0])


def _with_fragment(rest: str, last: str, phrases: Sequence[Phrase], changed: Set[str]) -> Rewritten | None:
    """The last question with this fragment in the place of the part that is alike, or at its end."""
    fragment, stem = rest.rstrip(_ENDINGS), last.rstrip(_ENDINGS)
    words = words_of(fragment)
    if not words:
        return None
    lead = words[0].text
    is_alone = all(word.text in closed.VAGUE for word in words[1:])
    if is_alone and lead in closed.QUESTION_WORDS:
        return _asking(lead, stem)
    if lead not in closed.CLAUSES and (text := _exchanged(fragment, last, phrases, changed)):
        return _whole(text)
    is_added = lead in closed.CONDITIONS or (is_alone and lead in closed.ADVERBS)
    return Rewritten(f"{stem} {fragment}?", f"{stem}?") if is_added else None


def _asking(word: str, stem: str) -> Rewritten | None:
    """ "When do I request leave?" after "How do I request leave?" """
    first, *others = words_of(stem)
    if not {word, first.text} <= _ADVERBIAL or not others or others[0].text not in closed.AUXILIARIES:
        return None
    asked = word.capitalize() if stem[first.start].isupper() else word
    return _whole(f"{stem[: first.start]}{asked}{stem[first.end :]}?")


def _exchanged(fragment: str, last: str, phrases: Sequence[Phrase], changed: Set[str]) -> str:
    """ "" if the fragment names nothing, or nothing that could take the place of a phrase."""
    words = words_of(fragment)
    skipped = _words_before_name(words)
    name = words[skipped:]
    if not _is_name(name):
        return ""
    bare = fragment[name[0].start :]
    preposition = words[0].text if words[0].text in closed.PREPOSITIONS else ""
    place = _place_of(bare, preposition, phrases) or (
        None if preposition else _usual_place(last, phrases, changed)
    )
    if place is None:
        return ""
    article = words[skipped - 1].text if skipped and words[skipped - 1].text in closed.DETERMINERS else ""
    return _put(last.rstrip(_ENDINGS), _with_name(place, phrases), bare, article)


def _is_name(words: Sequence[Word]) -> bool:
    texts = [word.text for word in words]
    unnamed = closed.QUESTION_WORDS | closed.VAGUE | closed.ADVERBS | closed.AUXILIARIES
    return words[-1].is_content and texts[-1] not in closed.LIGHT and unnamed.isdisjoint(texts)


def _words_before_name(words: Sequence[Word]) -> int:
    """A preposition and articles; 0 if nothing else would remain."""
    skip = int(words[0].text in closed.PREPOSITIONS)
    while skip < len(words) and words[skip].text in closed.DETERMINERS:
        skip += 1
    return skip if skip < len(words) else 0


def _place_of(bare: str, preposition: str, phrases: Sequence[Phrase]) -> Phrase | None:
    """The phrase that the fragment is like: one with the same last word, a number for a number, one after the same
    preposition.
    """
    head = words_of(bare)[-1].text
    alike = [each for each in phrases if each.head == head or (bare.isdigit() and each.text.isdigit())]
    alike = alike or [each for each in phrases if preposition and each.preposition == preposition]
    return alike[-1] if alike else None


def _usual_place(last: str, phrases: Sequence[Phrase], changed: Set[str]) -> Phrase:
    """The phrase that the last follow-up has put in, else the first that is not what is asked for ("how many days do
    guides get").
    """
    put_in = [each for each in phrases if not each.preposition and changed & set(each.text.lower().split())]
    others = [each for each in phrases if not each.preposition and not _is_asked_for(last, each)]
    return (put_in or others or phrases)[0]


def _is_asked_for(last: str, phrase: Phrase) -> bool:
    before = words_of(last[: phrase.start])
    return bool(before) and before[-1].text in _ASKING


def _with_name(place: Phrase, phrases: Sequence[Phrase]) -> Phrase:
    """With the name right before it: "Team plan" for "plan"."""
    names = [each for each in phrases if each.end + 1 == place.start]
    if not names:
        return place
    return names[0]._replace(end=place.end, text=f"{names[0].text} {place.text}")


def _put(stem: str, place: Phrase, bare: str, article: str) -> str:
    """The question with another name; "a" does not stay before a plural."""
    is_replaced = place.article and (article or (place.article in ("a", "an") and bare.lower().endswith("s")))
    start = place.start - len(place.article) - 1 if is_replaced else place.start
    name = f"{article} {bare}" if article else bare
    return f"{stem[:start]}{name}{stem[place.end :]}?"
