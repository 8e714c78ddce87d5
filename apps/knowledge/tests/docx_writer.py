"""Writes Word documents from a known text, and that text as its reader sees it. It uses nothing of the parsers."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import escape

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOOKS = {
    "plain": "",
    "bold": "<w:b/>",
    "raised": '<w:vertAlign w:val="superscript"/>',
    "struck": "<w:strike/>",
    "hidden": "<w:vanish/>",
}
_STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/></w:style>'
    for level in (1, 2, 3)
)
_LEVELS = (("decimal", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "(%3)"))


@dataclass(frozen=True)
class Piece:
    """A part of a sentence. `look` is one of plain, bold, raised (digits after a number), struck, hidden, deleted,
    inserted, note (its text is that of the note). `cuts` are places where Word begins a new run.
    """

    text: str
    look: str = "plain"
    cuts: tuple[int, ...] = ()


Sentence = tuple[Piece, ...]


@dataclass(frozen=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    sentence: Sentence
    box: str = ""  # text of a box that is anchored in it


@dataclass(frozen=True)
class List:
    """(level from 0, sentence); a first item has level 0, and no item is more than one level below the one before."""

    items: tuple[tuple[int, Sentence], ...]
    is_numbered: bool


@dataclass(frozen=True)
class Table:
    rows: tuple[tuple[Sentence, ...], ...]


Block = Heading | Paragraph | List | Table


@dataclass
class WordWriter:
    """`body` is the XML, `words` the words and numbers of the known text in order."""

    body: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    _waiting: list[str] = field(default_factory=list)

    def write(self, block: Block) -> None:
        """Notes follow the block that refers to them. Lists that touch are one list."""
        if isinstance(block, List):
            self._list(block)
            return
        self.end_list()
        match block:
            case Heading(level, text):
                self.words += text.split()
                self.body.append(_paragraph(_run(text), f'<w:pStyle w:val="Heading{level}"/>'))
            case Paragraph(sentence, box):
                self.body.append(_paragraph(self._runs(sentence) + (_box(box) if box else "")))
                self.end_list()
                self.words += box.split()
            case Table(rows):
                cells = (
                    "".join(f"<w:tc>{_paragraph(self._runs(cell))}</w:tc>" for cell in row) for row in rows
                )
                self.body.append(f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>")
        self.end_list()

    def end_list(self) -> None:
        self.words += " ".join(self._waiting).split()
        self._waiting.clear()

    def contents(self, titles: list[str]) -> None:
        """A table of contents, none of whose words is text."""
        mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
        begin = f"{mark('begin')}<w:r><w:instrText>TOC</w:instrText></w:r>{mark('separate')}"
        entries = [f"{_run(title)}<w:r><w:tab/></w:r>{_run('4')}" for title in titles]
        self.body += [_paragraph(it) for it in (begin, *entries, mark("end"))]

    def parts(self) -> dict[str, str]:
        notes = "".join(
            f'<w:footnote w:id="{key}">{_paragraph(_run(text))}</w:footnote>'
            for key, text in enumerate(self.notes)
        )
        return {
            "styles.xml": _root("styles", _STYLES),
            "footnotes.xml": _root("footnotes", notes),
            "numbering.xml": _root("numbering", "".join(self.lists) + _numbers(len(self.lists))),
        }

    def _list(self, block: List) -> None:
        number, counts = len(self.lists), [0, 0, 0]
        self.lists.append(_definition(number, block.is_numbered))
        for level, sentence in block.items:
            counts = [*counts[:level], counts[level] + 1, 0, 0][:3]
            if block.is_numbered:
                self.words.append(_label(counts, level))
            place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number + 1}"/></w:numPr>'
            self.body.append(_paragraph(self._runs(sentence), place))

    def _runs(self, sentence: Sentence) -> str:
        shown, runs = "", ""
        for piece in sentence:
            if piece.look == "note":
                runs += f'<w:r><w:rPr>{_LOOKS["raised"]}</w:rPr><w:footnoteReference w:id="{len(self.notes)}"/></w:r>'
                self.notes.append(piece.text)
                self._waiting.append(piece.text)
                continue
            runs += _piece(piece)
            if piece.look in ("plain", "bold", "inserted"):
                shown += piece.text
            elif piece.look == "raised":
                shown += piece.text.translate(_RAISED)
        self.words += shown.split()
        return runs


def margin(kind: str, text: str) -> str:
    """A header or footer (`hdr`, `ftr`) with a page number."""
    number = f'<w:fldSimple w:instr="PAGE">{_run("12")}</w:fldSimple>'
    return _root(kind, _paragraph(f"{_run(text)}<w:r><w:tab/></w:r>{_run('Page ')}{number}"))


def _piece(piece: Piece) -> str:
    edges = sorted({0, len(piece.text), *(cut for cut in piece.cuts if cut < len(piece.text))})
    texts = [piece.text[first:last] for first, last in pairwise(edges)]
    if piece.look == "deleted":
        return f"<w:del>{''.join(_run(text).replace('w:t', 'w:delText') for text in texts)}</w:del>"
    if piece.look == "inserted":
        return f"<w:ins>{''.join(map(_run, texts))}</w:ins>"
    return "".join(_run(text, _LOOKS[piece.look]) for text in texts)


def _run(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _paragraph(runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def _box(text: str) -> str:
    return f"<w:r><w:pict><w:txbxContent>{_paragraph(_run(text))}</w:txbxContent></w:pict></w:r>"


def _label(counts: list[int], level: int) -> str:
    return (f"{counts[0]}.", f"{counts[0]}.{counts[1]}", f"({'abcdefghijklmnopqrstuvwxyz'[counts[2] - 1]})")[
        level
    ]


def _definition(number: int, is_numbered: bool) -> str:
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{style if is_numbered else "bullet"}"/>'
        f'<w:lvlText w:val="{text if is_numbered else "•"}"/></w:lvl>'
        for depth, (style, text) in enumerate(_LEVELS)
    )
    return f'<w:abstractNum w:abstractNumId="{number}">{levels}</w:abstractNum>'


def _numbers(count: int) -> str:
    return "".join(
        f'<w:num w:numId="{key + 1}"><w:abstractNumId w:val="{key}"/></w:num>' for key in range(count)
    )


def _root(name: str, content: str) -> str:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    return f"<w:{name} {space}>{content}</w:{name}>"
