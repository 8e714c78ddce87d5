"""Quoted words as they are, with the cells of table rows apart and code in its own type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_TAB = mark_safe('<span class="tab">\t</span>')


def _cells(text: str) -> SafeString:
    """Tabs stand between the cells of a row; in elements of their own the stylesheet gives them room."""
    return format_html_join(_TAB, "{}", ((part,) for part in text.split("\t")))


@register.filter
def with_code(text: str, code: Sequence[tuple[int, int]]) -> SafeString:
    """The text with the ranges of `code` in elements of their own. No character is changed."""
    return format_html_join("", "{}", ((part,) for part in _parts(text, code)))


def _parts(text: str, code: Sequence[tuple[int, int]]) -> Iterator[SafeString]:
    at = 0
    for start, end in code:
        yield _cells(text[at:start])
        yield format_html("<code>{}</code>", text[start:end])
        at = end
    yield _cells(text[at:])
