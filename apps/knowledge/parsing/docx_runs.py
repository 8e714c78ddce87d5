"""Reads the text of a Word paragraph: runs, links, fields, breaks, symbols, equations. Deleted, struck-out and hidden
text is left out, and so are the marks of notes.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from apps.knowledge.documents.parsed_document import StyleKind
from apps.knowledge.parsing.docx_fields import CONTENTS, Fields, form_value, is_shown, kind_of, link_of
from apps.knowledge.parsing.docx_math import equation
from apps.knowledge.parsing.docx_notes import Notes
from apps.knowledge.parsing.docx_numbering import Counter, Numbering
from apps.knowledge.parsing.docx_package import attribute, child, local
from apps.knowledge.parsing.docx_pictures import Pictures, alternative_of, clean_alternative
from apps.knowledge.parsing.docx_styles import Look, Styles, look_of
from apps.knowledge.parsing.docx_symbols import symbol
from apps.knowledge.parsing.docx_text import TextWriter

_NOT_TEXT = {
    *(
        "pPr",
        "rPr",
        "del",
        "moveFrom",
        "delText",
        "delInstrText",
        "sdtPr",
        "sdtEndPr",
        "tbl",
        "softHyphen",
        "pgNum",
    ),
}
_YES = {"1", "true", "on"}
_LONGEST_MARK = 6  # characters of a note mark such as "[12]"


@dataclass(frozen=True)
class Story:
    """What the paragraphs of one part of a document share: the body, a note, a header."""

    styles: Styles
    numbering: Numbering
    counter: Counter
    links: dict[str, str]
    fields: Fields
    notes: Notes
    pictures: Pictures

    def label(self, paragraph: Element) -> tuple[str, int] | None:
        """The label and the depth from 1 of a paragraph in a list; None outside lists. Call it once for each."""
        place = self.numbering.place(paragraph)
        return (self.counter.next_label(*place), place[1] + 1) if place else None


class RunReader:
    """Writes text to `writer` and collects text boxes in `boxes`."""

    def __init__(self, writer: TextWriter, story: Story) -> None:
        self.writer = writer
        self.boxes: list[Element] = []
        self.in_contents = False  # whether text of a table of contents was left out
        self.is_reference = True  # whether all text is in links within the document
        self._story = story
        self._fields = story.fields
        self._base = Look()
        self._look = Look()
        self._styles = frozenset[StyleKind]()
        self._is_mark = False  # the text of this run is the mark of a note
        self._in_reference = False
        self._alternative = ""  # of the drawing that is being read

    def read(self, paragraph: Element) -> None:
        self._base = self._look = self._story.styles.paragraph_look(paragraph)
        self._children(paragraph)

    @property
    def is_shown(self) -> bool:
        is_visible = not (self._look.get("hidden") or self._look.get("struck") or self._is_mark)
        return is_visible and self._fields.is_text

    def _children(self, parent: Element) -> None:
        for element in parent:
            name = local(element)
            if name == "t":
                self._text(element.text or "")
            elif name == "r":
                self._run(element)
            elif name not in _NOT_TEXT:
                self._other(name, element)

    def _other(self, name: str, element: Element) -> None:
        match name:
            case "fldChar":
                self._field_mark(element)
            case "instrText":
                self._fields.write_code(element.text or "")
            case "fldSimple":
                self._simple_field(element)
            case "hyperlink":
                self._link(element)
            case "AlternateContent":
                self._children(chosen(element))
            case "footnoteReference" | "endnoteReference":
                self._note(element)
            case _:
                if self.is_shown:
                    self._visible(name, element)
                elif name not in ("txbxContent", "oMath", "oMathPara", "ruby"):
                    self._children(element)

    def _visible(self, name: str, element: Element) -> None:
        match name:
            case "tab" | "ptab":
                self.writer.space("\t")
            case "br" | "cr":
                self.writer.line_break()
            case "noBreakHyphen":
                self._text("\u2011")
            case "sym" | "symEx":
                self._text(symbol(attribute(element, "font"), attribute(element, "char")))
            case "txbxContent":
                self.boxes.append(element)
            case "oMath":
                self._equation(element)
            case "oMathPara":
                self.writer.space()
                self._children(element)
                self.writer.space()
            case "ruby":
                self._ruby(element)
            case _:
                self._drawing(name, element)

    def _drawing(self, name: str, element: Element) -> None:
        match name:
            case "anchor" | "inline" if attribute(child(element, "docPr"), "hidden") in _YES:
                pass
            case "inline" | "anchor":
                self._alternative = alternative_of(element)
                self._children(element)
            case "shape":
                self._alternative = clean_alternative(attribute(element, "alt"))
                self._children(element)
            case "blipFill":
                self._story.pictures.add_filling(element, self._alternative)
            case "imagedata":
                self._story.pictures.add(attribute(element, "id"), self._alternative)
            case "chart" | "relIds":
                self._story.pictures.add_drawing(self._alternative)
            case _:
                self._children(element)

    def _run(self, run: Element) -> None:
        before = self._look, self._styles
        self._look, self._styles = self._look_of(run)
        self._children(run)
        self._look, self._styles = before
        self._is_mark = False

    def _look_of(self, run: Element) -> tuple[Look, frozenset[StyleKind]]:
        properties = child(run, "rPr")
        if properties is None:
            return self._base, _styles(self._base)
        style = attribute(child(properties, "rStyle"), "val")
        own = look_of(properties)
        if style:
            own = Look(**{**self._story.styles.look(style), **own})
        look = Look(**{**self._base, **own})
        return look, _styles(look)

    def _text(self, text: str) -> None:
        if not self.is_shown:
            self.in_contents = self.in_contents or self._fields.is_contents
            return
        if self._look.get("raised") == 1 and self._fields.innermost == "NOTEREF":
            return
        if text.strip():
            self.is_reference = self.is_reference and self._in_reference
        self.writer.text(text, self._look, self._styles)

    def _equation(self, element: Element) -> None:
        self.is_reference = False
        self.writer.equation(equation(element).strip())

    def _ruby(self, element: Element) -> None:
        """Characters with their pronunciation above them, which follows in brackets."""
        base, above = child(element, "rubyBase"), child(element, "rt")
        for part, begin, end in ((base, "", ""), (above, "(", ")")):
            if part is not None:
                self._text(begin)
                self._children(part)
                self._text(end)

    def _note(self, element: Element) -> None:
        if self.is_shown:
            self._story.notes.refer(element)
        self._is_mark = attribute(element, "customMarkFollows") in _YES

    def _field_mark(self, mark: Element) -> None:
        match attribute(mark, "fldCharType"):
            case "begin":
                self._text(form_value(mark))
                self._fields.begin(mark)
            case "separate":
                begun = self._fields.separate()
                if begun and begun.link:
                    self._open_link(begun.link)
            case "end":
                ended = self._fields.end(mark)
                if ended and ended.link:
                    self._close_link()

    def _simple_field(self, element: Element) -> None:
        code = attribute(element, "instr")
        if not is_shown(kind_of(code)):
            self.in_contents = self.in_contents or kind_of(code) in CONTENTS
            return
        if link_of(code):
            self._open_link(link_of(code))
        self._children(element)
        if link_of(code):
            self._close_link()

    def _link(self, element: Element) -> None:
        anchor = attribute(element, "anchor")
        if anchor and self._is_note_mark(element):
            return
        target = self._story.links.get(attribute(element, "id"), "") or (f"#{anchor}" if anchor else "")
        self._open_link(target)
        self._children(element)
        self._close_link()

    def _open_link(self, target: str) -> None:
        self._in_reference = target.startswith("#")
        self.writer.open_link(target)

    def _close_link(self) -> None:
        self._in_reference = False
        self.writer.close_link()

    def _is_note_mark(self, link: Element) -> bool:
        """Whether a link within the document is a short raised text."""
        runs = [(run, text) for run in link if local(run) == "r" and (text := _text_of(run))]
        return 0 < sum(len(text) for _, text in runs) <= _LONGEST_MARK and all(
            self._look_of(run)[0].get("raised") == 1 for run, _ in runs
        )


def chosen(alternatives: Element) -> Element:
    """The preferred form of content that is given in a new and an old form: the new one."""
    found = next((it for it in alternatives if local(it) == "Choice"), None)
    return found if found is not None else next(iter(alternatives), alternatives)


def _styles(look: Look) -> frozenset[StyleKind]:
    kinds = (StyleKind.STRONG, look.get("bold")), (StyleKind.EMPHASIS, look.get("italic"))
    return frozenset(kind for kind, is_set in kinds if is_set)


def _text_of(run: Element) -> str:
    return "".join(it.text or "" for it in run if local(it) == "t").strip()
