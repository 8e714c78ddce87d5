"""Parses Markdown: removes front matter and template tags, renders it with markdown-it, and reads the HTML."""

from __future__ import annotations

from functools import cache

from markdown_it import MarkdownIt
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin
from selectolax.lexbor import LexborHTMLParser

from apps.knowledge.documents.parsed_document import BlockKind, ParsedDocument
from apps.knowledge.parsing.front_matter import split_front_matter
from apps.knowledge.parsing.html import parse_tree, read_blocks
from apps.knowledge.parsing.inline import Fragment
from apps.knowledge.parsing.site_markup import plain_markdown
from apps.knowledge.parsing.template_tags import strip_target_marks, strip_template_tags

MEDIA_TYPE = "text/markdown"


def parse_markdown(source: str, stem: str) -> ParsedDocument:
    """Raises ParseError(EMPTY). For a page with only front matter, the text is its title, as a heading."""
    metadata, body = split_front_matter(source)
    title = metadata.get("title", "")
    builder = read_blocks(_tree(body), with_furniture=True)
    if builder.is_empty:
        builder.block(BlockKind.HEADING, Fragment(title), level=1)
    return builder.finish(MEDIA_TYPE, stem, title, metadata.get("lang", ""), metadata)


def markdown_tree(source: str) -> LexborHTMLParser:
    """The page that is read, as HTML."""
    return _tree(split_front_matter(source)[1])


def _tree(body: str) -> LexborHTMLParser:
    return parse_tree(strip_target_marks(_renderer().render(strip_template_tags(plain_markdown(body)))))


@cache
def _renderer() -> MarkdownIt:
    """Without the typographer option, which would change the author's characters."""
    renderer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    for plugin in (footnote_plugin, deflist_plugin, tasklists_plugin, admon_plugin):
        renderer.use(plugin)
    return renderer
