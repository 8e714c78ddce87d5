"""Rewrites the Markdown of Docusaurus, MkDocs, Sphinx and Obsidian so that any renderer reads it: titles of admonitions
become paragraphs, tabs and other folded parts become `details`; imports, exports, abbreviations and snippets go.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field

_FENCE = re.compile(r"(?P<lead>[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?)(?P<bar>`{3,}|~{3,})(?P<info>[^`\n]*)$")
_DIRECTIVE = re.compile(r"\s*\{(?P<name>[\w:-]+)\}[ \t]*(?P<title>.*)")
_CONTAINER = re.compile(r"(?P<lead>[ \t]*)(?P<bar>:{3,})[ \t]*(?P<rest>.*)$")
_OPENED = re.compile(r"\{?(?P<name>[\w.-]*)\}?[ \t]*(?P<title>[^\n]*)")
_FOLD = re.compile(
    r"(?P<lead> *)(?:===[!+]*|\?\?\?\+?[ \t]+[\w -]+?)[ \t]+(?P<mark>[\"'])(?P<title>.+)(?P=mark)[ \t]*$"
)
_CALLOUT = re.compile(r"(?P<quote> {0,3}(?:> ?)+)[ \t]*\[!\w+(?:\|[^\]]*)?\][+-]?[ \t]*(?P<title>.*)$")
_PANEL_TAG = re.compile(
    r"[ \t]*<(?P<tag>TabItem|Tab|Accordion|AccordionItem|Expandable|Collapse|Collapsible|Details)\b(?P<attrs>[^>]*)>"
    r"(?P<rest>.*)$"
)
_PANEL_END = re.compile(
    r"(?P<rest>.*?)</(?:TabItem|Tab|Accordion|AccordionItem|Expandable|Collapse|Collapsible|Details)>[ \t]*$"
)
_TAG_ALONE = re.compile(r"[ \t]*</?(?P<tag>[A-Z][\w.]*)(?P<attrs>(?:[ \t][^<>]*)?)/?>[ \t]*$")
_LABEL = re.compile(r"""\b(?:label|title|summary|header|heading|question)=\{?(["'`])(.+?)\1""")
_VALUE = re.compile(r"""\bvalue=\{?(["'`])(.+?)\1""")
_IMPORT = re.compile(
    r"""import[ \t]+(?:[\w*{}$, \t]+[ \t]+from[ \t]+)?["'][^"']+["'];?[ \t]*$|import[ \t]+\{[ \t\w,$]*$"""
)
_EXPORT = re.compile(r"export[ \t]+(?:const|let|var|function|class|default|async)\b")
_NO_TEXT = re.compile(
    r"\*\[[^\]\n]+\]:\s|[ \t]*;?-{1,2}8<-{1,2}[ \t]*[\"']|\([\w.:-]+\)=[ \t]*$|\[(?:TOC|\[_?TOC_?\])\][ \t]*$",
    re.I,
)
_OPTION = re.compile(r"[ \t]*:[\w-]+:(?:[ \t]|$)")
_RANGE_MARK = re.compile(r"[ \t]*[-+*][ \t]")
_RANGE = re.compile(r"[-+*] \d")
_ENDS_IN_NUMBER = re.compile(r"(?![ \t>#|]|[-+*] |\d+[.)] )\S.*\d[ \t]*$")
_MAY_BE_STATEMENT = ("import", "export")
_SNIPPETS = re.compile(r"[ \t]*-{1,2}8<-{1,2}[ \t]*$")
_FOLDED = {"details", "dropdown", "tab-item", "tab", "collapse", "spoiler"}
_NOT_READ = {
    "toctree",
    "contents",
    "include",
    "literalinclude",
    "image",
    "raw",
    "eval-rst",
    "index",
    "currentmodule",
}
_WITH_TEXT = _FOLDED | set(
    "note tip hint warning caution danger error attention important seealso admonition tab-set topic sidebar grid card "
    "grid-item grid-item-card versionadded versionchanged deprecated todo epigraph margin figure".split()
)
_LONGEST_STATEMENT = 200  # lines of an export


@dataclass
class _Open:
    """A directive or container that is open. Nothing of it is text if `drops`; its lines are code if `is_code`."""

    bar: str
    end: str = ""
    drops: bool = False
    is_code: bool = False


@dataclass
class _Rewriter:
    lines: list[str]
    written: list[str] = field(default_factory=list)
    fences: list[_Open] = field(default_factory=list)
    folds: list[int] = field(default_factory=list)  # the indentation of each fold of MkDocs that is open
    has_options: bool = False  # the next line may be an option of a directive

    def run(self) -> str:
        number = 0
        while number < len(self.lines):
            number += self._line(number)
        self._close_folds(-1)
        return "\n".join(self.written)

    def _line(self, number: int) -> int:
        """Writes what the line becomes. Returns the number of lines that were read."""
        line = self.lines[number].expandtabs(4) if "\t" in self.lines[number] else self.lines[number]
        indent = len(line) - len(line.lstrip(" "))
        if line.strip():
            self._close_folds(indent)
        line = line[min(indent, 4 * len(self.folds)) :]
        if self.fences and (self.fences[-1].is_code or self.fences[-1].drops):
            self._inside(line)
            return 1
        if _is_plain(line):
            self.has_options = False
            self.written.append(line)
            return 1
        if self.has_options and _OPTION.match(line):
            return 1
        self.has_options = False
        skipped = self._statement(number, line)
        if skipped:
            return skipped
        if not self._block(line, indent):
            self.written.append(self._without_range(number, line))
        return 1

    def _without_range(self, number: int, line: str) -> str:
        """A wrapped line such as "- 15 berths" below "between 10" is no list item: its mark is escaped."""
        before = self.written[-1] if self.written else ""
        following = self.lines[number + 1] if number + 1 < len(self.lines) else ""
        if not _RANGE.match(line) or not _ENDS_IN_NUMBER.match(before) or _RANGE_MARK.match(following):
            return line
        return "\\" + line

    def _inside(self, line: str) -> None:
        fence = self.fences[-1]
        is_end = re.fullmatch(rf"[ \t>]*{re.escape(fence.bar)}[{fence.bar[0]}]*[ \t]*", line) is not None
        if is_end:
            self.fences.pop()
        if not fence.drops:
            self.written.append(line)

    def _statement(self, number: int, line: str) -> int:
        """The number of lines that are an import, an export or a snippet."""
        before = self.written[-1] if self.written else ""
        if _NO_TEXT.match(line):
            return 1
        if _SNIPPETS.match(line):
            return self._until(number, lambda later: bool(_SNIPPETS.match(later)))
        if before.strip():
            return 0
        if _IMPORT.match(line):
            is_whole = '"' in line or "'" in line
            return 1 if is_whole else self._until(number, lambda later: "from" in later)
        if _EXPORT.match(line):
            return self._export(number)
        return 0

    def _until(self, number: int, is_last: Callable[[str], bool]) -> int:
        for count, later in enumerate(self.lines[number + 1 : number + 50], 2):
            if is_last(later):
                return count
        return 1

    def _export(self, number: int) -> int:
        depth = 0
        for count, line in enumerate(self.lines[number : number + _LONGEST_STATEMENT], 1):
            depth += sum(line.count(sign) for sign in "{([") - sum(line.count(sign) for sign in "})]")
            following = self.lines[number + count] if number + count < len(self.lines) else ""
            if depth <= 0 and not following.strip():
                return count
        return 1

    def _block(self, line: str, indent: int) -> bool:
        if (fold := _FOLD.match(line)) is not None:
            self._open_details(fold["title"], fold["lead"])
            self.folds.append(indent)
        elif (callout := _CALLOUT.match(line)) is not None:
            title = [callout["quote"] + callout["title"]] if callout["title"].strip() else []
            self.written += [*title, callout["quote"].rstrip()]
        elif (fence := _FENCE.match(line)) is not None:
            self._open_fence(fence, line)
        elif (container := _CONTAINER.match(line)) is not None:
            self._container(container)
        else:
            return self._component(line)
        return True

    def _open_fence(self, fence: re.Match[str], line: str) -> None:
        if self.fences and self.fences[-1].bar[0] == fence["bar"][0] and not fence["info"].strip():
            self._close()
            return
        directive = _DIRECTIVE.match(fence["info"])
        name = directive["name"] if directive else ""
        if directive and name in _WITH_TEXT | _NOT_READ:
            self._open_directive(fence["bar"], name, directive["title"], fence["lead"])
        else:
            self.fences.append(_Open(fence["bar"], is_code=True))
            self.written.append(line)

    def _container(self, container: re.Match[str]) -> None:
        rest = re.sub(r"\{[.#:][^{}\n]*\}|\s*:+$", "", container["rest"]).strip()
        if not rest:
            if container["rest"].strip():
                self.fences.append(_Open(container["bar"]))
            elif self.fences:
                self._close()
            else:
                self.written.append("")
            return
        opened = _OPENED.match(rest)
        name, title = (opened["name"].lower(), opened["title"].strip()) if opened else ("", rest)
        if title.startswith("[") and title.endswith("]"):
            title = title[1:-1]
        self._open_directive(container["bar"], name, title.strip("\"'"), container["lead"])

    def _open_directive(self, bar: str, name: str, title: str, lead: str) -> None:
        fence = _Open(bar, drops=name in _NOT_READ)
        if name in _FOLDED and title:
            self._open_details(title, lead)
            fence.end = f"{lead}</details>"
        elif title and not fence.drops and name != "figure":
            self.written += ["", lead + title, ""]
        else:
            self.written.append("")
        self.fences.append(fence)
        self.has_options = True

    def _close(self) -> None:
        fence = self.fences.pop()
        self.written += ["", fence.end, ""] if fence.end else [""]

    def _component(self, line: str) -> bool:
        panel = _PANEL_TAG.match(line)
        if panel is not None and (label := _LABEL.search(panel["attrs"]) or _VALUE.search(panel["attrs"])):
            self._open_details(label[2], "")
            end = _PANEL_END.match(panel["rest"])
            self.written += [end["rest"], "", "</details>", ""] if end else [panel["rest"]]
            return True
        end = _PANEL_END.match(line)
        if end is not None and not re.search(r"<(?:Tab|Acc|Exp|Coll|Details)", end["rest"]):
            self.written += [end["rest"], "", "</details>", ""]
            return True
        alone = _TAG_ALONE.match(line)
        if alone is None:
            return False
        title = _LABEL.search(alone["attrs"])
        self.written += ["", title[2] if title else "", ""]
        return True

    def _open_details(self, title: str, lead: str) -> None:
        label = html.escape(re.sub(r"[`*]", "", title), quote=False)
        self.written += ["", f"{lead}<details><summary>{label}</summary>", ""]

    def _close_folds(self, indent: int) -> None:
        while self.folds and indent < self.folds[-1] + 4:
            self.folds.pop()
            self.written += ["", "</details>", ""]


def _is_plain(line: str) -> bool:
    """Whether the line is prose or empty, which is known at once and true of most lines."""
    first = line.lstrip()[:1]
    return not first or (first.isalpha() and not line.startswith(_MAY_BE_STATEMENT) and "</" not in line)


def plain_markdown(source: str) -> str:
    """Code stays as it is. Takes linear time."""
    return _Rewriter(source.split("\n")).run()
