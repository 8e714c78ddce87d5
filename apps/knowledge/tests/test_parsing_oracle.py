"""Every word and number of a known text is in the stored text, in order, and none is lost, joined or invented."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import Phase, given, settings

from apps.knowledge.parsing.parse import parse
from apps.knowledge.tests.known_documents import Block, Written, as_html, as_markdown, blocks

GENERATED = settings(max_examples=60, phases=[Phase.generate])  # a failing document is not made smaller


def stored_tokens(written: Written, name: str) -> list[str]:
    text = parse(written.source.encode(), name).text
    return [token for token in text.split() if any(map(str.isalnum, token))]


@GENERATED
@given(blocks)
def test_markdown_is_read_whole(content: Sequence[Block]) -> None:
    written = as_markdown(content)
    assert stored_tokens(written, "known.md") == written.tokens, written.source


@GENERATED
@given(blocks)
def test_html_is_read_whole(content: Sequence[Block]) -> None:
    written = as_html(content)
    assert stored_tokens(written, "known.html") == written.tokens, written.source
