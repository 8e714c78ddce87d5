"""Turns text into the stems that BM25 counts. Questions, passages and the full-text index of every store use it.

A stem consists of letters and digits only, so that FTS5, PostgreSQL and Lucene see the same tokens.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache

import snowballstemmer

from apps.knowledge.index import codes
from apps.knowledge.index.combining_marks import without_marks
from apps.knowledge.index.unspaced import RUN, STOP_PHRASES, Pieces

RULES_VERSION = 2
MAX_CHARS = 64
LONGEST_ACRONYM = 5
LONGEST_NAME = 3  # words, all with capitals

# Most words are found by the first branch, which is fast: letters alone, and no number after them.
_TOKEN = re.compile(
    rf"(?P<plain>[^\W\d_]++(?:'[^\W\d_]++)*+)(?![^\W_]|[{codes.JOINTS}]\d|'[^\W_])"
    rf"|(?P<code>{codes.CODE}|{codes.NUMBER})|(?P<word>[^\W_]+(?:'[^\W_]+)*)"
)
_PAIR = re.compile(r"(?<![^\W_])(?=([^\W_]{1,8})[- ]([^\W_]+)(?![^\W_]))")
_COMPOUND = re.compile(r"(?<![^\W_])([^\W\d_]{1,3})-([^\W\d_]+)(?![^\W_])")
_STOPWORDS = frozenset(
    """a about am an and any are as at be been being but by can could did do does doing for from had has have
    having he her here hers him his how i if in into is it its itself just me my of on or our ours she should so
    some such than that the their theirs them then there these they this those to too us very was we were what
    when where which while who whom whose why will with would you your yours
    i'm i've i'd i'll you're you've you'll he's she's it's we're we've they're that's there's what's where's who's
    how's let's isn't aren't wasn't weren't doesn't don't didn't can't couldn't won't wouldn't shouldn't""".split()
)
_CHUNK = re.compile(r"\S+")
_VOICING = "\u3099\u309a"  # marks that make another letter of a kana
_stemmer = snowballstemmer.stemmer("english")
_stemmer_lock = threading.Lock()  # a stemmer keeps state while it stems a word


def stems(text: str) -> list[str]:
    """The stems that a document is found by, repeated as often as they occur, without stop words.

    Codes and compounds are found by their parts, too.
    """
    found: list[str] = []
    of_compounds: list[str] = []
    for chunk in text.split():  # no word has white space in it
        own, joined = (_stems_of_chunk if len(chunk) <= MAX_CHARS else _stems)(chunk)
        found += own
        of_compounds += joined
    return [*found, *of_compounds, *(token[:MAX_CHARS] for token in codes.spaced(text))]


def words(text: str) -> list[tuple[str, str]]:
    """(word in lower case, its stem) of a question in order, without stop words."""
    return [pair for match in _TOKEN.finditer(_fold(text)) for pair in _asked(match)]


def joined_words(text: str) -> list[tuple[str, str, str]]:
    """The stems of neighbouring words of a question and the stem of both in one: "e 1057", "wi-fi"."""
    pairs = ((first, second, codes.token(first + second)) for first, second in _PAIR.findall(_fold(text)))
    stemmed = ((_stem_of(first), _stem_of(second), _stem_of(both)) for first, second, both in pairs)
    return [pair for pair in stemmed if all(pair)]


def written_words(text: str) -> dict[str, tuple[str, bool]]:
    """{stem: (the word as it is written, whether it is written like a name inside a sentence)}

    Nothing is written like a name where capitals say nothing: "HOW LONG IS IT", "How Long Is The Warranty".
    """
    found: dict[str, tuple[str, bool]] = {}
    matches = list(_TOKEN.finditer(text))
    capitals = sum(match[0][0].isupper() for match in matches)
    is_told = capitals < 2 or not (text.isupper() or (capitals == len(matches) > LONGEST_NAME))
    for match in matches:
        before = text[max(0, match.start() - 4) : match.start()].rstrip(" \"'(“‘")
        is_shouted = match[0].isupper() and len(match[0]) > LONGEST_ACRONYM
        is_name = is_told and match[0][0].isupper() and not is_shouted and before[-1:] not in ("", *".!?:\n")
        for _, stem in _asked_in(match[0]):
            found.setdefault(stem, (match[0], is_name))
    return found


def is_code(stem: str) -> bool:
    """Whether it is the stem of a code or of a number with points: "e1042", "3p10"."""
    return codes.IS_CODE.match(stem) is not None


def parts_of_code(word: str) -> list[str]:
    """The stems of the parts of a code; empty for other words."""
    return [stem for part in codes.parts(word) if (stem := _stem_of(part))]


def word_spans(text: str) -> list[tuple[int, int]]:
    """The [start, end) offsets, in characters, of all words that are not stop words."""
    found: list[tuple[int, int]] = []
    for match in _CHUNK.finditer(text):
        start, chunk = match.start(), match[0]
        spans = (_spans_of_chunk if len(chunk) <= MAX_CHARS else _spans)(chunk)
        for low, high in spans:
            found.append((start + low, start + high))
    return found


def _asked_in(word: str) -> Iterator[tuple[str, str]]:
    return (pair for match in _TOKEN.finditer(_fold(word)) for pair in _asked(match))


def replace_words(text: str, by_stem: Mapping[str, str]) -> str:
    """The text with each word replaced whose stem is a key of `by_stem`."""
    return _TOKEN.sub(lambda found: by_stem.get(_stem(_fold(found[0])), found[0]), text)


def count_stems(text: str) -> Counter[str]:
    return Counter(stems(text))


def _stems(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The stems of words, repeated as often as they occur, and those of compounds."""
    folded = _fold(text)
    words: list[str] = []
    for match in _TOKEN.finditer(folded):
        if match.lastgroup == "plain" and folded.isascii():
            words += filter(None, (_stem(match[0]),))
        else:
            words += _indexed(match)
    pairs = _COMPOUND.findall(folded) if "-" in folded else ()
    return tuple(words), tuple(filter(None, (_stem(first + second) for first, second in pairs)))


