"""Makes words of PDF lines whole: words broken at line ends, ligatures, hyphens that show only at line ends."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from apps.knowledge.parsing.pdf_pieces import HYPHEN

_BROKEN_WORD = re.compile(rf"(\w+)(?:{HYPHEN}\s*|[-\u00ad\u2010]\n)(\w+)")
_SOFT_HYPHEN = "\u00ad"
_BREAKS = (HYPHEN, "-\n", _SOFT_HYPHEN, "\u2010\n")
_WORD = re.compile(r"\w+(?:-\w+)*(?![\w\x02\u00ad-])")
_FORMS = re.compile(
    "[\ufb00-\ufb06\ufb13-\ufb17\ufb50-\ufdfb\ufe70-\ufefc]+"
)  # ligatures, and letters by their place


def whole_words(text: str, words: set[str]) -> str:
    """Join words that are broken at line ends. A hyphen is kept if the document has the word with a hyphen
    elsewhere. `text` has LF between lines.
    """

    def whole(match: re.Match[str]) -> str:
        first, second = match[1], match[2]
        keeps = f"{first}-{second}".lower() in words or not second[0].islower()
        return f"{first}-{second}" if keeps and f"{first}{second}".lower() not in words else first + second

    if not any(map(text.__contains__, _BREAKS)):  # which is true of most texts, and takes less time
        return text
    return _BROKEN_WORD.sub(whole, text).replace(HYPHEN, "-").replace(_SOFT_HYPHEN, "")


def plain_letters(text: str) -> str:
    """The letters that ligatures and forms for a place in the word stand for: "fi" for one character of both."""
    if text.isascii():
        return text
    return _FORMS.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def words_of(texts: Iterable[str]) -> set[str]:
    """Complete words in lower case, including words with hyphens inside."""
    return set(map(str.lower, _WORD.findall("\n".join(texts))))
