"""Files that are lawful and costly. Each is a generator of bytes, so that a run holds one of them at a time."""

from __future__ import annotations

import random
from collections.abc import Callable

MB = 1_000_000
WORDS = (
    "account address agreement amount answer archive balance benefit branch budget calendar cancel change claim "
    "colleague committee company contract copy cost customer date deadline delivery department deposit detail "
    "document employee exception expense file form goods guide holiday hour income insurance invoice item journey "
    "leave letter limit list machine manager market meeting member message month notice number office order owner "
    "page parcel payment pension period person plan policy price process product project quarter question receipt "
    "record refund register report request return review room rule salary schedule service signature staff stock "
    "supplier support tax team term ticket time training transfer travel unit update value visit warehouse week year"
).split()


def sentence(chance: random.Random, number: int) -> str:
    words = chance.choices(WORDS, k=11)
    return f"{' '.join(words).capitalize()} {number}."


def text_without_spaces() -> bytes:
    """Millions of distinct words with commas between them: one sentence without an end."""
    chance = random.Random(19)
    return ",".join(f"{chance.getrandbits(40):x}" for _ in range(19 * MB // 11)).encode()


def one_long_word() -> bytes:
    """Letters alone; in a script of its own, so that it is longer still when accents are taken off."""
    chance = random.Random(20)
    return ("".join(chance.choices("äöüéèñabcdef", k=MB)) * 12).encode()


def many_links(count: int) -> bytes:
    """Each to a page of its own; without a file type, so that it may mean several files."""
    links = (f'<p>See <a href="page-{n}">page {n}</a> of this guide.</p>' for n in range(count))
    return (
        "<html><head><title>Links</title></head><body>\n" + "\n".join(links) + "\n</body></html>"
    ).encode()


def many_sections(count: int) -> bytes:
    return "\n".join(f"## Section {n}\n\nThe text of section {n}.\n" for n in range(count)).encode()


def many_html_sections(count: int) -> bytes:
    """The same in a format that is read faster."""
    return "\n".join(f"<h2>{n}</h2><p>word {n}</p>" for n in range(count)).encode()


def ordinary_text(size: int, seed: int = 1) -> bytes:
    """Sentences in paragraphs, none like another."""
    chance = random.Random(seed)
    parts: list[str] = []
    written = number = 0
    while written < size:
        paragraph = " ".join(sentence(chance, number + n) for n in range(6))
        parts.append(paragraph)
        number += 6
        written += len(paragraph) + 2
    return "\n\n".join(parts).encode()


def empty_html_rows() -> bytes:
    row = "<tr><td>&nbsp;</td><td>&nbsp;</td></tr>\n"
    return _filled("<html><body><table><tr><th>Name</th><th>Value</th></tr>\n", row, "</table></body></html>")


def empty_html_cells() -> bytes:
    """The same, in one row of very many cells."""
    return _filled("<html><body><table><tr>", "<td>&nbsp;</td>", "</tr></table></body></html>")


def empty_markdown_rows() -> bytes:
    return _filled("| Name | Value |\n| --- | --- |\n", "| &nbsp; | &nbsp; |\n", "")


def bare_html_rows() -> bytes:
    """Cells that hold nothing at all, beside a heading whose text fills them."""
    return _filled(
        "<html><body><h1>Rows</h1><table><tr><th>A</th></tr>\n",
        "<tr><td></td></tr>\n",
        "</table></body></html>",
    )


def _filled(head: str, row: str, end: str) -> bytes:
    return (head + row * (4_800_000 // len(row)) + end).encode()


Maker = Callable[[], bytes]
# The five files, and variants of the last one.
FILES: dict[str, tuple[str, Maker]] = {
    "text-without-spaces": ("spaces.txt", text_without_spaces),
    "one-long-word": ("word.txt", one_long_word),
    "links": ("links.html", lambda: many_links(300_000)),
    "sections": ("sections.md", lambda: many_sections(200_000)),
    "html-sections": ("sections.html", lambda: many_html_sections(200_000)),
    "ordinary-text": ("ordinary.txt", lambda: ordinary_text(19_900_000)),
    "empty-rows": ("rows.html", empty_html_rows),
    "empty-cells": ("cells.html", empty_html_cells),
    "markdown-rows": ("rows.md", empty_markdown_rows),
    "bare-rows": ("bare.html", bare_html_rows),
}
