"""Characters of the symbol fonts that Word uses, as characters of Unicode."""

from __future__ import annotations

import re

UNKNOWN = "\ufffd"  # a visible mark in place of a symbol that is not in the tables
_PRIVATE = re.compile("[\uf020-\uf0ff]")  # where Word stores the characters of a symbol font

_SYMBOL = (  # from 0x20
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
)
_SYMBOL_HIGH = (  # from 0xA0
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊⟨®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪\ufffd⟩∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"
)
_WINGDINGS = (
    "21✏ 22✂ 23✁ 28☎ 29✆ 2A✉ 36⌛ 37⌨ 3E✇ 3F✍ 41✌ 43👍 44👎 45☜ 46☞ 47☝ 48☟ 4A☺ 4B😐 4C☹ 4D💣 4E☠ 51✈ 52☼ 53💧 54❄ "
    "6C● 6D❍ 6E■ 6F□ 71❑ 72❒ 73⬧ 74⧫ 75◆ 76❖ 78⌧ 80⓪ 81① 82② 83③ 84④ 85⑤ 86⑥ 87⑦ 88⑧ 89⑨ 8A⑩ 8B⓿ 8C❶ 8D❷ 8E❸ "
    "8F❹ 90❺ 91❻ 92❼ 93❽ 94❾ 95❿ 9E· 9F• A1○ A7▪ A8◻ AB★ D8➢ DC➲ DF← E0→ E1↑ E2↓ E3↖ E4↗ E5↙ E6↘ E8➔ EF⇦ F0⇨ "
    "F1⇧ F2⇩ F3⬄ F4⇳ FB✗ FC✓ FD☒ FE☑"
)
_WINGDINGS_2 = (
    "21🖊 25✁ 27☎ 42👍 4F✗ 50✓ 51☒ 52☑ 53☒ 54☒ 55⊗ 56⊗ 69⓪ 6A① 6B② 6C③ 6D④ 6E⑤ 6F⑥ 70⑦ 71⑧ 72⑨ 73⑩ 75⓿ 76❶ 77❷ "
    "78❸ 79❹ 7A❺ 7B❻ 7C❼ 7D❽ 7E❾ 7F❿ 95• 96• 97● 98● 99○ 9E⦿ 9F▪ A0■ A1■ A2□ A3☐ A4☐ A5☐"
)
_WEBDINGS = "33⏴ 34⏵ 35⏶ 36⏷ 3C■ 61✔ 63□ 67■ 69ℹ 6E● 72✖ 7E⚡ 80🚫 98● B4❓ D6☂ E8⚕"


def _listed(table: str) -> dict[int, str]:
    return {int(entry[:2], 16): entry[2:] for entry in table.split()}


_FONTS: dict[str, dict[int, str]] = {
    "symbol": dict(enumerate(_SYMBOL, 0x20)) | dict(enumerate(_SYMBOL_HIGH, 0xA0)),
    "wingdings": _listed(_WINGDINGS),
    "wingdings 2": _listed(_WINGDINGS_2),
    "webdings": _listed(_WEBDINGS),
}


def symbol(font: str, code: str) -> str:
    """The character of `w:sym`, whose code is written in hexadecimal digits: ("Wingdings", "F0FE") is "☑"."""
    try:
        value = int(code, 16)
        if value < 0x100 or _PRIVATE.match(chr(value)):
            return _FONTS[font.lower()][value & 0xFF]
        return chr(value)
    except (ValueError, KeyError, OverflowError):
        return UNKNOWN


def in_unicode(text: str, font: str) -> str:
    """The text with private characters of a symbol font in Unicode. Private characters of other fonts stay."""
    if not _PRIVATE.search(text):
        return text
    table = _FONTS.get(font.lower())
    if table is None:
        return text
    return _PRIVATE.sub(lambda match: table.get(ord(match[0]) - 0xF000, UNKNOWN), text)
