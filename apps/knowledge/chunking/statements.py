"""Tells headings that say something ("Lost keys cost 35 crowns") from those that only name what follows ("Costs")."""

from __future__ import annotations

import re

FEWEST_WORDS = 4
_VERBS = frozenset(
    """is are was were be must may might can cannot will shall should has have had does do did not no never only
    cost costs need needs open opens close closes closed start starts end ends begin begins apply applies
    ist sind muss müssen darf dürfen kann können wird werden nicht kein keine
    est sont doit doivent peut peuvent ne pas es son debe deben puede pueden""".split()
)
_ASKING = frozenset("how what when where which who whom whose why can do does is are may should".split())
_PAIR = re.compile(r"\w[:：] \S")
_NUMBERED_NAME = re.compile(r"^\W*\w+\W+[\dIVXivx]+(?:[.\d]*\b|\b)")  # "Chapter 3", "Step IV"
_WORD = re.compile(r"\w+(?:['’-]\w+)*")


def says_something(heading: str) -> bool:
    """Whether the heading has a verb, a number or a name with what it stands for. Questions do not say anything."""
    words = [word.lower() for word in _WORD.findall(heading)]
    if heading.rstrip().endswith(("?", "？", "؟")) or (words and words[0] in _ASKING):
        return False
    told = _NUMBERED_NAME.sub("", heading)
    if _PAIR.search(told) and len(words) >= FEWEST_WORDS - 1:
        return True
    has_number = any(char.isdigit() for char in told)
    return len(words) >= FEWEST_WORDS and (has_number or not _VERBS.isdisjoint(words))
