"""Finds footnotes of HTML pages: the marks that refer to them, and the blocks that hold their texts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from apps.knowledge.parsing.html_nodes import (
    BLOCKS,
    HEADINGS,
    element_after,
    name_of,
    nodes_below,
    text_below,
    value,
)

_MARK = re.compile(
    r"[\[(]?(?:\d{1,3}|[a-z]|[ivx]{1,5}|[*†‡§¶#]{1,3}|(?:note|fn)\.? ?\d{1,3})[\])]?", re.IGNORECASE
)
_REFERRING_NAME = re.compile(r"foot-?note|noteref|endnote|\bfn-?ref|fnref|citation-?ref", re.IGNORECASE)
_TARGET = re.compile(
    r"#_?(?:user-content-)?(?:fn|ftn|edn|foot-?note|end-?note|note|cite_note)[\w:.-]*\d", re.IGNORECASE
)
_BACK_NAME = re.compile(r"back-?ref|backlink|doc-backlink|reversefootnote", re.IGNORECASE)
_BACK_TEXT = re.compile(r"[\s↩↑^⏎⤴️\ufe0e\ufe0f]*")
_LABEL = re.compile(r"\blabel\b|fn-bracket", re.IGNORECASE)
_HOLDERS = {"li", "p", "div", "aside", "dd", "td"}
_NOTE_NAME = re.compile(r"foot-?note|endnote|ftn|\bfn", re.IGNORECASE)
_MARK_CHARS = 12
_FEW = 20  # characters and nodes that are enough to know whether text is a mark
_NOTE_CHARS = 5_000
_NOTE_NODES = 500
_PUNCTUATION = re.compile(r"[\s,;\[\]()–-]*")


@dataclass
class Notes:
    """`of_mark` has the notes that a node refers to, `blocks` the notes in the order of the page, all by mem_id.
    `dropped` are marks, links back and labels of notes, which are no text.
    """

    of_mark: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    blocks: dict[int, LexborNode] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)


def comments_of(tree: LexborHTMLParser) -> set[int]:
    """Comments of readers in exports of word processors: their marks and their texts, by mem_id."""
    found = set()
    for anchor in tree.css("a[href^='#cmnt'], a[href^='#_msocom'], a[id^='cmnt'], [class~=msocomtxt]"):
        above = anchor.parent
        is_text = value(anchor, "href").startswith("#cmnt_ref")
        holder = above.parent if is_text and above is not None and above.tag == "p" else above
        is_holder = holder is not None and holder.tag in ("sup", "div", "span") and _is_short(holder)
        found.add(holder.mem_id if is_holder and holder is not None else anchor.mem_id)
    return found


def notes_of(
    tree: LexborHTMLParser, root: LexborNode, skipped: Collection[int], raised: Collection[int]
) -> Notes:
    """`root` is the part of the page that is read: only marks in it count."""
    anchors = [node for node in tree.css("a[href^='#']") if len(text_below(node, most=20)) <= _MARK_CHARS]
    if not anchors and not raised:
        return Notes()
    finder = _Finder(tree, root, skipped, raised)
    finder.linked(anchors)
    finder.unlinked()
    finder.clean()
    return finder.notes


class _Finder:
    def __init__(
        self, tree: LexborHTMLParser, root: LexborNode, skipped: Collection[int], raised: Collection[int]
    ) -> None:
        self._raised = raised
        body = tree.body or root
        self._place: dict[int, int] = {}
        self._raised_nodes = []
        for place, node in enumerate(nodes_below(body, skipped)):
            self._place[node.mem_id] = place
            if node.mem_id in raised:
                self._raised_nodes.append(node)
        is_whole = root.mem_id == body.mem_id
        self._read = set(self._place) if is_whole else {node.mem_id for node in nodes_below(root, skipped)}
        self._by_id = {value(node, "id"): node for node in tree.css("[id]")}
        self._by_id |= {value(node, "name"): node for node in tree.css("a[name]")}
        self.notes = Notes()

    def linked(self, anchors: list[LexborNode]) -> None:
        for anchor in anchors:
            place = self._place.get(anchor.mem_id)
            if place is None or not _MARK.fullmatch(text_below(anchor, most=_FEW)):
                continue
            sup = self._raised_around(anchor)
            if sup is None and not _is_named_mark(anchor):
                continue
            note = self._note_at(value(anchor, "href")[1:])
            mark = sup or anchor
            if note is not None and place < self._place.get(note.mem_id, -1):
                self._refer(mark, note, anchor.mem_id in self._read)
            elif note is None and (_TARGET.match(value(anchor, "href")) or _is_named_mark(anchor)):
                self.notes.dropped.add(mark.mem_id)

    def unlinked(self) -> None:
        """Raised marks without a link, and blocks that begin with the same raised mark."""
        starts: dict[str, list[tuple[int, LexborNode, LexborNode]]] = defaultdict(list)
        marks = []
        for node in self._raised_nodes:
            text = text_below(node, most=_FEW)
            if not _MARK.fullmatch(text) or node.mem_id in self.notes.of_mark:
                continue
            block = _block_begun_by(node)
            if block is None:
                marks.append((text, node))
            elif block.tag in _HOLDERS and block.mem_id not in self.notes.blocks and _is_short(block):
                starts[text].append((self._place[node.mem_id], block, node))
        taken: set[int] = set()
        for text, node in sorted(marks, key=lambda mark: not _stands_clear(mark[1])):
            found = starts.get(text, [])
            at = bisect_left(found, self._place[node.mem_id], key=lambda start: start[0])
            if at == len(found) or node.mem_id not in self._read:
                continue
            _, block, label = found[at]
            is_clear = _stands_clear(node)
            if block.mem_id not in taken:
                taken.add(block.mem_id)
                self._refer(node, block, is_read=True, is_text=not is_clear)
                self.notes.dropped.add(label.mem_id)
            elif is_clear:
                self.notes.dropped.add(node.mem_id)

    def clean(self) -> None:
        """Links back and labels inside the notes."""
        marks = set(self.notes.of_mark)
        for note in self.notes.blocks.values():
            for node in islice(nodes_below(note), _NOTE_NODES):
                if self._is_label(node) or (node.tag == "a" and _is_link_back(node, self._by_id, marks)):
                    self.notes.dropped.add(node.mem_id)

    def _is_label(self, node: LexborNode) -> bool:
        if node.tag in ("span", "td") and _LABEL.search(name_of(node)):
            return True
        return (
            node.mem_id in self._raised
            and _block_begun_by(node) is not None
            and bool(_MARK.fullmatch(text_below(node, most=_FEW)))
        )

    def _refer(self, mark: LexborNode, note: LexborNode, is_read: bool, is_text: bool = False) -> None:
        if not is_text:
            self.notes.dropped.add(mark.mem_id)
        if is_read:
            self.notes.of_mark[mark.mem_id].append(note.mem_id)
            self.notes.blocks.setdefault(note.mem_id, note)

    def _raised_around(self, anchor: LexborNode) -> LexborNode | None:
        """The raised node that holds nothing but marks, around the link or inside it."""
        above: LexborNode | None = anchor
        for _ in range(3):
            if above is None:
                break
            if above.mem_id in self._raised and all(
                map(_is_mark, re.split(r"[\s,;]+", text_below(above, most=5 * _FEW)))
            ):
                return above
            above = above.parent
        inner = anchor.first_child
        return anchor if inner is not None and inner.mem_id in self._raised else None

    def _note_at(self, name: str) -> LexborNode | None:
        target = self._by_id.get(name)
        if target is None or target.mem_id not in self._place:
            return None
        if target.tag == "dt":
            self.notes.dropped.add(target.mem_id)
            target = element_after(target)
        for _ in range(4):
            if target is None or target.tag in HEADINGS:
                return None
            if target.tag in _HOLDERS or (target.tag == "table" and _NOTE_NAME.search(name_of(target))):
                break
            target = target.parent
        if target is None or target.tag not in (*_HOLDERS, "table") or not _is_short(target):
            return None
        return _whole_note(target)


def _whole_note(paragraph: LexborNode) -> LexborNode:
    """The note that consists of the paragraph, because a link back at its end may be outside of the paragraph."""
    above = paragraph.parent
    is_note = above is not None and above.tag in ("div", "li", "aside") and _NOTE_NAME.search(name_of(above))
    if paragraph.tag != "p" or above is None or not is_note:
        return paragraph
    return above if _is_short(above) else paragraph


def _is_mark(text: str) -> bool:
    return bool(_MARK.fullmatch(text) or _PUNCTUATION.fullmatch(text))


def _is_named_mark(anchor: LexborNode) -> bool:
    attributes = anchor.attributes
    names = (attributes.get(key) or "" for key in ("class", "role", "epub:type", "rel", "data-footnote-ref"))
    inner = anchor.first_child
    is_named = any(_REFERRING_NAME.search(name) for name in names) or "data-footnote-ref" in attributes
    return (is_named or (inner is not None and bool(_REFERRING_NAME.search(value(inner, "class"))))) and not (
        _BACK_NAME.search(name_of(anchor))
    )


def _is_link_back(anchor: LexborNode, by_id: dict[str, LexborNode], marks: Collection[int]) -> bool:
    href = value(anchor, "href")
    if not href.startswith("#"):
        return False
    text = text_below(anchor, most=40)
    if _BACK_NAME.search(f"{name_of(anchor)} {value(anchor, 'role')}") or _BACK_TEXT.fullmatch(text):
        return True
    target = by_id.get(href[1:])
    is_mark = target is not None and any(mem_id in marks for mem_id in _near(target))
    return is_mark and bool(_MARK.fullmatch(text) or len(text) <= _MARK_CHARS)


def _near(node: LexborNode) -> Iterator[int]:
    """The node, those above it, and the ones beside it that a link back may name."""
    above: LexborNode | None = node
    for _ in range(3):
        if above is None:
            return
        yield above.mem_id
        above = above.parent
    yield from (child.mem_id for child in islice(node.iter(), 3))


def _block_begun_by(node: LexborNode) -> LexborNode | None:
    """The block whose text begins with the node."""
    here: LexborNode | None = node
    for _ in range(6):
        if here is None:
            return None
        before = here.prev
        while before is not None and before.tag == "-text" and not (before.text_content or "").strip():
            before = before.prev
        if before is not None and not (before.tag == "br" or before.tag in BLOCKS):
            return None
        here = here.parent
        if before is not None:
            return None
        if here is not None and here.tag in BLOCKS:
            return here
    return None


def _stands_clear(node: LexborNode) -> bool:
    """Whether the mark cannot be an exponent, because it follows a word or a punctuation mark."""
    before = node.prev
    text = (before.text_content or "") if before is not None and before.tag == "-text" else ""
    last = re.search(r"(\S+)\s*$", text[-40:])
    return last is not None and (not last[1][-1].isalnum() or (last[1].isalpha() and len(last[1]) > 3))


def _is_short(note: LexborNode) -> bool:
    nodes = list(islice(nodes_below(note), _NOTE_NODES))
    if len(nodes) == _NOTE_NODES or any(node.tag in HEADINGS for node in nodes):
        return False
    return len(text_below(note, most=_NOTE_CHARS)) < _NOTE_CHARS
