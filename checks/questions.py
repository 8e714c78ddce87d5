"""Distinct questions that Quoth's own documentation answers, made of its headings and sentences."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"
SENTENCE = re.compile(r"[A-Z][^.!?|`\n]{30,110}[.?]")
FORMS = ("{}", "What about this: {}", "Tell me more. {}")


def documents() -> list[tuple[str, bytes]]:
    """(path, content) of the documentation for people who use Quoth and for those who run it."""
    files = sorted([*DOCS.glob("user/*.md"), *DOCS.glob("operator/*.md")])
    return [(file.relative_to(DOCS).as_posix(), file.read_bytes()) for file in files]


def distinct_questions(count: int) -> list[str]:
    """No two are equal: once the texts are used up, they come again in other words."""
    texts = [content.decode() for _, content in documents()]
    headings = [line.lstrip("# ") for text in texts for line in text.splitlines() if line.startswith("## ")]
    sentences = [" ".join(found.split()) for text in texts for found in SENTENCE.findall(text)]
    plain = list(dict.fromkeys([*headings, *sentences]))
    made = [form.format(text) for form in FORMS for text in plain]
    assert len(made) >= count, f"docs/ yields only {len(made)} questions"
    return made[:count]
