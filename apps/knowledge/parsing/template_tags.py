"""Removes Liquid, Jekyll, Nunjucks and attribute-list tags from Markdown. Braces in code are kept: they are text.

A tag is replaced by a mark that cannot occur in a document, because `normalise` removes it. Otherwise a line that
contains only a tag would become an empty line and split its paragraph. A target inside a tag, as in `[leave]({% page
"/leave/" %})`, is kept between other marks until it is known whether Markdown recognised a link there.
"""

from __future__ import annotations

import re

_MARK = "\ufdd0"
_TARGET_MARK = "\ufdd1"
_ENCODED_TARGET_MARK = "%EF%B7%91"

# Lengths are limited, so that an opening without an end causes a scan of a limited range and not of the whole file.
_SPANS = re.compile(
    r"""
    (?P<fence>^[ \t>]*(?:[-*+]|\d+[.)])?[ \t]*(?P<bar>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*(?P=bar)[`~]*[ \t]*$|\Z))
  | (?P<code>(?<!`)(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).){1,2000}?(?<!`)(?P=ticks)(?!`))
  | \{%-?\s*raw\s*-?%\}(?P<raw>.{0,20000}?)\{%-?\s*endraw\s*-?%\}
  | (?P<comment>\{%-?\s*comment\s*-?%\}.{0,20000}?\{%-?\s*endcomment\s*-?%\})
  | (?P<before>\]\(\s*|href=["']?)(?:\{%(?P<tag>.{0,2000}?)%\}|\{\{.{0,2000}?\}\})
  | (?P<other>\{%.{0,2000}?%\}|\{\{.{0,2000}?\}\})
  | (?P<attributes>\{:[^{}\n]*\}|[ \t]*\{[#.][^{}\n]*\}(?=[ \t]*$))
  | (?P<alert>(?<=>)[ \t]*\[!\w+\])
  | (?P<container>^[ ]{0,3}:::+[^\n]*$)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_RAW_MARK = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_TARGET_AS_TEXT = re.compile(f"{_TARGET_MARK}[^{_TARGET_MARK}]*{_TARGET_MARK}")
_ARGUMENT = re.compile(r"""^-?\s*\w+\s+(?:"([^"]+)"|'([^']+)'|(\S+))""")


def strip_template_tags(source: str) -> str:
    """The Markdown without tags. Call `strip_target_marks` after rendering."""
    return _SPANS.sub(_replacement, source)


def strip_target_marks(html: str) -> str:
    """Remove the marks from link targets. A target that became text, because its brackets were escaped, is removed
    too.
    """
    return _TARGET_AS_TEXT.sub("", html.replace(_ENCODED_TARGET_MARK, ""))


def _replacement(match: re.Match[str]) -> str:
    if match["fence"] is not None or match["code"] is not None:
        return _RAW_MARK.sub("", match[0])
    if match["raw"] is not None:
        return match["raw"]
    if match["before"] is not None:
        target = _target(match["tag"] or "")
        return match["before"] + (
            _TARGET_MARK + target + _TARGET_MARK if match["before"][0] == "]" else target
        )
    return _MARK


def _target(tag: str) -> str:
    """The target of a link inside a tag such as `page "/leave/"`: the first argument of the tag."""
    argument = _ARGUMENT.search(tag.strip())
    return re.sub(r"[\s<>()]", "", argument[argument.lastindex or 0]) if argument else ""
