"""Finds what a page only folds: tabs, accordions, `details`, panels that are hidden until a click, with their labels.

A hidden part that no control opens is no text.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from apps.knowledge.parsing.html_nodes import (
    BLOCKS,
    HEADINGS,
    ancestors_of,
    element_after,
    element_before,
    name_of,
    text_below,
    value,
)

_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_PANEL = re.compile(
    r"tab-?pane|tab-?content|tabbed-|panel|accordion|collaps|expand|spoiler|\bfaq|answer|toggle|reveal|details",
    re.IGNORECASE,
)
_CONTROL = re.compile(
    r"toggle|trigger|accordion|collaps|expand|question|control|spoiler|reveal|\btab|\bfaq", re.IGNORECASE
)
_NEITHER = re.compile(
    r"modal|popup|popover|tooltip|cookie|menu|\bnav|dropdown|search|template|print|sr-only|visually-hidden|banner|"
    r"overlay|lightbox|toast|skeleton|loading|metadata|draft|internal|comment",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"""["']#?([\w:.-]+)["']""")
_REFERENCES = ("aria-controls", "data-target", "data-bs-target")
_REFERRING = (
    "[aria-controls], [data-target], [data-bs-target], [onclick], [role=tab][href], [data-toggle][href], "
    "[data-bs-toggle][href]"
)
_TABS = (
    "[role=tab], .tabbed-labels > label, .tabbed-set > label, .sd-tab-label, .tab-label, .nav-tabs > li, "
    ".tabs-nav > li"
)
_TAB_PANELS = (
    "[role=tabpanel], .tabbed-block, .tabbed-content, .sd-tab-content, .tab-content, .tab-pane, .tab-panel"
)
_BUTTONS = "button, [role=button], [aria-expanded], .expand-control"
_LABEL_CHARS = 300


@dataclass
class Panels:
    """Nodes by their mem_id. `labels` has the label of each panel; "" if a heading in front of it is the label.

    `controls` and `hidden` are no text where they stand.
    """

    labels: dict[int, str] = field(default_factory=dict)
    controls: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)


def panels_of(
    tree: LexborHTMLParser, struck: Collection[int], scripts: Mapping[int, Callable[[str], str]]
) -> Panels:
    """Labels have no struck-out text, and raised and lowered text as `scripts` write it."""
    finder = _Finder(tree, struck, scripts)
    finder.details()
    finder.references()
    finder.tabs()
    finder.neighbours()
    finder.hide()
    return finder.panels


