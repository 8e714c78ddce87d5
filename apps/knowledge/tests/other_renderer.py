"""Renders Markdown with other libraries than the product (mistune and BeautifulSoup), to check quotes."""

from __future__ import annotations

import re

import mistune
from bs4 import BeautifulSoup

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_TITLE = re.compile(r"^title: *(.+)$", re.MULTILINE)
_CODE = re.compile(r"(^[ \t]*```.*?^[ \t]*```|`[^`\n]+(?:\n[^`\n]+)?`)", re.DOTALL | re.MULTILINE)
_RAW = re.compile(r"{%-? *(?:end)?raw *-?%}")
_TAGS = re.compile(r"{% *comment.*?endcomment *%}|{%.*?%}|{{(?! *\w+ *}}).*?}}|{:[^}\n]*}", re.DOTALL)
_NO_ELEMENT = re.compile(r"<([a-z]+-[a-z-]+)>")  # a word in angle brackets
_BLOCKS = "p li td th tr h1 h2 h3 h4 h5 h6 div pre br summary dt dd".split()
_render = mistune.create_markdown(
    escape=False, plugins=["table", "strikethrough", "footnotes", "def_list", "task_lists"]
)


def words_of_markdown(source: str) -> str:
    """The words that a reader of the page sees, separated by single spaces."""
    parts = _CODE.split(_FRONT_MATTER.sub("", source))
    shown = [
        _RAW.sub("", part) if place % 2 else _TAGS.sub("\u2060", _NO_ELEMENT.sub(r"&lt;\1&gt;", part))
        for place, part in enumerate(parts)
    ]
    page = BeautifulSoup(str(_render("".join(shown))), "html.parser")
    for reference in page.select("sup.footnote-ref, .footnote"):
        reference.decompose()
    for raised in page.find_all("sup"):
        before = str(raised.previous_sibling or "")
        if raised.get_text().isdigit() and before[-1:].isalpha():  # the mark of a note
            raised.decompose()
    for ordered in page.find_all("ol"):
        first = int(str(ordered.get("start", "1")))
        for number, item in enumerate(ordered.find_all("li", recursive=False), first):
            item.insert(0, f"{number}. ")
    for block in page.find_all(_BLOCKS):
        block.append(" ")
        block.insert(0, " ")
    return flat(page.get_text()) or _title(source)


def _title(source: str) -> str:
    """All that a page shows that has no other words."""
    matter = _FRONT_MATTER.match(source)
    found = _TITLE.search(matter[0]) if matter else None
    return flat(found[1].strip("\"'")) if found else ""


def flat(text: str) -> str:
    return " ".join(text.replace("\u2060", "").split())
