"""Words of a question that stand for something outside of it: "it", "those", "the old one"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from apps.chat.answering import follow_up_words as closed
from apps.chat.answering.phrases import Word, words_of

_IMPERSONAL_CLAUSES = closed.QUESTION_WORDS | {"to", "that", "if", "whether"}
_BREAK = re.compile(r"[,.;:!?]\s")


def reference_in(text: str) -> Word | None:
    """The first such word; None if the question itself names what its pronouns stand for."""
    words = words_of(text)
    found = (word for n, word in enumerate(words) if _refers(words, n))
    return next((word for word in found if not _is_named(text, words, word)), None)


def is_conjunction(words: Sequence[Word], n: int) -> bool:
    """Whether this word is "that" as in "check that the tunnel is up"; not as in "is that the form"."""
    if words[n].text != "that" or not 0 < n < len(words) - 1:
        return False
    begins_clause = words[n + 1].text in closed.SUBJECTS | closed.DETERMINERS | {"there"}
    return begins_clause and words[n - 1].text not in closed.AUXILIARIES


def _refers(words: Sequence[Word], n: int) -> bool:
    text, before = words[n].text, words[n - 1].text if n else ""
    after = words[n + 1].text if n + 1 < len(words) else ""
    if text in closed.ONES:
        return not after or after in closed.AUXILIARIES or text == "ones" or before in ("which", "the")
    if text == "it":
        return not _is_expletive(words, n)
    if is_conjunction(words, n):
        return False
    if text in closed.DEMONSTRATIVES:
        return not (n + 1 < len(words) and words[n + 1].is_content and after not in closed.VERBS)
    return text in closed.PLURAL | closed.POSSESSIVE | closed.PERSONS


def _is_expletive(words: Sequence[Word], n: int) -> bool:
    """ "It" as in "is it possible to", "how long does it take to", "does it matter which"."""
    following = [word.text for word in words[n + 1 : n + 5]]
    places = [place for place, text in enumerate(following[:2]) if text in closed.IMPERSONAL]
    return bool(places) and not _IMPERSONAL_CLAUSES.isdisjoint(following[places[0] + 1 :])


def _is_named(text: str, words: Sequence[Word], word: Word) -> bool:
    """In an earlier clause, or anywhere before "its"."""
    before = words[: words.index(word)]
    content = [each for each in before if each.is_content and each.text not in closed.LIGHT]
    if word.text in closed.POSSESSIVE:
        return bool(content)
    borders = [each.start for each in before if each.text in closed.CLAUSES]
    borders += [found.start() for found in _BREAK.finditer(text, 0, word.start)]
    return bool(content) and bool(borders) and content[0].start < max(borders)
