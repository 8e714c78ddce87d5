"""Writes numbers in the formats of Word's lists: "3", "iii", "cc", "③", "third", "三"."""

from __future__ import annotations

import string
from collections.abc import Callable

from apps.knowledge.parsing.list_labels import roman

_MOST_LETTERS = 30  # Word repeats a letter: z, aa, bb. Larger numbers are written in digits
_ALPHABETS = {
    "lowerLetter": string.ascii_lowercase,
    "upperLetter": string.ascii_uppercase,
    "russianLower": "абвгдежзиклмнопрстуфхцчшщыэюя",
    "russianUpper": "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ",
    "ganada": "가나다라마바사아자차카타파하",
    "chosung": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
    "aiueoFullWidth": "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
    "irohaFullWidth": "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテ"
    "アサキユメミシヱヒモセスン",
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "arabicAlpha": "أبتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "arabicAbjad": "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ",
    "hebrew2": "אבגדהוזחטיכלמנסעפצקרשת",
    "thaiLetters": "กขคงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ",
    "chicago": "*†‡§",
}
_DIGITS = {
    "decimalFullWidth": "0123456789",
    "decimalFullWidth2": "0123456789",
    "japaneseDigitalTenThousand": "〇一二三四五六七八九",
    "ideographDigital": "〇一二三四五六七八九",
    "taiwaneseDigital": "○一二三四五六七八九",
    "koreanDigital": "영일이삼사오육칠팔구",
    "koreanDigital2": "零一二三四五六七八九",
    "hindiNumbers": "०१२३४५६७८९",
    "thaiNumbers": "๐๑๒๓๔๕๖๗๘๙",
}
_COUNTED = {  # digits, then tens, hundreds and thousands
    "chineseCounting": ("〇一二三四五六七八九", "十百千"),
    "chineseCountingThousand": ("〇一二三四五六七八九", "十百千"),
    "chineseLegalSimplified": ("零壹贰叁肆伍陆柒捌玖", "拾佰仟"),
    "ideographLegalTraditional": ("零壹貳參肆伍陸柒捌玖", "拾佰仟"),
    "japaneseCounting": ("〇一二三四五六七八九", "十百千"),
    "japaneseLegal": ("〇壱弐参四伍六七八九", "拾百阡"),
    "taiwaneseCounting": ("○一二三四五六七八九", "十百千"),
    "taiwaneseCountingThousand": ("○一二三四五六七八九", "十百千"),
    "koreanCounting": ("영일이삼사오육칠팔구", "십백천"),
}
_CHINESE = {style for style in _COUNTED if not style.startswith(("japanese", "korean"))}
_ENCLOSED = {  # first character and how many there are
    "decimalEnclosedCircle": ("①", 20),
    "decimalEnclosedCircleChinese": ("①", 20),
    "decimalEnclosedParen": ("⑴", 20),
    "decimalEnclosedFullstop": ("⒈", 20),
    "ideographEnclosedCircle": ("㊀", 10),
}
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def formatted(number: int, style: str, pattern: str = "") -> str:
    """The number in a format of Word (`w:numFmt`). `pattern` is that of the format "custom": "001, 002, 003, ...".
    Unknown formats, and numbers that a format cannot write, get digits.
    """
    if style == "custom":
        return str(number).zfill(len(pattern.split(",", maxsplit=1)[0].strip()))
    if style in _ALPHABETS:
        return _repeated(number, _ALPHABETS[style])
    if style in _DIGITS:
        return "".join(_DIGITS[style][int(digit)] for digit in str(number))
    if style in _COUNTED:
        return _counted(number, *_COUNTED[style], is_chinese=style in _CHINESE)
    if style in _ENCLOSED:
        first, most = _ENCLOSED[style]
        return chr(ord(first) + number - 1) if 0 < number <= most else str(number)
    return _WRITERS.get(style, str)(number)


def _repeated(number: int, alphabet: str) -> str:
    times, place = divmod(number - 1, len(alphabet))
    return alphabet[place] * (times + 1) if 0 <= times < _MOST_LETTERS else str(number)


def _counted(number: int, digits: str, units: str, is_chinese: bool) -> str:
    """Up to 9999. Chinese writes the one of a hundred, and a gap (一百〇五); Japanese and Korean do not (百五)."""
    if not 0 < number < 10_000:
        return "".join(digits[int(digit)] for digit in str(number))
    written, is_gap = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            is_bare = digit == 1 and power > 0 and (not is_chinese or number < 20)
            written += digits[0] * (is_chinese and is_gap and bool(written)) + digits[digit] * (not is_bare)
            written += units[power - 1] if power else ""
        is_gap = not digit
    return written


def _english(number: int) -> str:
    """one, twelve, forty-two."""
    if not 0 < number < 100:
        return str(number)
    if number < len(_ONES):
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]}-{_ONES[ones]}" if ones else _TENS[tens]


def _english_ordinal(number: int) -> str:
    """first, twelfth, forty-second."""
    words = _english(number)
    if words[-1].isdigit():
        return _ordinal(number)
    start, hyphen, last = words.rpartition("-")
    regular = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return f"{start}{hyphen}{_ORDINALS.get(last, regular)}"


def _ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


_WRITERS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02}",
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
    "ordinal": _ordinal,
    "cardinalText": lambda number: _english(number).capitalize(),
    "ordinalText": lambda number: _english_ordinal(number).capitalize(),
    "numberInDash": lambda number: f"- {number} -",
    "hex": lambda number: f"{number:X}",
    "aiueo": lambda number: _repeated(number, _ALPHABETS["aiueoFullWidth"]),
    "iroha": lambda number: _repeated(number, _ALPHABETS["irohaFullWidth"]),
    "none": lambda number: "",
}
