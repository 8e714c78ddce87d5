"""Deeply nested lists of definitions and tabs cost as much per level as shallow ones."""

from __future__ import annotations

import pytest

from apps.knowledge.chunking.rows import RowLimits, document_rows
from apps.knowledge.parsing.html import parse_html
from apps.knowledge.tests.effort import calls

SHALLOW, DEEP = 150, 600
LIMITS = RowLimits(
    target_words=120,
    max_words=200,
    text_chars=10**6,
    passages=10**5,
    sentences=10**5,
    links=10**5,
    blocks=10**5,
    terms=10**5,
    pictures=10**3,
    picture_bytes=10**6,
    picture_pixels=10**6,
)
NESTED = {
    "definitions": ("<dl><dt>Term</dt><dd hidden>Said of it. ", "</dd></dl>"),
    "tabs": ("<div><div role=tab>Tab</div><div role=tabpanel>Said in it. ", "</div></div>"),
    "navigation of tabs": (
        "<div><ul class=nav-tabs><li>One</li></ul><div class=tab-content><div class=tab-pane>Said. ",
        "</div></div></div>",
    ),
    "buttons": ("<div><button>More</button><div hidden>Said below. ", "</div></div>"),
}


@pytest.mark.parametrize("kind", NESTED)
def test_work_grows_with_the_depth_and_not_faster(kind: str) -> None:
    opening, closing = NESTED[kind]

    def read(depth: int) -> object:
        source = f"<p>Start.</p>{opening * depth}{closing * depth}"
        return document_rows(parse_html(source, "page"), "page.html", LIMITS)

    read(1)
    assert calls(lambda: read(DEEP)) < 1.3 * DEEP / SHALLOW * calls(lambda: read(SHALLOW))
