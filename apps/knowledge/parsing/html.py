"""Parses HTML into the blocks that a reader of the page sees. Also reads the output of the Markdown renderer."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from apps.knowledge.documents.parsed_document import FailureCode, ParsedDocument, ParseError
from apps.knowledge.parsing.builder import DocumentBuilder
from apps.knowledge.parsing.html_blocks import BlockReader
from apps.knowledge.parsing.html_plan import plan_of

MEDIA_TYPE = "text/html"


def parse_html(source: str, stem: str) -> ParsedDocument:
    """Raises ParseError(EMPTY)."""
    tree = parse_tree(source)
    title = _text_of(tree.css_first("title"))
    language = (tree.root.attributes.get("lang") or "") if tree.root else ""
    builder = read_blocks(tree, with_furniture=False)
    if builder.is_empty:  # the names of the page mislead
        builder = read_blocks(tree, with_furniture=True)
    return builder.finish(MEDIA_TYPE, title or stem, language=language)


def parse_tree(source: str) -> LexborHTMLParser:
    """Accepts any HTML: the parser fails only if it gets no memory."""
    try:
        return LexborHTMLParser(source)
    except SelectolaxError as error:
        raise ParseError(FailureCode.TOO_MUCH_MEMORY, "HTML tree") from error


def read_blocks(tree: LexborHTMLParser, with_furniture: bool) -> DocumentBuilder:
    """The blocks of the page; `with_furniture` reads its menus, footers and lines about the page too."""
    builder = DocumentBuilder()
    root, plan = plan_of(tree, with_furniture)
    if root is not None:
        BlockReader(builder, plan, drops_furniture=not with_furniture).read(root)
    return builder


def _text_of(node: LexborNode | None) -> str:
    return " ".join((node.text() or "").split()) if node else ""
