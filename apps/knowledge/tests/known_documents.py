"""Documents of known text, written as Markdown and as HTML without anything of the product.

`tokens` are the words and numbers that a reader sees, in order, each as it must stand between white space.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from hypothesis import strategies as st

LETTERS = "abcdefghijklmnopqrstuvwxyzäöüéñß"
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
NUMBERS = ("3.10", "1,024", "2031", "E-1042", "12%", "§4", "0.5", "+49", "7/8", "14:30")


@dataclass(frozen=True)
class Piece:
    """Some words of a line. `note` is the text of a footnote that they refer to."""

    markdown: str
    html: str
    tokens: tuple[str, ...]
    note: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """`kind` is a key of ROWS. `rows` are its lines, items or rows, each of cells; only tables have several."""

    kind: str
    rows: Sequence[Sequence[Sequence[Piece]]]
    number: int  # the level of a heading, the first number of a list
    width: int  # pieces on a line of the source


@dataclass
class Written:
    source: str = ""
    tokens: list[str] = field(default_factory=list)


def plain(text: str) -> Piece:
    return Piece(text, html.escape(text), (text,))


def _note_marked(word: str, note: tuple[str, ...]) -> Piece:
    return Piece(word, word, (word,), note)


def _commented(word: str, comment: tuple[str, ...]) -> Piece:
    source = f"{word} <!-- {' '.join(comment)} -->"
    return Piece(source, source, (word,))


word = st.text(LETTERS, min_size=2, max_size=8)
words = st.lists(word, min_size=1, max_size=4).map(tuple)
number = st.one_of(st.sampled_from(NUMBERS), st.integers(0, 99_999).map(str))
digits = st.integers(0, 99).map(str)
piece = st.one_of(
    word.map(plain),
    number.map(plain),
    st.sampled_from(["R&D", "snake_case_name", "{name}", "(see", "10.", "1.", "2.2)", "e.g.,"]).map(plain),
    st.tuples(digits, digits).map(
        lambda it: Piece(
            f"{it[0]}<sup>{it[1]}</sup>", f"{it[0]}<sup>{it[1]}</sup>", (it[0] + it[1].translate(RAISED),)
        )
    ),
    digits.map(lambda it: Piece(f"H<sub>{it}</sub>O", f"H<sub>{it}</sub>O", (f"H{it.translate(LOWERED)}O",))),
    words.map(lambda it: Piece(f"**{' '.join(it)}**", f"<b>{' '.join(it)}</b>", it)),
    words.map(lambda it: Piece(f"[{' '.join(it)}](x.html)", f'<a href="x.html">{" ".join(it)}</a>', it)),
    words.map(lambda it: Piece(f"`{' '.join(it)}`", f"<code>{' '.join(it)}</code>", it)),
    st.tuples(words, st.sampled_from(["del", "s", "strike"])).map(
        lambda it: Piece(f"~~{' '.join(it[0])}~~", f"<{it[1]}>{' '.join(it[0])}</{it[1]}>", ())
    ),
    st.tuples(word, word).map(
        lambda it: Piece(f"{it[0]}*{it[1]}*", f"{it[0]}<i>{it[1]}</i>", ("".join(it),))
    ),
    # A comment at the beginning of a line would end a paragraph of Markdown.
    st.tuples(word, words).map(lambda it: _commented(*it)),
)
noted = st.tuples(word, words).map(lambda it: _note_marked(*it))
line = st.tuples(word.map(plain), st.lists(piece, max_size=8)).map(lambda it: [it[0], *it[1]])
line_with_notes = st.tuples(
    word.map(plain), st.lists(st.one_of(piece, piece, piece, noted), max_size=12)
).map(lambda it: [it[0], *it[1], plain("end")])
code_line = st.lists(
    st.one_of(word, number, st.sampled_from(["{{", "}}", "=", "#", "-"])).map(plain), min_size=1, max_size=5
)


def _rows(
    cell: st.SearchStrategy[list[Piece]], *, most: int, columns: int = 1
) -> st.SearchStrategy[list[list[list[Piece]]]]:
    row = st.lists(cell, min_size=columns, max_size=columns)
    return st.lists(row, min_size=1 if columns == 1 else 2, max_size=most)


ROWS = {
    "heading": _rows(line, most=1),
    "paragraph": _rows(line_with_notes, most=1),
    "bullets": _rows(line_with_notes, most=4),
    "numbers": _rows(line_with_notes, most=4),
    "quote": _rows(line, most=1),
    "table": _rows(line, most=4, columns=3),
    "code": _rows(code_line, most=4),
    "panel": st.lists(st.lists(line, min_size=1, max_size=1), min_size=2, max_size=2),
}
blocks = st.lists(
    st.sampled_from(sorted(ROWS)).flatmap(
        lambda kind: st.builds(Block, st.just(kind), ROWS[kind], st.integers(2, 6), st.integers(2, 6))
    ),
    min_size=2,
    max_size=7,
)


def as_markdown(content: Sequence[Block]) -> Written:
    return _Writer(is_markdown=True).written(content)


def as_html(content: Sequence[Block]) -> Written:
    return _Writer(is_markdown=False).written(content)


class _Writer:
    def __init__(self, *, is_markdown: bool) -> None:
        self._is_markdown = is_markdown
        self._numbers = count(1)
        self._notes: list[tuple[int, tuple[str, ...]]] = []
        self._of_block: list[tuple[str, ...]] = []

    def written(self, content: Sequence[Block]) -> Written:
        done = Written(tokens=["Title"])
        sources = []
        for before, block in zip([None, *content], content, strict=False):
            if before is not None and before.kind == block.kind:
                sources.append("<!-- two lists of one kind would be one -->")
            sources.append(self._markdown(block) if self._is_markdown else self._html(block))
            done.tokens += _tokens(block)
            done.tokens += [token for note in self._of_block for token in note]
            self._of_block = []
        done.source = self._page("\n\n".join(sources))
        done.tokens = [token for token in done.tokens if any(map(str.isalnum, token))]
        return done

    def _page(self, body: str) -> str:
        if self._is_markdown:
            notes = "".join(f"[^{number}]: {' '.join(words)}\n" for number, words in self._notes)
            return f"# Title\n\n{body}\n\n{notes}"
        notes = "".join(
            f'<li id="fn{number}"><p>{" ".join(words)} <a href="#r{number}">↩</a></p></li>'
            for number, words in self._notes
        )
        section = f'<section class="footnotes"><ol>{notes}</ol></section>' if notes else ""
        head = "<!doctype html><html><head><title>Unseen</title></head>"
        return f"{head}<body><h1>Title</h1>\n{body}{section}</body></html>"

    def _markdown(self, block: Block) -> str:
        if block.kind == "table":
            rows = [f"| {' | '.join(self._line(cell, 99) for cell in row)} |" for row in block.rows]
            return "\n".join([rows[0], "|---" * len(block.rows[0]) + "|", *rows[1:]])
        width = 99 if block.kind in ("heading", "code") else block.width
        lines = [self._line(row[0], width) for row in block.rows]
        match block.kind:
            case "heading":
                return f"{'#' * block.number} {lines[0]}"
            case "quote":
                return "> " + lines[0].replace("\n", "\n> ")
            case "code":
                return "\n".join(["```", *lines, "```"])
            case "bullets":
                return "\n".join("- " + item.replace("\n", "\n  ") for item in lines)
            case "numbers":
                labels = (f"{number}. " for number in count(block.number))
                return "\n".join(
                    label + item.replace("\n", "\n" + " " * len(label))
                    for label, item in zip(labels, lines, strict=False)
                )
            case "panel":
                summary, text = (self._line(row[0], 99, as_html=True) for row in block.rows)
                return f"<details>\n<summary>{summary}</summary>\n<p>{text}</p>\n</details>"
        return lines[0]

    def _html(self, block: Block) -> str:
        rows = [[self._line(cell, block.width) for cell in row] for row in block.rows]
        first = rows[0][0]
        match block.kind:
            case "heading":
                return f"<h{block.number}>{first}</h{block.number}>"
            case "quote":
                return f"<blockquote><p>{first}</p></blockquote>"
            case "code":
                code = "\n".join(self._line(row[0], 99) for row in block.rows)
                return f"<pre><code>{code}</code></pre>"
            case "bullets":
                return f"<ul>{''.join(f'<li>{row[0]}</li>' for row in rows)}</ul>"
            case "numbers":
                return f'<ol start="{block.number}">{"".join(f"<li>{row[0]}</li>" for row in rows)}</ol>'
            case "panel":
                return f"<details><summary>{first}</summary><p>{rows[1][0]}</p></details>"
            case "table":
                head, *body = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
                marked = head.replace("td>", "th>")
                return f"<table><tr>{marked}</tr>{''.join(f'<tr>{row}</tr>' for row in body)}</table>"
        return f"<p>{first}</p>"

    def _line(self, pieces: Sequence[Piece], width: int, *, as_html: bool = False) -> str:
        written = [self._piece(piece, as_html=as_html) for piece in pieces]
        lines = (" ".join(written[start : start + width]) for start in range(0, len(written), width))
        return "\n".join(lines)

    def _piece(self, piece: Piece, *, as_html: bool) -> str:
        text = piece.markdown if self._is_markdown and not as_html else piece.html
        if not piece.note:
            return text
        number = next(self._numbers)
        self._notes.append((number, piece.note))
        self._of_block.append(piece.note)
        if self._is_markdown:
            return f"{text}[^{number}]"
        return f'{text}<sup><a href="#fn{number}" id="r{number}">{number}</a></sup>'


def _tokens(block: Block) -> list[str]:
    rows = [[token for cell in row for piece in cell for token in piece.tokens] for row in block.rows]
    if block.kind == "numbers":
        rows = [[f"{number}.", *row] for number, row in zip(count(block.number), rows, strict=False)]
    return [token for row in rows for token in row]
