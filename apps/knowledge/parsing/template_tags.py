"""Removes what a site generator takes out of Markdown: tags of Liquid, Jekyll, Nunjucks and Hugo, attribute lists,
comments. Braces in code and those that an author writes in a sentence are text.

A tag that stood for words in a sentence leaves "[…]". Another is replaced by a mark that cannot occur in a document,
because `normalise` removes it. Otherwise a line that contains only a tag would become an empty line and split its
paragraph. A target inside a tag, as in `[leave]({% page "/leave/" %})`, is kept between other marks until it is known
whether Markdown recognised a link there.
"""

from __future__ import annotations

import re

from apps.knowledge.parsing.html_names import HTML_NAMES

_MARK = "\ufdd0"
_TARGET_MARK = "\ufdd1"
_ENCODED_TARGET_MARK = "%EF%B7%91"
OMISSION = "[…]"

# Lengths are limited, so that an opening without an end causes a scan of a limited range and not of the whole file.
_SPANS = re.compile(
    r"""
    (?P<fence>^[ \t>]*(?:[-*+]|\d+[.)])?[ \t]*(?P<bar>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*(?P=bar)[`~]*[ \t]*$|\Z))
  | \{(?P<role>[a-z][\w:-]{0,40})\}`(?P<written>[^`\n]{1,300})`
  | (?P<code>(?<!`)(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).){1,2000}?(?<!`)(?P=ticks)(?!`))
  | \{%-?\s*raw\s*-?%\}(?P<raw>.{0,20000}?)\{%-?\s*endraw\s*-?%\}
  | (?P<comment>\{%-?\s*comment\s*-?%\}.{0,20000}?\{%-?\s*endcomment\s*-?%\}|\{/\*.{0,20000}?\*/\}
    |(?<![\w%])%%(?!%).{1,20000}?(?<!%)%%(?![\w%]))
  | (?P<before>\]\(\s*|href=["']?)(?:\{%(?P<tag>.{0,2000}?)%\}|\{\{.{0,2000}?\}\})
  | (?P<shortcode>\{\{[<%].{0,2000}?[%>]\}\})
  | (?P<block>\{%-?(?P<block_text>.{0,2000}?)-?%\})
  | (?<!\$)(?P<value>\{\{(?P<expression>.{0,2000}?)\}\})
  | (?P<attributes>\{:[^{}\n]*\}|[ \t]*\{[#.][^{}\n]*\}(?=[ \t]*$)|(?<=[)`])\{[#.\w][^{}\n]*=[^{}\n]*\})
  | !\[\[(?P<embed>[^\[\]\n]{1,300})\]\]
  | \[\[(?=[^\[\]\n]*[^\W\d_])(?P<page>[^\s\[\]\n|][^\[\]\n|]{0,200}?)(?:\\?\|(?P<shown>[^\[\]\n]{1,200}))?\]\](?![(\[])
  | (?P<icon>:(?:material|fontawesome|octicons|simple)-[\w-]{1,80}:)
  | (?<![\w+])\+\+(?P<keys>[\w-]{1,20}(?:\+[\w-]{1,20}){0,5})\+\+(?![\w+])
  | (?<![\w=])==(?P<highlight>[^\s=](?:[^=\n]{0,500}[^\s=])?)==(?![\w=])
  | (?P<component><[A-Z][\w.]{0,60}(?:[ ][^<>\n]{0,300})?/>)
  | <(?P<placeholder>[a-z][\w-]{0,40}(?:[ ][a-z][\w-]{0,30}){0,4})>
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_RAW_MARK = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_TARGET_AS_TEXT = re.compile(f"{_TARGET_MARK}[^{_TARGET_MARK}]*{_TARGET_MARK}")
_ARGUMENT = re.compile(r"""^-?\s*\w+\s+(?:"([^"]+)"|'([^']+)'|(\S+))""")
_TAG = re.compile(r"\{[{%].*?[%}]\}|<[^<>]*>", re.DOTALL)
_GIVEN = re.compile(  # variables and filters of site generators
    r"\s*-?\s*(?:(?:site|page|layout|content|include|paginator|jekyll|theme|collections|eleventy|config|forloop)\b"
    r"|.*\|\s*(?:url|relative_url|absolute_url|markdownify|safe|date|jsonify|slugify|escape|strip_html)\b|[\w.]+\()",
    re.DOTALL,
)
_SETTING = re.compile(r"\s*(?:assign|set|capture|for)\s+(\w+)")
_SILENT = re.compile(
    r"\s*(?:if|elsif|elif|else|unless|for|case|when|assign|set|capture|cycle|increment|decrement|layout|extends|block|"
    r"macro|import|from|call|filter|with|break|continue|alert|end\w*)\b"
)
_BARE = re.compile(r"\s*[\w-]*\s*")
_NEAR = 200  # characters of the line that decide whether a tag stands in a sentence


