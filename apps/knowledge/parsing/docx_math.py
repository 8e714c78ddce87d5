"""Writes the equations of Word in one line: fractions as "1/2", powers as "10⁶", roots as "√(x)". Numbers of different
parts of an equation are never joined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from xml.etree.ElementTree import Element

from apps.knowledge.parsing.docx_package import attribute, child, children, local
from apps.knowledge.parsing.raised import lowered, raised

_LETTER = r"[^\W\d_⁰¹²³⁴-⁹₀-₉]"
_LAST_WORD = re.compile(rf"{_LETTER}+\Z")
_FIRST_WORD = re.compile(rf"{_LETTER}+")
_NOT_TEXT = {"del", "moveFrom", "delText", "instrText"}


def equation(element: Element) -> str:
    """The text of an `m:oMath` element or of a part of one."""
    pieces: list[str] = []
    was_run = False
    for item in element:
        name = local(item)
        if name in _NOT_TEXT or name.endswith("Pr"):
            continue
        text = _WRITERS.get(name, equation)(item) if name != "t" else item.text or ""
        is_run = name in ("r", "t")
        if pieces and text and not (is_run and was_run) and _need_space(pieces[-1], text):
            pieces.append(" ")
        if text:
            pieces.append(text)
            was_run = is_run
    return "".join(pieces)


def touch(left: str, right: str) -> bool:
    """Whether two texts would become one word or number if nothing stood between them."""
    return left[-1:].isalnum() and right[:1].isalnum()


def _need_space(left: str, right: str) -> bool:
    """Whether two parts of an equation need a space: "2 1/2", "a cos x", but "2x" and "πr²"."""
    if not touch(left, right):
        return False
    if right[0].isdigit():
        return True
    words = (_LAST_WORD.search(left), _FIRST_WORD.match(right))
    return any(word is not None and len(word[0]) > 1 for word in words)


def _part(element: Element, name: str) -> str:
    found = child(element, name)
    return equation(found).strip() if found is not None else ""


def _grouped(text: str) -> str:
    """In brackets unless it is one number, word or bracket."""
    inner = text[1:-1] if text[:1] == "(" and text[-1:] == ")" else ""
    is_one = not text or text.replace(".", "").isalnum() or bool(inner and not set(inner) & set("()"))
    return text if is_one else f"({text})"


def _script(text: str, write: Callable[[str], str], sign: str) -> str:
    written = write(text)
    return written if written != text or not text else f"{sign}{_grouped(text)}"


def _above(text: str) -> str:
    return _script(text, raised, "^")


def _below(text: str) -> str:
    return _script(text, lowered, "_")


def _scripted(element: Element) -> str:
    return _grouped(_part(element, "e")) + _below(_part(element, "sub")) + _above(_part(element, "sup"))


def _prescripted(element: Element) -> str:
    return _below(_part(element, "sub")) + _above(_part(element, "sup")) + _part(element, "e")


def _fraction(element: Element) -> str:
    if attribute(child(element, "fPr", "type"), "val") == "noBar":
        return f"{_part(element, 'num')}; {_part(element, 'den')}"
    return f"{_grouped(_part(element, 'num'))}/{_grouped(_part(element, 'den'))}"


def _root(element: Element) -> str:
    return f"{_above(_part(element, 'deg'))}√({_part(element, 'e')})"


def _sum(element: Element) -> str:
    """A sum, product or integral with its limits."""
    sign = attribute(child(element, "naryPr", "chr"), "val", "∫")
    return f"{sign}{_below(_part(element, 'sub'))}{_above(_part(element, 'sup'))} {_part(element, 'e')}"


def _function(element: Element) -> str:
    name, argument = _part(element, "fName"), _part(element, "e")
    return f"{name} {argument}" if _need_space(name, argument) else name + argument


def _bracketed(element: Element) -> str:
    properties = child(element, "dPr")
    begin, end, between = (
        attribute(child(properties, name), "val", default)
        for name, default in (("begChr", "("), ("endChr", ")"), ("sepChr", "|"))
    )
    return begin + between.join(equation(item).strip() for item in children(element, "e")) + end


def _lower_limit(element: Element) -> str:
    return _part(element, "e") + _below(_part(element, "lim"))


def _upper_limit(element: Element) -> str:
    return _part(element, "e") + _above(_part(element, "lim"))


def _matrix(element: Element) -> str:
    rows = (_listed(children(row, "e"), " ") for row in children(element, "mr"))
    return f"[{'; '.join(rows)}]"


def _lines(element: Element) -> str:
    return _listed(children(element, "e"), "; ")


def _listed(items: Iterable[Element], between: str) -> str:
    return between.join(equation(item).strip() for item in items)


def _accented(element: Element) -> str:
    """One letter with an accent above it, such as x̂; longer expressions are written without it."""
    accent, base = attribute(child(element, "accPr", "chr"), "val", "\u0302"), _part(element, "e")
    return base + accent if len(base) == 1 else base


def _run(element: Element) -> str:
    """A run; alternatives of the same text are not both written."""
    return "".join(item.text or "" for item in element if local(item) == "t")


_WRITERS: dict[str, Callable[[Element], str]] = {
    "r": _run,
    "f": _fraction,
    "sSup": _scripted,
    "sSub": _scripted,
    "sSubSup": _scripted,
    "sPre": _prescripted,
    "rad": _root,
    "nary": _sum,
    "func": _function,
    "d": _bracketed,
    "limLow": _lower_limit,
    "limUpp": _upper_limit,
    "m": _matrix,
    "eqArr": _lines,
    "acc": _accented,
}
