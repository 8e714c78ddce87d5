from __future__ import annotations

import hashlib
import unicodedata

_KEPT_MARKS = frozenset("#%_")  # "C#" is not "C", and "5 %" is not "5"
_KEPT = frozenset({"Sm", "Sc", "So"})  # signs such as +, < and €
_VARIANTS = range(0xFE00, 0xFE10)  # select another picture of the character before


def key_of(text: str) -> str:
    """The same for wordings that differ in case, white space or punctuation alone."""
    return hashlib.sha256(" ".join(spelled_words(text)).encode()).hexdigest()


def spelled_words(text: str) -> list[str]:
    """Without differences of case, white space and punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character if _is_kept(character) else " " for character in folded).split()


def without_accents(text: str) -> str:
    """The same words without marks on their letters."""
    apart = unicodedata.normalize("NFD", " ".join(spelled_words(text)))
    return "".join(character for character in apart if unicodedata.category(character) != "Mn")


def _is_kept(character: str) -> bool:
    """Vowel signs are marks (M) in Hindi and Thai."""
    if ord(character) in _VARIANTS:
        return False
    category = unicodedata.category(character)
    return category[0] in "LNM" or category in _KEPT or character in _KEPT_MARKS
