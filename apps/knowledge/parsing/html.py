"""HTML: the blocks a reader of the page sees. Also reads what the Markdown renderer writes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from apps.knowledge.documents.parsed_document import FailureCode, ParsedDocument, ParseError
from apps.knowledge.parsing.builder import DocumentBuilder
from apps.knowledge.parsing.html_blocks import BlockReader

MEDIA_TYPE = "text/html"

_NEVER_TEXT = (
    "script, style, template, noscript, nav, iframe, object, embed, svg, canvas, video, audio, "
    "select, textarea, input, datalist, annotation, annotation-xml, dialog, "
    "[hidden], [aria-hidden=true], a.headerlink, sup.footnote-ref, a.footnote-backref"
)
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def parse_html(source: str, stem: str) -> ParsedDocument:
    """Raises ParseError(EMPTY)."""
    tree = parse_tree(source)
    title = _text_of(tree.css_first("title"))
    language = (tree.root.attributes.get("lang") or "") if tree.root else ""
    strip_boilerplate(tree)
    return read_blocks(_main(tree)).finish(MEDIA_TYPE, title or stem, language=language)


def parse_tree(source: str) -> LexborHTMLParser:
    """No HTML is wrong enough to be refused: the parser fails only where it gets no memory."""
    try:
        return LexborHTMLParser(source)
    except SelectolaxError as error:
        raise ParseError(FailureCode.TOO_MUCH_MEMORY, "HTML tree") from error


def read_blocks(root: LexborNode | None) -> DocumentBuilder:
    builder = DocumentBuilder()
    reader = BlockReader(builder)
    for node, opens in _walk(root) if root else ():
        tag = node.tag or ""
        if tag == "-text":
            reader.text(node.text_content or "")
        elif opens:
            reader.open(tag, node)
        else:
            reader.close(tag, node)
    reader.flush()
    return builder


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Every node on entering (True) and leaving (False), without recursion: nesting is in an attacker's hands."""
    stack = [(root, True)]
    while stack:
        node, opens = stack.pop()
        if opens and _is_skipped(node):
            continue
        yield node, opens
        if opens and node.tag != "-text":
            stack.append((node, False))
            child = node.last_child
            while child is not None:
                stack.append((child, True))
                child = child.prev


def _is_skipped(node: LexborNode) -> bool:
    tag = node.tag or ""
    return tag == "-comment" or (
        tag[:1] != "-" and bool(_INVISIBLE.search(node.attributes.get("style") or ""))
    )


def strip_boilerplate(tree: LexborHTMLParser) -> None:
    for node in tree.css(_NEVER_TEXT):
        if node.tag not in ("html", "body"):  # hidden until a script shows the page
            node.decompose()
    for button in tree.css("button"):
        if not _has_ancestor(
            button, ("h1", "h2", "h3", "h4", "h5", "h6")
        ):  # an accordion's heading is a button
            button.decompose()


def _has_ancestor(node: LexborNode, tags: tuple[str, ...]) -> bool:
    parent = node.parent
    for _ in range(4):
        if parent is None or parent.tag in tags:
            return parent is not None
        parent = parent.parent
    return False


def _main(tree: LexborHTMLParser) -> LexborNode | None:
    """The part that the page itself calls its main one; else the body without its own footer."""
    mains = tree.css("main, [role=main]") or tree.css("article")
    if len(mains) == 1 and _text_of(mains[0]):
        return mains[0]
    for footer in tree.css("body > footer"):
        footer.decompose()
    return tree.body


def _text_of(node: LexborNode | None) -> str:
    return " ".join((node.text() or "").split()) if node else ""