def _spans(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(found.span() for found in _TOKEN.finditer(text) if _stem(_fold(found[0])))


def _indexed(match: re.Match[str]) -> Iterator[str]:
    word = match[0]
    if match.lastgroup == "code":
        yield from (token[:MAX_CHARS] for token in (codes.token(word), *codes.parts(word)))
    elif word.isascii() or not RUN.search(word):
        yield from filter(None, [_stem(word)])
    else:
        for part, is_run in _split_runs(word):
            yield from _pieces.indexed(part) if is_run else filter(None, [_stem(part)])


def _asked(match: re.Match[str]) -> Iterator[tuple[str, str]]:
    word = match[0]
    if match.lastgroup == "code":
        yield word, codes.token(word)[:MAX_CHARS]
    elif word.isascii() or not RUN.search(word):
        if stem := _stem(word):
            yield word, stem
    else:
        for part, is_run in _split_runs(word):
            found = _pieces.asked(part) if is_run else filter(None, [_stem(part)])
            yield from ((piece, piece) for piece in found)


def _split_runs(word: str) -> Iterator[tuple[str, bool]]:
    """The parts of a word, each with whether it is in a script without spaces."""
    end = 0
    for run in RUN.finditer(word):
        if word[end : run.start()]:
            yield word[end : run.start()], False
        yield run[0], True
        end = run.end()
    if word[end:]:
        yield word[end:], False


def _fold(text: str) -> str:
    """The text in lower case, without accents, with one kind of apostrophe."""
    if text.isascii():
        return text.lower()
    apart = codes.with_raised_apart(text.replace("\u2019", "'"))
    folded = unicodedata.normalize("NFKD", apart).casefold()
    return unicodedata.normalize("NFC", without_marks(folded, _is_mark))


def _is_mark(char: str) -> bool:
    return char not in _VOICING and unicodedata.category(char).startswith("M")


def _stem_of(word: str) -> str:
    return word[:MAX_CHARS] if any(map(str.isdigit, word)) else _stem(word)


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    """The stem, or "" for a stop word."""
    if word in _STOPWORDS:
        return ""
    with _stemmer_lock:
        stem: str = _stemmer.stemWord(word[:MAX_CHARS])
    return stem.replace("'", "")


# Most chunks of a text are short and occur again and again.
_stems_of_chunk = lru_cache(maxsize=50_000)(_stems)
_spans_of_chunk = lru_cache(maxsize=50_000)(_spans)
_pieces = Pieces(tuple(_fold(phrase) for phrase in STOP_PHRASES))
