"""Quoted words as they are, with the cells of table rows apart, code in its own type and the answer marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.chat.presentation.conversation_views import QuoteView

Range = Sequence[int]

register = template.Library()
_TAB = mark_safe('<span class="tab">\t</span>')


def _cells(text: str) -> SafeString:
    """Tabs stand between the cells of a row; in elements of their own the stylesheet gives them room."""
    return format_html_join(_TAB, "{}", ((part,) for part in text.split("\t")))


@register.filter
def with_code(text: str, code: Sequence[Range]) -> SafeString:
    """The text with the ranges of `code` in elements of their own. No character is changed."""
    return format_html_join("", "{}", ((part,) for part in _parts(text, code)))


@register.filter
def with_marks(quote: QuoteView) -> SafeString:
    """The same with `mark` elements around the words that answer."""
    parts = []
    at = 0
    for start, end in (*quote.marked, (len(quote.text), len(quote.text))):
        parts.append(with_code(quote.text[at:start], _within(quote.code, at, start)))
        words = with_code(quote.text[start:end], _within(quote.code, start, end))
        if words:
            parts.append(
                format_html(
                    '<mark class="answers" data-begins="{}" data-ends="{}">{}</mark>',
                    _("answer:"), _("end of answer"), words,
                )
            )  # fmt: skip
        at = end
    return format_html_join("", "{}", ((part,) for part in parts))


def _within(ranges: Sequence[Range], start: int, end: int) -> list[Range]:
    """The parts of the ranges that are in text[start:end], counted from its start."""
    return [
        (max(low, start) - start, min(high, end) - start)
        for low, high in ranges
        if low < end and start < high
    ]


def _parts(text: str, code: Sequence[Range]) -> Iterator[SafeString]:
    at = 0
    for start, end in code:
        yield _cells(text[at:start])
        yield format_html("<code>{}</code>", text[start:end])
        at = end
    yield _cells(text[at:])
