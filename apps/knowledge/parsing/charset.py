"""Recognises the encoding of text that is not UTF-8 and does not name its encoding."""

from __future__ import annotations

import re
import unicodedata

from charset_normalizer import from_bytes

from apps.knowledge.documents.parsed_document import FailureCode, ParseError

_NAMES = {
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
    "cp1255": "Windows-1255",
    "cp1256": "Windows-1256",
    "koi8_r": "KOI8-R",
    "cp932": "Shift-JIS",
    "shift_jis": "Shift-JIS",
    "euc_jp": "EUC-JP",
    "iso2022_jp": "ISO-2022-JP",
    "gb18030": "GB18030",
    "big5": "Big5",
    "cp949": "EUC-KR",
}
_SAMPLE = 100_000  # bytes
_ODD = {"Cn", "Co", "Cs", "Cc"}  # unassigned, private, half a character, control
_LATIN = ("cp1252", "cp1250", "cp1254")
_JAPANESE = ("cp932", "euc_jp")
_HIGH = re.compile(rb"[\x80-\xff]+")
_SIGN_IN_WORD = re.compile(r"[a-zà-ÿ][¡-¨ª-´¶-¿\ufffd]|[¡-¦¬-¶¸-¿\ufffd][a-zà-ÿ]")
_MOSTLY = 0.8
_SOME = 0.2
_MOST_ODD = 0.01


def decoded(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding. Raises ParseError: MISLABELLED for binary content, else MALFORMED."""
    has_nul = b"\x00" in data[:_SAMPLE]
    found = _utf_16(data) if has_nul else _legacy(data)
    if found is None:
        code = FailureCode.MISLABELLED if has_nul else FailureCode.MALFORMED
        raise ParseError(code, "text in an unknown encoding")
    return found


def _utf_16(data: bytes) -> tuple[str, str] | None:
    """UTF-16 without a byte order mark: the byte order in which the text has spaces and no odd characters."""
    texts = [(text, name) for name in ("utf-16-le", "utf-16-be") if (text := _text(data, name)) is not None]
    text, name = max(texts, key=lambda it: _plausibility(it[0]), default=("", ""))
    return (text, name.upper()) if text and _plausibility(text)[0] else None


def _plausibility(text: str) -> tuple[bool, int]:
    sample = text[:_SAMPLE]
    odd = sum(unicodedata.category(it) in _ODD for it in sample if it not in "\n\r\t\f")
    return odd <= len(sample) * _MOST_ODD, sum(it in " \n。、" for it in sample)


def _legacy(data: bytes) -> tuple[str, str] | None:
    best = from_bytes(data[:_SAMPLE], cp_isolation=list(_NAMES), enable_fallback=False).best()
    guess = best.encoding if best is not None else ""
    if guess in _LATIN or _is_latin(data[:_SAMPLE]):
        names = [_latin(data[:_SAMPLE], guess), *_LATIN]
    else:
        names = [*(name for name in _JAPANESE if _has_kana(data, name)), guess]
    for name in names:
        text = _text(data, name) if name else None
        if text is not None and _plausibility(text)[0]:
            return text, _NAMES[name]
    return None


def _is_latin(data: bytes) -> bool:
    """Whether most bytes above 127 stand alone, as in words with accents and before amounts of money."""
    runs = [len(run[0]) for run in _HIGH.finditer(data)]
    return runs.count(1) >= len(runs) * _MOSTLY


def _latin(data: bytes, guess: str) -> str:
    """Windows-1252, which differs from the other two in few letters, unless words would look odd in it."""
    western = data.decode("cp1252", "replace")
    if guess == "cp1254" and set("ýþð") & set(western):
        return "cp1254"
    is_slavic = bool(set("šžŠŽ") & set(western)) and bool(set("øèìùòïæð") & set(western))
    return "cp1250" if is_slavic or _SIGN_IN_WORD.search(western) else "cp1252"


def _has_kana(data: bytes, name: str) -> bool:
    text = _text(data, name) or ""
    foreign = [it for it in text[:_SAMPLE] if it > "\x7f"]
    return sum("\u3041" <= it <= "\u30ff" for it in foreign) > len(foreign) * _SOME


def _text(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
