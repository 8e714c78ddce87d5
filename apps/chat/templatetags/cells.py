"""Quoted table rows: their words as they are, their cells apart."""

from __future__ import annotations

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_TAB = mark_safe('<span class="tab">\t</span>')


@register.filter
def cells(text: str) -> SafeString:
    """Tabs stand between the cells of a row; in elements of their own the stylesheet gives them room."""
    return format_html_join(_TAB, "{}", ((part,) for part in text.split("\t")))
