"""Takes Liquid, Jekyll, Nunjucks and attribute-list tags out of Markdown; code keeps its braces, which are its text.

A tag leaves a mark behind that is no character of any document (normalise drops it), so that a line with nothing
but a tag does not become an empty line and break its paragraph. A target inside a tag, as in `[leave]({% page
"/leave/" %})`, stays between marks of its own until it is known whether Markdown saw a link there.
"""

from __future__ import annotations

import re

_MARK = "\ufdd0"
_TARGET_MARK = "\ufdd1"
_ENCODED_TARGET_MARK = "%EF%B7%91"

# Lengths are bounded so that openings without an end cost a scan of their neighbourhood and not of the whole file.
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
    """Markdown without tags; `strip_target_marks` finishes the work after rendering."""
    return _SPANS.sub(_replacement, source)


def strip_target_marks(html: str) -> str:
    """Takes the marks off link targets; a target that became text, where the brackets were escaped, goes with them."""
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
    """A link's target inside a tag such as `page "/leave/"`: its first argument, which is what the author wrote."""
    argument = _ARGUMENT.search(tag.strip())
    return re.sub(r"[\s<>()]", "", argument[argument.lastindex or 0]) if argument else ""
