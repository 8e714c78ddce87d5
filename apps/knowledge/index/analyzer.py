"""Turns text into the stems that BM25 counts. Questions, passages and the full-text index of every store use it.

A stem consists of letters and digits only, so that FTS5, PostgreSQL and Lucene see the same tokens.
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
_stemmer_lock = threading.Lock()  # a stemmer keeps state while it stems a word


def stems(text: str) -> list[str]:
    """The stems of the text in order, repeated as often as they occur, without stop words."""
    return [stem for _, stem in words(text)]


def words(text: str) -> list[tuple[str, str]]:
    """(word in lower case, its stem) in order, without stop words."""
    return [(word, stem) for word in _WORD.findall(_fold(text)) if (stem := _stem(word))]


def word_spans(text: str, start: int = 0) -> list[tuple[int, int]]:
    """The [start, end) offsets, in characters, of all words from `start` on that are not stop words."""
    return [found.span() for found in _WORD.finditer(text, start) if _stem(_fold(found[0]))]


def replace_words(text: str, by_stem: Mapping[str, str]) -> str:
    """The text with each word replaced whose stem is a key of `by_stem`."""
    return _WORD.sub(lambda found: by_stem.get(_stem(_fold(found[0])), found[0]), text)


def count_stems(text: str) -> Counter[str]:
    return Counter(stems(text))


def _fold(text: str) -> str:
    """The text in lower case, without accents, with one kind of apostrophe."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text.replace("\u2019", "'")).casefold()
    return "".join(char for char in folded if not unicodedata.category(char).startswith("M"))


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    """The stem, or "" for a stop word."""
    if word in _STOPWORDS:
        return ""
    with _stemmer_lock:
        stem: str = _stemmer.stemWord(word[:MAX_CHARS])
    return stem.replace("'", "")
