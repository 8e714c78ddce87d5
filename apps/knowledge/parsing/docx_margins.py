"""Headers and footers of a Word document: which of them its pages show, and their text without page numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from apps.knowledge.parsing.docx_fields import PAGE_NUMBERS, Fields, kind_of
from apps.knowledge.parsing.docx_package import Package, attribute, child, children, descendants, local
from apps.knowledge.parsing.docx_styles import is_on

_KINDS = ("header", "footer")
_TYPES = ("first", "default", "even")
_MARK = "\uffff"  # where a page number was; no text contains this character
_TOKEN = re.compile(r"[^\W_\u3000-\u9fff\uac00-\ud7af]+|.", re.DOTALL)
_PAGE_WORDS = set(
    "page pages pg p pp seite seiten s blatt sheet von of sur de di du van på av af из z página páginas pagina pagine "
    "sida sidan side strona stránka oldal страница стр 第 页 頁 共 總 总 ペ ー ジ 페 이 지 쪽".split()
)
_BETWEEN = set(" \u00a0-–—−/|·•:,")
_BRACKETS = {"(": ")", "[": "]"}


def margin_parts(package: Package, main: str, body: Element | None) -> list[str]:
    """Names of the parts with the headers, then of those with the footers that pages of the document show."""
    targets = {key: target for key, (_, target) in package.relationships(main).items()}
    shown: dict[str, dict[str, None]] = {kind: {} for kind in _KINDS}
    current: dict[tuple[str, str], str] = {}
    has_even: bool | None = None
    for section in descendants(body, "sectPr"):
        for kind in _KINDS:
            for reference in children(section, f"{kind}Reference"):
                current[kind, attribute(reference, "type", "default")] = attribute(reference, "id")
        if has_even is None and any(type_ == "even" for _, type_ in current):
            has_even = is_on(child(package.part_of(main, "settings"), "evenAndOddHeaders"))
        on = {"default": True, "first": is_on(child(section, "titlePg")), "even": bool(has_even)}
        for kind in _KINDS:
            shown[kind].update({current[kind, it]: None for it in _TYPES if on[it] and (kind, it) in current})
    return list(dict.fromkeys(targets[key] for kind in _KINDS for key in shown[kind] if key in targets))


def remove_page_numbers(root: Element) -> None:
    """Empties the texts that show page numbers, with the words beside them: "Page 3 of 7"."""
    for paragraph in descendants(root, "p"):
        pieces = list(_pieces(paragraph, Fields(paragraph)))
        if any(text == _MARK for text, _ in pieces):
            _clear(pieces)


def _pieces(parent: Element, fields: Fields) -> Iterator[tuple[str, Element | None]]:
    """The texts of a paragraph with their elements; a page number is _MARK, and other content is a tab."""
    for item in parent:
        match local(item):
            case "t":
                if fields.is_text:
                    yield item.text or "", item
            case "instrText":
                fields.write_code(item.text or "")
            case "fldChar":
                yield from _field(item, fields)
            case "fldSimple" if kind_of(attribute(item, "instr")) in PAGE_NUMBERS:
                yield _MARK, None
            case "pgNum":
                yield _MARK, None
            case "tab" | "ptab" | "br" | "cr":
                yield "\t", None
            case "pPr" | "rPr" | "del" | "txbxContent" | "AlternateContent":
                pass
            case _:
                yield from _pieces(item, fields)


def _field(mark: Element, fields: Fields) -> Iterator[tuple[str, Element | None]]:
    match attribute(mark, "fldCharType"):
        case "begin":
            fields.begin(mark)
        case "separate":
            fields.separate()
        case "end":
            ended = fields.end(mark)
            if ended and ended.kind in PAGE_NUMBERS and fields.is_text:
                yield _MARK, None


def _clear(pieces: list[tuple[str, Element | None]]) -> None:
    tokens = [match[0] for match in _TOKEN.finditer("".join(text for text, _ in pieces))]
    gone = _gone(tokens)
    characters = [(it, place in gone) for place, token in enumerate(tokens) for it in token]
    at, was_gone = 0, False
    for text, element in pieces:
        kept = []
        for character, is_gone in characters[at : at + len(text)]:
            kept.append(" " if is_gone and not was_gone else "" if is_gone else character)
            was_gone = is_gone
        at += len(text)
        if element is not None:
            element.text = "".join(kept)


def _gone(tokens: list[str]) -> set[int]:
    """The places of page numbers and of the words and signs beside them."""
    gone: set[int] = set()
    for place, token in enumerate(tokens):
        if token != _MARK:
            continue
        first, last = place, place
        while first > 0 and _belongs(tokens, first - 1):
            first -= 1
        while last + 1 < len(tokens) and _belongs(tokens, last + 1):
            last += 1
        if first and last + 1 < len(tokens) and _BRACKETS.get(tokens[first - 1]) == tokens[last + 1]:
            first, last = first - 1, last + 1
        gone.update(range(first, last + 1))
    return gone


def _belongs(tokens: list[str], place: int) -> bool:
    """Whether it is a sign or a word that stands beside page numbers, or the full stop of an abbreviated one."""
    is_stop = place > 0 and tokens[place] == "."
    word = tokens[place - 1 if is_stop else place].casefold()
    return word in _PAGE_WORDS or (not is_stop and word in _BETWEEN)
