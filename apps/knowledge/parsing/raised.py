"""Writes raised and lowered characters so that they never join the number beside them: 10 to the sixth is "10⁶"."""

from __future__ import annotations

_RAISED = dict(zip("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ", strict=True))
_LOWERED = dict(zip("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎", strict=True))


def raised(text: str) -> str:
    """The text in raised characters of Unicode. Text with a digit that has no raised form throughout gets a "^" and
    brackets: "6.5" is "^(6.5)". Text without digits is returned as it is, because it cannot change a number: "th".
    """
    return _written(text, _RAISED, "^")


def lowered(text: str) -> str:
    """The text in lowered characters of Unicode: "2" is "₂". Text with a digit that has no lowered form throughout gets
    a "_" and brackets.
    """
    return _written(text, _LOWERED, "_")


def _written(text: str, forms: dict[str, str], sign: str) -> str:
    stripped = text.strip()
    if not any(character.isdigit() for character in stripped):
        return text
    if all(character in forms for character in stripped):
        return "".join(forms[character] for character in stripped)
    return f"{sign}({stripped})"
