"""The form in which text is stored: NFC, LF line ends, no control characters, surrogates or noncharacters."""

from __future__ import annotations

import re
import unicodedata

# Characters that a database, a browser or JSON may refuse or change: C0 and C1 controls except tab and LF, surrogates,
# noncharacters, and the byte order mark, which is invisible and splits words.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?|[\x0c\x85\u2028\u2029]")
_ODD = re.compile(  # what the two above change, in one search: most texts have nothing of it
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def normalise(text: str) -> str:
    """The stored form of a text. normalise(normalise(x)) == normalise(x)."""
    is_ascii = text.isascii()
    if is_ascii and text.isprintable():
        return text
    if _ODD.search(text):
        if _SURROGATE.search(text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
        text = _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))
    return text if is_ascii or unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)
