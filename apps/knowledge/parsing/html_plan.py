"""Decides, before a page is read, which of its nodes are text and in which way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from selectolax.lexbor import LexborHTMLParser, LexborNode

from apps.knowledge.parsing.html_furniture import furniture, never_text
from apps.knowledge.parsing.html_looks import looks_of
from apps.knowledge.parsing.html_nodes import ancestors_of, text_below
from apps.knowledge.parsing.html_notes import Notes, comments_of, notes_of
from apps.knowledge.parsing.html_panels import panels_of
from apps.knowledge.parsing.html_pictures import image_numbers
from apps.knowledge.parsing.raised import lowered, raised

Script = Callable[[str], str]


@dataclass(frozen=True)
class ReadingPlan:
    """Nodes by their mem_id. `scripts` writes raised and lowered text, `numerators` are followed by a stroke,
    `labels` are those of panels, `layout` are the tables that only arrange the page, `images` are the numbers of `img`
    elements.
    """

    skipped: set[int]
    scripts: dict[int, Script]
    numerators: set[int]
    labels: dict[int, str]
    notes: Notes
    layout: set[int]
    images: Callable[[], dict[int, int]]


def plan_of(tree: LexborHTMLParser, with_furniture: bool) -> tuple[LexborNode | None, ReadingPlan]:
    """The part of the page that is read, and how."""
    looks = looks_of(tree)
    scripts: dict[int, Script] = dict.fromkeys(looks.raised, raised)
    scripts |= dict.fromkeys(looks.lowered, lowered)
    panels = panels_of(tree, looks.struck, scripts)
    skipped = never_text(tree) | comments_of(tree) | looks.struck | panels.hidden | panels.controls
    if not with_furniture:
        skipped |= furniture(tree)
    root = tree.body if with_furniture else _main(tree, skipped)
    notes = notes_of(tree, root, skipped, looks.raised) if root is not None else Notes()
    layout = ancestors_of(tree.css("table h1, table h2, table h3, table h4, table h5, table h6, table table"))
    skipped |= notes.dropped
    images = cache(partial(image_numbers, tree))  # most pages have none
    return root, ReadingPlan(skipped, scripts, looks.numerators, panels.labels, notes, layout, images)


def _main(tree: LexborHTMLParser, skipped: set[int]) -> LexborNode | None:
    """The part that the page marks as its main content, else the body."""
    mains = tree.css("main, [role=main]") or tree.css("article")
    if len(mains) == 1 and text_below(mains[0], skipped, most=50):
        return mains[0]
    return tree.body
