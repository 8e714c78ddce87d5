"""Words as BM25 counts them: one rule for questions, passages and every store's full-text index.

A stem is made of letters and digits alone, so that FTS5, PostgreSQL and Lucene see the same tokens.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

import snowballstemmer

RULES_VERSION = 1
MAX_CHARS = 64

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_STOPWORDS = frozenset(
    """a about am an and any are as at be been being but by can could did do does doing for from had has have
    having he her here hers him his how i if in into is it its itself just me my of on or our ours she should so
    some such than that the their theirs them then there these they this those to too us very was we were what
    when where which while who whom whose why will with would you your yours
    i'm i've i'd i'll you're you've you'll he's she's it's we're we've they're that's there's what's where's who's
    how's let's isn't aren't wasn't weren't doesn't don't didn't can't couldn't won't wouldn't shouldn't""".split()
)
_stemmer = snowballstemmer.stemmer("english")
_stemmer_lock = threading.Lock()  # a stemmer keeps state between two steps of one word


def stems(text: str) -> list[str]:
    """The stems of the text in order, repeated as often as they occur, without stop words."""
    return [stem for _, stem in words(text)]


def words(text: str) -> list[tuple[str, str]]:
    """(word in lower case, its stem) in order, without stop words."""
    return [(word, stem) for word in _WORD.findall(_fold(text)) if (stem := _stem(word))]


def word_spans(text: str, start: int = 0) -> list[tuple[int, int]]:
    """Where the words stand that are no stop words, from `start` on: [start, end) in characters of the text."""
    return [found.span() for found in _WORD.finditer(text, start) if _stem(_fold(found[0]))]


def replace_words(text: str, by_stem: Mapping[str, str]) -> str:
    """The text with each word that has one of the stems replaced."""
    return _WORD.sub(lambda found: by_stem.get(_stem(_fold(found[0])), found[0]), text)


def count_stems(text: str) -> Counter[str]:
    return Counter(stems(text))


def _fold(text: str) -> str:
    """Lower case, without accents, with one kind of apostrophe."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text.replace("\u2019", "'")).casefold()
    return "".join(char for char in folded if not unicodedata.category(char).startswith("M"))


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    """ "" for a stop word."""
    if word in _STOPWORDS:
        return ""
    with _stemmer_lock:
        stem: str = _stemmer.stemWord(word[:MAX_CHARS])
    return stem.replace("'", "")
