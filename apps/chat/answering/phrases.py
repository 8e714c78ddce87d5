"""Words of a question, and its phrases: runs of words that name a thing ("part-time staff"). Found by closed classes of
words alone, so a verb may be among them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from apps.chat.answering import follow_up_words as closed

_WORD = re.compile(r"[^\W_]+(?:[-'’./@+_][^\W_]+)*(?:\+\+|#)?")
_FUNCTION = frozenset({"me", "us"}).union(
    closed.SINGULAR, closed.PLURAL, closed.POSSESSIVE, closed.PERSONS, closed.ONES, closed.RELATIVE, closed.AUXILIARIES,
    closed.QUESTION_WORDS, closed.SUBJECTS, closed.DETERMINERS, closed.PREPOSITIONS, closed.CLAUSES,
)  # fmt: skip


class Word(NamedTuple):
    """`text` in lower case."""

    start: int
    end: int
    text: str

    @property
    def is_content(self) -> bool:
        return self.text not in _FUNCTION


class Phrase(NamedTuple):
    """question[start:end] == text. `article` and `preposition` stand before it, in lower case; "" if none."""

    start: int
    end: int
    text: str
    article: str = ""
    preposition: str = ""

    @property
    def is_plural(self) -> bool:
        return self.text.lower().endswith("s") and not self.text.lower().endswith(("ss", "us", "is"))

    @property
    def head(self) -> str:
        return self.text.split()[-1].lower()


def words_of(text: str) -> list[Word]:
    return [Word(*found.span(), found[0].lower().replace("’", "'")) for found in _WORD.finditer(text)]


def content_words(text: str) -> list[str]:
    """In lower case and in order, without words that only hold a sentence together."""
    return [word.text for word in words_of(text) if word.is_content and word.text not in closed.LIGHT]


def phrases_of(text: str) -> list[Phrase]:
    """In order."""
    words = words_of(text)
    found = []
    for first, last in _runs(text, words):
        kept = _without_verbs(words, first, last)
        if kept:
            start, end = kept[0].start, kept[-1].end
            found.append(Phrase(start, end, text[start:end], *_before(words, words.index(kept[0]))))
    return found


def _before(words: Sequence[Word], n: int) -> tuple[str, str]:
    """(article, preposition) before the word with this number."""
    article = words[n - 1].text if n and words[n - 1].text in closed.DETERMINERS else ""
    n -= bool(article)
    return article, words[n - 1].text if n and words[n - 1].text in closed.PREPOSITIONS else ""


def _runs(text: str, words: Sequence[Word]) -> list[tuple[int, int]]:
    """[first, last) of words that may name something, with nothing but a space between them. A name ends where small
    letters begin.
    """
    runs: list[tuple[int, int]] = []
    for n, word in enumerate(words):
        if not _names(text, word):
            continue
        first, last = runs[-1] if runs else (0, -1)
        is_next = last == n and not text[words[n - 1].end : word.start].strip()
        if is_next and not _ends_name(text, words, first, n):
            runs[-1] = first, n + 1
        else:
            runs.append((n, n + 1))
    return runs


def _names(text: str, word: Word) -> bool:
    is_name = word.start > 0 and text[word.start].isupper() and not text.isupper()
    return word.is_content and (is_name or word.text not in closed.LIGHT | closed.PARTICLES)


def _ends_name(text: str, words: Sequence[Word], first: int, n: int) -> bool:
    is_name = first > 0 and all(text[word.start].isupper() for word in words[first:n])
    return is_name and text[words[n].start].islower()


def _without_verbs(words: Sequence[Word], first: int, last: int) -> Sequence[Word]:
    """Without the verb after "I", "to" or "who", and without the one that ends "what do reports contain" or "how is
    leave requested".
    """
    before = words[first - 1].text if first else ""
    if before in closed.SUBJECTS or before in ("to", "who", "please"):
        first += 1
    elif last - first > 1 and last == len(words) and _ends_in_verb(words[:first], words[-1]):
        last -= 1
    return words[first:last]


def _ends_in_verb(before: Sequence[Word], last: Word) -> bool:
    texts = [word.text for word in before if word.text not in closed.DETERMINERS]
    if not texts or texts[0] not in closed.QUESTION_WORDS:
        return False
    is_passive = texts[-1] in ("is", "are", "was", "were") and last.text.endswith("ed")
    return is_passive or texts[-1] in ("do", "does", "did")