def strip_template_tags(source: str) -> str:
    """The Markdown without tags. Call `strip_target_marks` after rendering."""
    return _Stripper(source).stripped()


def strip_target_marks(html: str) -> str:
    """Remove the marks from link targets. A target that became text, because its brackets were escaped, is removed
    too.
    """
    return _TARGET_AS_TEXT.sub("", html.replace(_ENCODED_TARGET_MARK, ""))


class _Stripper:
    def __init__(self, source: str) -> None:
        self._source = source
        tags = re.findall(r"\{%-?(.{0,300}?)-?%\}", source)
        self._paired = set(re.findall(r"\{%-?\s*end(\w+)", source))
        self._set = {match[1] for tag in tags if (match := _SETTING.match(tag))}
        self._closed = set(re.findall(r"</([a-z][\w-]*)", source))

    def stripped(self) -> str:
        return _SPANS.sub(self._replacement, self._source)

    def _replacement(self, match: re.Match[str]) -> str:
        kind = match.lastgroup or ""
        if match["fence"] is not None or match["code"] is not None:
            return _RAW_MARK.sub("", match[0])
        if match["before"] is not None:
            target = _target(match["tag"] or "")
            is_link = match["before"][0] == "]"
            return match["before"] + (_TARGET_MARK + target + _TARGET_MARK if is_link else target)
        if match["block"] is not None:
            return self._block(match)
        if match["value"] is not None:
            return self._omitted(match) if self._is_given(match["expression"]) else match[0]
        if match["raw"] is not None:
            return match["raw"]
        return self._markup(match, kind)

    def _markup(self, match: re.Match[str], kind: str) -> str:
        if match["role"] is not None:
            return _role(match["role"], match["written"])
        if match["page"] is not None:
            return _wiki_link(match["page"], match["shown"])
        if match["keys"] is not None or match["highlight"] is not None:
            return match["keys"] or match["highlight"]
        if match["component"] is not None:
            return self._omitted(match)
        if match["placeholder"] is not None:
            return self._placeholder(match)
        return _MARK

    def _placeholder(self, match: re.Match[str]) -> str:
        """A word in angle brackets is text unless it is a tag."""
        name = match["placeholder"].split(" ")[0]
        return match[0] if name in HTML_NAMES or name in self._closed else f"&lt;{match['placeholder']}&gt;"

    def _block(self, match: re.Match[str]) -> str:
        text = match["block_text"]
        name = text.split()[0] if text.split() else ""
        if _SILENT.match(text) or name in self._paired:
            return _MARK
        if _BARE.fullmatch(text) and self._is_in_sentence(match):
            return match[0]
        return self._omitted(match)

    def _is_given(self, expression: str) -> bool:
        root = re.match(r"\s*-?\s*(\w+)", expression)
        return bool(_GIVEN.match(expression)) or (root is not None and root[1] in self._set)

    def _omitted(self, match: re.Match[str]) -> str:
        return OMISSION if self._is_in_sentence(match) else _MARK

    def _is_in_sentence(self, match: re.Match[str]) -> bool:
        """Whether words stand beside the tag on its line."""
        before = self._source[max(0, match.start() - _NEAR) : match.start()].rpartition("\n")[2]
        after = self._source[match.end() : match.end() + _NEAR].partition("\n")[0]
        if before.endswith(('="', "='", "]: ", "](", "<")):
            return False
        return any(map(str.isalnum, _TAG.sub("", before) + _TAG.sub("", after)))


def _target(tag: str) -> str:
    """The target of a link inside a tag such as `page "/leave/"`: the first argument of the tag."""
    argument = _ARGUMENT.search(tag.strip())
    return re.sub(r"[\s<>()]", "", argument[argument.lastindex or 0]) if argument else ""


def _role(name: str, written: str) -> str:
    """The text of a role of MyST: "{doc}`Rules <rules>`" is a link to the rules."""
    shown, _, target = written.partition("<")
    if name in ("sub", "sup", "subscript", "superscript"):
        return f"<{name[:3]}>{written}</{name[:3]}>"
    if name in ("code", "math", "kbd", "command", "file", "guilabel"):
        return f"`{written}`"
    return f"[{shown.strip()}](<{target.rstrip('>')}>)" if shown.strip() and target else written.strip("<>")


def _wiki_link(page: str, shown: str | None) -> str:
    words = shown or page.strip("\\").lstrip("#").replace("#", " > ")
    name = page.strip("\\").partition("#")[0]
    return f"[{words}](<{name}.md>)" if name and not set("<>") & set(name) else words
