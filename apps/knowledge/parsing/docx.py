"""Parses DOCX: headers, body, notes and footers of a Word document."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import Element

from apps.knowledge.documents.parsed_document import BlockKind, Figure, ParsedDocument
from apps.knowledge.parsing.builder import DocumentBuilder
from apps.knowledge.parsing.docx_blocks import BlockReader
from apps.knowledge.parsing.docx_contents import without_typed_contents
from apps.knowledge.parsing.docx_drafts import Draft, TextDraft, write_pictures
from apps.knowledge.parsing.docx_fields import Fields
from apps.knowledge.parsing.docx_margins import margin_parts, remove_page_numbers
from apps.knowledge.parsing.docx_notes import KINDS, Notes
from apps.knowledge.parsing.docx_numbering import Counter, Numbering
from apps.knowledge.parsing.docx_package import Package, child
from apps.knowledge.parsing.docx_pictures import Pictures
from apps.knowledge.parsing.docx_runs import Story
from apps.knowledge.parsing.docx_styles import Styles
from apps.knowledge.parsing.unreliable import with_unreliable

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SEVERAL = 2


def parse_docx(data: bytes, stem: str) -> ParsedDocument:
    """Headers and footers come first, once each: they belong to no section. Raises ParseError."""
    package = Package(data)
    reader = _DocumentReader(package, package.main_part())
    builder = DocumentBuilder()
    body = list(without_typed_contents(reader.body()))
    for draft in reader.margins():
        draft.write(builder)
    write_pictures(builder, reader.leading)
    for draft in body:
        draft.write(builder)
    document = builder.finish(MEDIA_TYPE, stem, _title(body, stem), reader.styles.language)
    return with_unreliable(document)


def _title(drafts: list[Draft], stem: str) -> str:
    """The name of the file if the first of several top headings only begins a section; "" if it is the title of the
    document.
    """
    tops = [n for n, it in enumerate(drafts) if isinstance(it, TextDraft) and it.is_top]
    if len(tops) < _SEVERAL:
        return ""
    first, second = drafts[tops[0]], drafts[tops[0] + 1]
    is_title = isinstance(first, TextDraft) and first.is_title
    return "" if is_title or (isinstance(second, TextDraft) and second.kind is BlockKind.HEADING) else stem


class _DocumentReader:
    def __init__(self, package: Package, main: str) -> None:
        self._package = package
        self._main = main
        self._body = child(package.xml(main), "body")
        self.styles = Styles(package.part_of(main, "styles"))
        self._numbering = Numbering(package.part_of(main, "numbering"), self.styles)
        self._note_parts = {kind: package.part_named(main, f"{kind}s") for kind in KINDS}
        roots = {kind: package.xml(part) for kind, part in self._note_parts.items()}
        self._notes = Notes(roots, self._body)
        self._counters = {kind: Counter(self._numbering) for kind in KINDS}
        self._drafts: list[Draft] = []
        self.leading: list[Figure] = []

    def body(self) -> list[Draft]:
        """The body with its notes; notes that nothing refers to stand at its end."""
        if self._body is not None:
            self._read(self._body, self._main, Counter(self._numbering), self._drafts, self.leading)
        for kind, note in self._notes.without_reference():
            self._read_note(kind, note)
        return self._drafts

    def margins(self) -> list[Draft]:
        """Headers and footers, without their pictures. What stands in several of them is given once."""
        found: dict[str, Draft] = {}
        for part in margin_parts(self._package, self._main, self._body):
            root = self._package.xml(part)
            if root is not None:
                remove_page_numbers(root)
                drafts: list[Draft] = []
                self._read(root, part, Counter(self._numbering), drafts, [])
                for draft in drafts:
                    found.setdefault(draft.text, replace(draft, pictures=()))
        return list(found.values())

    def _read_note(self, kind: str, note: Element) -> None:
        self._read(note, self._note_parts[kind], self._counters[kind], self._drafts, self.leading)

    def _read(
        self, root: Element, part: str, counter: Counter, drafts: list[Draft], leading: list[Figure]
    ) -> None:
        shared = self._links(part), Fields(root), self._notes, Pictures(self._package, part)
        story = Story(self.styles, self._numbering, counter, *shared)
        BlockReader(story, drafts, self._read_note, leading).story_of(root)

    def _links(self, part: str) -> dict[str, str]:
        """{relationship id: URL of a hyperlink}"""
        found = self._package.relationships(part)
        return {key: target for key, (kind, target) in found.items() if kind == "hyperlink"}