class _Finder:
    def __init__(
        self, tree: LexborHTMLParser, struck: Collection[int], scripts: Mapping[int, Callable[[str], str]]
    ) -> None:
        self._tree = tree
        self._struck = struck
        self._scripts = scripts
        self._hidden = {node.mem_id: node for node in _hidden_nodes(tree)}
        self._buttons = tree.css(_BUTTONS)
        self._with_button = ancestors_of(self._buttons) | {node.mem_id for node in self._buttons}
        self._shown: set[int] = set()
        self.panels = Panels()

    def details(self) -> None:
        for node in self._tree.css("details > summary"):
            if node.parent is not None:
                self._open(node.parent, node)

    def references(self) -> None:
        """Panels that a control names by their id, or that name their tab."""
        controls = self._tree.css(_REFERRING)
        labelled = self._tree.css("[role=tabpanel][aria-labelledby]")
        if not controls and not labelled:
            return
        by_id = {value(node, "id"): node for node in self._tree.css("[id]")}
        for control in controls:
            for panel in (by_id[name] for name in _names(control) if name in by_id):
                if _may_be_panel(panel) and not _is_menu(control):
                    self._open(panel, control)
                elif panel.tag not in BLOCKS and not _NEITHER.search(name_of(panel)):
                    self._shown.add(panel.mem_id)  # the rest of a sentence
        for panel in labelled:
            tab = by_id.get(value(panel, "aria-labelledby").split(" ")[0])
            if tab is not None:
                self._open(panel, tab)

    def tabs(self) -> None:
        """Tabs and panels that belong together by their order."""
        panels = self._tree.css(_TAB_PANELS)
        tabs = {node.mem_id for node in self._tree.css(_TABS)}
        if not panels or not tabs:
            return
        inner = {node.mem_id for node in panels} - ancestors_of(panels)
        waiting: list[deque[LexborNode]] = []
        last_parent = 0
        for node in self._tree.css(f"{_TABS}, {_TAB_PANELS}"):
            if node.mem_id in tabs:
                above = node.parent
                if above is None or above.mem_id in tabs or node.mem_id in self.panels.controls:
                    continue
                if not waiting or above.mem_id != last_parent:
                    waiting.append(deque())
                waiting[-1].append(node)
                last_parent = above.mem_id
            elif node.mem_id in inner or value(node, "role") == "tabpanel":
                while waiting and not waiting[-1]:
                    waiting.pop()
                    last_parent = 0 if not waiting else last_parent
                if waiting and node.mem_id not in self.panels.labels:
                    self._open(node, waiting[-1].popleft())

    def neighbours(self) -> None:
        """Panels that follow their control."""
        for button in self._buttons:
            holder = _holder(button)
            panel = element_after(holder)
            if panel is not None and self._follows(panel, button):
                self._open(panel, holder)
        for node in self._hidden.values():
            before = element_before(node)
            if before is not None and self._is_control(before) and _may_be_panel(node):
                self._open(node, before)

    def hide(self) -> None:
        """What is hidden and no panel; buttons that are no words of a sentence."""
        for mem_id, node in self._hidden.items():
            if mem_id not in self.panels.labels and mem_id not in self._shown and not _is_folded(node):
                self.panels.hidden.add(mem_id)
        for button in self._tree.css("button, .expand-control"):
            holder = _holder(button)
            if holder is button and not _is_in_text(button):
                self.panels.controls.add(button.mem_id)

    def _open(self, panel: LexborNode, control: LexborNode) -> None:
        is_inside = panel.tag != "details" and panel.mem_id in self._ancestors(control)
        if panel.mem_id in self.panels.labels or is_inside:
            return
        label = text_below(control, self._struck, _LABEL_CHARS + 1, self._scripts)
        if _holder(control).tag in HEADINGS or len(label) > _LABEL_CHARS:  # it is read where it stands
            self.panels.labels[panel.mem_id] = ""
        else:
            self.panels.labels[panel.mem_id] = label
            self.panels.controls.add(control.mem_id)

    def _ancestors(self, node: LexborNode) -> Iterator[int]:
        above = node.parent
        for _ in range(50):
            if above is None:
                return
            yield above.mem_id
            above = above.parent

    def _follows(self, panel: LexborNode, button: LexborNode) -> bool:
        if not _may_be_panel(panel) or _is_menu(button):
            return False
        return (
            panel.mem_id in self._hidden
            or bool(_PANEL.search(name_of(panel)))
            or (value(button, "aria-expanded") != "" and _holder(button).tag in HEADINGS)
        )

    def _is_control(self, node: LexborNode) -> bool:
        if node.mem_id in self.panels.labels or len(text_below(node, most=_LABEL_CHARS + 1)) > _LABEL_CHARS:
            return False
        name = name_of(node)
        return not _is_menu(node) and (
            node.tag in ("button", "summary", "dt", "label")
            or node.mem_id in self._with_button
            or value(node, "onclick") != ""
            or bool(_CONTROL.search(name))
        )


def _hidden_nodes(tree: LexborHTMLParser) -> Iterator[LexborNode]:
    for node in tree.css("[hidden], [aria-hidden=true]"):
        if node.tag not in ("html", "body"):  # many pages are hidden until a script shows them
            yield node
    for node in tree.css("[style]"):
        if node.tag not in ("html", "body") and _HIDDEN.search(value(node, "style")):
            yield node


def _is_folded(node: LexborNode) -> bool:
    """Whether a hidden node without a known control is a panel by its attributes or its name."""
    if value(node, "hidden") == "until-found" or value(node, "role") == "tabpanel":
        return True
    name = name_of(node)
    return node.tag in BLOCKS and bool(_PANEL.search(name)) and not _NEITHER.search(name)


def _names(control: LexborNode) -> list[str]:
    """The ids that the control refers to."""
    names = [name for attribute in _REFERENCES for name in value(control, attribute).split()]
    href = value(control, "href")
    names += [href] if href.startswith("#") else []
    return [name.lstrip("#") for name in names] + _QUOTED.findall(value(control, "onclick")[:500])


def _may_be_panel(node: LexborNode) -> bool:
    return (
        node.tag in BLOCKS
        and node.tag not in HEADINGS
        and node.tag not in ("body", "main", "html", "td", "tr", "tbody", "thead")
        and not _NEITHER.search(name_of(node))
        and value(node, "role") not in ("menu", "dialog", "navigation", "listbox", "tooltip")
    )


def _is_menu(control: LexborNode) -> bool:
    return bool(_NEITHER.search(name_of(control))) or value(control, "aria-haspopup") not in ("", "false")


def _holder(control: LexborNode) -> LexborNode:
    """The heading that the control stands in, or else the control."""
    above = control.parent
    for _ in range(4):
        if above is None:
            break
        if above.tag in HEADINGS:
            return above
        above = above.parent
    return control


def _is_in_text(node: LexborNode) -> bool:
    """Whether the node stands between words: "Press Save to go on"."""
    return any(
        beside is not None and beside.tag == "-text" and (beside.text_content or "").strip()
        for beside in (node.prev, node.next)
    )
