"""What a file says, by ways that none of the compared readers uses: the reference of bench.readers.

HTML and Markdown: Beautiful Soup, and mistune before it. DOCX: the text of its XML. PDF: words that two of three
extractors (pypdf, pdfminer, PDFium) agree on.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import mistune
from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SCRIPTS = {"sup": _RAISED, "sub": _LOWERED, "superscript": _RAISED, "subscript": _LOWERED}
_KEPT = re.compile("[⁰¹²³⁴-⁹₀-₉]")
_WORD = re.compile("[⁰¹²³⁴-⁹]+|[₀-₉]+|[^\\W_⁰¹²³⁴-⁹₀-₉]+")
_BROKEN_WORD = re.compile(r"(?<=[a-z])[-\u00ad\ufffe]\s*\n\s*(?=[a-z])")
_WRITTEN_RAISED = re.compile(r"<sup>(\d+)</sup>|(?<=[\w)])\^\{?(\d+)\}?\^?")
_LABEL = re.compile(r"(?m)^[\s|>#*-]*\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,6})(?:\.\d{1,3})*[.)]?(?=\s)")

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---(?:\n|\Z)", re.DOTALL)
_INDENTED_TAG = re.compile(r"(?m)^[ \t]+(?=</?[a-z])")  # kramdown reads it as HTML and not as code
_TAGS = re.compile(
    r"\{%-?\s*comment\b.*?endcomment\s*-?%\}|\{%.*?%\}|\{\{.*?\}\}|\{:[^}\n]*\}|\{#[\w-]+\}", re.DOTALL
)  # of Jekyll and kramdown

_NOT_TEXT = "script style template noscript head nav footer del s strike svg math textarea select option button".split()
_INLINE = frozenset(
    "a abbr b bdi bdo cite code data dfn em font i ins kbd mark q samp small span strong sub sup time u var".split()
)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_STRUCK, _SHOWN = (f"{_W}strike", f"{_W}dstrike", f"{_W}vanish"), (None, "1", "true", "on")


@dataclass(frozen=True)
class Reference:
    """`words` in order are what a reader should keep; `known` are all that stand anywhere in the file."""

    words: Sequence[str]
    known: frozenset[str]


def words_of(text: str) -> list[str]:
    """Raised and lowered digits are words of their own, so that 10⁶ is neither 106 nor 10 6."""
    raised = _WRITTEN_RAISED.sub(lambda found: (found[1] or found[2]).translate(_RAISED), text)
    joined = _BROKEN_WORD.sub("", unicodedata.normalize("NFC", raised).replace("\u00ad", ""))
    plain = "".join(c if _KEPT.match(c) else unicodedata.normalize("NFKC", c) for c in joined)
    return _WORD.findall(plain.casefold())


def without_labels(text: str) -> str:
    """Labels of list items are often computed, so they count neither as kept nor as invented."""
    return _LABEL.sub("", text)


def html_reference(source: bytes | str) -> Reference:
    soup = BeautifulSoup(source, "html.parser")
    attributes = " ".join(str(value) for tag in soup.find_all(True) for value in tag.attrs.values())
    known = words_of(" ".join([soup.get_text(), soup.get_text(" "), attributes]))
    for tag in soup.find_all(_NOT_TEXT):
        tag.decompose()
    words = words_of(_text(soup.find("main") or soup.body or soup))
    return Reference(words, frozenset([*known, *words]))


def markdown_reference(source: str) -> Reference:
    """Front matter and the tags of site generators are only known."""
    body = _INDENTED_TAG.sub("", _TAGS.sub(" ", _FRONT_MATTER.sub("", source)))
    html = mistune.create_markdown(escape=False, plugins=["strikethrough", "table", "footnotes"])(body)
    found = html_reference(str(html))
    return Reference(found.words, found.known | frozenset(words_of(source)))


def docx_reference(file: Path) -> Reference:
    """Body and footnotes; headers, footers, comments and alternative texts are only known."""
    with zipfile.ZipFile(file) as package:
        parts = {
            name: fromstring(package.read(name))  # noqa: S314 - files for tests
            for name in package.namelist()
            if re.fullmatch(r"(word|docProps)/[\w]+\.xml|word/charts/\w+\.xml", name)
        }
    body = f"{_runs(parts['word/document.xml'])}\n{_notes(parts.get('word/footnotes.xml'))}"
    everywhere = " ".join(
        " ".join([element.text or "", *element.attrib.values()])
        for part in parts.values()
        for element in part.iter()
    )
    words = words_of(body)
    return Reference(words, frozenset([*words, *words_of(everywhere)]))


def pdf_reference(texts: Sequence[str]) -> Reference:
    """In the order of the first text. A word counts as often as two of the three texts have it."""
    counts = [Counter(words_of(text)) for text in texts]
    left = Counter({word: sorted(count[word] for count in counts)[1] for word in set().union(*counts)})
    words = []
    for word in words_of(texts[0]):
        if left[word] > 0:
            words.append(word)
            left[word] -= 1
    return Reference(words, frozenset().union(*counts))


def _text(node: Tag) -> str:
    return "".join(_pieces(node))


def _pieces(node: PageElement) -> Iterable[str]:
    if isinstance(node, NavigableString):
        yield "" if isinstance(node, PreformattedString) else str(node)
    elif isinstance(node, Tag) and not _is_note_mark(node):
        edge = "" if node.name in _INLINE else "\n"
        yield edge
        if node.name in _SCRIPTS and node.get_text(strip=True).isdigit():
            yield node.get_text(strip=True).translate(_SCRIPTS[node.name])
        else:
            for child in node.children:
                yield from _pieces(child)
        yield edge


def _is_note_mark(node: Tag) -> bool:
    return node.name == "sup" and node.find("a") is not None


def _notes(part: Element | None) -> str:
    if part is None:
        return ""
    return "\n".join(_runs(note) for note in part if note.get(f"{_W}type") in (None, "normal"))


def _runs(element: Element) -> str:
    return "".join(_run_pieces(element))


def _run_pieces(element: Element) -> Iterable[str]:
    if element.tag in (f"{_W}del", f"{_W}moveFrom", _FALLBACK) or _is_hidden(element):
        return
    if element.tag == f"{_W}t":
        yield element.text or ""
    elif element.tag in (f"{_W}tab", f"{_W}br", f"{_W}p", f"{_W}tc"):
        yield "\n"
    align = element.find(f"{_W}rPr/{_W}vertAlign")
    script = _SCRIPTS.get(align.get(f"{_W}val", "")) if align is not None else None
    for child in element:
        for piece in _run_pieces(child):
            yield piece.translate(script) if script and piece.isdigit() else piece


def _is_hidden(run: Element) -> bool:
    marks: list[Any] = [run.find(f"{_W}rPr/{name}") for name in _STRUCK]
    return any(mark is not None and mark.get(f"{_W}val") in _SHOWN for mark in marks)
