"""Finds text that HTML only shows as struck out, raised or lowered by its style."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from apps.knowledge.parsing.html_nodes import value

_STRUCK_TAGS = "del, s, strike, [role=deletion], .strikethrough, .line-through"
_STRUCK = re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)
_NEVER_SHOWN = re.compile(r"mso-hide\s*:\s*all", re.IGNORECASE)
_RAISED = re.compile(r"vertical-align\s*:\s*super", re.IGNORECASE)
_LOWERED = re.compile(r"vertical-align\s*:\s*sub(?!\w)", re.IGNORECASE)
_CLASS = re.compile(r"[a-z0-9]*\.([\w-]+)", re.IGNORECASE)
_BRACES = re.compile(r"[{}]")


@dataclass
class Looks:
    """Nodes by their mem_id."""

    struck: set[int] = field(default_factory=set)
    raised: set[int] = field(default_factory=set)
    lowered: set[int] = field(default_factory=set)
    numerators: set[int] = field(default_factory=set)


def looks_of(tree: LexborHTMLParser) -> Looks:
    looks = Looks(
        struck={node.mem_id for node in tree.css(_STRUCK_TAGS)},
        raised={node.mem_id for node in tree.css("sup")},
        lowered={node.mem_id for node in tree.css("sub")},
    )
    for node in tree.css("[style]"):
        _add(looks, node, value(node, "style"))
    classes = {name: rule for style in tree.css("style") for name, rule in _class_rules(style.text())}
    if classes:
        for node in tree.css("[class]"):
            for name in value(node, "class").split():
                _add(looks, node, classes.get(name, ""))
    _add_mathematics(looks, tree)
    return looks


def _add(looks: Looks, node: LexborNode, style: str) -> None:
    if not style:
        return
    if _STRUCK.search(style) or _NEVER_SHOWN.search(style):
        looks.struck.add(node.mem_id)
    elif _RAISED.search(style):
        looks.raised.add(node.mem_id)
    elif _LOWERED.search(style):
        looks.lowered.add(node.mem_id)


def _add_mathematics(looks: Looks, tree: LexborHTMLParser) -> None:
    for node in tree.css("msup, msub, msubsup"):
        parts = [child for child in node.iter() if child.tag]
        if node.tag == "msup":
            looks.raised |= {part.mem_id for part in parts[1:2]}
        else:
            looks.lowered |= {part.mem_id for part in parts[1:2]}
            looks.raised |= {part.mem_id for part in parts[2:3]}
    for node in tree.css("mfrac > :first-child"):
        looks.numerators.add(node.mem_id)


def _class_rules(sheet: str) -> Iterator[tuple[str, str]]:
    """(class, declarations) of the rules for a single class that strike text out, raise, lower or hide it. Rules for
    some media only, which are nested, are left out.
    """
    depth, start, selectors = 0, 0, ""
    for brace in _BRACES.finditer(sheet):
        if brace[0] == "{":
            depth += 1
            selectors = sheet[start : brace.start()]
        else:
            if depth == 1:
                yield from _rules(selectors, sheet[start : brace.start()])
            depth = max(0, depth - 1)
        start = brace.end()


def _rules(selectors: str, rule: str) -> Iterator[tuple[str, str]]:
    if any(look.search(rule) for look in (_STRUCK, _NEVER_SHOWN, _RAISED, _LOWERED)):
        for selector in selectors.split(","):
            match = _CLASS.fullmatch(selector.strip())
            if match:
                yield match[1], rule
